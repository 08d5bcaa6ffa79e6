"""Telemetry: probes read at a steady pace beside the run, never inside a task.

One daemon thread reads the probes and writes what they said every few seconds, by column, so that
a kill loses little. When reading takes long the pace is slowed, so that the sampler never takes
more than a small share of one processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aitia.capture.guard import attempt
from aitia.records.ports import Probe
from aitia.records.prov import Associated, Ended, Entity, Points, Started

if TYPE_CHECKING:
    from aitia.capture.run import Run

SHARE = 0.02
"""Largest share of one processor that reading the probes may take."""

MAX_FAULTS = 3
"""A probe that failed so often in a row is not read any more."""

PATIENCE = 1.0
"""Longest wait for the thread at the end of a run, in seconds."""


class _Column:
    """The samples of one quantity that are not written yet."""

    __slots__ = ("probe", "times", "unit", "values")

    def __init__(self, probe: str, unit: str | None) -> None:
        self.probe = probe
        self.unit = unit
        self.times: list[float] = []
        self.values: list[float] = []


class Sampler:
    """Reads probes for a run until it is stopped.

    Parameters
    ----------
    run:
        The run that the series are about.
    probes:
        What to read.
    period:
        Seconds from one sample to the next.
    flush:
        Seconds after which samples are written.
    """

    def __init__(
        self, run: Run, probes: Sequence[Probe], *, period: float, flush: float = 5.0
    ) -> None:
        self._run = run
        self._probes = list(probes)
        self._period = self._pace = period
        self._flush_after = flush
        self._columns: dict[str, _Column] = {}
        self._faults: dict[str, int] = {}
        self._flushed = time.monotonic()
        self._collection = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="aitia-telemetry", daemon=True)

    def start(self) -> None:
        """Say who measures what, take a first sample, and go on in the background."""
        run = self._run
        self._collection = run.begin_number()
        told = Started(self._collection, "telemetry", run.now(), "aitia:TelemetryCollection")
        run.emit(told._replace(parent=run.base))
        for probe in self._probes:
            agent = run.mint()
            run.emit(Entity(agent, "aitia:TelemetryProbe", probe.name))
            run.emit(Associated(self._collection, agent))
        self.sample()
        self._thread.start()

    def stop(self) -> None:
        """Take a last sample, write what is left, and end the thread."""
        self._done.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE)
        if not self._thread.is_alive():
            self.sample()
        self.flush()
        for probe in self._probes:
            attempt(probe.name, probe.close)
        if self._pace > self._period:
            self._run.note("telemetry", f"sampled every {self._pace:.3g} s: probes are slow here")
        period = {"aitia:samplingPeriodSeconds": self._pace}
        self._run.emit(Ended(self._collection, self._run.now(), attributes=period))

    def sample(self) -> None:
        """Read all probes once."""
        began = time.monotonic()
        for probe in list(self._probes):
            at = (self._run.now() - self._run.started) / 1e9
            values = attempt(probe.name, probe.read)
            if values is None:
                self._fault(probe)
                continue
            self._faults[probe.name] = 0
            for quantity, value in values.items():
                column = self._columns.get(quantity)
                if column is None:
                    column = _Column(probe.name, probe.units.get(quantity))
                    self._columns[quantity] = column
                column.times.append(round(at, 3))
                column.values.append(_short(value))
        cost = time.monotonic() - began
        self._pace = max(self._period, cost / SHARE)

    def flush(self) -> None:
        """Write the samples that were taken since the last time."""
        self._flushed = time.monotonic()
        for quantity, column in self._columns.items():
            if column.values:
                values, times = tuple(column.values), tuple(column.times)
                column.values.clear()
                column.times.clear()
                points = Points("", quantity, values, times=times, unit=column.unit)
                self._run.emit(points._replace(kind="telemetry", probe=column.probe))

    def _fault(self, probe: Probe) -> None:
        count = self._faults[probe.name] = self._faults.get(probe.name, 0) + 1
        if count >= MAX_FAULTS:
            self._probes.remove(probe)
            attempt(probe.name, probe.close)

    def _loop(self) -> None:
        while not self._done.wait(self._pace):
            attempt("telemetry", self._turn)

    def _turn(self) -> None:
        self.sample()
        if time.monotonic() - self._flushed >= self._flush_after:
            self.flush()


def _short(value: float) -> float:
    """Return a number with seven significant digits, as an integer when it is one."""
    whole = int(value) if value == value and abs(value) < 1e18 else None
    return whole if whole is not None and whole == value else float(f"{value:.7g}")
