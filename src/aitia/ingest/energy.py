"""Energy of a run and of its tasks, from the counters that were sampled beside it.

A run has the last reading of each counter. At each moment the energy is divided equally among the
innermost tasks that run then; a task that contains others has what they have, and what was spent
while none of them ran. Tasks shorter than ``SHORTEST`` fall between two samples: what they spent
counts for what contains them. Between two readings power is taken to be even.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from math import fsum

from aitia.ingest.triples import Triple, term
from aitia.records.prov import Points
from aitia.vocabulary import literals

SHORTEST = 0.5
"""Seconds below which a task has no energy of its own."""

METERS = ("cpu_energy_joules", "cpu_energy_estimated_joules", "gpu_energy_joules")
"""Quantities that count joules; the second is an estimate, and not recorded beside the first."""

GRID = "grid_intensity_grams_per_kilowatt_hour"

JOULES_PER_KILOWATT_HOUR = 3.6e6

_APART = frozenset({"aitia:TelemetryCollection", "aitia:ThrottlingEpisode"})


class Energy:
    """What was metered of one run, and when its tasks ran."""

    def __init__(self) -> None:
        self._meters: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self._grid: list[float] = []
        self._began: dict[str, tuple[int, str]] = {}
        self._ended: dict[str, int] = {}

    @property
    def is_metered(self) -> bool:
        """Whether any counter of joules was read."""
        return bool(self._meters)

    def metered(self, record: Points, scope: str) -> None:
        """Take readings that are about the run; ``scope`` is the process that read."""
        if record.subject or record.kind != "telemetry" or not record.times:
            return
        values = [literals.to_float(value) for value in record.values]
        pairs = zip(record.times, values, strict=False)
        known = [(float(time), value) for time, value in pairs if value is not None]
        if record.quantity == GRID:
            self._grid += [value for _, value in known]
        elif record.quantity in METERS:
            self._meters.setdefault((scope, record.quantity), []).extend(known)

    def began(self, task: str, kind: str, time: int, parent: str) -> None:
        """Note the start of a task."""
        if kind not in _APART:
            self._began[task] = time, parent
            self._forget(task)

    def ended(self, task: str, time: int | None) -> None:
        """Note the end of a task."""
        if time is not None:
            self._ended[task] = time
            self._forget(task)

    def _forget(self, task: str) -> None:
        began, ended = self._began.get(task), self._ended.get(task)
        if began is not None and ended is not None and ended - began[0] < SHORTEST * 1e9:
            del self._began[task], self._ended[task]

    def triples(self, root: str, start: int) -> Iterator[Triple]:
        """Yield the energy and the emissions of the run that began at ``start``, and its tasks."""
        counters = [_Counter(readings) for _, readings in sorted(self._meters.items())]
        if not counters:
            return
        joules = {root: sum((counter.total for counter in counters), 0.0)}
        joules |= self._shared(counters, start)
        grams = fsum(self._grid) / len(self._grid) if self._grid else None
        for task, spent in joules.items():
            yield task, term("aitia:energyJoules"), literals.double(spent)
            if grams is not None:
                carbon = spent / JOULES_PER_KILOWATT_HOUR * grams
                yield task, term("aitia:carbonGramsCO2e"), literals.double(carbon)

    def _shared(self, counters: list[_Counter], start: int) -> dict[str, float]:
        tasks = {task: self._began[task] for task in self._began.keys() & self._ended.keys()}
        first = min(counter.first for counter in counters)
        last = max(counter.last for counter in counters)
        events: list[tuple[float, int, str]] = []
        for task, (told, _) in tasks.items():
            began, ended = (told - start) / 1e9, (self._ended[task] - start) / 1e9
            # One that no sample was taken of has no figure, which is not the same as none spent.
            if began < last and ended > first:
                events += [(began, 1, task), (ended, 0, task)]
        parents = {task: tasks[task][1] for _, begins, task in events if begins}
        shares = _Shares(parents)
        before = 0.0
        for time, begins, task in sorted(events):
            spent = sum((counter.at(time) for counter in counters), 0.0)
            shares.spend(max(0.0, spent - before))
            before = max(before, spent)
            (shares.enter if begins else shares.leave)(task)
        return shares.with_inner()


class _Counter:
    """A counter of joules that can be asked at any time."""

    def __init__(self, readings: list[tuple[float, float]]) -> None:
        readings = sorted(readings)
        self._times, self._joules = [readings[0][0]], [max(0.0, readings[0][1])]
        joules = self._joules[0]
        for (_, before), (time, now) in pairwise(readings):
            joules += max(0.0, now - before)
            self._times.append(time)
            self._joules.append(joules)
        self.first, self.last, self.total = self._times[0], self._times[-1], joules

    def at(self, time: float) -> float:
        """Return the reading at a time, even between two readings."""
        place = bisect_right(self._times, time)
        if place == 0:
            # What was counted before the first reading was spent from the start of the run on.
            return self._joules[0] * max(0.0, time) / self.first if self.first > 0 else 0.0
        if place == len(self._times):
            return self.total
        t0, t1 = self._times[place - 1 : place + 1]
        j0, j1 = self._joules[place - 1 : place + 1]
        return j0 + (j1 - j0) * (time - t0) / (t1 - t0)


class _Shares:
    """Divides what is spent among the innermost of the tasks that run."""

    def __init__(self, parents: dict[str, str]) -> None:
        self._parents = parents
        self._running: set[str] = set()
        self._inside: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._own = dict.fromkeys(parents, 0.0)
        self._each = 0.0

    def spend(self, joules: float) -> None:
        """Divide joules among the innermost tasks that run now."""
        if self._since:
            self._each += joules / len(self._since)

    def enter(self, task: str) -> None:
        """A task begins."""
        self._running.add(task)
        parent = self._parents[task]
        if parent in self._parents:
            self._inside[parent] = self._inside.get(parent, 0) + 1
            self._pause(parent)
        if not self._inside.get(task):
            self._since[task] = self._each

    def leave(self, task: str) -> None:
        """A task ends."""
        self._pause(task)
        self._running.discard(task)
        parent = self._parents[task]
        if parent in self._parents:
            self._inside[parent] -= 1
            if not self._inside[parent] and parent in self._running:
                self._since[parent] = self._each

    def _pause(self, task: str) -> None:
        since = self._since.pop(task, None)
        if since is not None:
            self._own[task] += self._each - since

    def with_inner(self) -> dict[str, float]:
        """Return what each task has, with what its inner tasks have."""
        found = dict(self._own)
        for task, joules in self._own.items():
            seen = {task}
            outer = self._parents[task]
            while outer in self._parents and outer not in seen:
                seen.add(outer)
                found[outer] += joules
                outer = self._parents[outer]
        return found
