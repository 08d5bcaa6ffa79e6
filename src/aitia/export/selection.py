"""Which statements are exported, and in which order: the bundles of runs, nothing else.

What Aitia notes for itself (how far it ingested, what it refused) and the ontology stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import pyoxigraph as ox

from aitia.errors import ExportError, NotFoundError
from aitia.export.private import without_home
from aitia.export.scope import Scope
from aitia.export.statement import Node, Statement
from aitia.store import graphs
from aitia.store.port import Store
from aitia.vocabulary.literals import RDF
from aitia.vocabulary.stakeholders import named

__all__ = ["Node", "Selection", "Statement", "order", "select"]

_TYPE = RDF + "type"


@dataclass(frozen=True)
class Selection:
    """The bundles to export, by IRI of their graph, in order.

    ``stakeholder`` is the name of the one to whose scope all statements are reduced, if any.
    """

    store: Store
    bundles: tuple[str, ...]
    stakeholder: str | None = None

    @cached_property
    def scope(self) -> Scope | None:
        """What matters in all bundles together; None when everything does."""
        if self.stakeholder is None:
            return None
        whole = (statement for bundle in self.bundles for statement in self._all(bundle))
        return Scope(self.stakeholder, whole)

    def statements(self, bundle: str) -> list[Statement]:
        """Return the triples of one bundle, each subject's types first, in a fixed order.

        Raises
        ------
        ExportError
            When what the store returns is not N-Quads.
        """
        scope, found = self.scope, self._all(bundle)
        kept = found if scope is None else {s for s in found if scope.keeps(s)}
        return sorted(kept, key=order)

    def _all(self, bundle: str) -> set[Statement]:
        data = self.store.dump(bundle)
        try:
            quads = set(ox.parse(data, format=ox.RdfFormat.N_QUADS))
        except SyntaxError as error:
            raise ExportError(
                f"graph {bundle} as the store returns it is not N-Quads ({error})",
                next_step="aitia rebuild",
            ) from None
        return {
            Statement(q.subject, q.predicate, without_home(cast("Node", q.object))) for q in quads
        }

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


def select(store: Store, run: str | None = None, stakeholder: str | None = None) -> Selection:
    """Return the bundles of one run, or of all.

    Parameters
    ----------
    store:
        Where to read.
    run:
        The UUID of a run, with or without ``urn:uuid:``; None for all runs.
    stakeholder:
        To whose scope the statements are reduced, by ``aitia:mattersTo``; None for all of them.

    Raises
    ------
    NotFoundError
        When nothing is recorded, or not of that run, or there is no such stakeholder.
    """
    reader = None if stakeholder is None else named(stakeholder)
    wanted = None if run is None else run.removeprefix("urn:uuid:").lower()
    names = [name for name in store.graphs() if graphs.is_bundle(name)]
    found = [name for name in names if wanted in (None, graphs.run_of(name).lower())]
    if not found:
        raise NotFoundError(
            "nothing is recorded yet" if run is None else f"no run {run!r} in the store",
            expected="a run to export" if run is None else "the UUID of a recorded run",
            next_step="aitia ls",
        )
    return Selection(store, tuple(found), reader)
