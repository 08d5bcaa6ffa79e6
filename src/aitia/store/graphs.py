"""Which named graph a statement lies in."""

from __future__ import annotations

from aitia.vocabulary.iris import GRAPH, slug

CATALOGUE = GRAPH + "catalogue"
ONTOLOGY = GRAPH + "ontology"
QUARANTINE = GRAPH + "quarantine"

_RESERVED = frozenset({CATALOGUE, ONTOLOGY, QUARANTINE})


def bundle(run: str, recorder: str = "aitia") -> str:
    """Return the graph of what ``recorder`` said of the run with this UUID."""
    suffix = "" if recorder == "aitia" else "-" + slug(recorder)
    return f"urn:uuid:{run}#bundle{suffix}"


def is_bundle(graph: str) -> bool:
    """Return whether a graph holds recorded statements (not the catalogue, ontology, quarantine)."""
    return graph not in _RESERVED
