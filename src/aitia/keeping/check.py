"""Whether the store says what the journals say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aitia.ingest.build import Builder, Built
from aitia.ingest.journals import Journal, journals
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.parts import sweep
from aitia.ingest.reading import Reading
from aitia.store import canonical, graphs
from aitia.store.port import Store
from aitia.validation.profiles import load
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.literals import iri

SAME, BEHIND, DIFFERS, ORPHAN = "same", "behind", "differs", "orphan"

_AITIA = "https://w3id.org/aitia/ns#"


class Difference(NamedTuple):
    """How one bundle of the store is to its journal: ``same``, or what is so in place of that."""

    run: str
    bundle: str
    state: str
    detail: str


def compare(
    directory: str, store: Store, extensions: Sequence[Extension] = (), *, deep: bool = False
) -> Iterator[Difference]:
    """Compare each bundle with its journal.

    By digest and number of the records; ``deep`` maps each journal again and compares the
    canonical forms of all its graphs.
    """
    sweep(directory)
    found = journals(directory, extensions)
    words = Lexicon(extensions) if extensions else ONTOLOGY
    builder = Builder(directory, load().extended(extensions), words) if deep else None
    for journal in found:
        state, detail = _records(journal, store)
        if state == SAME and builder is not None:
            detail = _graphs(builder.build(journal), journal, store)
            state = DIFFERS if detail else SAME
        yield Difference(journal.run, journal.bundle, state, detail)
    known = {journal.bundle for journal in found}
    for graph in store.graphs():
        if graphs.is_bundle(graph) and graph not in known:
            run = graphs.run_of(graph)
            yield Difference(run, graph, ORPHAN, "no journal; aitia rebuild drops it")


def _records(journal: Journal, store: Store) -> tuple[str, str]:
    catalogue = graphs.catalogue(journal.run, journal.recorder)
    name = iri(journal.bundle)
    query = f"SELECT ?mark WHERE {{ {name} {iri(graphs.WATERMARK)} ?mark }}"
    marks = [mark.value for (mark,) in store.select(query, graphs=[catalogue]).rows if mark]
    if marks != [journal.watermark()]:
        return BEHIND, "not ingested as it is now; next: aitia ingest"
    reading = Reading(journal)
    for _ in reading.items():
        pass
    query = f"SELECT ?sha WHERE {{ {name} <{_AITIA}sha256> ?sha }}"
    said = [sha.value for (sha,) in store.select(query, graphs=[journal.bundle]).rows if sha]
    if said != [reading.digest]:
        return DIFFERS, "made from other records than the journal has; next: aitia rebuild"
    query = "SELECT (COUNT(?q) AS ?n) WHERE { ?q a aitia:QuarantinedRecord }"
    quarantine = graphs.quarantine(journal.run, journal.recorder)
    kept = [int(n.value) for (n,) in store.select(query, graphs=[quarantine]).rows if n]
    if kept < [len(reading.refused)]:
        return DIFFERS, "unreadable lines are missing in quarantine; next: aitia rebuild"
    return SAME, ""


def _graphs(built: Built, journal: Journal, store: Store) -> str:
    """Return which graph is not what the journal makes it now; empty when all are."""
    made = dict(built.graphs)
    if built.parts:
        made[journal.bundle] = b"".join(_read(path) for path in built.parts)
    if built.scratch:
        shutil.rmtree(built.scratch, ignore_errors=True)
    for graph, data in made.items():
        if canonical.digest(store.dump(graph)) != canonical.digest(canonical.stored(data)):
            return f"{graph} is not what the journal makes it; next: aitia rebuild"
    return ""


def _read(path: str) -> bytes:
    with open(path, "rb") as handle:
        return handle.read()
