"""Marks Aitia's own work, so that the files that it opens are not taken for the user's."""

from __future__ import annotations

from threading import local
from types import TracebackType

_own = local()


class Quiet:
    """A context in which nothing of this thread is observed; it may be entered again inside."""

    def __enter__(self) -> None:
        _own.depth = getattr(_own, "depth", 0) + 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _own.depth -= 1


quiet = Quiet()
"""The one context of that kind: it holds no state but the thread's."""


def is_quiet() -> bool:
    """Return whether this thread does Aitia's own work."""
    return getattr(_own, "depth", 0) > 0
