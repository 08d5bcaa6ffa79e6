"""Writing to a SPARQL server: whole graphs, by SPARQL 1.1 Update or the Graph Store Protocol.

A request is a transaction on most servers, several requests on none. So what says that a graph is
complete, its watermark, is taken away before the graph is touched and written after all else: a
writer that is killed leaves graphs without watermarks, and the next ingest makes those again.

Where the server's default graph is not the merge of its named graphs, each triple is written there
too, as the embedded store does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from aitia.errors import StoreError
from aitia.store import graphs as policy
from aitia.store import sparql as text_of
from aitia.store.access import Access
from aitia.store.http import Client, place
from aitia.vocabulary.literals import iri

REQUEST_BYTES = 1 << 20
"""Statements are sent in requests of about so many bytes."""

_TRIPLES = "application/n-triples"
_UPDATE = "application/sparql-update"


class Services(NamedTuple):
    """URLs of the services of one server; ``merges`` tells how its default graph comes about."""

    update: str
    graphs: str
    merges: bool = True


def services(endpoint: str, access: Access, server: str) -> Services:
    """Return where a server is written to: as configured, or by the conventions of its kind.

    Raises
    ------
    StoreError
        When neither says so.
    """
    parts = urlsplit(endpoint)
    base = endpoint.partition("?")[0].removesuffix(parts.path)
    if access.update or access.graphs:
        return Services(access.update, access.graphs)
    if "virtuoso" in server.lower():
        # Its compiler of updates takes some thousand triples at most, the other service any number.
        return Services("", f"{base}/sparql-graph-crud-auth?graph-uri=")
    if parts.path.endswith("/query"):
        above = base + parts.path.removesuffix("query")
        return Services(f"{above}update", f"{above}store?graph=")
    raise StoreError(
        f"{place(endpoint)} does not say where it is written to",
        expected="a server with a SPARQL 1.1 Update or Graph Store Protocol service",
        next_step="name one: AITIA_REMOTE_UPDATE=URL, or AITIA_REMOTE_GRAPHS=URL?graph=",
    )


class Writer:
    """Writes graphs to one server."""

    def __init__(self, client: Client, where: Services) -> None:
        self._client = client
        self._where = where

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Replace named graphs; their watermarks go first and come last."""
        marks = {name: data for name, data in graphs.items() if _is_mark(name)}
        rest = {name: data for name, data in graphs.items() if name not in marks}
        if self._at_once(graphs):
            self._update([*map(self._drop, graphs), *self._inserts({**rest, **marks})])
            return
        if rest:
            self._write(dict.fromkeys(marks, b""))
        self._write(rest)
        self._write(marks)

    def append(self, graph: str, nquads: bytes) -> None:
        """Add N-Quads to a named graph."""
        for part in _pieces(triples(graph, nquads)):
            self._add(graph, part)

    def can_change(self) -> bool:
        """Return whether statements can be taken out: the Graph Store Protocol knows of graphs."""
        return bool(self._where.update)

    def change(self, graph: str, gone: bytes, fresh: bytes) -> None:
        """Take N-Quads out of a named graph, then add others."""
        merge = not self._where.merges
        old, new = triples(graph, gone), triples(graph, fresh)
        if len(old) + len(new) <= REQUEST_BYTES:
            taken = [text_of.without(graph, old, merge=merge)] if old else []
            self._update([*taken, *([self._insert(graph, new)] if new else [])])
            return
        for part in _pieces(old):
            self._update([text_of.without(graph, part, merge=merge)])
        for part in _pieces(new):
            self._add(graph, part)

    def _at_once(self, graphs: Mapping[str, bytes]) -> bool:
        if self._by_graphs():
            return False
        return sum(map(len, graphs.values())) <= REQUEST_BYTES

    def _by_graphs(self) -> bool:
        """Return whether the Graph Store Protocol does it all: it knows of no merge."""
        return bool(self._where.graphs) and (self._where.merges or not self._where.update)

    def _write(self, graphs: Mapping[str, bytes]) -> None:
        """Replace graphs one after the other, in as few requests as their sizes allow."""
        if self._by_graphs():
            for name, data in graphs.items():
                self._put(name, data)
            return
        for group in _groups(graphs):
            size = sum(map(len, group.values()))
            if size <= REQUEST_BYTES or any(map(_one_piece, group.values())):
                self._update([*map(self._drop, group), *self._inserts(group)])
                continue
            for name, data in group.items():
                self._update([self._drop(name)])
                self.append(name, data)

    def _put(self, graph: str, nquads: bytes) -> None:
        url = self._where.graphs + quote(graph, safe="")
        if not nquads:
            self._done("DELETE", url, None, _TRIPLES, absent=True)
            return
        data = triples(graph, nquads)
        parts = [data] if _one_piece(nquads) else _pieces(data)
        for number, part in enumerate(parts):
            self._done("POST" if number else "PUT", url, part, _TRIPLES)

    def _add(self, graph: str, part: bytes) -> None:
        """Add triples to a graph, and to the default graph where that is written as well."""
        where = self._where
        if self._by_graphs():
            self._done("POST", where.graphs + quote(graph, safe=""), part, _TRIPLES)
        elif where.graphs.endswith("?graph=") and not where.merges:
            self._done("POST", where.graphs + quote(graph, safe=""), part, _TRIPLES)
            default = where.graphs.removesuffix("graph=") + "default"
            self._done("POST", default, part, _TRIPLES)
        else:
            self._update([self._insert(graph, part)])

    def _drop(self, graph: str) -> str:
        name = iri(graph)
        dropped = f"DROP SILENT GRAPH {name}"
        if self._where.merges:
            return dropped
        return (
            f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} FILTER NOT EXISTS "
            f"{{ GRAPH ?other {{ ?s ?p ?o }} FILTER(?other != {name}) }} }} ;\n{dropped}"
        )

    def _inserts(self, graphs: Mapping[str, bytes]) -> list[str]:
        return [self._insert(name, triples(name, data)) for name, data in graphs.items() if data]

    def _insert(self, graph: str, part: bytes) -> str:
        text = part.decode()
        default = "" if self._where.merges else text
        return f"INSERT DATA {{\n{default}GRAPH {iri(graph)} {{\n{text}}} }}"

    def _update(self, operations: list[str]) -> None:
        if operations:
            self._done("POST", self._where.update, " ;\n".join(operations).encode(), _UPDATE)

    def _done(
        self, method: str, url: str, body: bytes | None, kind: str, *, absent: bool = False
    ) -> None:
        reply = self._client.send(method, url, body, kind=kind)
        if reply.status < 300 or (absent and reply.status == 404):
            return
        said = reply.body.decode("utf-8", "replace").strip().partition("\n")[0][:200]
        raise StoreError(
            f"{place(url)} refused to {method} ({reply.status}{': ' if said else ''}{said})",
            expected="a service of SPARQL 1.1 that writes",
            next_step="name the right one: AITIA_REMOTE_UPDATE, AITIA_REMOTE_GRAPHS",
        )


def _one_piece(nquads: bytes) -> bool:
    """Return whether statements must stay in one request: their blank nodes have no other name.

    What Aitia records has none; the ontology has.
    """
    return b"_:" in nquads and any(
        line.startswith(b"_:") or b" _:" in line for line in nquads.split(b"\n")
    )


def _is_mark(graph: str) -> bool:
    return graph.startswith(policy.CATALOGUE)


def triples(graph: str, nquads: bytes) -> bytes:
    """Return the N-Triples of N-Quads of one graph."""
    end = f" {iri(graph)} .\n".encode()
    # A line break inside a literal is escaped, so these bytes only ever end a statement.
    return nquads.replace(end, b" .\n")


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield N-Triples in pieces of whole lines."""
    start = 0
    while start < len(data):
        end = len(data)
        if end - start > REQUEST_BYTES:
            end = data.rfind(b"\n", start, start + REQUEST_BYTES) + 1
            if end <= start:
                end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def _groups(graphs: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Yield graphs together as long as they fit one request."""
    group: dict[str, bytes] = {}
    size = 0
    for name, data in graphs.items():
        if group and size + len(data) > REQUEST_BYTES:
            yield group
            group, size = {}, 0
        group[name] = data
        size += len(data)
    if group:
        yield group
