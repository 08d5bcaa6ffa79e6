"""The ontology as a graph of the store, and the mark that says which version of it is there."""

from __future__ import annotations

import os
from hashlib import sha256

from aitia import resources
from aitia.store import graphs as policy
from aitia.vocabulary.literals import XSD, iri, quote

LAYOUT = "https://w3id.org/aitia/internal#layout"
"""Property of the catalogue: how statements lie in the graphs of a store."""

LAYOUT_VERSION = 2
"""2: the default graph is the merge of all named graphs. A store without a number is older."""


def ontology_files() -> list[str]:
    """Return the Turtle files that make up the ontology graph."""
    base = resources.path("ontology")
    taxonomies = os.path.join(base, "taxonomies")
    found = [os.path.join(base, name) for name in os.listdir(base)]
    if os.path.isdir(taxonomies):
        found += [os.path.join(taxonomies, name) for name in os.listdir(taxonomies)]
    prov = resources.path("ontology", "imports", "prov-o.ttl")
    return [*sorted(path for path in found if path.endswith(".ttl")), prov]


def layout() -> str:
    """Return the statement, without its end, about the layout of a store."""
    return f'{iri(policy.CATALOGUE)} {iri(LAYOUT)} "{LAYOUT_VERSION}"^^<{XSD}integer>'


def mark(files: list[str]) -> str:
    """Return the statement, without its end, that a store is marked with which holds these."""
    digest = sha256()
    for path in files:
        with open(path, "rb") as handle:
            digest.update(handle.read())
    subject, value = iri(policy.ONTOLOGY), quote(digest.hexdigest())
    return f"{subject} {iri(policy.WATERMARK)} {value}"


def quads(files: list[str]) -> dict[str, bytes]:
    """Return the graph of the ontology and the one with its mark, as N-Quads."""
    import pyoxigraph as ox

    target = ox.NamedNode(policy.ONTOLOGY)
    # Through a dataset: the same axiom may stand in two files, and blank nodes get names.
    data = ox.Dataset()
    for path in files:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            data.add(ox.Quad(quad.subject, quad.predicate, quad.object, target))
    ontology = ox.serialize(data, format=ox.RdfFormat.N_QUADS) or b""
    end = f" {iri(policy.CATALOGUE)} .\n"
    said = f"{layout()}{end}{mark(files)}{end}".encode()
    return {policy.ONTOLOGY: ontology, policy.CATALOGUE: said}
