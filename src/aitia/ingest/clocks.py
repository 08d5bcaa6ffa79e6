"""Clocks of hosts that contradict one another, from what a journal's files say: bounds, no guesses.

Three things show that the clock of one host is ahead of another's by at least so much: a process
that began, by its clock, before it had been started; a file that was there before its time had
come; and two hosts whose files one file system stamped at different distances from their clocks.
Hosts that are in none of them may differ as well: that no record shows it is no proof.

No time is changed: a corrected one would be a time that nobody measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from aitia.ingest.placement import Placement
from aitia.ingest.triples import Triple, below, note
from aitia.journal.clocks import TOLERANCE
from aitia.journal.reader import Segment

MAX_NOTES = 20
"""Most pairs of hosts that are told of one by one; of more, those that differ the most."""

_SECOND = 1_000_000_000
_TICK = 10_000_000


class Skew(NamedTuple):
    """Two hosts, how much the clock of one is ahead at least (nanoseconds), and what shows it."""

    ahead: str
    behind: str
    least: int
    why: str


def skews(segments: Sequence[Segment]) -> list[Skew]:
    """Return the hosts of a journal whose clocks contradict one another, the farthest first.

    Parameters
    ----------
    segments:
        The files of one journal.
    """
    machines = {s.host: _machine(s) for s in segments}
    if len(set(machines.values())) < 2 and all(s.clues.since is None for s in segments):
        return []
    found: dict[tuple[str, str], Skew] = {}
    for skew in (*_started(segments), *_seen(segments), *_stamped(segments)):
        known = found.get((skew.ahead, skew.behind))
        # Containers of one machine have one clock, which may have been set meanwhile.
        if machines.get(skew.ahead) == machines.get(skew.behind):
            continue
        if skew.least > max(TOLERANCE, known.least if known else 0):
            found[skew.ahead, skew.behind] = skew
    return sorted(found.values(), key=lambda one: (-one.least, one.ahead, one.behind))


def _machine(segment: Segment) -> str:
    return segment.clues.machine or segment.host


def _started(segments: Iterable[Segment]) -> Iterator[Skew]:
    for segment in segments:
        if segment.clues.since is not None:
            host, before = segment.clues.since
            why = f"at {_said(before)} {{ahead}} started what began on {{behind}} at "
            yield Skew(host, segment.host, before - segment.time, why + _said(segment.time))


def _seen(segments: Iterable[Segment]) -> Iterator[Skew]:
    for segment in segments:
        for host, moment in segment.clues.seen:
            now = segment.clues.closed
            why = f"at {_said(now)} {{behind}} saw a file that {{ahead}} wrote at {_said(moment)}"
            yield Skew(host, segment.host, moment - now, why)


def _stamped(segments: Sequence[Segment]) -> Iterator[Skew]:
    """Yield what a shared file system shows of each host and the one that began the run."""
    first = min(segments, key=lambda s: (s.scope != "", s.time))
    for folder in {s.clues.stamp[2] for s in segments if s.clues.stamp is not None}:
        least: dict[str, int] = {}
        most: dict[str, int] = {}
        for segment in segments:
            if segment.clues.stamp is not None and segment.clues.stamp[2] == folder:
                low, high = _distance(segment)
                least[segment.host] = max(low, least.get(segment.host, low))
                most[segment.host] = min(high, most.get(segment.host, high))
        # A host that contradicts itself was set meanwhile: that says nothing of another.
        hosts = [host for host in least if least[host] <= most[host]]
        if first.host not in hosts:
            continue
        why = "their file system, by its own clock, tells it from the files that both made there"
        for host in hosts:
            yield Skew(host, first.host, least[first.host] - most[host], why)
            yield Skew(first.host, host, least[host] - most[first.host], why)


def _distance(segment: Segment) -> tuple[int, int]:
    """Return between what bounds the clock of the file system is ahead of that of the host."""
    assert segment.clues.stamp is not None
    before, stamped, _ = segment.clues.stamp
    # A stamp is as coarse as the file system keeps it, and never later than the moment.
    grain = _TICK if stamped % _SECOND else _SECOND
    return stamped - segment.time, stamped + grain - before


def _said(moment: int) -> str:
    seconds, rest = divmod(moment, _SECOND)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1_000_000:03d}Z"


def triples(segments: Sequence[Segment], root: str, placed: Placement) -> Iterator[Triple]:
    """Yield notes of the clocks of a journal's hosts, about the nodes that are known.

    Parameters
    ----------
    segments:
        The files of one journal.
    root:
        The run.
    placed:
        What its records say of nodes.
    """
    found = skews(segments)
    for skew in found[:MAX_NOTES]:
        text = (
            f"the clock of {{ahead}} is ahead of that of {{behind}} by at least "
            f"{skew.least / _SECOND:.1f} s; no time was corrected; {skew.why}"
        ).format(**_names(skew, placed))
        here = below(root, "note", "clock-skew", skew.ahead, skew.behind)
        subjects = {node for host in skew[:2] for node in placed.nodes(host)} or {root}
        for subject in subjects:
            yield from note(here, "clock-skew", (text, 1), subject)
    more = len(found) - MAX_NOTES
    if more > 0:
        text = f"more pairs of nodes whose clocks differ, by up to {found[MAX_NOTES].least} ns"
        yield from note(below(root, "note", "clock-skew"), "clock-skew", (text, more), root)
    yield from _unkept(segments, root, placed)


def _names(skew: Skew, placed: Placement) -> dict[str, str]:
    found = {"ahead": placed.called(skew.ahead), "behind": placed.called(skew.behind)}
    if found["ahead"] != found["behind"]:
        return found
    return {side: f"{found[side]} ({getattr(skew, side)})" for side in found}


def _unkept(segments: Sequence[Segment], root: str, placed: Placement) -> Iterator[Triple]:
    """Yield a note of the hosts whose kernels do not say that their clocks are kept in step."""
    hosts = sorted({s.host for s in segments if s.clues.sync and not s.clues.sync.kept})
    if not hosts:
        return
    names = ", ".join(placed.called(host) for host in hosts[:MAX_NOTES])
    text = f"nodes whose kernels do not say that something keeps their clocks in step: {names}"
    here = below(root, "note", "clock-unsure")
    yield from note(here, "clock-unsure", (text, len(hosts)), root)


def told(segments: Iterable[Segment]) -> tuple[int, int]:
    """Return of how many runs the clocks contradict one another, and by how much at most, in ns."""
    runs: dict[tuple[str, str], list[Segment]] = {}
    for segment in segments:
        runs.setdefault((segment.run, segment.recorder), []).append(segment)
    found = [skew for members in runs.values() for skew in skews(members)[:1]]
    return len(found), max((skew.least for skew in found), default=0)
