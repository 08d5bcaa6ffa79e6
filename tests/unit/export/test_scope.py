"""Exports reduced to what matters to one stakeholder, by the annotation of the terms alone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.errors import NotFoundError
from aitia.export import FORMATS, export
from aitia.export.scope import Scope
from aitia.export.selection import select
from aitia.export.statement import Node, Statement
from aitia.store import graphs
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.engine import validate
from aitia.validation.profiles import load
from aitia.vocabulary.iris import expand
from aitia.vocabulary.stakeholders import STAKEHOLDERS, terms_for
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, OBJECT_PROPERTIES

VALID = Path(__file__).parents[2] / "shapes" / "valid.ttl"
EXAMPLES = [Path(path) for path in resources.files("ontology/examples", ".ttl")]
RUN = "8e077096-e943-4091-9833-1649ddf057c8"
AITIA = "https://w3id.org/aitia/ns#"
PREFIXES = (
    f"@prefix aitia: <{AITIA}> . @prefix prov: <http://www.w3.org/ns/prov#> . @prefix : <urn:x:> ."
)


def statements(turtle: str) -> list[Statement]:
    triples = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    return [
        Statement(cast("ox.NamedNode", t.subject), t.predicate, cast("Node", t.object))
        for t in triples
    ]


def reduced(stakeholder: str, turtle: str) -> list[Statement]:
    told = statements(turtle)
    scope = Scope(stakeholder, told)
    return [statement for statement in told if scope.keeps(statement)]


def said(stakeholder: str, turtle: str) -> set[str]:
    found = reduced(stakeholder, PREFIXES + turtle)
    return {" ".join(re.split("[#:/]", str(term))[-1].rstrip(">") for term in s) for s in found}


@pytest.fixture
def full(store: OxigraphStore) -> OxigraphStore:
    graph = ox.NamedNode(graphs.bundle(RUN))
    told = statements(VALID.read_text(encoding="utf-8"))
    quads = [ox.Quad(*statement, graph) for statement in told]
    store.replace({graph.value: ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""})
    return store


@pytest.mark.parametrize("stakeholder", STAKEHOLDERS)
def test_only_terms_that_matter_are_used(stakeholder: str) -> None:
    mine = {expand(term) for term in terms_for(stakeholder)}
    ours = {expand(t) for t in CLASSES | DATA_PROPERTIES | OBJECT_PROPERTIES if t[:6] == "aitia:"}
    whole = statements(VALID.read_text(encoding="utf-8"))
    kept = reduced(stakeholder, VALID.read_text(encoding="utf-8"))
    used = {s.predicate.value for s in kept} | {s.object.value for s in kept} & ours
    assert used & ours
    assert used & ours <= mine
    assert len(kept) < len(whole)


@pytest.mark.parametrize("stakeholder", STAKEHOLDERS)
def test_no_statement_leads_to_something_left_out(stakeholder: str) -> None:
    text = VALID.read_text(encoding="utf-8")
    described = {s.subject for s in statements(text)}
    kept = reduced(stakeholder, text)
    left_out = described - {s.subject for s in kept}
    assert left_out
    assert [s for s in kept if s.object in left_out] == []


@pytest.mark.parametrize("stakeholder", STAKEHOLDERS)
@pytest.mark.parametrize("path", [VALID, *EXAMPLES], ids=lambda path: path.stem)
def test_a_reduced_graph_keeps_the_must_rules(path: Path, stakeholder: str) -> None:
    kept = reduced(stakeholder, path.read_text(encoding="utf-8"))
    data = "".join(f"{s.subject} {s.predicate} {s.object} .\n" for s in kept).encode()
    assert [(r.focus, r.message) for r in validate(data, load(("must",))).results] == []


def test_what_is_said_of_a_decision() -> None:
    graph = """
        :d a aitia:Decision ; aitia:basedOnPrediction :p ; prov:wasAttributedTo :who .
        :p a aitia:Prediction ; aitia:confidence 0.5e0 .
        :who a prov:Person .
        :node a aitia:ComputeNode ; prov:wasAttributedTo :admin .
        :admin a prov:Person ."""
    assert said("affected person", graph) >= {
        "d basedOnPrediction p",
        "d wasAttributedTo who",
    }
    assert not any("node" in text or "admin" in text for text in said("affected person", graph))
    assert {text.split()[0] for text in said("workflow developer", graph)} == {"node", "admin"}


def test_a_qualified_relation_goes_with_what_it_names() -> None:
    graph = """
        :t a aitia:TaskRun ; prov:used :n , :d ; prov:qualifiedUsage :u1 , :u2 .
        :u1 a prov:Usage ; prov:entity :n . :u2 a prov:Usage ; prov:entity :d .
        :n a aitia:ComputeNode . :d a aitia:Artifact ."""
    kept = {text.split()[0] for text in said("affected person", graph)}
    assert kept == {"t", "u2", "d"}


def test_the_class_may_be_said_in_another_bundle(store: OxigraphStore) -> None:
    of, named = graphs.bundle(RUN), graphs.bundle(RUN, "other")
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    store.replace(
        {
            of: f"<urn:x:n> <{kind}> <{AITIA}GPU> <{of}> .\n".encode(),
            named: f"<urn:x:r> <{kind}> <{AITIA}TaskRun> <{named}> .\n"
            f"<urn:x:r> <{AITIA}ranOn> <urn:x:n> <{named}> .\n".encode(),
        }
    )
    assert len(select(store, None, "HPC operator").union()) == 3
    assert len(select(store, None, "affected person").union()) == 1


@pytest.mark.parametrize("stakeholder", STAKEHOLDERS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_reduced(
    full: OxigraphStore, tmp_path: Path, name: str, stakeholder: str
) -> None:
    whole = export(full, name, tmp_path / "whole")
    less = export(full, name, tmp_path / "less", stakeholder=stakeholder)
    assert 0 < less.things <= whole.things
    if name != "rocrate":
        assert less.things < whole.things


def test_an_unknown_stakeholder_writes_nothing(full: OxigraphStore) -> None:
    out = io.BytesIO()
    with pytest.raises(NotFoundError, match="no stakeholder 'astronaut'"):
        export(full, "turtle", out, stakeholder="astronaut")
    assert out.getvalue() == b""
