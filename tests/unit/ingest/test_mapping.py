from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from aitia.errors import RecordError
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Invalidated,
    Json,
    Member,
    Note,
    Point,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Specialised,
    Started,
    Typed,
    Used,
)

RUN = "11111111-2222-4333-8444-555555555555"
ROOT = f"<urn:uuid:{RUN}>"
AITIA = "https://w3id.org/aitia/ns#"
PROV = "http://www.w3.org/ns/prov#"
START = RunStarted(RUN, "sweep", 1_000_000_000)


def mapped(records: Iterable[Record], *, alive: bool = False, scope: str = "") -> set[str]:
    mapper = Mapper(RUN, Origin("aitia", "0.1.0"))
    triples = [t for i, record in enumerate(records) for t in mapper.map(record, scope, i)]
    triples += mapper.finish(alive=alive)
    lines = to_nquads(triples, mapper.graph).decode().splitlines()
    tail = f" <urn:uuid:{RUN}#bundle> ."
    return {
        line.removesuffix(tail).replace(AITIA, "aitia:").replace(PROV, "prov:") for line in lines
    }


def test_a_run_has_its_times_status_and_duration() -> None:
    found = mapped([START, RunEnded(3_500_000_000, "Failed", "ValueError: no")])
    type_ = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert f"{ROOT} {type_} <aitia:WorkflowRun>" in found
    double = '"2.5"^^<http://www.w3.org/2001/XMLSchema#double>'
    assert f"{ROOT} <aitia:durationSeconds> {double}" in found
    assert f"{ROOT} <aitia:status> <aitia:Failed>" in found
    assert f'{ROOT} <aitia:errorMessage> "ValueError: no"' in found


@pytest.mark.parametrize(("alive", "status"), [(True, "Running"), (False, "Interrupted")])
def test_a_run_without_an_end(alive: bool, status: str) -> None:
    found = mapped([START, Started("1", "step", 2_000_000_000)], alive=alive)
    inferred = any("statusInferred" in line for line in found)
    assert f"{ROOT} <aitia:status> <aitia:{status}>" in found
    assert f"<urn:uuid:{RUN}#1> <aitia:status> <aitia:{status}>" in found
    assert inferred is not alive


def test_inputs_are_settings_or_usages_and_outputs_rest_on_inputs() -> None:
    found = mapped(
        [
            START,
            Started("1", "load", 1, used={"path": "a.csv"}),
            Ended("1", 2, generated={"return": Ref("e1")}),
            Started("2", "scale", 3, used={"x": Ref("e1"), "by": 2.5}),
            Ended("2", 4, generated={"return": Ref("e2"), "mean": Typed("NaN", "xsd:double")}),
        ]
    )
    one, two = f"<urn:uuid:{RUN}#1>", f"<urn:uuid:{RUN}#2>"
    assert f"{two} <prov:used> <urn:uuid:{RUN}#e1>" in found
    assert f"{two} <prov:used> <urn:uuid:{RUN}#2/setting/by>" in found
    assert f"<urn:uuid:{RUN}#e2> <prov:wasDerivedFrom> <urn:uuid:{RUN}#e1>" in found
    assert f"{two} <prov:wasInformedBy> {one}" in found
    nan = '"NaN"^^<http://www.w3.org/2001/XMLSchema#double>'
    assert f"<urn:uuid:{RUN}#2/out/mean> <prov:value> {nan}" in found


def test_a_machine_is_used_but_nothing_is_derived_from_it() -> None:
    found = mapped(
        [
            START,
            Started("1", "fit", 1, type="aitia:TrainingRun"),
            Used("1", "e9", relation="aitia:ranOn"),
            Used("1", "e1", relation="aitia:trainedOn"),
            Generated("e2", "1", role="model"),
        ]
    )
    derived = {line for line in found if "<prov:wasDerivedFrom>" in line}
    assert derived == {f"<urn:uuid:{RUN}#e2> <prov:wasDerivedFrom> <urn:uuid:{RUN}#e1>"}
    assert f"<urn:uuid:{RUN}#1> <aitia:ranOn> <urn:uuid:{RUN}#e9>" in found
    assert f"<urn:uuid:{RUN}#1> <prov:used> <urn:uuid:{RUN}#e9>" in found


