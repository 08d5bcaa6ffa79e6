import os
from pathlib import Path

from aitia.store.oxigraph import OxigraphStore


def _journals(aitia):
    return sorted((Path(aitia.at) / "journal").glob("*/*.jsonl"))


def test_sealed_journals_are_as_they_were(aitia):
    done = aitia("fsck")
    assert done.stdout == ""
    assert done.stderr == "3 of 3 segments are as they were sealed\n"
    assert {finding["state"] for finding in aitia.json("fsck")} == {"sealed"}


def test_a_changed_record_is_found(aitia):
    journal = _journals(aitia)[0]
    journal.write_bytes(journal.read_bytes().replace(b'"random"', b'"RANDOM"'))
    done = aitia("fsck", code=1)
    assert "damaged" in done.stdout
    assert done.stderr == "2 of 3 segments are as they were sealed\n"


def test_a_torn_record_is_told_apart_from_damage(aitia):
    journal = _journals(aitia)[1]
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]) + b'{"k":"log"')
    found = {Path(f["segment"]).name: f for f in aitia.json("fsck")}
    torn = next(f for f in found.values() if f["state"] != "sealed")
    assert torn["state"] == "torn"
    assert "10 bytes" in torn["detail"]


def test_no_journals(nowhere):
    told = nowhere.refused("fsck")
    assert "no journals in" in told


def test_a_graph_that_is_not_what_its_journal_says_is_found(aitia):
    import os

    from aitia.store.graphs import bundle
    from aitia.store.oxigraph import OxigraphStore

    run = aitia.json("ls")[0]["id"]
    assert "3 of 3 graphs" in aitia("fsck").stderr
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    quads = store.dump(bundle(run)).splitlines(keepends=True)
    gone = next(line for line in quads if b"exitCode" in line or b"commandLine" in line)
    store.replace({bundle(run): b"".join(line for line in quads if line != gone)})
    store.close()
    assert "3 of 3 graphs" in aitia("fsck").stderr
    done = aitia("fsck", "--deep", code=1)
    assert "differs" in done.stdout
    assert "aitia rebuild" in done.stdout
    aitia("rebuild")
    assert aitia("fsck", "--deep").exit_code == 0


def test_a_store_that_is_held_is_checked_beside_its_holder(aitia):
    aitia("ls")
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    done = aitia("fsck", "--deep")
    store.close()
    assert "what it holds now is checked" in done.stderr
    assert "3 of 3 graphs are what their journals say" in done.stderr
