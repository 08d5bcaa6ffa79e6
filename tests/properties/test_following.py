"""A run that is followed while it goes on has, at each look, the graph of a whole ingest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.ingest import following, live
from aitia.ingest.live import Live
from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import (
    Derived,
    Ended,
    Entity,
    Generated,
    Note,
    Point,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
    encode,
)
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000
SECOND = 1_000_000_000


class Story:
    """What one process tells of a run, at random from a seed."""

    def __init__(self, seed: int, scope: str) -> None:
        self.rng = random.Random(f"{seed}{scope}")
        self.scope = scope
        self.time = T0
        self.count = 0
        self.things: list[str] = []

    def now(self) -> int:
        self.time += self.rng.randrange(1, 2 * SECOND)
        return self.time

    def tell(self) -> Iterator[Record]:
        if not self.scope:
            yield RunStarted(RUN, "story", T0)
        if self.rng.random() < 0.8:
            node = f"urn:uuid:{RUN}#node-{self.rng.randrange(2)}"
            yield Entity(node, "aitia:ComputeNode", node)
            yield Used("", node, relation="aitia:ranOn")
        if not self.scope:
            yield Setting("", "lr", 0.1)
        for _ in range(self.rng.randrange(1, 9)):
            yield from self.task("")
            yield from self.around()
        for number in range(self.rng.randrange(3)):
            # What was hashed beside the run is told of at its end.
            name = f"f{number}"
            yield Entity(name, "aitia:Artifact", "file")
            yield Used(str(self.rng.randrange(1, self.count + 1)), name, "input", self.now())
        if not self.scope and self.rng.random() < 0.8:
            yield RunEnded(self.now())

    def around(self) -> Iterator[Record]:
        rng = self.rng
        what = rng.randrange(6)
        if what == 0:
            yield Point("", self.now(), {"accuracy": rng.random()}, rng.randrange(20))
        elif what == 1 and not self.scope:
            yield Setting("", "lr", rng.random())
        elif what == 2:
            elapsed = (self.time - T0) / SECOND
            kind = {"kind": "telemetry", "unit": "J", "steps": [self.count]}
            yield Points("", "cpu_energy_joules", [elapsed * 3], times=[elapsed], **kind)
        elif what == 3:
            yield Note("blind", "something")

    def task(self, parent: str) -> Iterator[Record]:
        self.count += 1
        here, rng = str(self.count), self.rng
        kind = rng.choice(["aitia:TaskRun"] * 4 + ["aitia:TrainingRun", "aitia:Nothing"])
        used = {
            "x": rng.random(),
            **({"model": Ref(rng.choice(self.things))} if self.things else {}),
        }
        yield Started(here, "step", self.now(), type=kind, parent=parent, used=used)
        for _ in range(rng.randrange(4)):
            yield from self.middle(here)
        if parent == "" and rng.random() < 0.4:
            yield from self.task(here)
        if rng.random() < 0.9:
            made = {"y": 1.5, **({"thing": Ref(self.things[-1])} if self.things else {})}
            # One in twenty ends before it began, which a shape refuses.
            end = self.now() if rng.random() < 0.95 else T0 - 5
            yield Ended(here, end, "Completed", None, made)

    def middle(self, here: str) -> Iterator[Record]:
        rng = self.rng
        what = rng.randrange(6)
        if what == 0:
            yield Setting(here, rng.choice(["x", "depth"]), rng.randrange(3))
        elif what == 1:
            for step in range(rng.randrange(1, 8)):
                yield Point(here, self.now(), {"loss": rng.random()}, step)
        elif what == 2:
            yield Point(here, self.now(), {"score": rng.random()})
        elif what == 3:
            name = f"e{len(self.things)}"
            yield Entity(name, "aitia:Dataset", "thing")
            yield Generated(name, here, rng.choice([None, "output"]), self.now())
            if self.things:
                yield Derived(name, rng.choice(self.things), here)
            self.things.append(name)
        elif self.things:
            yield Used(here, rng.choice(self.things), rng.choice([None, "input"]), self.now())


def statements(store: OxigraphStore) -> tuple[dict[str, str], frozenset[bytes]]:
    """Return the hash of each graph but those of watermarks, and the merge of all graphs."""
    named = {g: digest(store.dump(g)) for g in store.graphs() if RUN in g and "catalog" not in g}
    about = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '{RUN}')) }}"
    lines = store.construct(about).splitlines()
    return named, frozenset(line for line in lines if b"watermark" not in line)


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LEAST_BYTES", 0)
        patch.setattr(following, "LAG", 3)
        yield


@pytest.fixture(scope="module")
def stores() -> tuple[OxigraphStore, OxigraphStore]:
    return OxigraphStore(None), OxigraphStore(None)


# How many records come before each look, of which process, and whether the follower is new.
LOOKS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2), st.booleans()), max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), LOOKS)
def test_each_look_gives_the_graph_of_a_whole_ingest(
    stores: tuple[OxigraphStore, OxigraphStore],
    seed: int,
    processes: int,
    looks: list[tuple[int, int, bool]],
) -> None:
    followed, whole = stores
    with TemporaryDirectory() as name:
        root = Path(name)
        scopes = ["", "w1", "w2"][:processes]
        writers = [JournalWriter.create(root / "journal", run=RUN, scope=s) for s in scopes]
        left = [Story(seed, s).tell() for s in scopes]
        writers[0].write(encode(next(left[0])))
        follower = Live(name)
        for store in stores:
            ingest(name, store)
        for number, place, afresh in looks:
            which = place % processes
            for record in [r for _, r in zip(range(number), left[which], strict=False)]:
                writers[which].write(encode(record))
            if afresh:
                follower = Live(name)
            ingest(name, followed, live=follower)
            ingest(name, whole)
            assert statements(followed) == statements(whole)
        for writer, rest in zip(writers, left, strict=True):
            for record in rest:
                writer.write(encode(record))
            writer.close()
        ingest(name, followed, live=follower)
        ingest(name, followed, live=follower)
        assert not follower.has_ended
        ingest(name, whole)
        assert statements(followed) == statements(whole)
        assert ingest(name, followed).runs == 0
