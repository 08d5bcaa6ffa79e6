"""Clocks that contradict one another are noted in the graph of the run, with a bound."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from aitia.ingest import clocks
from aitia.ingest.clocks import MAX_NOTES, Skew, skews, told
from aitia.ingest.pipeline import ingest
from aitia.ingest.placement import Placement
from aitia.journal import clocks as clues_of
from aitia.journal import writer
from aitia.journal.clocks import SINCE, Clues, Sync
from aitia.journal.reader import Segment, segments
from aitia.journal.writer import JournalWriter
from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.records import Ended, Entity, RunEnded, RunStarted, Started, Used, encode
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
SECOND = 1_000_000_000
FIRST, SECOND_HOST = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
NOW = 1_790_000_000 * SECOND
FOLDER = 4711


def segment(
    host: str, at: float, clues: Clues = clues_of.NONE, scope: str = "", run: str = RUN
) -> Segment:
    """A file that was begun so many seconds after now, by the clock of its host."""
    moment = NOW + int(at * SECOND)
    return Segment(
        f"{host}.jsonl", run, scope, host, 1, 0, moment, "aitia", "1", 1, True, None, 1, clues
    )


def stamped(host: str, ahead: float, *, folder: int = FOLDER, taken: float = 0.01) -> Segment:
    """A file that a shared file system stamped, of a host whose clock is so many seconds ahead."""
    before = NOW + int(ahead * SECOND)
    clues = Clues(stamp=(before, NOW + 1 + int(taken * SECOND / 2), folder))
    return segment(host, ahead + taken, clues, "" if host == FIRST else host)


def test_what_began_before_it_was_started_shows_a_clock_that_is_behind() -> None:
    since = (FIRST, NOW + 90 * SECOND)
    (found,) = skews([segment(FIRST, 80.0), segment(SECOND_HOST, 1.5, Clues(since=since), "s")])
    assert found[:3] == (FIRST, SECOND_HOST, int(88.5 * SECOND))


def test_a_file_from_the_future_shows_a_clock_that_is_ahead() -> None:
    clues = Clues(closed=NOW, seen=((SECOND_HOST, NOW + 90 * SECOND),))
    (found,) = skews([segment(FIRST, -5.0, clues), segment(SECOND_HOST, 80.0, scope="s")])
    assert found[:3] == (SECOND_HOST, FIRST, 90 * SECOND)


@pytest.mark.parametrize("ahead", [90.0, -90.0])
def test_a_shared_file_system_tells_both_ways(ahead: float) -> None:
    (found,) = skews([stamped(FIRST, 0.0), stamped(SECOND_HOST, ahead)])
    expected = (SECOND_HOST, FIRST) if ahead > 0 else (FIRST, SECOND_HOST)
    assert found[:2] == expected
    assert 89.9 * SECOND < found.least <= 90 * SECOND


def test_the_time_that_making_a_file_took_is_not_held_against_a_clock() -> None:
    assert skews([stamped(FIRST, 0.0), stamped(SECOND_HOST, 20.0, taken=40.0)]) == []


def test_a_file_system_that_keeps_whole_seconds_tells_no_fractions() -> None:
    whole = Clues(stamp=(NOW + SECOND * 9 // 10, NOW, FOLDER))
    exact = stamped(FIRST, 0.0)
    assert skews([exact, segment(SECOND_HOST, 0.91, whole, "s")]) == []


def test_other_folders_are_compared_with_none() -> None:
    assert skews([stamped(FIRST, 0.0), stamped(SECOND_HOST, 90.0, folder=4712)]) == []


def test_a_host_that_was_set_meanwhile_tells_nothing_of_others() -> None:
    moved = [stamped(SECOND_HOST, 90.0), stamped(SECOND_HOST, 0.0)]
    assert skews([stamped(FIRST, 0.0), *moved]) == []


def test_the_strongest_of_several_signs_is_told() -> None:
    both = Clues(since=(FIRST, NOW + 30 * SECOND))
    other = Clues(since=(FIRST, NOW + 60 * SECOND))
    (found,) = skews([segment(SECOND_HOST, 0.0, both, "s"), segment(SECOND_HOST, 0.0, other, "t")])
    assert found.least == 60 * SECOND


@pytest.mark.parametrize("late", [-5.0, 0.0, 0.09])
def test_clocks_within_the_tolerance_are_not_told_of(late: float) -> None:
    since = Clues(since=(FIRST, NOW + int(late * SECOND)))
    seen = Clues(closed=NOW, seen=((SECOND_HOST, NOW + int(late * SECOND)),))
    files = [segment(FIRST, -1.0, seen), segment(SECOND_HOST, 0.0, since, "s")]
    assert skews([*files, stamped(FIRST, 0.0), stamped(SECOND_HOST, max(late, 0.0))]) == []


def test_one_host_is_never_told_of() -> None:
    stepped = [stamped(FIRST, 0.0), stamped(FIRST, -90.0), segment(FIRST, -90.0, scope="s")]
    assert skews(stepped) == []


def test_containers_of_one_machine_have_one_clock() -> None:
    files = [stamped(FIRST, 0.0), stamped(SECOND_HOST, 90.0)]
    assert skews(files) != []
    one = [file._replace(clues=file.clues._replace(machine="one")) for file in files]
    assert skews(one) == []


class Cluster:
    """Two hosts that share a data directory; the clock of each is set by hand."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._patch = monkeypatch
        self._now = time.time_ns
        monkeypatch.setattr(clues_of, "kernel_sync", lambda: self.sync)
        self.sync: Sync | None = Sync(True, 100)

    def on(self, host: str, ahead: float) -> None:
        self._patch.setattr(writer, "host_name", lambda: host)
        self._patch.setattr(writer, "machine_name", lambda: host[:8])
        self._patch.setattr(time, "time_ns", lambda: self._now() + int(ahead * SECOND))

    def run(self, ahead: float, *, second: str = SECOND_HOST) -> None:
        """Record a run on the first host, and a process that it starts on the second."""
        self.on(FIRST, 0.0)
        owner = self._writer("")
        owner.write(encode(RunStarted(RUN, "train", time.time_ns())))
        self._describe(owner, FIRST)
        self._patch.setenv(SINCE, clues_of.stamp(FIRST, FIRST[:8]))
        self.on(second, ahead)
        worker = self._writer("worker")
        worker.write(encode(Started("1", "step", time.time_ns())))
        worker.write(encode(Ended("1", time.time_ns())))
        self._describe(worker, second)
        worker.close()
        self.on(FIRST, 0.0)
        owner.write(encode(RunEnded(time.time_ns())))
        owner.close()

    def _writer(self, scope: str) -> JournalWriter:
        return JournalWriter.create(self.root / "journal", run=RUN, scope=scope)

    def _describe(self, journal: JournalWriter, host: str) -> None:
        node = f"urn:uuid:{host[:8]}-0000-4000-8000-000000000000"
        journal.write(encode(Entity(node, "aitia:ComputeNode", f"node {host[0]}")))
        journal.write(encode(Used("", node, relation="aitia:ranOn")))


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.delenv(SINCE, raising=False)
    return Cluster(tmp_path, monkeypatch)


