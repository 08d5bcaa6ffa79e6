"""The graph of a large run, in parts: on disk, and in the store while others are being made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Container
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from tempfile import mkdtemp
from typing import ParamSpec, Protocol

from aitia.ingest.triples import Triple, to_nquads
from aitia.store.port import Store

PART_BYTES = 10 << 20
"""Size of the parts that a large graph is written in, in bytes of N-Quads."""

LOADERS = 2
"""Parts brought into a store of one's own at the same time: one is read while one is sorted."""

SCRATCH = ".ingest-"
"""How the folders of parts begin, before the id of the process that makes them."""


_P = ParamSpec("_P")


class Takes(Protocol):
    """Takes parts as they are made."""

    def restart(self, graph: str) -> None:
        """Forget what was taken of a graph: it is made anew."""

    def take(self, graph: str, path: str) -> None:
        """Take the next part of a graph."""


class Parts:
    """The N-Quads of a graph: in memory as long as there are few, then in files of some size.

    Parameters
    ----------
    root:
        The folder that the folder of the files goes in.
    graph:
        The graph.
    taker:
        Told of each file as it is made.
    """

    def __init__(self, root: str, graph: str, taker: Takes | None = None) -> None:
        self._root = root
        self._graph = graph
        self._taker = taker
        self.folder = ""
        self.restart()

    def restart(self) -> None:
        """Forget all that was written."""
        self._held: list[bytes] = []
        self._size = 0
        self.quads = 0
        self.paths: list[str] = []
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = ""
            if self._taker is not None:
                self._taker.restart(self._graph)

    def write(self, triples: list[Triple]) -> None:
        """Add triples."""
        self.add(to_nquads(triples, self._graph))

    def add(self, data: bytes) -> None:
        """Add N-Quads of the graph, which no others repeat."""
        self.quads += data.count(b"\n")
        self._held.append(data)
        self._size += len(data)
        if self._size >= PART_BYTES:
            self._close()

    def end(self) -> bytes:
        """Return all of it when it is in memory; nothing when it is in files, the last included."""
        if self.folder:
            self._close()
        return b"".join(self._held)

    def _close(self) -> None:
        if not self.folder:
            self.folder = mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=self._root)
            if self._taker is not None:
                self._taker.restart(self._graph)
        if not self._held:
            return
        path = os.path.join(self.folder, f"part-{len(self.paths)}.nq")
        with open(path, "wb") as handle:
            handle.writelines(self._held)
        self.paths.append(path)
        self._held, self._size = [], 0
        if self._taker is not None:
            self._taker.take(self._graph, path)


class Loader(AbstractContextManager["Loader"]):
    """Brings the parts of graphs into a store, in threads, while others are being made.

    Only of graphs that the store does not have: what is there stays whole until all of what
    replaces it has been made.

    Parameters
    ----------
    store:
        Where they go.
    present:
        The graphs that the store has.
    """

    def __init__(self, store: Store, present: Container[str]) -> None:
        self._store = store
        self._present = present
        self._pool = ThreadPoolExecutor(1 if store.shared else LOADERS, "aitia-load")
        self._waiting: list[Future[None]] = []
        self._taken: set[str] = set()

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def restart(self, graph: str) -> None:
        """Take out what is there of a graph, which an ingester that was killed may have left."""
        if graph not in self._present:
            # Between the parts taken before and those to come, which the threads do not keep apart.
            wait(self._waiting)
            self._submit(self._store.replace, {graph: b""})
            wait(self._waiting)

    def take(self, graph: str, path: str) -> None:
        """Bring a part in when its turn comes."""
        if graph not in self._present:
            self._submit(self.append, graph, path)
            self._taken.add(path)

    def append(self, graph: str, path: str) -> None:
        """Bring a part in now."""
        with open(path, "rb") as handle:
            self._store.append(graph, handle.read())

    def took(self, paths: tuple[str, ...]) -> bool:
        """Wait for what was taken, and return whether these parts were."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.result()
        return bool(paths) and self._taken.issuperset(paths)

    def _submit(self, work: Callable[_P, None], *given: _P.args, **named: _P.kwargs) -> None:
        self._waiting.append(self._pool.submit(work, *given, **named))


def sweep(root: str) -> None:
    """Remove the parts that killed ingesters left in a data directory."""
    for name in os.listdir(root):
        if name.startswith(SCRATCH):
            owner = name.removeprefix(SCRATCH).partition("-")[0]
            if not (owner.isdecimal() and os.path.isdir(f"/proc/{owner}")):
                shutil.rmtree(os.path.join(root, name), ignore_errors=True)
