"""Queries with a time limit, that can be stopped: a store asked through processes of their own.

>>> with LimitedStore(store, 10) as limited:                    # doctest: +SKIP
...     limited.select("SELECT * { ?s ?p ?o }")

Each process reads a copy of the store as it was when the copy was made, of hard links: a few
milliseconds. A store in memory cannot be read by another process; its queries run in this one,
and the limit holds between the rows of a SELECT alone.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from time import monotonic
from types import TracebackType
from typing import Any, NoReturn, Self

from aitia.errors import QueryError, QueryTimeoutError, StoreError
from aitia.query.asking import Asked
from aitia.store import sparql as text_of
from aitia.store.beside import new_name, sweep
from aitia.store.port import Row, Solutions, Store, Term


class LimitedStore:
    """The reading side of a store, each query with a time limit.

    Parameters
    ----------
    store:
        The store that is asked. It stays the caller's to close.
    seconds:
        The most that a query may keep one waiting, or None for no limit. What the reader of the
        rows spends with them does not count.
    """

    def __init__(self, store: Store, seconds: float | None) -> None:
        self.inner = store
        self.seconds = seconds
        self.shared = store.shared
        self.laterals = bool(getattr(store, "laterals", False))
        self._lock = threading.Lock()
        self._idle: list[Asked] = []
        self._copy: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.renew()

    @property
    def apart(self) -> bool:
        """Whether queries run in processes of their own, and so can be stopped at any time."""
        return getattr(self.inner, "path", None) is not None

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        """Run a SELECT; its rows come as they are found."""
        if not self.apart:
            found = self.inner.select(sparql, graphs=graphs)
            return Solutions(found.variables, self._between(found.rows))
        answer = self._answers("SELECT", sparql, graphs)
        head = next(answer)
        # What fails before the first row fails here, and not later in another's hands.
        first = list(islice(answer, 1))
        return Solutions(tuple(head[1]), _rows(chain(first, answer)))

    def ask(self, sparql: str, *, graphs: Sequence[str] = ()) -> bool:
        """Run an ASK."""
        if not self.apart:
            return self.inner.ask(sparql, graphs=graphs)
        (head,) = self._answers("ASK", sparql, graphs)
        return bool(head[1])

    def construct(self, sparql: str, *, graphs: Sequence[str] = ()) -> bytes:
        """Run a CONSTRUCT or DESCRIBE and return N-Triples."""
        return b"".join(self.triples(sparql, graphs=graphs))

    def triples(self, sparql: str, *, graphs: Sequence[str] = ()) -> Iterator[bytes]:
        """Run a CONSTRUCT or DESCRIBE; its N-Triples come in whole lines as they are found."""
        if not self.apart:
            return iter([self.inner.construct(sparql, graphs=graphs)])
        answer = self._answers("CONSTRUCT", sparql, graphs)
        next(answer)
        # What fails before the first triple fails here, and not later in another's hands.
        first = list(islice(answer, 1))
        return (part[1].encode() for part in chain(first, answer))

    def tsv(self, sparql: str) -> str:
        """Return the answer to a SELECT as SPARQL 1.1 TSV: many rows in little time.

        Only a store whose queries run ``apart`` gives it.
        """
        _, *parts = self._answers("TSV", sparql, ())
        return "".join(part[1] for part in parts)

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Replace each named graph, in the store itself."""
        self.inner.replace(graphs)
        self.renew()

    def append(self, graph: str, nquads: bytes) -> None:
        """Add N-Quads to a named graph, in the store itself."""
        self.inner.append(graph, nquads)
        self.renew()

    def dump(self, graph: str) -> bytes:
        """Return one graph as N-Quads, from the store itself."""
        return self.inner.dump(graph)

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        return self.inner.graphs()

    def close(self) -> None:
        """End the processes, and close the store."""
        self.renew()
        self.inner.close()

    def renew(self) -> None:
        """Let the next query see what the store holds then; those that run go on."""
        with self._lock:
            idle, self._idle = self._idle, []
            old, self._copy = self._copy, None
        for asked in idle:
            asked.kill()
        if old is not None:
            # A process that still reads it keeps its files until it ends.
            shutil.rmtree(old, ignore_errors=True)

    def _answers(self, form: str, sparql: str, graphs: Sequence[str]) -> Iterator[list[Any]]:
        """Yield what kind of answer there is, and its parts; the process goes on to the next."""
        if not getattr(self.inner, "federation", False) and text_of.calls_service(sparql):
            self.inner.select(sparql, graphs=graphs)  # The store refuses it, and says why.
        asked, copy = self.take()
        done = False
        began = monotonic()
        try:
            asked.send([sparql, list(graphs), *(["tsv"] if form == "TSV" else [])])
            for line in asked.lines(self.seconds):
                kind = line[0]
                if kind == "end":
                    done = True
                    return
                if kind in _FAULTS:
                    done = True
                    _refuse(kind, str(line[1]), sparql)
                if kind in _FORMS and _FORMS[kind] != form:
                    raise QueryError(f"the query is not {form}", expected=f"a {form} query")
                yield line
        except TimeoutError:
            raise too_long(monotonic() - began) from None
        finally:
            self.give_back(asked, copy, done=done)

    def take(self) -> tuple[Asked, str]:
        """Return a process to ask, and the copy that it reads."""
        with self._lock:
            if self._copy is None:
                self._make_copy()
            assert self._copy is not None
            if self._idle:
                return self._idle.pop(), self._copy
            return Asked(self._copy), self._copy

    def _make_copy(self) -> None:
        store: Any = self.inner
        sweep(store.path)
        # Known before it is made, so that one whose making is interrupted is removed too.
        self._copy = new_name(store.path)
        try:
            store.backup(self._copy)
        except StoreError:
            self._copy = None
            raise

    def give_back(self, asked: Asked, copy: str, *, done: bool) -> None:
        """Take a process back: for the next query when this one was answered, else to its end."""
        with self._lock:
            kept = done and copy == self._copy
            if kept:
                self._idle.append(asked)
        if not kept:
            asked.kill()

    def _between(self, rows: Iterator[Row]) -> Iterator[Row]:
        began = monotonic()
        for row in rows:
            if self.seconds is not None and monotonic() - began > self.seconds:
                raise too_long(monotonic() - began)
            yield row


def too_long(seconds: float) -> QueryTimeoutError:
    """Return the error about a query that was stopped after some time."""
    return QueryTimeoutError(
        f"the query was stopped after {seconds:.1f} seconds",
        expected="a query that binds more of its variables, or has a LIMIT",
        next_step="narrow it, or give it longer: --timeout SECONDS",
    )


_FORMS = {"rows": "SELECT", "boolean": "ASK", "triples": "CONSTRUCT", "table": "TSV"}
_FAULTS = frozenset({"syntax", "unicode", "fault"})


def _refuse(kind: str, message: str, sparql: str) -> NoReturn:
    if kind == "syntax":
        raise text_of.refused(sparql, message)
    if kind == "unicode":
        raise QueryError(f"the query is not Unicode text ({message})")
    raise StoreError(f"the store cannot be read ({message})", next_step="aitia doctor")


def _rows(lines: Iterator[list[Any]]) -> Iterator[Row]:
    for line in lines:
        for cells in line[1]:
            yield tuple(None if cell is None else _term(*cell) for cell in cells)


def _term(kind: str, value: str, datatype: str = "", language: str | None = None) -> Term:
    return Term(kind, value, datatype or None, language)
