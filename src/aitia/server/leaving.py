"""Clients that close their connection: what they asked for is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aitia.errors import QueryStoppedError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Message, Receive


@asynccontextmanager
async def while_asked(request: Request, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Call ``stop`` when the client of a request leaves before the block has ended.

    Parameters
    ----------
    request:
        A request whose body has been read.
    stop:
        Ends what is done for it.
    """
    watch = asyncio.create_task(_wait(request.receive, stop))
    try:
        yield
    finally:
        # Not awaited: a server may wait in a thread of its own for what comes next.
        watch.cancel()


async def _wait(receive: Receive, stop: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop()


def streaming(
    parts: Iterator[bytes],
    status: int,
    headers: Mapping[str, str],
    stop: Callable[[], None] | None,
) -> Response:
    """Return a response whose parts are sent as they come, until the client leaves.

    Parameters
    ----------
    parts:
        The body.
    status, headers:
        Of the response.
    stop:
        Ends the making of parts when the client has left; None when nothing can.
    """
    from starlette.responses import StreamingResponse

    class Watched(StreamingResponse):
        """Tells of the client that left before the thread that waits for a part is waited for."""

        async def listen_for_disconnect(self, receive: Receive) -> None:
            """Wait for the client to leave, and stop the making of parts when it does."""

            async def told() -> Message:
                message = await receive()
                if stop is not None and message["type"] == "http.disconnect":
                    stop()
                return message

            await super().listen_for_disconnect(told)

    return Watched(_until_stopped(parts), status_code=status, headers=dict(headers))


def _until_stopped(parts: Iterator[bytes]) -> Iterator[bytes]:
    with suppress(QueryStoppedError):
        yield from parts
