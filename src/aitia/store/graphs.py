"""Which named graph a statement lies in.

A run's statements lie in one bundle per recorder. What Aitia itself notes about a bundle (how far
it was ingested, which of its records were refused) lies in graphs beside it, so that replacing or
deleting a run touches its own graphs alone.
"""

from __future__ import annotations

from aitia.vocabulary.iris import GRAPH, slug

CATALOGUE = GRAPH + "catalogue"
ONTOLOGY = GRAPH + "ontology"
EXTENSION = GRAPH + "extension/"
QUARANTINE = GRAPH + "quarantine"
WATERMARK = "https://w3id.org/aitia/internal#watermark"
"""Property of a bundle: the JSON that says what it was made from."""


def bundle(run: str, recorder: str = "aitia") -> str:
    """Return the graph of what ``recorder`` said of the run with this UUID."""
    suffix = "" if recorder == "aitia" else "-" + slug(recorder)
    return f"urn:uuid:{run}#bundle{suffix}"


def catalogue(run: str, recorder: str = "aitia") -> str:
    """Return the graph that says what a bundle was made from."""
    return f"{CATALOGUE}/{run}/{slug(recorder)}"


def quarantine(run: str, recorder: str = "aitia") -> str:
    """Return the graph of the records of a bundle that were refused."""
    return f"{QUARANTINE}/{run}/{slug(recorder)}"


def all_of(graph: str) -> tuple[str, str, str]:
    """Return a bundle and the graphs beside it: its catalogue and its quarantine."""
    run, _, name = graph.removeprefix("urn:uuid:").partition("#bundle")
    recorder = name.removeprefix("-") or "aitia"
    return graph, catalogue(run, recorder), quarantine(run, recorder)


def extension(iri: str, digest: str) -> str:
    """Return the graph of a user's own module of the ontology, in the version of that digest."""
    return f"{EXTENSION}{slug(iri)}/{digest[:16]}"


def is_bundle(graph: str) -> bool:
    """Return whether a graph holds recorded statements, not Aitia's own notes."""
    return graph.startswith("urn:uuid:") and "#bundle" in graph


def run_of(graph: str) -> str:
    """Return the UUID of the run that a bundle speaks of."""
    return graph.removeprefix("urn:uuid:").partition("#")[0]
