"""Settled tasks are known by number or name, with their classes."""

from aitia.ingest.settled import PLAIN, Settled

RUN = "<urn:uuid:11111111-2222-4333-8444-555555555555#"


def test_tasks_are_known_once_they_are_settled():
    tasks = Settled()
    tasks.add(f"{RUN}7>", set(PLAIN))
    tasks.add(f"{RUN}w.70000>", {"<urn:special>"})
    tasks.add(f"{RUN}named>", set(PLAIN))

    for task in ("7", "w.70000", "named"):
        assert f"{RUN}{task}>" in tasks
    for task in ("8", "w.7", "70000", "07", "other"):
        assert f"{RUN}{task}>" not in tasks
    assert tasks.types(f"{RUN}7>") == PLAIN
    assert tasks.types(f"{RUN}w.70000>") == {"<urn:special>"}
    assert tasks.types(f"{RUN}8>") == set()
