"""A SPARQL 1.1 server, behind the store port: asked by SPARQLWrapper, written to as it lets.

Endpoints differ from the standard; what was seen of Virtuoso 7 is survived here: an ASK answers
as a SELECT (without a row when false), typed literals come as ``typed-literal``, booleans as
``1``, and answers are cut at a number of rows that only a header tells, if anything.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError

from aitia.errors import MissingExtraError, QueryError, StoreError
from aitia.store import failing, teaching
from aitia.store import graphs as policy
from aitia.store import sparql as text_of
from aitia.store.access import Access, find
from aitia.store.http import BUSY, Client, pause, place
from aitia.store.port import Row, Solutions, Term
from aitia.store.writing import Services, Writer, services
from aitia.vocabulary.literals import XSD, iri, quote

_JSON = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_LONGEST_GET = 1500

READ_ATTEMPTS = 4
"""How often a query is asked before its server counts as failed."""

_BOOLEANS = {"1": "true", "0": "false"}


class _Answer(NamedTuple):
    body: bytes
    headers: Mapping[str, str]

    def row_limit(self) -> int | None:
        """Return at how many rows the endpoint cut its answer, when it says that it did."""
        value = self.headers.get("x-sparql-maxrows", "")
        return int(value) if value.isdigit() else None


class _Again(Exception):  # noqa: N818 - it leaves this module never
    """A server was busy: what to raise when it stays so, and when it said to ask again."""

    def __init__(self, error: StoreError, said: str) -> None:
        self.error = error
        self.said = said


class RemoteStore:
    """A SPARQL 1.1 server.

    Parameters
    ----------
    endpoint:
        URL of the query service, such as ``http://127.0.0.1:7878/query``.
    timeout:
        Seconds to wait for an answer; as configured by default.
    access:
        Where it is written to and who asks; as configured by default (``access.find``).

    Raises
    ------
    ConfigError
        When what is configured about the server cannot be used.
    MissingExtraError
        When SPARQLWrapper is not installed.
    """

    shared = True
    """Others may write to it too: what this machine does not know is not its to remove."""

    def __init__(
        self, endpoint: str, *, timeout: int | None = None, access: Access | None = None
    ) -> None:
        self.endpoint = endpoint
        self.access = find(endpoint) if access is None else access
        self.timeout = self.access.timeout if timeout is None else timeout
        self._client = Client(self.access)
        self._merged: bool | None = None
        self._server = ""
        self._writer: Writer | None = None
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
        return self._truth(self._send(sparql, graphs, _JSON))

    def _truth(self, sent: _Answer) -> bool:
        answer = self._json(sent)
        if isinstance(answer.get("boolean"), bool):
            return bool(answer["boolean"])
        bindings = answer.get("results", {}).get("bindings", [])
        if not all(isinstance(row, dict) for row in bindings):
            raise self._unreadable(sent.body)
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
        """Replace each named graph by N-Quads bytes, as ``writing`` says.

        Raises
        ------
        StoreError
            When the server is only read, does not let this user in, or fails again and again.
        """
        self._written().replace(graphs)

    def append(self, graph: str, nquads: bytes) -> None:
        """Add N-Quads to a named graph."""
        self._written().append(graph, nquads)

    def can_change(self) -> bool:
        """Return whether single statements can be taken away: by SPARQL 1.1 Update alone."""
        # Virtuoso rounds the values of some, and compiles small updates only.
        return self._written().can_change() and "virtuoso" not in self._server.lower()

    def change(self, graph: str, gone: bytes, fresh: bytes) -> None:
        """Take N-Quads of a named graph away, then add others; asked again, it stays so."""
        self._written().change(graph, gone, fresh)

    def _written(self) -> Writer:
        """Return what writes to this server, which has the ontology then."""
        if self._writer is not None:
            return self._writer
        files = teaching.ontology_files()
        known = self.ask(f"ASK {{ GRAPH {iri(policy.CATALOGUE)} {{ {teaching.mark(files)} }} }}")
        where = services(self.endpoint, self.access, self._server)
        writer = Writer(self._client, where._replace(merges=self._merges(where)))
        if not known:
            writer.replace(teaching.quads(files))
            self._merged = None
        self._writer = writer
        return writer

    def _is_merged(self) -> bool:
        """Return whether the default graph of the server is the merge of its named graphs.

        Else queries are asked of the union of the named graphs, which gives a triple as often as
        graphs state it; servers that know no such union answer from their default graph.
        """
        if self._merged is None:
            text = f"ASK {{ {iri(policy.CATALOGUE)} {iri(teaching.LAYOUT)} ?layout }}"
            self._merged = self._truth(self._send(text, (), _JSON, union=False))
        return self._merged

    def _merges(self, where: Services) -> bool:
        """Return whether the server merges its named graphs itself, by trying one."""
        if "virtuoso" in self._server.lower():
            return True
        name = f"{policy.CATALOGUE}/probe"
        writer = Writer(self._client, where._replace(merges=True))
        said = f'{iri(name)} {iri(teaching.LAYOUT)} "probe" {iri(name)} .\n'
        writer.replace({name: said.encode()})
        text = f"ASK {{ {iri(name)} {iri(teaching.LAYOUT)} ?n }}"
        try:
            return self._truth(self._send(text, (), _JSON, union=False))
        finally:
            writer.replace({name: b""})

    def dump(self, graph: str) -> bytes:
        """Return one graph as N-Quads."""
        name = iri(graph)
        query = f"SELECT ?s ?p ?o WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
        lines = (" ".join(map(_text, row)) for row in self.select(query).rows)
        return "".join(f"{line} {name} .\n" for line in lines).encode()

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        # By the standard, and at once; some answer that with nothing, and have to look at all.
        for pattern in ("GRAPH ?g { }", "GRAPH ?g { ?s ?p ?o }"):
            query = f"SELECT DISTINCT ?g WHERE {{ {pattern} }} ORDER BY ?g"
            found = sorted(row[0].value for row in self.select(query).rows if row[0] is not None)
            if found:
                return found
        return []

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
            f"{place(self.endpoint)} cut the answer at {cap} rows",
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

    def _send(
        self, text: str, graphs: Sequence[str], accept: str, *, union: bool | None = None
    ) -> _Answer:
        # Some endpoints run an update that comes as a query.
        text_of.require_query(text)
        wrapper = self._library.SPARQLWrapper(self.endpoint, returnFormat="json")
        wrapper.setTimeout(self.timeout)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.addCustomHttpHeader("Accept-Encoding", "gzip")
        wrapper.setOnlyConneg(True)
        query = text_of.prologue(text) + text
        digest = self.access.auth == "digest"
        # Digest signs the URL, which SPARQLWrapper makes of a GET.
        short = len(query) < _LONGEST_GET and not digest
        wrapper.setMethod("GET" if short else "POST")
        wrapper.queryString = query
        # Whatever the text is, it is sent as a query, never as an update.
        wrapper.queryType = "SELECT"
        if union is None:
            union = not graphs and not self._is_merged()
        if union:
            # Oxigraph's server unites its graphs only when asked; others ignore the parameter.
            wrapper.addParameter("union-default-graph", "true")
        for name in graphs:
            wrapper.addParameter("default-graph-uri", name)
        return self._received(wrapper)

    def _received(self, wrapper: Any) -> _Answer:
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                answer = self._once(wrapper)
            except _Again as again:
                if attempt == READ_ATTEMPTS:
                    raise again.error from again.__cause__
                self._client.wait(pause(attempt, again.said))
                continue
            self._server = answer.headers.get("server", "")
            return answer
        raise AssertionError("unreachable")

    def _once(self, wrapper: Any) -> _Answer:
        failures = self._library.SPARQLExceptions
        try:
            self._client.introduce(self.endpoint)
            who = self._client.authorization("POST", self.endpoint)
            if who:
                wrapper.addCustomHttpHeader("Authorization", who)
            with wrapper.query().response as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = response.read()
            zipped = headers.get("content-encoding") == "gzip"
            return _Answer(gzip.decompress(body) if zipped else body, headers)
        except failures.QueryBadFormed as error:
            raise QueryError(
                f"{place(self.endpoint)} refused the query: {_reason(error)}", expected="SPARQL 1.1"
            ) from error
        except failures.Unauthorized as error:
            refused = failing.barred(self.endpoint, self.access.user)
            # What a server asked for with Digest grows stale.
            raise _Again(refused, "0") if self._client.forget() else refused from error
        except failures.EndPointNotFound as error:
            raise failing.absent(self.endpoint) from error
        except failures.SPARQLWrapperException as error:
            raise failing.failed(self.endpoint, _reason(error)) from error
        except (OSError, ValueError, EOFError, HTTPException, zlib.error) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> Exception:
        """Return what to raise: an error, or that the same may be tried again."""
        failure = failing.unreachable(self.endpoint, error, self.timeout)
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(error, HTTPError):
            busy, said = error.code in BUSY, error.headers.get("Retry-After", "")
            error.close()
        else:
            # Also RemoteDisconnected; a refused connection and a timeout are final.
            busy, said = isinstance(cause, (ConnectionResetError, BrokenPipeError)), ""
        return _Again(failure, said) if busy else failure

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
            f"{place(self.endpoint)} answered {start!r}",
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
