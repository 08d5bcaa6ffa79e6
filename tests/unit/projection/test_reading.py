from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aitia.projection import project, reading
from aitia.projection.facts import facts
from aitia.projection.families import families
from aitia.projection.project import pivot
from aitia.projection.reading import Reader, apart, pages, put, value_of
from aitia.query.catalog import load
from aitia.query.limited import LimitedStore
from aitia.query.run import ask
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Point,
    Points,
    Record,
    Ref,
    RunEnded,
    Setting,
    Started,
    Used,
)
from aitia.store.oxigraph import OxigraphStore

Keep = Callable[..., Any]


def nested(train: Keep) -> list[Record]:
    """Return a run with three trainings: two in one task, of which one holds another."""
    records = list(train(5))
    at = records[0].time
    more = [
        Started("3", "fit again", at + 20, type="aitia:TrainingRun", parent="1"),
        Started("4", "fit inside", at + 21, type="aitia:TrainingRun", parent="3"),
        Used("4", "e1", relation="aitia:configuredBy"),
        Setting("3", "depth", 2),
        Points("3", "loss", [3.0, 1.0], [1.0, 2.0]),
        Point("3", at + 30, {"score": 0.5}),
        Point("4", at + 31, {"score": 0.75}),
        Started("5", "other", at + 32, used={"width": 3}),
        Started("6", "fit alone", at + 33, type="aitia:TrainingRun", parent="5"),
        Entity("e9", "aitia:Model", attributes={"aitia:hasArchitecture": Ref("e9#a")}),
        Generated("e9", "6", role="model"),
        Ended("6", at + 34),
    ]
    return [*records[:-1], *more, RunEnded(at + 99)]


@pytest.fixture
def store(keep: Keep, train: Keep, tmp_path: Path) -> OxigraphStore:
    kept = keep(train(0), train(1, units=(4,)), nested(train))
    copy = OxigraphStore(tmp_path / "store")
    copy.replace({graph: kept.dump(graph) for graph in kept.graphs() if "#bundle" in graph})
    return copy


@pytest.mark.parametrize("most", [0, 64])
@pytest.mark.parametrize("name", ["training-runs", "task-features", "model-features"])
def test_scanned_bundles_tell_what_the_whole_question_tells(
    store: OxigraphStore, name: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BESIDE", most)
    answer = ask(store, load()[name])
    whole = pivot(facts(answer.columns, answer.rows), question=name)
    assert len(whole) >= 3
    found = project(store, name)
    store.close()
    assert found == whole


def test_bundles_that_hold_much_beside_their_units_are_looked_up(
    store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    tsv = LimitedStore.tsv

    def told(store: LimitedStore, text: str) -> str:
        asked.append(text)
        return tsv(store, text)

    monkeypatch.setattr(
        LimitedStore, "tsv", lambda self, text: asked.append(text) or tsv(self, text)
    )
    for most, scans in ((64, True), (1, False)):
        monkeypatch.setattr(reading, "MOST_BESIDE", most)
        asked.clear()
        project(store)
        assert any("SELECT * WHERE" in text for text in asked) is scans
    store.close()


def test_facts_are_those_of_the_rows(store: OxigraphStore) -> None:
    question = families(load()["training-runs"])
    assert question is not None
    with apart(store) as asked:
        reader = Reader(asked, question)
        page = [pair for some in pages(asked, question) for pair in some]
        read = reader.page(page)
        told = {(page.index((f.unit, f.recorded)), f.variable) for f in reader.facts(page)}
    store.close()
    assert told == {(place, name) for place, row in enumerate(read.rows) for name in row}


def test_values_said_twice_are_kept_once() -> None:
    row: reading.Row = {}
    for value in (1, 1, 2, 1, float("nan"), float("nan")):
        put(row, "x", value)
    cells = row["x"]
    assert isinstance(cells, tuple)
    assert cells[:2] == (1, 2)
    assert len(cells) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("12", 12),
        ("-1.5", -1.5),
        ("true", True),
        ("<urn:x:1>", "urn:x:1"),
        ("_:b1", "b1"),
        (r'"a\tb\"\\n"', 'a\tb"\\n'),
        ('"INF"^^<http://www.w3.org/2001/XMLSchema#double>', float("inf")),
        ('"7"^^<http://www.w3.org/2001/XMLSchema#integer>', 7),
    ],
)
def test_terms_of_tables_are_read(text: str, value: object) -> None:
    assert value_of(text) == value
