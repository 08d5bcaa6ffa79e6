"""Telemetry: probes read at a steady pace beside the run, never inside a task.

Each service (host, accelerator, energy, storage) has its own period and its own collection in the
graph. One daemon thread makes the probes, reads them, and writes what they said every few seconds,
by column, so that a kill loses little. When reading takes long the pace of a service is slowed, so
that it never takes more than a small share of one processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from aitia.capture.guard import attempt
from aitia.records.ports import Probe
from aitia.records.prov import Associated, Ended, Entity, Points, Started, Used
from aitia.vocabulary.terms import AITIA

if TYPE_CHECKING:
    from aitia.capture.run import Run

SHARE = 0.01
"""Largest share of one processor that reading the probes of a service may take."""

MAX_FAULTS = 3
"""A probe that failed so often in a row is not read any more."""

PATIENCE = 1.0
"""Longest wait for the thread at the end of a run, in seconds."""


class Service(NamedTuple):
    """One layer of telemetry: its name, the seconds between samples, and what makes its probes."""

    name: str
    period: float
    make: Callable[[], Sequence[Probe]]


class _Column:
    """The samples of one quantity that are not written yet."""

    __slots__ = ("probe", "times", "unit", "values")

    def __init__(self, probe: str, unit: str | None) -> None:
        self.probe = probe
        self.unit = unit
        self.times: list[float] = []
        self.values: list[float] = []


class _Stream:
    """A service while it is sampled."""

    def __init__(self, service: Service, run: Run) -> None:
        self.name, self.period = service.name, service.period
        self.pace = service.period
        self.run = run
        self.probes = list(attempt(f"telemetry {service.name}", service.make) or ())
        self.collection = ""
        self.due = self.last = time.monotonic()
        self.missed = 0
        self.gap = 0.0
        self._columns: dict[str, _Column] = {}
        self._faults: dict[str, int] = {}
        self._seen: set[str] = set()
        self._said: set[tuple[str, str]] = set()
        self._episodes: dict[str, tuple[str, str]] = {}

    def begin(self) -> None:
        """Say who measures what."""
        run = self.run
        self.collection = run.begin_number()
        name = f"telemetry: {self.name}"
        told = Started(self.collection, name, run.now(), "aitia:TelemetryCollection")
        run.emit(told._replace(parent=run.base))
        for probe in self.probes:
            agent = run.mint()
            version = getattr(probe, "version", "")
            about = {"aitia:versionLabel": version} if version else {}
            run.emit(Entity(agent, "aitia:TelemetryProbe", probe.name, attributes=about))
            run.emit(Associated(self.collection, agent))

    def read(self, *, last: bool = False) -> None:
        """Read all probes once; what is gone at the end of the run was not missed."""
        began, spent = time.monotonic(), time.thread_time()
        for probe in list(self.probes):
            values = attempt(probe.name, probe.read)
            at = round((self.run.now() - self.run.started) / 1e9, 3)
            if not values and probe.name in self._seen:
                self.missed += not last
            if values is None:
                self._fault(probe)
                continue
            self._faults[probe.name] = 0
            if values:
                self._seen.add(probe.name)
            for quantity, value in values.items():
                column = self._columns.get(quantity)
                if column is None:
                    column = _Column(probe.name, probe.units.get(quantity))
                    self._columns[quantity] = column
                column.times.append(at)
                column.values.append(_short(value))
            tell = getattr(probe, "tell", None)
            if tell is not None:
                attempt(probe.name, tell, self)
        self._keep_pace(began, time.thread_time() - spent, last=last)

    def _keep_pace(self, began: float, cost: float, *, last: bool) -> None:
        # What waits for a device holds up the others of this thread, as what computes does.
        waited = (time.monotonic() - began) / 10
        late = 0 if last else int(max(0.0, began - self.due) / self.pace)
        self.missed += late
        self.gap = max(self.gap, began - self.last)
        self.last = began
        self.pace = max(self.period, cost / SHARE, waited)
        self.due = max(self.due + (late + 1) * self.pace, began)

    def flush(self) -> None:
        """Write the samples that were taken since the last time."""
        for quantity, column in self._columns.items():
            if column.values:
                values, times = tuple(column.values), tuple(column.times)
                column.values.clear()
                column.times.clear()
                points = Points("", quantity, values, times=times, unit=column.unit)
                self.run.emit(points._replace(kind="telemetry", probe=column.probe))

    def end(self) -> None:
        """Write what is left, and say how well the sampling went."""
        self.flush()
        for device in list(self._episodes):
            self.throttled(device, None)
        for probe in self.probes:
            attempt(probe.name, probe.close)
        if self.pace > self.period:
            text = f"{self.name} sampled every {self.pace:.3g} s: probes are slow here"
            self.run.note("telemetry", text)
        if self.missed:
            text = f"samples of {self.name} missed; the longest gap took {self.gap:.3g} s"
            self.run.note("telemetry-gap", text, self.missed)
        told = {"aitia:samplingPeriodSeconds": self.pace, "aitia:missedSampleCount": self.missed}
        self.run.emit(Ended(self.collection, self.run.now(), attributes=told))

    def remark(self, kind: str, text: str) -> None:
        """Note what a probe says, once."""
        if (kind, text) not in self._said:
            self._said.add((kind, text))
            self.run.note(kind, text)

    def describe(self, entity: Entity) -> None:
        """Record a device."""
        self.run.emit(entity)

    def throttled(self, device: str, reason: str | None) -> None:
        """Begin, continue or end the slow-down of a device."""
        task, before = self._episodes.get(device, ("", None))
        if reason == before:
            return
        run = self.run
        if before is not None:
            self._episodes.pop(device)
            run.emit(Ended(task, run.now(), attributes={"aitia:throttlingReason": before}))
        if reason is not None:
            task = run.begin_number()
            self._episodes[device] = task, reason
            told = Started(task, f"throttled: {reason}", run.now(), "aitia:ThrottlingEpisode")
            run.emit(told._replace(parent=run.base))
            run.emit(Used(task, device, relation=AITIA.ranOn))

    def _fault(self, probe: Probe) -> None:
        count = self._faults[probe.name] = self._faults.get(probe.name, 0) + 1
        if count >= MAX_FAULTS:
            self.probes.remove(probe)
            attempt(probe.name, probe.close)


class Sampler:
    """Reads the probes of services for a run until it is stopped.

    Parameters
    ----------
    run:
        The run that the series are about.
    services:
        What to read, and how often.
    flush:
        Seconds after which samples are written.
    patient:
        Whether a run that ends before the first sample waits for it.
    """

    def __init__(
        self, run: Run, services: Sequence[Service], *, flush: float = 5.0, patient: bool = False
    ) -> None:
        self._run = run
        self._services = [service for service in services if service.period > 0]
        self._flush_after = flush
        self._patient = patient
        self._streams: list[_Stream] = []
        self._flushed = time.monotonic()
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._abandoned = False
        self.sampled = threading.Event()
        """Set once each service has taken its first sample."""
        self._thread = threading.Thread(target=self._loop, name="aitia-telemetry", daemon=True)

    def start(self) -> None:
        """Begin in the background; nothing is loaded or read in the calling thread."""
        self._thread.start()

    def stop(self) -> None:
        """Take a last sample, write what is left, and end the thread."""
        if self._patient:
            self.sampled.wait(PATIENCE)
        self._done.set()
        with self._lock:
            if not self.sampled.is_set():
                self._abandoned = True
                return
        self._thread.join(PATIENCE)
        if not self._thread.is_alive():
            self.sample(last=True)
        for stream in self._streams:
            attempt("telemetry", stream.end)

    def sample(self, *, last: bool = False) -> None:
        """Read the probes of all services once."""
        for stream in self._streams:
            stream.read(last=last)

    def _loop(self) -> None:
        streams = [_Stream(service, self._run) for service in self._services]
        with self._lock:
            if self._abandoned:
                return
            self._streams = [stream for stream in streams if stream.probes]
            for stream in self._streams:
                attempt("telemetry", stream.begin)
            attempt("telemetry", self.sample)
            self.sampled.set()
        while self._streams and not self._done.wait(self._pause()):
            attempt("telemetry", self._turn)

    def _pause(self) -> float:
        return max(0.001, min(stream.due for stream in self._streams) - time.monotonic())

    def _turn(self) -> None:
        now = time.monotonic()
        for stream in self._streams:
            if stream.due <= now:
                stream.read()
        if now - self._flushed >= self._flush_after:
            self._flushed = now
            for stream in self._streams:
                stream.flush()


def _short(value: float) -> float:
    """Return a number with seven significant digits, as an integer when it is one."""
    whole = int(value) if value == value and abs(value) < 1e18 else None
    return whole if whole is not None and whole == value else float(f"{value:.7g}")