def blind_spots(root: Path) -> list[tuple[str, str, str]]:
    with closing(OxigraphStore(None)) as store:
        summary = ingest(root, store, jobs=0)
        assert (summary.refused, summary.problems) == ((), ())
        rows = ask(store, load()["blind-spots"])
        return [(str(row[2]), str(row[3]), str(row[5])) for row in rows]


@pytest.mark.parametrize(
    ("ahead", "first", "second"), [(90.0, "node b", "node a"), (-90.0, "node a", "node b")]
)
def test_both_nodes_and_the_bound_are_among_the_blind_spots(
    cluster: Cluster, ahead: float, first: str, second: str
) -> None:
    cluster.run(ahead)
    found = blind_spots(cluster.root)
    assert {kind for kind, _, _ in found} == {"clock-skew"}
    assert {about[9] for _, _, about in found} == {"a", "b"}
    (text,) = {text for _, text, _ in found}
    start = f"the clock of {first} is ahead of that of {second} by at least "
    assert text.startswith(start)
    assert 85.0 < float(text.removeprefix(start).split()[0]) <= 90.0
    assert told(segments(cluster.root / "journal"))[0] == 1


@pytest.mark.parametrize(
    ("ahead", "second"), [(0.05, SECOND_HOST), (0.0, SECOND_HOST), (90.0, FIRST)]
)
def test_neither_hosts_that_agree_nor_one_host_are_noted(
    cluster: Cluster, ahead: float, second: str
) -> None:
    cluster.run(ahead, second=second)
    assert blind_spots(cluster.root) == []
    assert told(segments(cluster.root / "journal")) == (0, 0)


def test_kernels_that_do_not_know_their_clocks_to_be_kept_are_named(cluster: Cluster) -> None:
    cluster.sync = Sync(False, 16_000_000)
    cluster.run(0.0)
    ((kind, text, _),) = blind_spots(cluster.root)
    assert kind == "clock-unsure"
    assert text.endswith(": node a, node b")


def test_what_a_cluster_tells_is_bounded_and_counted() -> None:
    since = [Clues(since=(FIRST, NOW + (10 + n) * SECOND)) for n in range(30)]
    files = [segment(f"{n:012x}", 0.0, clues, f"s{n}") for n, clues in enumerate(since)]
    found = list(clocks.triples(files, f"<urn:uuid:{RUN}>", Placement({})))
    counts = [o for _, p, o in found if p.endswith("noteCount>")]
    assert len(counts) == MAX_NOTES + 1
    assert counts[-1].startswith('"10"')
    assert all("{" not in text for _, _, text in found)


def test_nodes_of_one_name_are_told_apart() -> None:
    skew = Skew(FIRST, SECOND_HOST, SECOND, "")
    placed = Placement({"": FIRST, "s": SECOND_HOST})
    for scope, node in (("", "<urn:a>"), ("s", "<urn:b>")):
        placed.node(node, "localhost")
        placed.ran_on("<urn:run>", node, scope, "<urn:run>")
    assert clocks._names(skew, placed) == {
        "ahead": f"localhost ({FIRST})",
        "behind": f"localhost ({SECOND_HOST})",
    }
