"""Letting go of runs: their journals and graphs go, and what stays says so.

Of a run that is pruned a tombstone stays: what it was called, when it ran and how it ended, the
digest of its records, and by which activity they were invalidated. It is a journal like others, so
that the store can be made again. Causal claims that rest on the run turn stale by it.

The journals of a run are exchanged for its tombstone by two renames, and thrown away once the
store has let go of their graphs. ``recover`` finishes what a killed process began.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4

from aitia.capture import identity
from aitia.errors import NotFoundError
from aitia.ingest.journals import Journal, journals
from aitia.ingest.pipeline import adopt, ingest
from aitia.journal.reader import read
from aitia.query.runs import Run, runs
from aitia.records import (
    Associated,
    Attributed,
    Entity,
    Invalidated,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
)
from aitia.store import graphs
from aitia.store.port import Store
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.literals import iri

RECORDER = "prune"
FOLDER = ".pruning"
_NEW, _OLD = ".new", ".old"

Progress = Callable[[int, int], None]
"""Called with the runs done and the runs to do."""


class Rule(NamedTuple):
    """Which runs are let go: all of those named, and those that all other conditions hold of.

    Parameters
    ----------
    named:
        Ids of runs.
    older_than:
        Seconds since they began.
    keep:
        How many of the newest runs stay whatever else holds.
    statuses:
        How they ended.
    """

    named: Collection[str] = ()
    older_than: float | None = None
    keep: int | None = None
    statuses: Collection[str] = ()


class Candidate(NamedTuple):
    """A run that is let go, and how many bytes of journals it has."""

    run: Run
    size: int


class Reason(NamedTuple):
    """Who lets go of runs, as they are to be named, and why."""

    text: str = ""
    agent: str = ""


def choose(
    directory: str, store: Store, rule: Rule, *, now: float | None = None
) -> list[Candidate]:
    """Return the runs that a rule lets go, newest first; runs that still go are not among them.

    Raises
    ------
    NotFoundError
        When a named run is not there, was pruned before, or still goes.
    """
    sizes: dict[str, int] = {}
    alive = set()
    for journal in journals(directory):
        if journal.recorder != RECORDER:
            sizes[journal.run] = sizes.get(journal.run, 0) + journal.size
            if journal.alive:
                alive.add(journal.run)
    known = [run for run in runs(store) if run.id in sizes]
    _named(rule, sizes, alive)
    moment = time.time() if now is None else now
    return [
        Candidate(run, sizes[run.id])
        for place, run in enumerate(known)
        if run.id in rule.named or (run.id not in alive and _falls(run, place, rule, moment))
    ]


def _named(rule: Rule, sizes: Mapping[str, int], alive: Collection[str]) -> None:
    for run in rule.named:
        if run not in sizes:
            raise NotFoundError(f"the run {run} has no journals here", next_step="aitia ls")
        if run in alive:
            raise NotFoundError(
                f"the run {run} still goes", expected="a run that ended", next_step="wait for it"
            )


def _falls(run: Run, place: int, rule: Rule, now: float) -> bool:
    """Return whether the conditions hold of a run at this place among the newest."""
    if rule.older_than is None and rule.keep is None and not rule.statuses:
        return False
    if rule.keep is not None and place < rule.keep:
        return False
    if rule.statuses and run.status not in rule.statuses:
        return False
    if rule.older_than is None:
        return True
    return run.began is not None and now - run.began.timestamp() > rule.older_than


def prune(
    directory: str,
    store: Store,
    candidates: Sequence[Candidate],
    reason: Reason,
    *,
    extensions: Sequence[Extension] = (),
    progress: Progress | None = None,
) -> str:
    """Let go of runs; return the id of the activity that did.

    Raises
    ------
    JournalError
        When the tombstones cannot be written.
    StoreError
        When the store cannot be written; the next ``recover`` finishes then.
    """
    activity = str(uuid4())
    adopt(directory, _activity(directory, activity, reason), run=activity, recorder=RECORDER)
    now = time.time_ns()
    written: dict[str, list[Journal]] = {}
    for journal in journals(directory):
        if journal.recorder != RECORDER:
            written.setdefault(journal.run, []).append(journal)
    for done, (run, _) in enumerate(candidates, 1):
        stays = _tombstone(written[run.id], store, run, activity, now)
        _exchange(directory, run.id, list(stays))
        if progress is not None:
            progress(done, len(candidates))
    recover(directory, store)
    ingest(directory, store, extensions=extensions)
    return activity


def recover(directory: str, store: Store) -> int:
    """Finish what a killed ``prune`` began; return how many runs' remains were cleared away."""
    folder = os.path.join(directory, FOLDER)
    if not os.path.isdir(folder):
        return 0
    names = sorted(os.listdir(folder))
    for name in names:
        if name.endswith(_NEW):
            run = name.removesuffix(_NEW)
            if run + _OLD in names:
                _settle(directory, run)
            else:
                shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    old = [name for name in os.listdir(folder) if name.endswith(_OLD)]
    _let_go(directory, store, {name.removesuffix(_OLD) for name in old})
    for name in old:
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    if old:
        _sweep_series(directory, store)
    shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _let_go(directory: str, store: Store, pruned: Collection[str]) -> None:
    """Drop the graphs of journals that are gone."""
    keep = {journal.bundle for journal in journals(directory)}
    gone = [
        graph
        for graph in store.graphs()
        if graphs.is_bundle(graph) and graphs.run_of(graph) in pruned and graph not in keep
    ]
    if gone:
        store.replace({name: b"" for graph in gone for name in graphs.all_of(graph)})


