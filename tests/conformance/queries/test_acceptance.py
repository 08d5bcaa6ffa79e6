"""The questions that others published, asked of what was imported from them.

W1 to W15 are those of a paper on asking Flowcept's records, Q1 to Q8 those of an experiment on
the loops of agents, R1 and R2 those of a paper on provenance of agents. The answers to W come from
a buffer that Flowcept wrote; what that buffer cannot tell has an empty answer, and a note.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

from aitia import importers
from aitia.ingest.pipeline import adopt, ingest
from aitia.query.catalog import Question, load
from aitia.query.run import ask
from aitia.query.table import Table
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.engine import validate
from aitia.validation.profiles import load as profile

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")

HERE = Path(__file__).parent
BUFFER = HERE.parents[1] / "data" / "flowcept" / "buffer_nested.jsonl"
WORKS = [f"W{number}" for number in range(1, 16)]
AGENTS = [*(f"Q{number}" for number in range(1, 9)), "R1", "R2"]
UNKNOWN = {"Q1", "Q2", "Q3", "Q5", "Q7", "Q8", "R1", "R2"}
"""What a workflow without agents, plans and a quantity called accuracy cannot tell."""


class Sample(NamedTuple):
    """What was imported: in the store, and as a file for another engine."""

    store: OxigraphStore
    path: Path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("flowcept")
    for found in importers.read(BUFFER):
        adopt(folder, found.records, run=found.run, recorder=found.recorder)
    store = OxigraphStore()
    assert ingest(folder, store).problems == ()
    path = folder / "imported.nq"
    path.write_bytes(b"".join(store.dump(graph) for graph in store.graphs()))
    yield Sample(store, path)
    store.close()


@pytest.fixture(scope="module")
def tasks() -> list[dict[str, Any]]:
    """Return the tasks and loop iterations of the buffer, as Flowcept wrote them."""
    lines = [json.loads(line) for line in BUFFER.read_text().splitlines()]
    return [line for line in lines if "task_id" in line]


def answering(identifier: str) -> Question:
    (question,) = [q for q in load().values() if identifier in q.answers]
    return question


def expected(identifier: str) -> list[list[Any]]:
    found = json.loads((HERE / "expected" / "flowcept" / f"{identifier}.json").read_text())
    assert found["columns"] == list(answering(identifier).columns)
    return list(found["rows"])


@pytest.mark.parametrize("identifier", [*WORKS, *AGENTS])
def test_one_question_of_the_library_answers_it(identifier: str) -> None:
    assert answering(identifier).text


@pytest.mark.parametrize("identifier", WORKS)
def test_the_imported_run_has_the_expected_answer(
    sample: Sample, identifier: str, plain: Callable[[Table], list[list[Any]]]
) -> None:
    rows = plain(ask(sample.store, answering(identifier)))
    assert rows == expected(identifier)
    assert rows


@pytest.mark.parametrize("identifier", [*WORKS, *AGENTS])
def test_rdflib_answers_the_same(
    sample: Sample,
    identifier: str,
    plain: Callable[[Table], list[list[Any]]],
    second_engine: Callable[[Path], Any],
) -> None:
    question = answering(identifier)
    assert plain(ask(second_engine(sample.path), question)) == plain(ask(sample.store, question))


def test_tasks_are_counted_where_flowcept_says_that_they_ran(
    sample: Sample, tasks: list[dict[str, Any]]
) -> None:
    (row,) = ask(sample.store, answering("W1"))
    assert row.tasks == sum("hostname" in task for task in tasks) == 7


def test_times_are_those_that_flowcept_wrote(sample: Sample, tasks: list[dict[str, Any]]) -> None:
    took = sorted(t["ended_at"] - t["started_at"] for t in tasks if "ended_at" in t)
    rows = ask(sample.store, answering("W3"))
    assert sorted(row.seconds for row in rows if row.seconds is not None) == pytest.approx(
        took, abs=1e-5
    )
    assert len(rows) == len(tasks)
    (longest,) = ask(sample.store, answering("W7"))
    assert longest.seconds == pytest.approx(took[-1], abs=1e-5)


def test_activities_and_their_order_are_those_of_the_buffer(
    sample: Sample, tasks: list[dict[str, Any]]
) -> None:
    names = Counter(task["activity_id"] for task in tasks)
    assert {row.name: row.tasks for row in ask(sample.store, answering("W8"))} == names
    started = sorted(tasks, key=lambda task: float(task["started_at"]))
    rows = ask(sample.store, answering("W13"))
    assert [row.name for row in rows] == [task["activity_id"] for task in started]


def test_least_and_mean_outputs_are_those_of_the_buffer(
    sample: Sample, tasks: list[dict[str, Any]]
) -> None:
    values: dict[tuple[str, str], list[float]] = {}
    for task in tasks:
        for name, value in (task.get("generated") or {}).items():
            if isinstance(value, (int, float)):
                values.setdefault((task["activity_id"], name), []).append(value)
    least = {(row.activity, row.output): row.minimum for row in ask(sample.store, answering("W14"))}
    assert least == {key: min(found) for key, found in values.items()}
    means = {(row.activity, row.output): row.mean for row in ask(sample.store, answering("W2"))}
    assert means == pytest.approx({key: sum(f) / len(f) for key, f in values.items()})


@pytest.mark.parametrize("identifier", AGENTS)
def test_what_the_buffer_cannot_tell_is_not_guessed(sample: Sample, identifier: str) -> None:
    table = ask(sample.store, answering(identifier))
    assert (len(table) == 0) == (identifier in UNKNOWN)


def test_effort_and_quality_are_known_by_the_name_that_the_workflow_uses(sample: Sample) -> None:
    (row,) = ask(sample.store, answering("Q5"), metric="acc")
    assert (row.name, row.value) == ("train", 0.54)


def test_a_failed_task_is_diagnosed_by_what_was_recorded_of_it(sample: Sample) -> None:
    rows = ask(sample.store, answering("Q4"))
    assert {(row.name, row.error) for row in rows} == {("fail", "boom")}
    assert ("setting", "x", 1) in {(row.evidence, row.item, row.value) for row in rows}


def test_notes_say_what_the_buffer_cannot_tell(sample: Sample) -> None:
    notes = {row.text for row in ask(sample.store, load()["blind-spots"])}
    assert any("no plan, limit, decision, human review or feedback" in note for note in notes)
    assert "a loop iteration has no end, host or parent in Flowcept's records" in notes


def test_an_unknown_time_is_not_counted_as_none(sample: Sample) -> None:
    rows = {row.name: row for row in ask(sample.store, answering("W11"))}
    iteration = rows["epoch_loop_iteration"]
    assert (iteration.tasks, iteration.timed) == (3, 0)
    assert (iteration.seconds, iteration.mean, iteration.longest) == (None, None, None)


def test_the_story_of_the_agent_keeps_every_must_rule() -> None:
    quads = ox.parse(path=str(HERE / "fixtures" / "agents.trig"), format=ox.RdfFormat.TRIG)
    report = validate(ox.serialize(quads, format=ox.RdfFormat.N_QUADS), profile(("must",)))
    assert report.results == (), report.text()


@pytest.fixture(scope="module")
def story() -> Iterator[OxigraphStore]:
    store = OxigraphStore()
    graphs: dict[str, list[ox.Quad]] = {}
    for quad in ox.parse(path=str(HERE / "fixtures" / "agents.trig"), format=ox.RdfFormat.TRIG):
        graphs.setdefault(quad.graph_name.value, []).append(quad)
    store.replace({g: ox.serialize(q, format=ox.RdfFormat.N_QUADS) for g, q in graphs.items()})
    yield store
    store.close()


@pytest.fixture(scope="module")
def remote(oxigraph: Any, story: OxigraphStore) -> Iterator[Any]:
    with oxigraph.holding(story) as there:
        yield there


@pytest.mark.parametrize("identifier", [*WORKS, *AGENTS])
def test_a_server_gives_the_same_rows(
    remote: Any, story: OxigraphStore, identifier: str, plain: Callable[[Table], list[list[Any]]]
) -> None:
    rows = plain(ask(story, answering(identifier)))
    assert rows
    assert plain(ask(remote, answering(identifier))) == rows
