"""A run that goes on, followed: its new records are mapped, and nothing else is mapped again.

What one record says is never taken back. What follows from several (summaries of series, statuses,
durations, values of settings, derivations) is held of each activity until a while after its end;
of those that are told of again it is worked out again, and compared with what it was.

Records of several processes come in another order than when all are read. Where that would make a
difference, and where a task is told of that was forgotten already, the run cannot be followed, and
is mapped as a whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from aitia.errors import JournalError, RecordError, RecordVersionError, VocabularyError
from aitia.ingest import clocks
from aitia.ingest.activities import ABOUT
from aitia.ingest.gate import Item
from aitia.ingest.journals import Journal
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import NODE, RAN_ON
from aitia.ingest.quarantine import Refused
from aitia.ingest.stream import LAG
from aitia.ingest.tail import Tail
from aitia.ingest.triples import Names, Triple, term
from aitia.records import prov
from aitia.records.prov import Record

Key = tuple[str, int]
"""A line of a journal: the name of its segment, and its number."""

_PLAIN = "aitia:TaskRun"
_INFORMED = "prov:wasInformedBy"

_OF_RUN = (prov.RunStarted, prov.RunEnded)


class Delta(NamedTuple):
    """What is new: triples that hold now, and such that hold no more; lines refused; records."""

    fresh: set[Triple]
    gone: set[Triple]
    refused: list[Refused]
    records: int


class Late(Exception):  # noqa: N818 - it leaves this package never
    """A record that changes what was forgotten already, or that depends on the order of others."""


class Follower:
    """One run by one recorder, as far as it was read.

    Parameters
    ----------
    mapper:
        A fresh mapper of the run.
    hosts:
        The host of each scope; the mapper reads the same, and it is added to.
    skip:
        Lines that the gate refused when the run was mapped as a whole.
    """

    def __init__(self, mapper: Mapper, hosts: dict[str, str], skip: Collection[Key] = ()) -> None:
        self.mapper = mapper
        mapper.dataflow.informed = []
        self._hosts = hosts
        self._skip = frozenset(skip)
        self._tail = Tail()
        self._count = 0
        self._follows: dict[str, frozenset[Triple]] = {}
        self._of_run: frozenset[Triple] = frozenset()
        self._spent: frozenset[Triple] = frozenset()
        self._metered = False
        self._ended: deque[tuple[int, str]] = deque()
        self._settled = _Settled()
        self._told = _Told()

    def read(self, journal: Journal) -> Delta:
        """Map what was added to the journal since the last time.

        Raises
        ------
        Late
            When the run cannot be followed; this follower is of no use any more.
        """
        if any(map(self._tail.is_cut, journal.segments)):
            raise Late("a segment that has become shorter")
        self._hosts.update({s.scope: s.host for s in reversed(journal.segments)})
        base: set[Triple] = set()
        dirty: dict[str, None] = {}
        refused: list[Refused] = []
        before = self._count
        try:
            for found in self._tail.read(journal):
                if isinstance(found, Refused):
                    refused.append(found)
                elif (found.segment, found.number) not in self._skip:
                    self._take(found, base, dirty, refused)
        except (JournalError, RecordVersionError) as error:
            raise Late(str(error)) from error
        fresh, gone = self._changes(dirty, journal)
        fresh |= base
        self._forget()
        return Delta(fresh, gone - fresh, refused, self._count - before)

    def _take(
        self, item: Item, base: set[Triple], dirty: dict[str, None], refused: list[Refused]
    ) -> None:
        self._count += 1
        record, names = item.record, Names(self.mapper.run, item.scope)
        here = self._about(record, names)
        if here and here in self._settled and not self._adds(record, here):
            raise Late(f"a record of {here}, which ended long ago")
        self._places(record, names, dirty)
        if type(record) is prov.RunStarted and self._of_run:
            raise Late("the start of the run, which all times count from")
        self._told.check(record, here, item.scope)
        try:
            base.update(self.mapper.map(record, item.scope, self._count))
        except (RecordError, VocabularyError) as error:
            why = (str(error),)
            refused.append(Refused(self.mapper.run, item.segment, item.number, item.raw, why))
            self._count -= 1
            return
        if here and here not in self._settled:
            dirty[here] = None
            if type(record) is prov.Ended:
                self._ended.append((self._count, here))
        energy = self.mapper.energy
        self._metered |= type(record) in (prov.Points, prov.Ended) and energy.is_metered

    def _about(self, record: Record, names: Names) -> str:
        """Return the node whose derived statements a record may change, or ``""``."""
        if type(record) in _OF_RUN:
            return self.mapper.root
        field = ABOUT.get(type(record))
        return names(getattr(record, field)) if field is not None else ""

    def _adds(self, record: Record, task: str) -> bool:
        """Return whether a record adds to what was said of a forgotten task, and changes nothing.

        Files are often told of at the end of their process, when they have been hashed.
        """
        if type(record) is prov.Used:
            return record.relation == "prov:used"
        made = type(record) is prov.Generated and record.relation == "prov:generated"
        return made and self._settled.is_plain(task)

    def _places(self, record: Record, names: Names, dirty: dict[str, None]) -> None:
        """See whether a record says on which node earlier tasks ran."""
        placement, is_a = self.mapper.placement, self.mapper.words.is_a
        if type(record) is prov.Entity and is_a(record.type, NODE):
            here = names(record.id)
            if placement.is_node(here) or not placement.host_of(here):
                return
            touched = bool(self._settled)
        elif type(record) is prov.Used and is_a(record.relation, RAN_ON):
            device = names(record.entity)
            if names(record.activity) != self.mapper.root:
                return
            nodes = placement.nodes(self._hosts.get(names.scope, names.scope))
            touched = nodes != {device} and self._settled.has_of(names.scope, self._hosts)
            touched = touched and (placement.is_node(device) or not nodes)
        else:
            return
        if touched:
            raise Late("the node of tasks that ended long ago")
        dirty.update(dict.fromkeys(self._follows))

    def _changes(self, dirty: dict[str, None], journal: Journal) -> tuple[set[Triple], set[Triple]]:
        """Work out again what follows about what was told of, and compare."""
        fresh: set[Triple] = set()
        gone: set[Triple] = set()

        def compare(old: frozenset[Triple], new: frozenset[Triple]) -> frozenset[Triple]:
            fresh.update(new - old)
            gone.update(old - new)
            return new

        if not journal.alive:
            # What has not ended was interrupted.
            dirty = dict.fromkeys([*self._follows, *dirty])
        for here in dirty:
            now = frozenset(self._now(here, alive=journal.alive))
            self._follows[here] = compare(self._follows.get(here, frozenset()), now)
        informed = self.mapper.dataflow.informed or []
        fresh.update((one, term(_INFORMED), other) for one, other in informed if one != other)
        informed.clear()
        if self._metered:
            energy = self.mapper.energy.triples(self.mapper.root, self.mapper.series.began)
            self._spent = compare(self._spent, frozenset(energy))
            self._metered = False
        self._of_run = compare(self._of_run, frozenset(self._whole(journal)))
        return fresh, gone

    def _now(self, here: str, *, alive: bool) -> Iterator[Triple]:
        yield from self.mapper.activities.unended(here, alive=alive)
        yield from self.mapper.follows(here).triples

    def _whole(self, journal: Journal) -> Iterator[Triple]:
        """Yield what follows about the run as a whole, and about its bundle."""
        mapper = self.mapper
        yield from mapper.series.quantities()
        yield from mapper.classifier([])
        yield from mapper.describe(self._tail.digest(journal))
        if journal.recorder == "aitia":
            yield from clocks.triples(journal.segments, mapper.root, mapper.placement)

    def _forget(self) -> None:
        """Forget the tasks that ended a while ago."""
        while self._ended and self._ended[0][0] + LAG <= self._count:
            _, here = self._ended.popleft()
            if here in self._follows and here != self.mapper.root:
                kind = self.mapper.activities.kind(here)
                scopes = self.mapper.placement.scopes(here)
                self._settled.add(here, scopes, is_plain=kind == _PLAIN)
                self.mapper.settle(here)
                del self._follows[here]
                self._told.forget(here)


class _Settled:
    """The tasks that were forgotten, and the processes that they were of."""

    def __init__(self) -> None:
        # Hashes, not names: two that meet are no more than mapped as a whole without need.
        self._all: set[int] = set()
        self._others: set[int] = set()
        self._scopes: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._all)

    def __contains__(self, task: str) -> bool:
        return hash(task) in self._all

    def add(self, task: str, scopes: Collection[str], *, is_plain: bool) -> None:
        """Note a task, by which processes it began, and whether it is of no special class."""
        self._all.add(hash(task))
        self._scopes.update(scopes)
        if not is_plain:
            self._others.add(hash(task))

    def is_plain(self, task: str) -> bool:
        """Return whether a task is of no special class."""
        return hash(task) not in self._others

    def has_of(self, scope: str, hosts: Mapping[str, str]) -> bool:
        """Return whether a task was forgotten of this process, or of one of the same host."""
        host = hosts.get(scope, scope)
        return any(scope == one or host == hosts.get(one, one) for one in self._scopes)


class _Told:
    """Which process told of what, where the order of what several tell makes a difference."""

    def __init__(self) -> None:
        self._by: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}

    def check(self, record: Record, here: str, scope: str) -> None:
        """Note who tells; raises ``Late`` when another did, and it matters who was first."""
        for key, same in _ordered(record):
            said = (scope, *same)
            known = self._by.setdefault(here, {}).setdefault(key, said)
            if known[0] != scope and (not same or known[1:] != same):
                raise Late(f"{key} of {here} from {known[0]!r} and {scope!r}")

    def forget(self, here: str) -> None:
        """Forget who told of an activity."""
        self._by.pop(here, None)


def _ordered(record: Record) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what a record tells of whose order matters, and what others may tell in any order."""
    if isinstance(record, (prov.Started, prov.RunStarted)):
        yield ("began",), ()
        if isinstance(record, prov.Started):
            yield from ((("setting", name), ()) for name in record.used)
    elif isinstance(record, (prov.Ended, prov.RunEnded)):
        yield ("ended",), ()
    elif isinstance(record, prov.Setting):
        yield ("setting", record.name), ()
    elif isinstance(record, prov.Point):
        same = () if record.step is None else ("metric", "", "")
        yield from ((("series", name), same) for name in record.values)
    elif isinstance(record, prov.Points):
        told = (record.kind, record.unit or "", record.probe or "")
        yield ("series", record.quantity), told if record.steps else ()
