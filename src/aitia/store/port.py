"""The door between the graph and everything that reads it: SPARQL 1.1, embedded or remote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from aitia.vocabulary.literals import iri, quote


class Term(NamedTuple):
    """An RDF term of a result: ``kind`` is ``iri``, ``literal`` or ``bnode``.

    ``datatype`` is None for plain and for language-tagged strings.
    """

    kind: str
    value: str
    datatype: str | None = None
    language: str | None = None

    def ntriples(self) -> str:
        """Return the term in N-Triples syntax."""
        if self.kind == "iri":
            return iri(self.value)
        if self.kind == "bnode":
            return "_:" + self.value
        suffix = f"@{self.language}" if self.language else ""
        return quote(self.value) + (f"^^{iri(self.datatype)}" if self.datatype else suffix)


Row = tuple[Term | None, ...]


class Solutions(NamedTuple):
    """The answer to a SELECT: variable names, and rows that come as they are read."""

    variables: tuple[str, ...]
    rows: Iterator[Row]


class Store(Protocol):
    """Quads at rest. Every method raises ``errors.StoreError`` or a child of it, and nothing else.

    The default graph of a query is the merge of all named graphs: each triple once, however many
    graphs state it. ``shared`` says whether others may write to it too.
    """

    shared: bool

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        """Run a SELECT over the union of all graphs, or over the union of ``graphs``."""

    def ask(self, sparql: str, *, graphs: Sequence[str] = ()) -> bool:
        """Run an ASK."""

    def construct(self, sparql: str, *, graphs: Sequence[str] = ()) -> bytes:
        """Run a CONSTRUCT or DESCRIBE and return N-Triples."""

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Replace each named graph by N-Quads bytes; the whole is there afterwards, or redone.

        The bytes of a graph hold quads of that graph alone; empty bytes drop it.
        """

    def append(self, graph: str, nquads: bytes) -> None:
        """Add N-Quads to a named graph that was dropped, and is not complete yet."""

    def dump(self, graph: str) -> bytes:
        """Return one graph as N-Quads."""

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""

    def close(self) -> None:
        """Flush and release the store."""
