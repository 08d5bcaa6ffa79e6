from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from aitia.causal import Analysis, analyse
from aitia.errors import CausalError
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.projection.table import FeatureTable
from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.query.table import Table
from aitia.records import (
    Derived,
    Ended,
    Entity,
    Generated,
    Invalidated,
    Note,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
    decode,
    encode,
)
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.engine import validate
from aitia.validation.profiles import load as shapes

RUNS = [f"00000000-0000-0000-0000-00000000000{i}" for i in (1, 2)]
OTHER = "00000000-0000-0000-0000-0000000000ff"


@pytest.fixture
def analysis(chain: Any) -> Analysis:
    data: dict[str, Any] = {**chain(120), "k": ["a", "b"] * 60, "c": [1] * 120}
    table = FeatureTable.of(data, tiers={"x": 0, "w": 0, "k": 0, "c": 0, "y": 1, "z": 2})
    sources = tuple(f"urn:uuid:{run}#bundle" for run in RUNS)
    table = replace(table, question="training-runs", sources=sources)
    return analyse(table, target="z", subsamples=6)


def quads(records: Sequence[Record], run: str, recorder: str) -> dict[str, bytes]:
    mapper = Mapper(run, Origin(recorder, "0.1.0"))
    triples = []
    for index, record in enumerate(records):
        triples += mapper.map(record, "", index)
    triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
    return {mapper.graph: to_nquads(triples, mapper.graph)}


def trained(run: str) -> list[Record]:
    return [
        RunStarted(run, "net", 1),
        Started("1", "fit", 2, type="aitia:TrainingRun"),
        Entity("ni:///sha-256;data", "aitia:Dataset", "digits"),
        Used("1", "ni:///sha-256;data", relation="aitia:trainedOn"),
        Entity("m", "aitia:Model", "model"),
        Generated("m", "1"),
        Ended("1", 3),
        RunEnded(4),
    ]


@pytest.fixture
def store(analysis: Analysis) -> OxigraphStore:
    kept = OxigraphStore()
    for run in RUNS:
        kept.replace(quads(trained(run), run, "aitia"))
    kept.replace(quads(analysis.records, analysis.run, "causal"))
    return kept


def answer(store: OxigraphStore, name: str, **parameters: object) -> Table:
    return ask(store, load()[name], **parameters)


def invalidate(store: OxigraphStore, entity: str) -> None:
    records = [
        RunStarted(OTHER, "retraction", 1),
        Started("1", "retract", 2),
        Invalidated(entity, "1", 3),
        Ended("1", 4),
        RunEnded(5),
    ]
    store.replace(quads(records, OTHER, "aitia"))


def test_every_record_survives_its_line(analysis: Analysis) -> None:
    assert [decode(encode(record)) for record in analysis.records] == list(analysis.records)


def test_the_analysis_used_the_table_and_made_variables_and_claims(analysis: Analysis) -> None:
    table = analysis.result.table
    first, *_, last = analysis.records
    assert isinstance(first, RunStarted)
    assert (first.type, first.id) == ("aitia:CausalAnalysis", analysis.run)
    assert isinstance(last, RunEnded)
    assert first.time <= last.time
    kinds = Counter(r.type for r in analysis.records if isinstance(r, Entity))
    assert kinds == {
        "aitia:FeatureTable": 1,
        "aitia:CausalVariable": 5,
        "aitia:Assumption": 7,
        "aitia:CausalClaim": len(analysis.claims),
    }
    assert Used("", table.iri, role="table") in analysis.records
    assert [r.source for r in analysis.records if isinstance(r, Derived)][:2] == [*table.sources]


def test_a_claim_says_its_ends_its_firmness_and_its_assumptions(analysis: Analysis) -> None:
    claim = next(r for r in analysis.records if isinstance(r, Entity) and r.label == "y --> z")
    assert claim.attributes["aitia:causeVariable"] == Ref("variable-y")
    assert claim.attributes["aitia:effectVariable"] == Ref("variable-z")
    assert claim.attributes["aitia:endMarks"] == "-->"
    assert claim.attributes["aitia:edgeStability"] == 1.0
    under = {r.source for r in analysis.records if isinstance(r, Derived)
             and r.derived == claim.id and r.relation == "aitia:underAssumption"}  # fmt: skip
    assert "assumption-tier-order" in under
    assert len(under) == 7


def test_settings_hold_what_repeats_it(analysis: Analysis) -> None:
    found = {r.name: r.value for r in analysis.records if isinstance(r, Setting)}
    assert found["method"] == "order"
    assert (found["alpha"], found["seed"], found["subsamples"]) == (0.05, 0, 6)
    assert found["target"] == "z"
    assert {"version of aitia", "version of causal-learn", "version of numpy"} <= found.keys()


