"""How a SPARQL server is reached: its services, and who asks.

What is secret comes from the environment or from a file of the user's own, never from a file of
the project, and is in no message: ``repr`` of these values leaves it out.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping
from typing import Any, NamedTuple

from aitia.errors import ConfigError

SCHEMES = ("", "basic", "digest", "bearer")
FILE = os.path.join("aitia", "remotes.toml")
"""The user's file of servers, below ``$XDG_CONFIG_HOME`` or ``~/.config``."""

_FIELDS = ("update", "graphs", "auth", "user", "password", "token", "compress", "timeout")


class Secret(str):
    """A text that is not shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'" if self else "''"


class Access(NamedTuple):
    """How one server is reached.

    Parameters
    ----------
    update:
        URL of the SPARQL 1.1 Update service; empty when it is not known.
    graphs:
        URL of the Graph Store Protocol service, up to the name of the graph, such as
        ``http://host/store?graph=``; empty when there is none.
    auth:
        ``basic``, ``digest``, ``bearer``, or empty for nobody in particular.
    user, password, token:
        Who asks.
    compress:
        Whether what is sent is compressed; answers are whenever the server likes.
    timeout:
        Seconds to wait for an answer.
    """

    update: str = ""
    graphs: str = ""
    auth: str = ""
    user: str = ""
    password: Secret = Secret()
    token: Secret = Secret()
    compress: bool = False
    timeout: int = 300

    def header(self) -> str:
        """Return the header of basic and bearer authentication; empty for the others."""
        if self.auth == "bearer":
            return f"Bearer {self.token!s}"
        if self.auth == "basic":
            pair = f"{self.user}:{self.password!s}".encode()
            return "Basic " + base64.b64encode(pair).decode()
        return ""


def find(endpoint: str) -> Access:
    """Return how the server of this query service is reached, as far as is known.

    The variables ``AITIA_REMOTE_UPDATE``, ``_GRAPHS``, ``_AUTH``, ``_USER``, ``_PASSWORD``,
    ``_TOKEN``, ``_COMPRESS`` and ``_TIMEOUT`` come first, then the table of the endpoint in the
    user's file.

    Raises
    ------
    ConfigError
        When a value cannot be used, or others may read the file with the secrets.
    """
    path = os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"), FILE)
    found: dict[str, Any] = dict(_table(path, endpoint))
    for name in _FIELDS:
        value = os.environ.get(f"AITIA_REMOTE_{name.upper()}")
        if value:
            found[name] = value
    return _access(found)


def _table(path: str, endpoint: str) -> Mapping[str, Any]:
    import tomllib

    try:
        with open(path, "rb") as handle:
            readable = os.fstat(handle.fileno()).st_mode & (stat.S_IRGRP | stat.S_IROTH)
            tables = tomllib.load(handle)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", expected="a file in TOML") from error
    table = tables.get(endpoint, {})
    if not isinstance(table, dict) or set(table) - set(_FIELDS):
        raise ConfigError(
            f"the table of {endpoint} in {path}", expected=f"a table of {', '.join(_FIELDS)}"
        )
    if readable and ("password" in table or "token" in table):
        raise ConfigError(
            f"others may read {path}, which holds secrets",
            expected="a file that only you can read",
            next_step=f"chmod 600 {path}",
        )
    return table


def _access(found: Mapping[str, Any]) -> Access:
    auth = str(found.get("auth", "")).lower()
    if auth not in SCHEMES:
        raise ConfigError(f"the authentication {auth!r}", expected="basic, digest or bearer")
    if not auth:
        auth = "bearer" if found.get("token") else "basic" if found.get("user") else ""
    timeout = str(found.get("timeout", 300))
    if not timeout.isdecimal() or int(timeout) == 0:
        raise ConfigError(f"the timeout {timeout!r} of a server", expected="seconds, such as 300")
    return Access(
        update=str(found.get("update", "")),
        graphs=str(found.get("graphs", "")),
        auth=auth,
        user=str(found.get("user", "")),
        password=Secret(found.get("password", "")),
        token=Secret(found.get("token", "")),
        compress=str(found.get("compress", "")).lower() in ("1", "on", "true", "yes"),
        timeout=int(timeout),
    )
