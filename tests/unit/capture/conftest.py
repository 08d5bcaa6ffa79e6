"""Runs whose records stay in memory, observed by the adapters under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import pytest

from aitia.capture import clock, files, guard
from aitia.capture.run import Run
from aitia.capture.scopes import CurrentScope, RunScope
from aitia.records import Record, decode
from aitia.records.ports import Observer

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test know what another one called a file with the same content."""
    monkeypatch.setattr(files, "told", {})


class Records(list[Record]):
    """The records of all runs of a test, in order."""

    def of(self, kind: type[T]) -> list[T]:
        return [record for record in self if isinstance(record, kind)]


class Lines:
    """A sink that keeps what is written as records."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def write(self, line: bytes) -> None:
        self._records.append(decode(line))

    def close(self) -> None:
        pass


class MemoryRecorder:
    """Keeps records in memory, and tells observers when a run ends."""

    clock = staticmethod(clock.now)
    digest_limit = 1 << 28
    agent = ""

    def __init__(self, observers: tuple[Observer, ...]) -> None:
        self.records = Records()
        self._observers = observers

    def new_run_id(self) -> str:
        return clock.new_run_id()

    def open(self, run: Run) -> Lines:
        run.nested = run.outer is not None
        return Lines(self.records)

    def for_child(self, run: Run, sink: Lines) -> Lines:
        return sink

    def opened(self, run: Run) -> None:
        pass

    def closing(self, run: Run) -> None:
        for observer in self._observers:
            guard.attempt(observer.name, observer.leave, RunScope(run, run.nested))


class Observed:
    """A run that is open, and what was recorded."""

    def __init__(self, recorder: MemoryRecorder, run: Run) -> None:
        self.recorder = recorder
        self.run = run
        self.records = recorder.records

    def another(self, name: str) -> Run:
        return Run(self.recorder, name)


Observe = Callable[..., AbstractContextManager[Observed]]


@pytest.fixture
def observe(monkeypatch: pytest.MonkeyPatch) -> Observe:
    """Open a run that is observed by adapters; faults of theirs fail the test."""
    monkeypatch.setenv("AITIA_TEST_RAISE", "1")
    # However busy the machine is, the end waits for digests.
    monkeypatch.setattr("aitia.capture.application.watch.PATIENCE", 60.0)

    @contextmanager
    def opened(*adapters: Observer) -> Iterator[Observed]:
        recorder = MemoryRecorder(adapters)
        for adapter in adapters:
            adapter.start(CurrentScope())
        try:
            with Run(recorder, "test") as run:
                yield Observed(recorder, run)
        finally:
            for adapter in adapters:
                adapter.stop(CurrentScope())

    return opened
