"""What OWL calls functional, and so would take two values of for one, the shapes refuse."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from aitia import resources

SH = "http://www.w3.org/ns/shacl#"
FUNCTIONAL = ox.NamedNode("http://www.w3.org/2002/07/owl#FunctionalProperty")


def quads(folder: str) -> list[ox.Quad]:
    return [
        quad
        for path in resources.files(folder, ".ttl")
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    ]


def test_each_functional_property_is_given_at_most_once() -> None:
    functional = {quad.subject for quad in quads("ontology") if quad.object == FUNCTIONAL}
    facts: dict[object, dict[str, object]] = defaultdict(dict)
    for quad in quads("shapes/must"):
        facts[quad.subject][quad.predicate.value] = quad.object
    limited = {
        fact.get(SH + "path")
        for fact in facts.values()
        if getattr(fact.get(SH + "maxCount"), "value", None) == "1"
    }
    assert len(functional) > 60
    assert {str(one) for one in functional - limited} == set()