def test_values_follow_the_range_of_their_property() -> None:
    attributes = {
        "aitia:layerIndex": 3,
        "aitia:dropoutRate": 1,
        "aitia:kernelSize": Json([3, 3]),
        "aitia:unitCount": -4,
        "aitia:padding": "same",
    }
    found = mapped([Entity("e1", "aitia:ConvolutionLayer", attributes=attributes)])
    xsd = "^^<http://www.w3.org/2001/XMLSchema#"
    here = f"<urn:uuid:{RUN}#e1>"
    assert f'{here} <aitia:layerIndex> "3"{xsd}nonNegativeInteger>' in found
    assert f'{here} <aitia:dropoutRate> "1.0"{xsd}double>' in found
    json = "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
    assert f'{here} <aitia:kernelSize> "[3,3]"{json}' in found
    # What does not fit the range keeps its own type, for the shapes to refuse in words.
    assert f'{here} <aitia:unitCount> "-4"{xsd}integer>' in found
    assert f'{here} <aitia:padding> "same"' in found


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (Entity("e", "aitia:Datset"), "did you mean aitia:Dataset"),
        (Entity("e", "foo:Dataset"), "expected a prefix among"),
        (Entity("e", "aitia:Dataset", attributes={"aitia:sise": 1}), "not in the ontology"),
        (Used("1", "e", relation="aitia:trainedUpon"), "did you mean aitia:trainedOn"),
        (RunEnded(1, "Done"), "expected one of aitia:ExecutionStatus"),
        (Entity("e", "aitia:Model", attributes={"aitia:hasArchitecture": "x"}), "a reference"),
        (Point("", 1, {"loss": "low"}), "expected a number"),
        (Points("", "loss", (1.0, 2.0), steps=(1.0,)), "1 steps for 2 values"),
    ],
)
def test_what_the_ontology_lacks_is_refused(record: Record, message: str) -> None:
    mapper = Mapper(RUN, Origin("aitia", "0.1.0"))
    with pytest.raises((RecordError, LookupError), match=message):
        mapper.map(record, "", 0)


ALL: list[Record] = [
    START,
    Started("1", "fit", 1_100_000_000, type="aitia:TrainingRun", used={"lr": 0.1, "x": Ref("e1")}),
    Ended("1", 1_900_000_000, generated={"return": Ref("e2")}),
    Entity("e1", "aitia:Dataset", "digits"),
    Entity("e2", "aitia:Model"),
    Used("1", "e1", role="training", time=5, relation="aitia:trainedOn"),
    Generated("e2", "1", role="model"),
    Invalidated("e1", "1", 7),
    Derived("e2", "e1", "1"),
    Attributed("e2", "a1", "author"),
    Associated("1", "a1", role="operator"),
    Delegated("a1", "a2", "1"),
    Specialised("e2", "e3"),
    Member("e3", "e1"),
    Informed("1", ""),
    Setting("1", "momentum", 0.9, "1"),
    *(Point("1", 1_200_000_000 + i, {"loss": 1.0 / (i + 1)}, i) for i in range(6)),
    Points("", "cpu_percent", (1.0, 2.0), times=(0.1, 0.2), kind="telemetry", unit="%"),
    Point("", 2, {"test_accuracy": 0.9}),
    Note("blind", "native readers", 3),
    RunEnded(2_000_000_000),
]


def test_order_does_not_matter() -> None:
    expected = mapped(ALL)
    for seed in range(20):
        shuffled = ALL[:]
        random.Random(seed).shuffle(shuffled)
        # Telemetry counts seconds from the start of the run, so its first record comes first.
        shuffled.remove(START)
        assert mapped([START, *shuffled]) == expected


def test_every_qualified_relation_names_its_parts() -> None:
    found = mapped(ALL)
    for kind in ("Usage", "Generation", "Invalidation", "Derivation", "Attribution", "Association"):
        assert any(f"<prov:qualified{kind}>" in line for line in found), kind
    assert any("<prov:qualifiedDelegation>" in line for line in found)


def test_scopes_keep_the_ids_of_processes_apart() -> None:
    found = mapped([Started("1", "work", 5)], scope="k3")
    assert any(line.startswith(f"<urn:uuid:{RUN}#k3.1> ") for line in found)


def test_a_series_is_one_node_with_its_summary() -> None:
    found = mapped(ALL)
    here = f"<urn:uuid:{RUN}#1/series/loss>"
    xsd = "^^<http://www.w3.org/2001/XMLSchema#"
    assert f"<urn:uuid:{RUN}#1> <aitia:hasLearningCurve> {here}" in found
    assert f'{here} <aitia:pointCount> "6"{xsd}nonNegativeInteger>' in found
    assert f'{here} <aitia:bestStep> "5.0"{xsd}double>' in found
    assert f'{here} <aitia:indexStride> "1.0"{xsd}double>' in found
    assert any(line.startswith(f"{here} <aitia:curveType>") for line in found)
    measure = f"<urn:uuid:{RUN}#measure/test_accuracy>"
    assert f'{measure} <aitia:numericValue> "0.9"{xsd}double>' in found


def test_a_series_of_nothing_finite_is_still_a_series() -> None:
    nan = Typed("NaN", "xsd:double")
    found = mapped([START, *(Point("", i, {"loss": nan}, i) for i in range(5))])
    here = f"<urn:uuid:{RUN}#series/loss>"
    json = "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
    quoted = ",".join(['\\"NaN\\"'] * 5)
    assert f'{here} <aitia:inlineValues> "[{quoted}]"{json}' in found
    assert not any(f"{here} <aitia:mean>" in line for line in found)
    assert any("#Diverger>" in line for line in found)


def test_a_setting_that_was_changed_has_its_last_value_and_a_note() -> None:
    found = mapped([START, Setting("", "lr", 0.1), Setting("", "lr", 0.2)])
    value = f"<urn:uuid:{RUN}#setting/lr> <aitia:settingValue>"
    double = '"0.2"^^<http://www.w3.org/2001/XMLSchema#double>'
    assert [line for line in found if line.startswith(value)] == [f"{value} {double}"]
    assert any('noteKind> "setting-changed"' in line for line in found)
