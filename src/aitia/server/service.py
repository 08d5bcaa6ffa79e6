"""Running the web application on a port of this machine."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from aitia.errors import ConfigError, MissingExtraError
from aitia.server.app import build

if TYPE_CHECKING:
    from aitia.reader import Graph

PORT = 7710


def serve(
    graph: Graph, *, host: str = "127.0.0.1", port: int = PORT, ready: Callable[[str], None]
) -> None:
    """Serve ``graph`` until interrupted.

    Parameters
    ----------
    graph:
        What is served.
    host, port:
        Where to listen; port 0 takes a free one.
    ready:
        Called with the URL once the port is held.

    Raises
    ------
    ConfigError
        When the address cannot be listened on.
    MissingExtraError
        When the extra ``server`` is not installed.
    """
    try:
        import uvicorn
    except ImportError:
        raise MissingExtraError("uvicorn", extra="server", purpose="aitia serve") from None
    listener = listen(host, port)
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{listener.getsockname()[1]}"
    hosts = (*("127.0.0.1", "localhost", "[::1]"), name)
    application = build(graph, hosts=hosts)
    config = uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off")
    announce = getattr(graph.store, "announce", None)
    # Whoever is told that the server is ready may tell it to end at once.
    with listener, _leaving_on_sigterm(), application.state.site.limited:
        if announce is not None:
            announce(f"{url}/sparql")
        ready(url)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _leaving_on_sigterm() -> Iterator[None]:
    """Make SIGTERM unwind the stack, so that the caller closes the store.

    The server raises the signal again once it has shut down.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``.

    Raises
    ------
    ConfigError
        When the port is taken, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}",
            expected="a free port of this machine",
            next_step="aitia serve --port 0 takes any free one",
        ) from error
    return listener
