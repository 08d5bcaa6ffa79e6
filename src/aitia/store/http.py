"""Requests to a SPARQL server: with authentication, compressed, and again when it was busy.

Every request that goes through here may be sent twice: PUT, DELETE, and updates and POSTs of
triples without blank nodes leave the same graph however often they are done.
"""

from __future__ import annotations

import gzip
import random
import time
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from aitia.errors import StoreError
from aitia.store.access import Access
from aitia.store.digest import Digest

ATTEMPTS = 6
"""How often a request is tried before its server counts as failed."""

FIRST_WAIT = 0.25
"""Seconds before the second attempt, doubled at each further one, less up to half by chance."""

LONGEST_WAIT = 30.0
BUSY = frozenset({429, 500, 502, 503, 504})


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing: what is written, and who writes it, goes to the named server only."""

    def redirect_request(self, *_: object) -> None:
        """Go nowhere else."""


class Client:
    """Sends requests to one server."""

    def __init__(self, access: Access, *, wait: Callable[[float], None] = time.sleep) -> None:
        self.access = access
        self._digest = Digest(access)
        self.wait = wait
        self._opener = build_opener(_NoRedirects)

    def authorization(self, method: str, url: str) -> str:
        """Return the header that says who asks; a server that wants Digest is asked first."""
        if self.access.auth != "digest":
            return self.access.header()
        return self._digest.header(method, url)

    def introduce(self, url: str) -> None:
        """Find out what a server that wants Digest asks for, if it was not found out yet."""
        if self.access.auth == "digest" and not self._digest.asked:
            # A body must not be sent to be refused.
            self._exchange("GET", url, None, "")

    def forget(self) -> bool:
        """Forget what the server asked for; return whether it had asked for Digest."""
        asked = self._digest.asked
        self._digest = Digest(self.access)
        return asked

    def send(self, method: str, url: str, body: bytes | None = None, *, kind: str = "") -> Reply:
        """Send a request and return the answer, whatever its status below 500.

        Raises
        ------
        StoreError
            When the server cannot be reached, does not let this user in, or fails again and again.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                reply = self._once(method, url, body, kind)
            except (OSError, HTTPException, ValueError) as error:
                # A timeout is final, and so is what is no URL.
                if attempt == ATTEMPTS or isinstance(error, (TimeoutError, ValueError)):
                    raise self._unreachable(url, error) from error
                self.wait(pause(attempt))
                continue
            if reply.status not in BUSY or attempt == ATTEMPTS:
                return self._let_in(reply, url)
            self.wait(pause(attempt, reply.headers.get("retry-after", "")))
        raise AssertionError("unreachable")

    def _once(self, method: str, url: str, body: bytes | None, kind: str) -> Reply:
        self.introduce(url)
        reply = self._exchange(method, url, body, kind)
        if reply.status == 401 and self.access.auth == "digest":
            reply = self._exchange(method, url, body, kind)
        return reply

    def _exchange(self, method: str, url: str, body: bytes | None, kind: str) -> Reply:
        headers = {"Accept-Encoding": "gzip", "User-Agent": "aitia"}
        if kind:
            headers["Content-Type"] = kind
        if body is not None and self.access.compress:
            body = gzip.compress(body, 3)
            headers["Content-Encoding"] = "gzip"
        who = self.authorization(method, url)
        if who:
            headers["Authorization"] = who
        request = Request(url, data=body, method=method, headers=headers)
        try:
            with self._opener.open(request, timeout=self.access.timeout) as response:
                reply = _reply(response.status, response.headers.items(), response.read())
        except HTTPError as error:
            with error:
                reply = _reply(error.code, error.headers.items(), error.read())
        if reply.status == 401 and self.access.auth == "digest":
            self._digest.challenge(reply.headers.get("www-authenticate", ""))
        return reply

    def _let_in(self, reply: Reply, url: str) -> Reply:
        if reply.status not in (401, 403):
            return reply
        raise StoreError(
            f"{place(url)} does not let {self.access.user or 'this user'} in ({reply.status})",
            expected="a name and a password, or a token, that may do this",
            next_step="set AITIA_REMOTE_USER and AITIA_REMOTE_PASSWORD, or AITIA_REMOTE_TOKEN",
        )

    def _unreachable(self, url: str, error: Exception) -> StoreError:
        return StoreError(
            f"{place(url)} cannot be reached ({error})",
            expected="a server that answers; what was recorded is safe in the journals",
            next_step="see that it runs, then do the same again: nothing is written twice",
        )


def pause(attempt: int, said: str = "") -> float:
    """Return how long to wait after an attempt: what the server said, or doubled each time."""
    if said.isdecimal():
        return min(float(said), LONGEST_WAIT)
    longest = min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT)
    return longest * (1 - random.random() / 2)


def place(url: str) -> str:
    """Return a URL without a name, a password or parameters."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _reply(status: int, headers: object, body: bytes) -> Reply:
    named = {str(k).lower(): str(v) for k, v in headers}  # type: ignore[attr-defined]
    if named.get("content-encoding", "") == "gzip":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise OSError(f"what it sent is not gzip: {error}") from error
    return Reply(status, named, body)
