"""A run mapped and judged in small windows comes out as when it is mapped and judged whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.ingest import stream
from aitia.ingest.gate import Item, Refusals, judge
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.stream import Stream
from aitia.ingest.triples import Triple, to_nquads
from aitia.records import (
    Associated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Json,
    Note,
    Point,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Typed,
    Used,
    encode,
)
from aitia.validation.engine import validate_statements
from aitia.validation.likeness import Likeness
from aitia.validation.profiles import load
from aitia.validation.report import Report

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000
PROFILE = load()
LIKENESS = Likeness(PROFILE)
OTHER_KINDS = ["aitia:TrainingRun", "aitia:TrainingRun", "aitia:ToolInvocation", "aitia:Nothing"]
VALUES = [
    *(0, -3, 2**63, 0.5, 1e300, -0.0, True, "", "100 %s", 'a "b" \\ é\n', "3", "2026-01-01"),
    *(Typed("NaN", "xsd:double"), Typed("2026-01-01", "xsd:date"), Typed("x", "nothing:known")),
    Json([1, "%d"]),
]
SHA = "ni:///sha-256;" + "A" * 43


def check(triples: list[Triple]) -> Report:
    return validate_statements(triples, PROFILE)


def begin(triples: list[Triple]) -> Callable[[], Report]:
    report = check(triples)
    return lambda: report


def make() -> Mapper:
    return Mapper(RUN, Origin("aitia", "0.1.0", {"": "here"}))


class Story:
    """The records of a run, told at random from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.time = T0
        self.count = 0
        self.things: list[str] = []

    def now(self) -> int:
        self.time += self.rng.randrange(1, 1000)
        return self.time

    def tell(self) -> Iterator[Record]:
        yield RunStarted(RUN, "story", self.now())
        yield Entity("n1", "aitia:ComputeNode", "node")
        yield Used("", "n1", relation="aitia:ranOn")
        yield Entity("person", "prov:Person", "somebody")
        yield Setting("", "lr", 0.1)
        for _ in range(self.rng.randrange(2, 12)):
            yield from self.task("")
            if self.rng.random() < 0.7:
                yield from self.brief_tasks()
        yield Point("", self.now(), {"accuracy": 0.9})
        if self.rng.random() < 0.5:
            times, joules = [0.0, 1.0, 4000.0], [0.0, 50.0, 9000.0]
            yield Points("", "cpu_energy_joules", joules, times=times, kind="telemetry")
        # What was hashed beside the run is told of at its end.
        for number in range(self.rng.randrange(3)):
            yield Entity(f"f{number}", "aitia:Artifact", "file")
            task = str(self.rng.randrange(1, self.count + 1))
            yield Used(task, f"f{number}", "input", self.now())
        if self.rng.random() < 0.8:
            yield RunEnded(self.now())

    def task(self, parent: str) -> Iterator[Record]:
        self.count += 1
        here, rng = str(self.count), self.rng
        kind = rng.choice(["aitia:TaskRun"] * 4 + OTHER_KINDS)
        used = {
            "x": rng.random(),
            **({"model": Ref(rng.choice(self.things))} if self.things else {}),
        }
        yield Started(here, "step", self.now(), type=kind, parent=parent, used=used)
        for _ in range(rng.randrange(4)):
            yield from self.middle(here)
        if parent.count(".") < 1 and rng.random() < 0.4:
            yield from self.task(here)
        if rng.random() < 0.9:
            yield from self.end(here)

    def brief_tasks(self) -> Iterator[Record]:
        """Yield tasks of which next to nothing but a start and an end is told, many of one form."""
        rng = self.rng
        kind = rng.choice(["aitia:TaskRun"] * 6 + OTHER_KINDS)
        name, parent = rng.choice(["step", "50 %", "é"]), rng.choice(["", "", "1", "n1"])
        inputs, outputs = rng.sample(["x", "100%", "a b", "ü"], 2), rng.sample(["x", "y"], 1)
        status = rng.choice(["Completed"] * 4 + ["Failed", "Odd"])
        for _ in range(rng.randrange(1, 12)):
            self.count += 1
            here, began = str(self.count), self.now()
            used = {one: rng.choice([1, 2, 2.5, rng.choice(VALUES)]) for one in inputs}
            made = {one: rng.choice([1, rng.choice(VALUES)]) for one in outputs}
            if rng.random() < 0.1:
                name = f"{name}!"
            yield Started(here, name, began, type=kind, parent=parent, used=used)
            if rng.random() < 0.1:
                yield from self.middle(here)
            took = rng.choice([0, 0.1, 0.6, -1e-9, 3600])
            if rng.random() < 0.95:
                yield Ended(here, began + int(took * 1e9), status, None, made)

    def middle(self, here: str) -> Iterator[Record]:
        rng = self.rng
        what = rng.randrange(8)
        if what == 0:
            yield Setting(here, rng.choice(["x", "depth"]), rng.randrange(3))
        elif what == 1:
            for step in range(rng.randrange(1, 4)):
                yield Point(here, self.now(), {"loss": rng.random()}, step)
        elif what == 2:
            yield Point(here, self.now(), {"score": rng.random()})
        elif what == 3:
            yield Points(here, "power", [1.0, 2.0], [0.0, 1.0], kind="telemetry", unit="W")
        elif what == 4:
            yield from self.thing(here)
        elif what == 5:
            yield Note("blind", "something", subject=here)
        elif what == 6:
            yield from self.others(here)
        elif self.things:
            yield Used(here, rng.choice(self.things), rng.choice([None, "input"]), self.now())

    def others(self, here: str) -> Iterator[Record]:
        if self.rng.random() < 0.5:
            yield Associated(here, "person", self.rng.choice([None, "reviewer"]))
        else:
            yield Informed(here, str(self.rng.randrange(1, self.count + 1)))

    def thing(self, here: str) -> Iterator[Record]:
        name = f"e{len(self.things)}" if self.rng.random() < 0.8 else SHA
        attributes = {"aitia:byteSize": self.rng.choice([5, 5, -5])}
        yield Entity(name, "aitia:Dataset", "thing", attributes=attributes)
        yield Generated(name, here, self.rng.choice([None, "output"]), self.now())
        if self.things:
            yield Derived(name, self.rng.choice(self.things), here)
        self.things.append(name)

    def end(self, here: str) -> Iterator[Record]:
        # One in ten ends before it began, which a shape refuses.
        time = self.now() if self.rng.random() < 0.9 else T0 - 5
        made = {"y": 1.5} if here != "3" else {}
        if self.things:
            made["thing"] = Ref(self.things[-1])
        status = self.rng.choice(["Completed", "Completed", "Failed"])
        yield Ended(here, time, status, None if status == "Completed" else "it broke", made)


