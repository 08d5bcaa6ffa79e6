"""One asker's side of a store with a time limit, whose query another thread can stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aitia.errors import QueryStoppedError, StoreError
from aitia.query.asking import Asked
from aitia.query.limited import LimitedStore


class StoppableStore(LimitedStore):
    """The reading side of a store for one asker.

    Parameters
    ----------
    pool:
        The store that many ask; its processes and its limit are used.

    Notes
    -----
    A store in memory is asked in this process, where Oxigraph cannot be stopped: there the stop
    takes effect at the next query.
    """

    def __init__(self, pool: LimitedStore) -> None:
        super().__init__(pool.inner, pool.seconds)
        self._pool = pool
        self._asked: Asked | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the query that runs, if one does, and refuse those after it."""
        with self._lock:
            self._stopped = True
            if self._asked is not None:
                self._asked.stop()

    def take(self) -> tuple[Asked, str]:
        """Return a process to ask, of those of the pool."""
        asked, copy = self._pool.take()
        with self._lock:
            if not self._stopped:
                self._asked = asked
                return asked, copy
        self._pool.give_back(asked, copy, done=True)
        raise _gone()

    def give_back(self, asked: Asked, copy: str, *, done: bool) -> None:
        """Return a process to the pool."""
        # No longer this asker's: from here on a stop must not end what another asks of it.
        with self._lock:
            self._asked = None
            done = done and not self._stopped
        self._pool.give_back(asked, copy, done=done)

    def _answers(self, form: str, sparql: str, graphs: Sequence[str]) -> Iterator[list[Any]]:
        try:
            yield from super()._answers(form, sparql, graphs)
        except StoreError:
            if self._stopped:
                raise _gone() from None
            raise


def _gone() -> QueryStoppedError:
    return QueryStoppedError("the query was stopped: nobody waits for its answer any more")
