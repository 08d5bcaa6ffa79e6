"""A process that answers queries, seen from the one that asks."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

import orjson

from aitia.errors import StoreError

CHUNK = 1 << 16


class Asked:
    """A worker process on a copy of a store.

    Parameters
    ----------
    folder:
        The copy.
    """

    def __init__(self, folder: str) -> None:
        # A session of its own, so that an interrupt from the keyboard is this process' alone.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aitia.query.worker", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "AITIA": "off"},
            bufsize=0,
        )
        self._rest = b""
        self._ready = False

    def send(self, job: object) -> None:
        """Give it a query to answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(orjson.dumps(job) + b"\n")
        except TypeError:
            # Text with half a character, which no query has.
            from aitia.errors import QueryError

            raise QueryError("the query is not Unicode text") from None
        except OSError as error:
            raise self._gone() from error

    def lines(self, seconds: float | None) -> Iterator[list[Any]]:
        """Yield what it answers.

        Raises
        ------
        TimeoutError
            When it kept this process waiting for longer than ``seconds`` in all.
        StoreError
            When it ended by itself.
        """
        left = seconds
        while True:
            line, end, rest = self._rest.partition(b"\n")
            if not end:
                began = monotonic()
                data = self._read(left)
                if left is not None:
                    left = max(0.0, left - (monotonic() - began))
                self._rest += data
                continue
            self._rest = rest
            answer = orjson.loads(line)
            if self._ready:
                yield answer
            self._ready = True

    def _read(self, seconds: float | None) -> bytes:
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        if not select.select([handle], [], [], seconds)[0]:
            raise TimeoutError
        data = os.read(handle, CHUNK)
        if not data:
            raise self._gone()
        return data

    def stop(self) -> None:
        """End it while another thread reads what it answers, which sees that it ended."""
        self._process.kill()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()

    def _gone(self) -> StoreError:
        code = self._process.wait()
        return StoreError(
            f"the process that answered the query ended with {code}",
            expected="one that lives until it has answered",
            next_step="free some memory, or ask for less at once: LIMIT",
        )
