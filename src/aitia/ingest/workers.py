"""Workers beside an ingester: processes that make graphs, and judge windows, while it commits.

They are programs of their own, not forks: the store's threads do not survive a fork, and a module
of the user's must not be run again as a spawned child would.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import orjson

from aitia.errors import IngestError
from aitia.ingest.build import Built
from aitia.ingest.journals import Journal
from aitia.ingest.triples import Triple
from aitia.ingest.worker import job, to_report, unpack
from aitia.validation.report import Report
from aitia.vocabulary.extensions import Extension

WORTH_BYTES = 4 << 20
"""Journals of fewer bytes are read faster than workers start."""

MOST = 8


def count(size: int) -> int:
    """Return how many workers are worth their start for journals of ``size`` bytes."""
    if size < WORTH_BYTES:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST)


class Workers:
    """Some worker processes, each fed by a thread.

    Parameters
    ----------
    root:
        The data directory.
    extensions:
        The user's own modules of the ontology.
    number:
        How many.
    """

    def __init__(self, root: str, extensions: Sequence[Extension], number: int) -> None:
        self.number = number
        self._start = orjson.dumps([root, [one.path for one in extensions]]) + b"\n"
        self._own = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []
        self._pool = ThreadPoolExecutor(number, "aitia-ingest")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        for process in self._all:
            if error is not None:
                process.kill()
            _close(process)
            process.wait()

    def build(self, journal: Journal) -> Future[Built]:
        """Have the graphs of a journal made."""
        return self._pool.submit(self._build, journal)

    def check(self, triples: list[Triple]) -> Future[Report]:
        """Have triples judged."""
        return self._pool.submit(self._check, triples)

    def _build(self, journal: Journal) -> Built:
        return unpack(*self._ask(job("build", journal)))

    def _check(self, triples: list[Triple]) -> Report:
        head, _ = self._ask(job("check", triples))
        return to_report(head)

    def _ask(self, line: bytes) -> tuple[list[Any], bytes]:
        process = getattr(self._own, "process", None) or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            kind, head, length = orjson.loads(process.stdout.readline())
            body = process.stdout.read(length)
        except (OSError, orjson.JSONDecodeError) as error:
            raise IngestError(
                f"a worker of the ingest ended with {process.wait()}",
                expected="workers that live as long as the ingest",
                next_step="free some memory, or: aitia ingest --jobs 0",
            ) from error
        if kind == "error":
            raise IngestError(str(head))
        return head, body

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "aitia.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "AITIA": "off"},
        )
        assert process.stdin is not None
        process.stdin.write(self._start)
        self._own.process = process
        self._all.append(process)
        return process


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