def test_what_was_left_out_is_noted(analysis: Analysis) -> None:
    notes = [r for r in analysis.records if isinstance(r, Note)]
    assert Note("guard:constant", "c is always 1: left out") in notes


def test_ids_do_not_depend_on_the_numbers_found(chain: Any, analysis: Analysis) -> None:
    ids = {r.label: r.id for r in analysis.records if isinstance(r, Entity)}
    other = analyse(FeatureTable.of(chain(120, seed=3), tiers={"x": 0, "y": 1, "z": 2, "w": 0}))
    theirs = {r.label: r.id for r in other.records if isinstance(r, Entity)}
    assert theirs["y --> z"] == ids["y --> z"]


def test_the_graph_of_an_analysis_keeps_all_shapes(analysis: Analysis) -> None:
    made = quads(analysis.records, analysis.run, "causal")
    report = validate(b"".join(made.values()), shapes())
    assert [result.message for result in report.results] == []


def test_claims_are_asked_for_with_method_and_assumptions(
    store: OxigraphStore, analysis: Analysis
) -> None:
    rows = list(answer(store, "claims"))
    assert len(rows) == len(analysis.claims)
    row = next(r for r in rows if (r.cause, r.effect) == ("y", "z"))
    assert (row.marks, row.linked, row.oriented) == ("-->", 1.0, 1.0)
    assert (row.method, row.alpha, row.subsamples) == ("order", 0.05, 6)
    assert row.correlation == pytest.approx(analysis.claims[0].correlation)
    assert len(row.assumptions.split("; ")) == 7
    assert row.table == analysis.result.table.iri
    assert row.analysis == f"urn:uuid:{analysis.run}"


def test_claims_are_asked_for_by_variable_and_firmness(store: OxigraphStore) -> None:
    found = {(r.cause, r.effect) for r in answer(store, "claims", target="x", stability=0.9)}
    assert found == {("x", "y")}
    assert len(answer(store, "claims", target="nothing")) == 0


def test_no_claim_is_stale_while_nothing_is_invalid(store: OxigraphStore) -> None:
    assert len(answer(store, "stale-claims")) == 0


@pytest.mark.parametrize(
    ("entity", "runs"),
    [
        (f"urn:uuid:{RUNS[0]}#bundle", 1),
        (f"urn:uuid:{RUNS[1]}#m", 1),
        ("ni:///sha-256;data", 2),
    ],
)
def test_claims_on_what_was_invalidated_are_stale(
    entity: str, runs: int, store: OxigraphStore, analysis: Analysis
) -> None:
    invalidate(store, entity)
    rows = list(answer(store, "stale-claims"))
    assert len(rows) == len(analysis.claims)
    assert {(r.invalid, r.runs, r.by) for r in rows} == {(entity, runs, f"urn:uuid:{OTHER}#1")}


def test_claims_on_other_runs_are_not_stale(store: OxigraphStore) -> None:
    invalidate(store, "urn:uuid:00000000-0000-0000-0000-000000000009#bundle")
    assert len(answer(store, "stale-claims")) == 0


@pytest.mark.parametrize("engine", ["pc", "order", "causal-learn-pc", "fci", "ges", "grasp", "boss",
                                    "direct-lingam", "cd-nod"])  # fmt: skip
def test_what_each_engine_finds_keeps_all_shapes_and_goes_stale(chain: Any, engine: str) -> None:
    table = replace(
        FeatureTable.of(chain(120), tiers={"x": 0, "w": 0, "y": 1, "z": 2}),
        question="training-runs",
        sources=tuple(f"urn:uuid:{run}#bundle" for run in RUNS),
    )
    found = analyse(table, target="z", subsamples=2, engine=engine, compare=False)
    made = quads(found.records, found.run, "causal")
    assert [r.message for r in validate(b"".join(made.values()), shapes()).results] == []
    kept = OxigraphStore()
    for run in RUNS:
        kept.replace(quads(trained(run), run, "aitia"))
    kept.replace(made)
    claims = {(r.cause, r.effect) for r in answer(kept, "claims")}
    assert claims == {c.edge[:2] for c in found.claims}
    assert all(r.complete for r in answer(kept, "reproducible-claims"))
    invalidate(kept, f"urn:uuid:{RUNS[0]}#bundle")
    assert {(r.cause, r.effect) for r in answer(kept, "stale-claims")} == claims


