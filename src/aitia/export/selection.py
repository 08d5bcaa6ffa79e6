"""Which statements are exported, and in which order: the bundles of runs, nothing else.

What Aitia notes for itself (how far it ingested, what it refused) and the ontology stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, cast

import pyoxigraph as ox

from aitia.errors import ExportError, NotFoundError
from aitia.store import graphs
from aitia.store.port import Store
from aitia.vocabulary.literals import RDF

Subject = ox.NamedNode | ox.BlankNode
Node = ox.NamedNode | ox.BlankNode | ox.Literal
_TYPE = RDF + "type"


class Statement(NamedTuple):
    """One triple of a bundle."""

    subject: ox.NamedNode | ox.BlankNode
    predicate: ox.NamedNode
    object: Node


@dataclass(frozen=True)
class Selection:
    """The bundles to export, by IRI of their graph, in order."""

    store: Store
    bundles: tuple[str, ...]

    def statements(self, bundle: str) -> list[Statement]:
        """Return the triples of one bundle, each subject's types first, in a fixed order.

        Raises
        ------
        ExportError
            When what the store returns is not N-Quads.
        """
        data = self.store.dump(bundle)
        try:
            quads = set(ox.parse(data, format=ox.RdfFormat.N_QUADS))
        except SyntaxError as error:
            raise ExportError(
                f"graph {bundle} as the store returns it is not N-Quads ({error})",
                next_step="aitia rebuild",
            ) from None
        found = (Statement(q.subject, q.predicate, cast("Node", q.object)) for q in quads)
        return sorted(found, key=order)

    def union(self) -> list[Statement]:
        """Return the triples of all bundles together, each once."""
        found = {statement for bundle in self.bundles for statement in self.statements(bundle)}
        return sorted(found, key=order)

    def __iter__(self) -> Iterator[tuple[str, list[Statement]]]:
        """Yield each bundle with its triples."""
        for bundle in self.bundles:
            yield bundle, self.statements(bundle)


def order(statement: Statement) -> tuple[str, bool, str, str]:
    """Return what statements are sorted by: subject, then its types, then the rest."""
    predicate = statement.predicate.value
    return str(statement.subject), predicate != _TYPE, predicate, str(statement.object)


def select(store: Store, run: str | None = None) -> Selection:
    """Return the bundles of one run, or of all.

    Parameters
    ----------
    store:
        Where to read.
    run:
        The UUID of a run, with or without ``urn:uuid:``; None for all runs.

    Raises
    ------
    NotFoundError
        When nothing is recorded, or not of that run.
    """
    wanted = None if run is None else run.removeprefix("urn:uuid:").lower()
    names = [name for name in store.graphs() if graphs.is_bundle(name)]
    found = [name for name in names if wanted in (None, graphs.run_of(name).lower())]
    if not found:
        raise NotFoundError(
            "nothing is recorded yet" if run is None else f"no run {run!r} in the store",
            expected="a run to export" if run is None else "the UUID of a recorded run",
            next_step="aitia ls",
        )
    return Selection(store, tuple(found))
