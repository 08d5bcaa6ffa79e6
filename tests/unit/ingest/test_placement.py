from __future__ import annotations

from collections.abc import Mapping

import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.records import Entity, Record, RunStarted, Started, Used

RUN = "11111111-2222-4333-8444-555555555555"
ROOT = f"urn:uuid:{RUN}"
RAN_ON = "<https://w3id.org/aitia/ns#ranOn>"
HOSTS = {"": "alpha", "child": "alpha", "far": "beta"}
Told = tuple[str, Record]


def node(iri: str, scope: str = "") -> list[Told]:
    entity = Entity(iri, "aitia:ComputeNode", iri)
    return [(scope, entity), (scope, Used("", iri, relation="aitia:ranOn"))]


def task(name: str, scope: str) -> Told:
    return scope, Started(name, "step", 1)


def placed(
    told: list[Told], hosts: Mapping[str, str] = HOSTS, recorder: str = "aitia"
) -> dict[str, set[str]]:
    """Return the devices of each task by its id in the graph."""
    mapper = Mapper(RUN, Origin(recorder, "0.1.0", hosts))
    everything: list[Told] = [("", RunStarted(RUN, "run", 0)), *told]
    triples = [t for i, (s, r) in enumerate(everything) for t in mapper.map(r, s, i)]
    found: dict[str, set[str]] = {}
    for subject, predicate, thing in [*triples, *mapper.finish(alive=False)]:
        if predicate == RAN_ON and subject != f"<{ROOT}>":
            key = subject.removeprefix(f"<{ROOT}#").rstrip(">")
            found.setdefault(key, set()).add(thing.strip("<>"))
    return found


def test_a_task_ran_on_the_node_of_its_process() -> None:
    told = [*node("urn:x:a"), *node("urn:x:b", "far"), task("1", ""), task("1", "far")]
    assert placed(told) == {"1": {"urn:x:a"}, "far.1": {"urn:x:b"}}
    assert placed(told[::-1]) == placed(told)


def test_a_process_that_described_nothing_is_where_its_host_is() -> None:
    told = [*node("urn:x:a"), *node("urn:x:b", "far"), task("1", "child")]
    assert placed(told) == {"child.1": {"urn:x:a"}}


def test_nothing_is_said_of_a_host_that_nobody_described() -> None:
    assert placed([*node("urn:x:a"), task("1", "far")]) == {}
    assert placed([*node("urn:x:a"), task("1", "child")], hosts={}) == {}


def test_nothing_is_said_where_a_host_goes_by_two_nodes() -> None:
    told = [*node("urn:x:a"), *node("urn:x:b", "other"), task("1", "child"), task("2", "other")]
    assert placed(told, {**HOSTS, "other": "alpha"}) == {"other.2": {"urn:x:b"}}


def test_what_a_task_says_itself_stands() -> None:
    said: Told = ("", Used("1", "urn:x:b", relation="aitia:ranOn"))
    told = [*node("urn:x:a"), ("", Entity("urn:x:b", "aitia:EdgeNode", "b")), task("1", ""), said]
    assert placed(told) == {"1": {"urn:x:b"}}


def test_a_device_that_is_no_node_leaves_the_node_to_be_told() -> None:
    said: Told = ("", Used("1", "urn:x:gpu", relation="aitia:ranOn"))
    told = [*node("urn:x:a"), ("", Entity("urn:x:gpu", "aitia:GPU", "g")), task("1", ""), said]
    assert placed(told) == {"1": {"urn:x:a", "urn:x:gpu"}}


def test_a_node_whose_record_was_refused_is_not_named() -> None:
    assert placed([node("urn:x:a")[1], task("1", "")]) == {}


@pytest.mark.parametrize("recorder", ["flowcept", "causal"])
def test_who_imports_is_not_where_the_tasks_ran(recorder: str) -> None:
    assert placed([*node("urn:x:a"), task("1", "")], recorder=recorder) == {}