def test_effects_are_recorded_value_by_value_and_go_stale(chain: Any) -> None:
    table = FeatureTable.of(chain(80), tiers={"x": 0, "y": 1, "z": 2})
    table = replace(table, sources=(f"urn:uuid:{RUNS[0]}#bundle",)).select(["x", "z"])
    found = analyse(table, target="z", subsamples=0, compare=False, effects=True)
    effect = next(
        r for r in found.records if isinstance(r, Entity) and r.label == "effect of x on z"
    )
    assert found.result.estimates is not None
    (told,) = found.result.estimates.effects
    assert effect.attributes["aitia:effectSpan"] == told.span
    doses = effect.attributes["aitia:doseResponse"].data  # type: ignore[union-attr]
    assert [d["low"] for d in doses] == [d.low for d in told.doses]
    attempts = [r.text for r in found.records if isinstance(r, Note) and r.kind == "refutation"]
    assert any(text.startswith("x, placebo: stood") for text in attempts)
    kept = OxigraphStore()
    kept.replace(quads(trained(RUNS[0]), RUNS[0], "aitia"))
    made = quads(found.records, found.run, "causal")
    kept.replace(made)
    warned = {r.message for r in validate(b"".join(made.values()), shapes()).results}
    assert warned == {"A variable should say which query made it.",
                      "A causal claim should say how stable it is under resampling."}  # fmt: skip
    (row,) = answer(kept, "effects")
    assert (row.cause, row.span, row.doses) == ("x", told.span, doses)
    assert len(answer(kept, "claim-evidence", claim=row.claim)) == 1
    invalidate(kept, f"urn:uuid:{RUNS[0]}#bundle")
    assert ("x", "z") in {(r.cause, r.effect) for r in answer(kept, "stale-claims")}
    assert [r.invalid for r in answer(kept, "claim-evidence", claim=row.claim)] == [True]


def test_divided_effects_are_recorded_and_go_stale(chain: Any) -> None:
    table = FeatureTable.of(chain(120), tiers={"x": 0, "w": 0, "y": 1, "z": 2})
    table = replace(table, question="training-runs", sources=(f"urn:uuid:{RUNS[0]}#bundle",))
    found = analyse(table, target="z", subsamples=2, compare=False, effects=True)
    assert found.result.estimates is not None
    (told,) = found.result.estimates.divided
    assert (told.cause, told.through) == ("x", "y")
    assert told.indirect.clear
    assert not told.direct.clear
    made = quads(found.records, found.run, "causal")
    assert [r.message for r in validate(b"".join(made.values()), shapes()).results] == []
    kept = OxigraphStore()
    kept.replace(quads(trained(RUNS[0]), RUNS[0], "aitia"))
    kept.replace(made)
    (row,) = answer(kept, "mediations", outcome="z")
    assert (row.cause, row.through, row.effect) == ("x", "y", "z")
    assert row.direct + row.indirect == pytest.approx(told.total.value)
    assert row.division["indirect"]["low"] == told.indirect.low
    assert row.division["runs"] == 120
    assert "an experiment on the setting does not see to that" in row.assumptions
    assert [r.invalid for r in answer(kept, "claim-evidence", claim=row.claim)] == [False]
    invalidate(kept, f"urn:uuid:{RUNS[0]}#bundle")
    assert [r.invalid for r in answer(kept, "claim-evidence", claim=row.claim)] == [True]


def test_effects_are_divided_by_what_is_named(chain: Any) -> None:
    table = FeatureTable.of(chain(80), tiers={"x": 0, "w": 1, "y": 1, "z": 2})
    how: dict[str, Any] = {"target": "z", "subsamples": 0, "compare": False, "effects": True}
    found = analyse(table, through=("w",), **how)
    assert found.result.estimates is not None
    assert [m.through for m in found.result.estimates.divided] == ["w"]
    assert Setting("", "through", "w") in found.records
    with pytest.raises(CausalError, match="x does not lie between"):
        analyse(table, through=("x",), **how)
    with pytest.raises(CausalError, match="nothing does not lie between"):
        analyse(table, through=("nothing",), **how)


def test_a_division_alone_goes_stale(chain: Any) -> None:
    table = FeatureTable.of(chain(80), tiers={"x": 0, "y": 1, "z": 2})
    table = replace(table, sources=(f"urn:uuid:{RUNS[0]}#bundle",))
    how: dict[str, Any] = {"subsamples": 0, "compare": False, "effects": True}
    found = analyse(table, target="z", through=("y",), **how)
    kept = OxigraphStore()
    kept.replace(quads(trained(RUNS[0]), RUNS[0], "aitia"))
    divided = [r for r in found.records if not isinstance(r, Entity)
               or r.type not in ("aitia:CausalClaim", "aitia:EffectEstimate")]  # fmt: skip
    kept.replace(quads(divided, found.run, "causal"))
    invalidate(kept, f"urn:uuid:{RUNS[0]}#bundle")
    assert {(r.cause, r.effect) for r in answer(kept, "stale-claims")} == {("x", "z")}
