"""The read side of a SPARQL 1.1 endpoint, behind the store port.

Endpoints differ from the standard; what was seen of Virtuoso 7 is survived here: an ASK answers
as a SELECT (without a row when false), typed literals come as ``typed-literal``, booleans as
``1``, and answers are cut at a number of rows that only a header tells, if anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any, NamedTuple

from aitia.errors import MissingExtraError, QueryError, StoreError
from aitia.store import sparql as text_of
from aitia.store.port import Row, Solutions, Term
from aitia.vocabulary.literals import XSD, iri, quote

_JSON = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_LONGEST_GET = 1500
_BOOLEANS = {"1": "true", "0": "false"}


class _Answer(NamedTuple):
    body: bytes
    headers: Mapping[str, str]

    def row_limit(self) -> int | None:
        """Return at how many rows the endpoint cut its answer, when it says that it did."""
        value = self.headers.get("x-sparql-maxrows", "")
        return int(value) if value.isdigit() else None


class RemoteStore:
    """A SPARQL 1.1 endpoint, read only.

    Parameters
    ----------
    endpoint:
        URL of the query service, such as ``http://127.0.0.1:7878/query``.
    timeout:
        Seconds to wait for an answer.

    Raises
    ------
    MissingExtraError
        When SPARQLWrapper is not installed.
    """

    def __init__(self, endpoint: str, *, timeout: int = 300) -> None:
        self.endpoint = endpoint
        self.timeout = timeout
        self._cap: int | None = None
        self._probed = False
        try:
            import SPARQLWrapper
        except ImportError as error:
            raise MissingExtraError(
                "SPARQLWrapper", extra="remote", purpose="asking a SPARQL endpoint"
            ) from error
        self._library = SPARQLWrapper

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        """Run a SELECT over the union of all graphs, or over the union of ``graphs``."""
        variables, rows, cap = self._rows(sparql, graphs)
        if cap is None or len(rows) < cap:
            return Solutions(variables, iter(rows))
        self._refuse_unordered(sparql, cap)
        return Solutions(variables, self._pages(sparql, graphs, variables, rows))

    def ask(self, sparql: str, *, graphs: Sequence[str] = ()) -> bool:
        """Run an ASK."""
        answer = self._json(self._send(sparql, graphs, _JSON))
        if isinstance(answer.get("boolean"), bool):
            return bool(answer["boolean"])
        bindings = answer.get("results", {}).get("bindings", [])
        values = [cell.get("value") for row in bindings for cell in row.values()]
        return any(value in ("1", "true") for value in values)

    def construct(self, sparql: str, *, graphs: Sequence[str] = ()) -> bytes:
        """Run a CONSTRUCT or DESCRIBE and return N-Triples."""
        answer = self._send(sparql, graphs, _NTRIPLES)
        cap = self._silent_cap(answer)
        if cap is None or {"LIMIT", "OFFSET"} & set(text_of.tail(sparql)):
            return _lines(answer.body)
        parts = [_lines(answer.body)]
        while parts[-1]:
            part = self._send(f"{sparql}\nLIMIT {cap} OFFSET {cap * len(parts)}", graphs, _NTRIPLES)
            parts.append(_lines(part.body))
        return b"".join(sorted(set(b"".join(parts).splitlines(keepends=True))))

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Refuse: an endpoint is only read."""
        raise self._only_read()

    def append(self, graph: str, nquads: bytes) -> None:
        """Refuse: an endpoint is only read."""
        raise self._only_read()

    def _only_read(self) -> StoreError:
        return StoreError(
            f"{self.endpoint} is only read",
            expected="the embedded store, to write",
            next_step="run this on the machine that holds the journals",
        )

    def dump(self, graph: str) -> bytes:
        """Return one graph as N-Quads."""
        name = iri(graph)
        query = f"SELECT ?s ?p ?o WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
        lines = (" ".join(map(_text, row)) for row in self.select(query).rows)
        return "".join(f"{line} {name} .\n" for line in lines).encode()

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        query = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
        return sorted(row[0].value for row in self.select(query).rows if row[0] is not None)

    def close(self) -> None:
        """Do nothing: no connection is kept open."""

    def _rows(
        self, text: str, graphs: Sequence[str]
    ) -> tuple[tuple[str, ...], list[Row], int | None]:
        sent = self._send(text, graphs, _JSON)
        answer = self._json(sent)
        try:
            variables = tuple(answer["head"]["vars"])
            bindings = answer["results"]["bindings"]
            rows: list[Row] = [
                tuple(_term(row[name]) if name in row else None for name in variables)
                for row in bindings
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise self._unreadable(sent.body) from error
        return variables, rows, sent.row_limit()

    def _pages(
        self, text: str, graphs: Sequence[str], variables: tuple[str, ...], rows: list[Row]
    ) -> Iterator[Row]:
        offset, size = 0, len(rows)
        while rows:
            yield from rows
            offset += size
            names, found, _ = self._rows(text_of.page(text, size, offset), graphs)
            places = [names.index(name) if name in names else None for name in variables]
            rows = [tuple(None if i is None else row[i] for i in places) for row in found]

    def _refuse_unordered(self, text: str, cap: int) -> None:
        """Refuse to go on where the pages of an answer might not fit together."""
        if "ORDER" in text_of.tail(text) and not text_of.names_dataset(text):
            return
        raise QueryError(
            f"{self.endpoint} cut the answer at {cap} rows",
            expected="a query whose pages fit together",
            next_step="add an ORDER BY that no two rows share, or a LIMIT below that number",
        )

    def _silent_cap(self, answer: _Answer) -> int | None:
        """Return the row limit of an endpoint that does not say when it cuts a CONSTRUCT."""
        if "virtuoso" not in answer.headers.get("server", "").lower():
            return None
        if not self._probed:
            probe = self._send("SELECT ?s WHERE { ?s ?p ?o } LIMIT 10000000", (), _JSON)
            self._cap, self._probed = probe.row_limit(), True
        return self._cap

    def _send(self, text: str, graphs: Sequence[str], accept: str) -> _Answer:
        # Some endpoints run an update that comes as a query.
        text_of.require_query(text)
        wrapper = self._library.SPARQLWrapper(self.endpoint, returnFormat="json")
        wrapper.setTimeout(self.timeout)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setOnlyConneg(True)
        query = text_of.prologue(text) + text
        wrapper.setMethod("GET" if len(query) < _LONGEST_GET else "POST")
        wrapper.queryString = query
        # Whatever the text is, it is sent as a query, never as an update.
        wrapper.queryType = "SELECT"
        if not graphs:
            # Oxigraph's server unites its graphs only when asked; others ignore the parameter.
            wrapper.addParameter("union-default-graph", "true")
        for name in graphs:
            wrapper.addParameter("default-graph-uri", name)
        return self._received(wrapper, text)

    def _received(self, wrapper: Any, text: str) -> _Answer:
        failures = self._library.SPARQLExceptions
        try:
            response = wrapper.query().response
            headers = {name.lower(): value for name, value in response.headers.items()}
            return _Answer(response.read(), headers)
        except failures.QueryBadFormed as error:
            raise QueryError(
                f"{self.endpoint} refused the query: {_reason(error)}", expected="SPARQL 1.1"
            ) from error
        except failures.SPARQLWrapperException as error:
            raise StoreError(f"{self.endpoint} failed: {_reason(error)}") from error
        except (OSError, ValueError, HTTPException) as error:
            raise StoreError(
                f"{self.endpoint} cannot be reached ({error})",
                expected="the URL of a SPARQL 1.1 query service",
                next_step="see that it runs: aitia serve",
            ) from error

    def _json(self, answer: _Answer) -> dict[str, Any]:
        try:
            found = json.loads(answer.body)
        except ValueError as error:
            raise self._unreadable(answer.body) from error
        if not isinstance(found, dict):
            raise self._unreadable(answer.body)
        return found

    def _unreadable(self, body: bytes) -> StoreError:
        start = body[:80].decode("utf-8", "replace").strip()
        return StoreError(
            f"{self.endpoint} answered {start!r}",
            expected="SPARQL 1.1 query results in JSON",
            next_step="give the URL of the query service itself, such as http://…/sparql",
        )


def _reason(error: Exception) -> str:
    """Return the first line of what an endpoint said about an error."""
    _, _, said = str(error).partition("Response:\n")
    text = said.strip().strip(".")
    quoted = re.fullmatch(r"b([\'\"])(.*)\1", text, re.DOTALL)
    if quoted is not None:
        text = quoted[2].replace("\\n", "\n")
    first = text.partition("\n")[0][:300]
    return type(error).__name__ if not first or first.startswith("<") else first


def _term(cell: Mapping[str, str]) -> Term:
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        return Term("iri", value)
    if kind == "bnode":
        return Term("bnode", value)
    datatype = cell.get("datatype")
    if datatype == XSD + "boolean":
        value = _BOOLEANS.get(value, value)
    return Term(
        "literal", value, None if datatype == XSD + "string" else datatype, cell.get("xml:lang")
    )


def _text(term: Term | None) -> str:
    """Return a term of a row as N-Triples."""
    if term is None:
        return ""
    if term.kind == "iri":
        return iri(term.value)
    if term.kind == "bnode":
        return "_:" + term.value
    suffix = f"@{term.language}" if term.language else ""
    return quote(term.value) + (f"^^{iri(term.datatype)}" if term.datatype else suffix)


def _lines(body: bytes) -> bytes:
    """Return N-Triples without comments and empty lines."""
    kept = [line for line in body.split(b"\n") if line.strip() and not line.startswith(b"#")]
    return b"".join(line + b"\n" for line in kept)
