"""The web application: SPARQL at ``/sparql``, pages at ``/`` and ``/runs/…``, with their twins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from aitia.errors import AitiaError, MissingExtraError, NotFoundError, QueryError
from aitia.query import wording
from aitia.query.limited import LimitedStore
from aitia.query.stopping import StoppableStore
from aitia.server import pages, protocol
from aitia.server.leaving import while_asked
from aitia.server.results import triples
from aitia.store.sparql import form

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from aitia.reader import Graph

FRESH_SECONDS = 0.2
"""How old the last look for new journals may be when a page is asked for."""

LONGEST_BODY = 1 << 20
"""Longest body of a request, in bytes."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def build(graph: Graph, *, hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")) -> Starlette:
    """Return the application that answers for ``graph``.

    Parameters
    ----------
    graph:
        What is served; it stays the caller's to close.
    hosts:
        Names by which the server may be called; a page of another site that resolves its own
        name to this machine is refused.

    Raises
    ------
    MissingExtraError
        When the extra ``server`` is not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.middleware.trustedhost import TrustedHostMiddleware
        from starlette.routing import Route
    except ImportError:
        raise MissingExtraError("starlette", extra="server", purpose="aitia serve") from None
    site = Site(graph)
    routes = [
        Route("/", site.runs),
        Route("/runs", site.runs),
        Route("/runs.json", site.runs_json),
        Route("/runs/{name}", site.run),
        Route("/sparql", site.sparql, methods=["GET", "POST"]),
    ]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    made = Starlette(routes=routes, middleware=[guard])
    made.state.site = site
    return made


class Site:
    """The endpoints; each answers in a worker thread, so that a slow query holds up no other."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.limited = LimitedStore(graph.store, protocol.LIMIT_SECONDS)
        self._lock = threading.Lock()
        self._looked = float("-inf")

    def _fresh(self) -> None:
        """Bring in what was recorded since the last look."""
        if self.graph.directory is None:
            return
        with self._lock:
            if monotonic() - self._looked > FRESH_SECONDS:
                summary = self.graph.ingest()
                if summary.runs:
                    self.limited.renew()
                self._looked = monotonic()

    async def runs(self, request: Request) -> Response:
        """List the runs."""
        return await self._page(lambda: self._runs(request, "html"))

    async def runs_json(self, request: Request) -> Response:
        """List the runs, as JSON."""
        return await self._page(lambda: self._runs(request, "json"), "json")

    async def run(self, request: Request) -> Response:
        """Show one run: as a page, or with an extension as JSON, Turtle or a picture."""
        name, dot, kind = request.path_params["name"].rpartition(".")
        if not dot or kind not in _KINDS:
            name, kind = request.path_params["name"], "html"
        return await self._page(lambda: self._run(name, kind), kind)

    async def sparql(self, request: Request) -> Response:
        """Answer a query of the SPARQL protocol; without one, describe the service."""
        body = await _body(request)
        if body is None:
            return _send(protocol.refusal(413, f"the body is over {LONGEST_BODY} bytes"))
        store = StoppableStore(self.limited)
        async with while_asked(request, store.stop):
            return await self._page(lambda: self._sparql(request, body, store))

    def _sparql(self, request: Request, body: bytes, store: StoppableStore) -> Response:
        accept = request.headers.get("accept", "")
        for_people = (
            request.method == "GET" and protocol.negotiate(accept, _PAGE_LAST) == "text/html"
        )
        if request.method == "GET" and not request.url.query:
            if for_people:
                return self._html("sparql.html", pages.sparql_page("", "", None))
            return _send(protocol.describe(str(request.url), accept))
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        asked = protocol.read(request.method, media, request.url.query, body, accept)
        if isinstance(asked, protocol.Answer):
            return _send(asked)
        self._fresh()
        if for_people and form(asked.query) == "SELECT":
            return self._sparql_page(asked, store)
        return _send(protocol.answer(store, asked), store.stop)

    def _sparql_page(self, asked: protocol.Request, store: StoppableStore) -> Response:
        try:
            found = store.select(asked.query, graphs=asked.graphs)
            context = pages.sparql_page(asked.query, "", found)
        except QueryError as error:
            context = pages.sparql_page(asked.query, error.diagnosis(), None)
        return self._html("sparql.html", context, 400 if context["refused"] else 200)

    async def _page(self, make: Callable[[], Response], kind: str = "html") -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            return await run_in_threadpool(make)
        except AitiaError as error:
            return self._error(error, kind)

    def _error(self, error: AitiaError, kind: str) -> Response:
        status = 404 if isinstance(error, NotFoundError) else 500
        if kind == "json":
            told = {"got": error.got, "expected": error.expected, "next": error.next_step}
            return _json(told, status)
        return self._html("error.html", pages.error_page(error, status), status)

    def _runs(self, request: Request, kind: str) -> Response:
        self._fresh()
        text = request.query_params.get("page", "0")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        context = pages.runs_page(self.graph.store, number)
        if kind == "json":
            return _json(pages.runs_json(context))
        return self._html("runs.html", context)

    def _run(self, name: str, kind: str) -> Response:
        from starlette.responses import Response

        self._fresh()
        found = pages.view(self.graph.store, name)
        if kind == "json":
            return _json(pages.run_json(found))
        if kind == "svg":
            return Response(
                found.picture.svg(found.run.name), media_type="image/svg+xml", headers=HEADERS
            )
        if kind == "ttl":
            media = "text/turtle"
            return Response(
                triples(self._bundles(found.run.iri), media), media_type=media, headers=HEADERS
            )
        return self._html("run.html", pages.run_page(found))

    def _bundles(self, run: str) -> bytes:
        from aitia.query.facts import bundles

        graphs = bundles(self.graph.store, run)
        return self.graph.store.construct("CONSTRUCT WHERE { ?s ?p ?o }", graphs=graphs)

    def _html(self, template: str, context: dict[str, Any], status: int = 200) -> Response:
        from starlette.responses import HTMLResponse

        text = pages.render(template, self.graph.directory or "", context)
        return HTMLResponse(text, status_code=status, headers=HEADERS)


_KINDS = frozenset({"json", "ttl", "svg"})
_PAGE_LAST = ("application/sparql-results+json", "text/turtle", "text/html")


async def _body(request: Request) -> bytes | None:
    """Return the body of a request, or None when it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LONGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _send(answer: protocol.Answer, stop: Callable[[], None] | None = None) -> Response:
    from starlette.responses import Response

    headers = {**HEADERS, "Content-Type": answer.media}
    if answer.parts is not None:
        from aitia.server.leaving import streaming

        return streaming(answer.parts, answer.status, headers, stop)
    return Response(answer.body, status_code=answer.status, headers=headers)


def _json(data: object, status: int = 200) -> Response:
    from starlette.responses import Response

    text, media = wording.to_json(data), "application/json"
    return Response(text, status_code=status, media_type=media, headers=HEADERS)
