from __future__ import annotations

import pyoxigraph as ox

from aitia.validation.compile import compile_shapes
from aitia.validation.plan import Plan
from aitia.validation.profiles import load
from aitia.validation.reader import read_shapes

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"


def plan(turtle: str) -> Plan:
    quads = ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)
    return compile_shapes(read_shapes([ox.Triple(q.subject, q.predicate, q.object) for q in quads]))


def test_property_shapes_share_the_focus_nodes_of_their_class() -> None:
    found = plan("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    (stage,) = found.stages
    assert [group.key for group in stage] == ["urn:x:C"]
    assert found.classes == {"urn:x:C"}
    assert found.spreads == ()


def test_small_shapes_are_written_out() -> None:
    found = plan("ex:S sh:targetClass ex:C ; sh:not [ sh:class ex:D ] .")
    assert len(found.stages) == 1
    assert found.spreads == ()
    assert found.classes == {"urn:x:C", "urn:x:D"}


def test_larger_shapes_are_judged_first() -> None:
    found = plan("ex:S sh:targetClass ex:C ; sh:not [ sh:nodeKind sh:IRI ; sh:pattern 'a' ] .")
    first, second = found.stages
    assert {branch.fails != "" for group in first for branch in group.branches} == {True}
    assert {branch.fails != "" for group in second for branch in group.branches} == {False}


def test_values_along_a_path_become_focus_nodes() -> None:
    found = plan(
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:T ] ."
        "ex:T sh:nodeKind sh:IRI ."
    )
    (spread,) = found.spreads
    assert (spread.source, spread.path, spread.again) == ("urn:x:C", "<urn:x:p>", False)


def test_deactivated_shapes_ask_nothing() -> None:
    found = plan(
        "ex:S sh:targetClass ex:C ; sh:node ex:T . ex:T sh:nodeKind sh:IRI ; sh:deactivated true ."
    )
    assert [branch.component for branch in found.branches] == ["NodeConstraintComponent"]


def test_branches_are_numbered_as_they_are_kept() -> None:
    branches = load().plan.branches
    assert [branch.number for branch in branches] == list(range(len(branches)))
