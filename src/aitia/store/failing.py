"""What is said of a SPARQL server that does not answer, or not with an answer."""

from __future__ import annotations

from http.client import HTTPException
from ssl import SSLError
from urllib.error import HTTPError, URLError

from aitia.errors import StoreError
from aitia.store.http import place

_SERVICE = "the URL of a SPARQL 1.1 query service"


def barred(url: str, user: str) -> StoreError:
    """Return the error for a server that does not let a user in."""
    return StoreError(
        f"{place(url)} does not let {user or 'this user'} in",
        expected="a name and a password, or a token, that may read",
        next_step="set AITIA_REMOTE_USER and AITIA_REMOTE_PASSWORD, or AITIA_REMOTE_TOKEN",
    )


def failed(url: str, reason: str) -> StoreError:
    """Return the error for a server that says it has failed, with what it says."""
    return StoreError(
        f"{place(url)} failed: {reason}",
        expected="an answer to a query",
        next_step="ask it in a simpler way, such as with a LIMIT, or look at the server's own log",
    )


def absent(url: str) -> StoreError:
    """Return the error for a server that has no service there."""
    return StoreError(
        f"{place(url)} is not there: the server answers 404",
        expected=f"{_SERVICE}, such as http://…/query or http://…/sparql",
        next_step="see under which path this server answers queries",
    )


def unreachable(url: str, error: Exception, timeout: int) -> StoreError:
    """Return the error for a server that cannot be reached, is late, or breaks off.

    Parameters
    ----------
    url:
        Of the query service.
    error:
        What the client raised.
    timeout:
        Seconds that were waited.
    """
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return StoreError(
            f"{place(url)} cannot be reached (no answer in {timeout} s)",
            expected="an answer in that time",
            next_step="see that it is not busy, or wait longer: AITIA_REMOTE_TIMEOUT=SECONDS",
        )
    if isinstance(cause, SSLError):
        return StoreError(
            f"{place(url)} cannot be reached ({_line(cause)})",
            expected="a server that encrypts, with a certificate that is trusted here",
            next_step="name who signed it by SSL_CERT_FILE=FILE, or take http:// if it does not",
        )
    if isinstance(error, HTTPException):
        return StoreError(
            f"{place(url)} broke off its answer ({_line(error)})",
            expected="a whole answer",
            next_step="do the same again; see the server's own log if it stays so",
        )
    if isinstance(error, HTTPError) and error.code == 403:
        return barred(url, "")
    return StoreError(
        f"{place(url)} cannot be reached ({_line(error)})",
        expected=_SERVICE,
        next_step="see that the server runs, and is reached from here; aitia serve is one",
    )


def _line(error: object) -> str:
    """Return the first line of what an error says, or its name."""
    return str(error).partition("\n")[0].strip() or type(error).__name__