def _exchange(directory: str, run: str, records: Sequence[Record]) -> None:
    """Put a tombstone in the place of the journals of a run."""
    folder = os.path.join(directory, FOLDER)
    new, old = os.path.join(folder, run + _NEW), os.path.join(folder, run + _OLD)
    os.makedirs(folder, exist_ok=True)
    # Written below a folder of its own, as a data directory is laid out, and moved as a whole.
    scratch = os.path.join(folder, "scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    written = adopt(scratch, records, run=run, recorder=RECORDER)
    shutil.rmtree(new, ignore_errors=True)
    os.rename(os.path.dirname(written), new)
    os.rename(os.path.join(directory, "journal", run), old)
    _settle(directory, run)


def _settle(directory: str, run: str) -> None:
    place = os.path.join(directory, "journal", run)
    if not os.path.isdir(place):
        os.rename(os.path.join(directory, FOLDER, run + _NEW), place)


def _activity(directory: str, run: str, reason: Reason) -> Iterator[Record]:
    """Yield the records of the activity that lets go of runs: who, when and why."""
    names = identity.load(directory)
    who = identity.identify(names, user_label=reason.agent or None)
    person = names.iri("user", who.user)
    now = time.time_ns()
    yield RunStarted(run, "prune", now)
    yield Entity(person, "prov:Person", who.user_label)
    yield Associated("", person)
    if reason.text:
        yield Setting("", "reason", reason.text)
    yield RunEnded(now)


def _tombstone(
    own: Sequence[Journal], store: Store, run: Run, activity: str, now: int
) -> Iterator[Record]:
    """Yield the records that stay of a run with these journals."""
    started, ended = _frame(own)
    if started is None:
        began = 0 if run.began is None else int(run.began.timestamp() * 1e9)
        started = RunStarted(run.id, run.name, began)
    yield RunStarted(started.id, started.name, started.time, started.type)
    query = (
        f"SELECT ?digest ?agent WHERE {{ ?b <{_AITIA}sha256> ?digest ; "
        "prov:wasAttributedTo ?agent FILTER(?b = %s) }"
    )
    for journal in own:
        bundle = journal.bundle
        rows = list(store.select(query % iri(bundle), graphs=[bundle]).rows)
        for digest, agent in rows[:1]:
            if digest is None or agent is None:
                continue
            label = f"recorded by {journal.recorder}, pruned"
            about = {"aitia:aboutSubject": Ref("")}
            yield Entity(bundle, "aitia:CaptureBundle", label, digest.value, about)
            yield Attributed(bundle, agent.value)
            yield Invalidated(bundle, f"urn:uuid:{activity}", now)
    if ended is not None:
        yield RunEnded(ended.time, ended.status, ended.error)


_AITIA = "https://w3id.org/aitia/ns#"


def _frame(own: Sequence[Journal]) -> tuple[RunStarted | None, RunEnded | None]:
    """Return the first start and the last end that the journals of a run have."""
    started: RunStarted | None = None
    ended: RunEnded | None = None
    for journal in own:
        for segment in journal.segments:
            for line in read(segment):
                if isinstance(line.record, RunStarted) and started is None:
                    started = line.record
                elif isinstance(line.record, RunEnded):
                    ended = line.record
    return started, ended


def _sweep_series(directory: str, store: Store) -> None:
    """Remove the files of long series that no graph speaks of any more."""
    folder = os.path.join(directory, "series")
    if not os.path.isdir(folder):
        return
    query = f"SELECT DISTINCT ?where WHERE {{ ?file <{_AITIA}locator> ?where }}"
    told = {where.value for (where,) in store.select(query).rows if where is not None}
    for name in os.listdir(folder):
        if name.endswith(".parquet") and f"series/{name}" not in told:
            os.remove(os.path.join(folder, name))