def items(records: list[Record]) -> list[Item]:
    return [Item("s", "", i + 2, encode(record), record) for i, record in enumerate(records)]


def whole(told: list[Item]) -> tuple[set[Triple], dict, set]:
    judged = judge(told, make, check, alive=False)
    return set(judged.triples), judged.refused, set(judged.report.results)


def in_windows(told: list[Item], *, templates: bool) -> tuple[set[bytes], dict, set]:
    refusals = Refusals()
    while True:
        written: list[Triple] = []
        put: list[bytes] = []
        one = Stream(make(), begin, written.extend, refusals, LIKENESS)
        one.put = put.append if templates else None
        assert one.run(told, alive=False) is None
        if not one.again:
            said, mapped = b"".join(put).splitlines(), lines(written)
            assert len({*said, *mapped}) == len(said) + len(mapped)
            return {*said, *mapped}, refusals.final(), set(one.results)


def lines(triples: list[Triple] | set[Triple]) -> set[bytes]:
    return set(to_nquads(triples, make().graph).splitlines())


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "WINDOW", 40)
        patch.setattr(stream, "LAG", 3)
        yield


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_windows_change_nothing(seed: int, templates: bool) -> None:
    told = items(list(Story(seed).tell()))

    triples, refused, results = whole(told)
    found = in_windows(told, templates=templates)

    assert found[0] == lines(triples)
    assert found[1] == refused
    assert found[2] == results


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32))
def test_templates_say_what_the_mapper_says(seed: int) -> None:
    told = items(list(Story(seed).tell()))

    assert in_windows(told, templates=True) == in_windows(told, templates=False)


def test_tasks_of_one_form_are_written_by_template() -> None:
    told: list[Record] = [RunStarted(RUN, "many", T0)]
    for n in range(1, 101):
        told.append(Started(str(n), "step", T0 + n, used={"i": n}))
        told.append(Ended(str(n), T0 + n + 1, generated={"result": n * 0.5}))
    put: list[bytes] = []
    written: list[Triple] = []
    one = Stream(make(), begin, written.extend, Refusals(), LIKENESS)
    one.put = put.append

    assert one.run(items(told), alive=False) is None

    assert len(b"".join(put).splitlines()) > len(written)
    assert {*b"".join(put).splitlines(), *lines(written)} == lines(whole(items(told))[0])


def test_what_is_said_long_after_a_task_ended_is_irregular() -> None:
    told: list[Record] = [RunStarted(RUN, "late", T0)]
    for n in range(1, 6):
        told += [Started(str(n), "step", T0 + n), Ended(str(n), T0 + n + 1)]
    told.append(Setting("1", "late", 1))

    found = Stream(make(), begin, list, Refusals(), LIKENESS).run(items(told), alive=False)

    assert found is not None
    assert found.index == len(told) - 1
    assert found.task.endswith("#1>")
