from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aitia.errors import NotFoundError
from aitia.projection.description import write
from aitia.projection.project import project
from aitia.projection.trace import trace

Keep = Callable[..., Any]


def test_every_cell_is_traced_to_statements_of_its_bundle(keep: Keep, train: Keep) -> None:
    store = keep(train(0), train(1, rate=0.1))
    table = project(store)
    traced = 0
    for column in table:
        for unit, value in zip(table.units, column.values, strict=True):
            if value is None:
                continue
            found = trace(store, "training-runs", unit, column.name)
            assert found, column.name
            for s in found:
                assert s.bundle in table.sources
                literal = f"GRAPH <{s.bundle}> {{ ?s ?p ?o FILTER(STR(?o) = {json.dumps(s.object)}"
                asked = literal + f" && STR(?s) = {json.dumps(s.subject)}) }}"
                assert store.ask(f"ASK {{ {asked} }}"), s
            traced += 1
    assert traced > 40


def test_a_setting_is_traced_to_its_value(keep: Keep, train: Keep) -> None:
    store = keep(train(0), train(1, rate=0.1))
    units = project(store).units
    found = trace(store, "training-runs", units[1], "learningRate")
    assert [(s.predicate, float(s.object)) for s in found] == [("aitia:learningRate", 0.1)]
    assert [s.object for s in trace(store, "training-runs", units[0], "warmup")] == ["5"]


def test_cells_that_are_not_there_are_refused(keep: Keep, train: Keep) -> None:
    store = keep(train(0), train(1))
    with pytest.raises(NotFoundError, match="part of 2 units"):
        trace(store, "training-runs", "urn:uuid", "learningRate")
    unit = project(store).units[0]
    with pytest.raises(NotFoundError, match="nothing is recorded of 'nope'"):
        trace(store, "training-runs", unit, "nope")


def test_descriptions_say_term_tier_kind_unit_gaps_and_query(
    keep: Keep, train: Keep, tmp_path: Path
) -> None:
    table = project(keep(train(0), train(1, rate=0.1)))
    path = tmp_path / "t.csv"
    table.to_csv(path)
    csvw, croissant = (json.loads(Path(name).read_text("utf-8")) for name in write(table, path))
    columns = {c["titles"]: c for c in csvw["tableSchema"]["columns"]}
    assert list(columns) == path.read_text("utf-8").splitlines()[0].split(",")
    rate = columns["learningRate"]
    assert rate["propertyUrl"] == "https://w3id.org/aitia/ns#learningRate"
    assert rate["datatype"] == "double"
    assert (rate["aitia:tier"], rate["aitia:kind"], rate["aitia:missing"]) == (0, "continuous", 0)
    assert rate["aitia:projectedBy"] == "queries/features/training-runs.rq"
    assert columns["warmup"]["aitia:unitCode"] == "s"
    assert columns["loss.area"]["aitia:derivedFrom"] == ["loss.mean", "loss.points"]
    assert croissant["distribution"][0]["sha256"] == table.digest
    fields = croissant["recordSet"][0]["field"]
    assert [f["name"] for f in fields] == list(columns)
    assert len({f["@id"] for f in fields}) == len(fields)
