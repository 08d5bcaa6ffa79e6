"""A graph as facts to look up: what an exporter asks of one thing after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from aitia.export.selection import Statement
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import ANCESTORS, CLASSES

_FAMILIES = {
    expand(curie): frozenset(map(expand, (curie, *ANCESTORS.get(curie, ())))) for curie in CLASSES
}


class Facts:
    """The statements of a graph by subject, and by object.

    Parameters
    ----------
    statements:
        All statements, in the order in which answers come.
    above:
        The classes above each class, those of extensions included.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        above: Mapping[str, Sequence[str]] = ANCESTORS,
    ) -> None:
        self._families = _FAMILIES | {
            expand(name): frozenset(map(expand, (name, *more)))
            for name, more in above.items()
            if name not in ANCESTORS
        }
        self._within: dict[str, list[str]] | None = None
        self._out: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._back: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in statements:
            here, there = _text(subject), _text(value)
            self._out[here][predicate.value].append(there)
            if not isinstance(value, ox.Literal):
                self._back[there][predicate.value].append(here)

    def subjects(self) -> list[str]:
        """Return everything that something is said of."""
        return list(self._out)

    def all(self, subject: str, curie: str) -> list[str]:
        """Return the values of a property, as text."""
        return list(self._out[subject].get(expand(curie), ())) if subject in self._out else []

    def one(self, subject: str, curie: str) -> str | None:
        """Return the first value of a property, or None."""
        found = self.all(subject, curie)
        return found[0] if found else None

    def back(self, value: str, curie: str) -> list[str]:
        """Return the things that have ``value`` for a property."""
        return list(self._back[value].get(expand(curie), ())) if value in self._back else []

    def within(self, run: str) -> list[str]:
        """Return the executions that a run's own names say are its tasks."""
        if self._within is None:
            self._within = defaultdict(list)
            for subject in self._out:
                if "#" in subject and self.is_a(subject, "prov:Activity"):
                    self._within[subject.partition("#")[0]].append(subject)
        return self._within.get(run, [])

    def is_a(self, subject: str, *curies: str) -> bool:
        """Say whether a thing is of one of these classes, or of a subclass."""
        wanted = {expand(curie) for curie in curies}
        types = self.all(subject, "rdf:type")
        return any(wanted & self._families.get(kind, frozenset({kind})) for kind in types)

    def label(self, subject: str) -> str:
        """Return the label of a thing, or the end of its IRI."""
        return self.one(subject, "rdfs:label") or subject.rpartition("/")[2].rpartition(":")[2]


def _text(node: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else node.value
