"""The SPARQL 1.1 Protocol, its query part: what was asked, in which format to answer.

https://www.w3.org/TR/sparql11-protocol/#query-operation. Updates are refused: the journals are the
truth, and a store that was written to from outside could not be made again from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from aitia.errors import QueryError, QueryTimeoutError, StoreError
from aitia.query.limited import LimitedStore
from aitia.server import results
from aitia.store.sparql import form, keywords
from aitia.vocabulary.literals import iri

LIMIT_SECONDS = 60.0
"""A query is stopped when it keeps its reader waiting for longer than this."""

PART_BYTES = 1 << 15
"""Size of the parts in which an answer is sent while it is made, but for the first."""


_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})


class Request(NamedTuple):
    """A query operation: the text, the default graphs asked for, and the Accept header."""

    query: str
    graphs: tuple[str, ...] = ()
    accept: str = ""


class Answer(NamedTuple):
    """What is sent back: a body, or its parts as they are made."""

    status: int
    media: str
    body: bytes
    parts: Iterator[bytes] | None = None


def read(method: str, media: str, url: str, body: bytes, accept: str) -> Request | Answer:
    """Return the query of an HTTP request, or the answer that refuses it.

    Parameters
    ----------
    method, media:
        The HTTP method, and the Content-Type without its parameters.
    url:
        The query part of the URL, still encoded.
    body, accept:
        The body, and the Accept header.
    """
    parameters = parse_qsl(url, keep_blank_values=True)
    texts = []
    if method == "POST":
        if media == "application/x-www-form-urlencoded":
            parameters += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        elif media == "application/sparql-query":
            texts.append(body.decode("utf-8", "replace"))
        elif media == "application/sparql-update":
            return _read_only()
        else:
            expected = "application/sparql-query or application/x-www-form-urlencoded"
            return refusal(415, f"got a body of type {media or 'unknown'}, expected {expected}")
    texts += [value for name, value in parameters if name == "query"]
    names = {name for name, _ in parameters}
    if "update" in names:
        return _read_only()
    if "named-graph-uri" in names:
        return refusal(400, "named graphs are chosen in the query itself, by FROM NAMED or GRAPH")
    if len(texts) != 1:
        return refusal(400, f"got {len(texts)} queries, expected one: ?query=SELECT …")
    graphs = tuple(value for name, value in parameters if name == "default-graph-uri")
    return Request(texts[0], graphs, accept)


def answer(store: LimitedStore, request: Request) -> Answer:
    """Answer a query; everything that is wrong with it becomes a status and a sentence."""
    kind = form(request.query)
    if not kind and _UPDATES & set(keywords(request.query)):
        return _read_only()
    try:
        if kind == "ASK":
            return _ask(store, request)
        if kind in ("CONSTRUCT", "DESCRIBE"):
            return _construct(store, request)
        return _select(store, request)
    except QueryTimeoutError as error:
        return refusal(503, error.diagnosis())
    except QueryError as error:
        return refusal(400, error.diagnosis())
    except StoreError as error:
        return refusal(500, error.diagnosis())


def refusal(status: int, sentence: str) -> Answer:
    """Return an answer that says what was wrong."""
    return Answer(status, "text/plain; charset=utf-8", (sentence + "\n").encode())


def _read_only() -> Answer:
    return refusal(
        403,
        "this endpoint only answers queries: what it holds is made from the journals. "
        "To add to it, record a run (aitia run) or bring records in (aitia import)",
    )


def _select(store: LimitedStore, request: Request) -> Answer:
    media = negotiate(request.accept, list(results.SELECT_FORMATS))
    if media is None:
        return _not_acceptable(list(results.SELECT_FORMATS))
    found = store.select(request.query, graphs=request.graphs)
    parts = _gathered(results.SELECT_FORMATS[media](found))
    if store.apart:
        return Answer(200, _charset(media), b"", parts)
    return Answer(200, _charset(media), b"".join(parts))


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield parts of some size, the first at once."""
    held: list[bytes] = []
    size, enough = 0, 1
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= enough:
            yield b"".join(held)
            held, size, enough = [], 0, PART_BYTES
    yield b"".join(held)


def _ask(store: LimitedStore, request: Request) -> Answer:
    media = negotiate(request.accept, list(results.ASK_FORMATS))
    if media is None:
        return _not_acceptable(list(results.ASK_FORMATS))
    found = store.ask(request.query, graphs=request.graphs)
    return Answer(200, media, results.boolean(found, media))


def _construct(store: LimitedStore, request: Request) -> Answer:
    offered = list(results.graph_formats())
    media = negotiate(request.accept, offered)
    if media is None:
        return _not_acceptable(offered)
    found = store.triples(request.query, graphs=request.graphs)
    parts = results.graph_parts(found, media)
    if store.apart:
        return Answer(200, _charset(media), b"", parts)
    return Answer(200, _charset(media), b"".join(parts))


def _charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _not_acceptable(offered: Sequence[str]) -> Answer:
    return refusal(406, f"this answer can be had as {', '.join(offered)}")


def negotiate(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type to answer in (RFC 9110 §12.5.1), or None when none will do.

    >>> negotiate("text/html, text/csv;q=0.5, */*;q=0.1", ["application/json", "text/csv"])
    'text/csv'
    """
    if not accept.strip():
        return offered[0]
    wanted = [_range(part) for part in accept.split(",") if part.strip()]
    best: tuple[float, int] | None = None
    for place, media in enumerate(offered):
        quality = _quality(media, wanted)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, place)
    return None if best is None else offered[best[1]]


def _range(part: str) -> tuple[str, float]:
    media, *options = (piece.strip().lower() for piece in part.split(";"))
    quality = next((option[2:] for option in options if option.startswith("q=")), "1")
    try:
        return media, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return media, 0.0


def _quality(media: str, wanted: Sequence[tuple[str, float]]) -> float:
    """Return how welcome a media type is; the most specific range that covers it decides."""
    for covers in (media, f"{media.partition('/')[0]}/*", "*/*"):
        found = [quality for name, quality in wanted if name == covers]
        if found:
            return max(found)
    return 0.0


def describe(url: str, accept: str) -> Answer:
    """Return the description of the endpoint at ``url`` (SPARQL 1.1 Service Description)."""
    offered = list(results.graph_formats())
    media = negotiate(accept, offered) or offered[0]
    body = _description(url).encode()
    if media != "text/turtle":
        import pyoxigraph as ox

        triples = (quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE))
        body = ox.serialize(triples, format=results.graph_formats()[media]) or b""
    return Answer(200, _charset(media), body)


def _description(url: str) -> str:
    formats = (
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
        *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
    )
    listed = " ,\n    ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in formats)
    return f"""@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .

[] a sd:Service ;
  sd:endpoint {iri(url)} ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat
    {listed} .
"""
