"""From journals to the store: each run is read, mapped, judged and committed as a whole.

A run's graph is a function of its journals, so it can be made again at any time: ingesting is
comparing what the journals hold with what the store was made from (the watermark of each
bundle, committed with it) and replacing the bundles that differ. That makes ingest exactly-once
across crashes, repetitions and reorderings.
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from aitia.ingest import watching
from aitia.ingest.build import LARGE_BYTES, Builder, Built
from aitia.ingest.journals import Journal
from aitia.ingest.journals import journals as list_journals
from aitia.ingest.late import settle
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.live import Live
from aitia.ingest.parts import Loader, sweep
from aitia.ingest.quarantine import Refused
from aitia.ingest.triples import to_nquads
from aitia.ingest.workers import Workers, count
from aitia.records import Record
from aitia.store import graphs
from aitia.store.port import Store
from aitia.validation.profiles import load
from aitia.validation.report import Result
from aitia.vocabulary.extensions import Extension

BATCH_BYTES = 8 << 20
"""Graphs are committed together up to this many bytes of N-Quads."""

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes to do."""


class Summary(NamedTuple):
    """What one ingest did."""

    runs: int
    records: int
    quads: int
    refused: tuple[Refused, ...]
    results: tuple[tuple[str, Result], ...]
    problems: tuple[str, ...]


def ingest(
    directory: str | os.PathLike[str],
    store: Store,
    *,
    progress: Progress | None = None,
    extensions: Sequence[Extension] = (),
    jobs: int | None = None,
    live: Live | None = None,
) -> Summary:
    """Bring every run whose journals changed into the store.

    Parameters
    ----------
    directory:
        The data directory, such as ``.aitia``.
    store:
        Where the graphs go.
    progress:
        Called as the work goes on; not called when there is nothing to do.
    extensions:
        The user's own modules of the ontology; a run is made again when they change.
    jobs:
        Worker processes; None is as many as pay, 0 does all in this one.
    live:
        The runs that are followed: of one that goes on, only what is new is mapped. None maps
        whole runs.

    Raises
    ------
    StoreError
        When the store cannot be written.
    JournalError
        When a journal folder cannot be read.
    """
    root = os.fspath(directory)
    settle(root)
    have = _watermarks(store)
    teach(store, extensions)
    todo = [j for j in list_journals(root, extensions) if have.get(j.bundle) != j.watermark()]
    followed: list[Built] = []
    if live is not None:
        others = watching.by_others(root)
        todo = [j for j in todo if j.bundle not in others or j.bundle not in have]
        followed, todo = live.bring(todo, have, store)
    summary = _commit(root, store, todo, progress, extensions, jobs)
    return _joined(_summary(followed), summary) if followed else summary


def rebuild(
    directory: str | os.PathLike[str],
    store: Store,
    *,
    progress: Progress | None = None,
    extensions: Sequence[Extension] = (),
    jobs: int | None = None,
) -> Summary:
    """Make the store again from the journals; bundles that have no journal any more are dropped."""
    root = os.fspath(directory)
    settle(root)
    teach(store, extensions)
    journals = list_journals(root, extensions)
    forget(store, journals)
    return _commit(root, store, journals, progress, extensions, jobs)


def forget(store: Store, journals: Iterable[Journal]) -> None:
    """Drop the bundles that none of these journals is of, and what was noted about them."""
    keep = {journal.bundle for journal in journals}
    gone = [graph for graph in store.graphs() if graphs.is_bundle(graph) and graph not in keep]
    if gone:
        store.replace({name: b"" for graph in gone for name in graphs.all_of(graph)})


def teach(store: Store, extensions: Sequence[Extension]) -> None:
    """Put the extensions into graphs of their own in the store, and take out those gone."""
    have = {name for name in store.graphs() if name.startswith(graphs.EXTENSION)}
    wanted = {graphs.extension(one.iri, one.digest): one for one in extensions}
    # Others may have put theirs into a store that several write to.
    changed = dict.fromkeys(() if store.shared else have - wanted.keys(), b"")
    for name in wanted.keys() - have:
        changed[name] = to_nquads(wanted[name].statements, name)
    if changed:
        store.replace(changed)


def pending(
    directory: str | os.PathLike[str], store: Store, extensions: Sequence[Extension] = ()
) -> int:
    """Return how many bytes of journals the store does not hold yet."""
    have = _watermarks(store)
    journals = list_journals(os.fspath(directory), extensions)
    return sum(j.size for j in journals if have.get(j.bundle) != j.watermark())


def adopt(
    directory: str | os.PathLike[str], records: Iterable[Record], *, run: str, recorder: str
) -> str:
    """Write records that were not captured here (imported, or found) to a journal of their own.

    The journal replaces an earlier one of the same run and recorder, so that importing twice
    changes nothing. Returns the path of the journal.
    """
    from tempfile import TemporaryDirectory

    from aitia.journal.writer import JournalWriter
    from aitia.records import encode
    from aitia.vocabulary.iris import slug

    folder = os.path.join(os.fspath(directory), "journal", run)
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, f"adopted-{slug(recorder)}.jsonl")
    with TemporaryDirectory(dir=os.path.dirname(folder), prefix=".adopting-") as scratch:
        writer = JournalWriter.create(scratch, run=run, recorder=recorder)
        for record in records:
            writer.write(encode(record))
        writer.close()
        assert writer.path is not None
        os.replace(writer.path, target)
    return target


def _watermarks(store: Store) -> dict[str, str]:
    query = f"SELECT ?bundle ?mark WHERE {{ ?bundle <{graphs.WATERMARK}> ?mark }} ORDER BY ?bundle"
    _, rows = store.select(query)
    return {bundle.value: mark.value for bundle, mark in rows if bundle and mark}


def _commit(
    root: str,
    store: Store,
    todo: Sequence[Journal],
    progress: Progress | None,
    extensions: Sequence[Extension],
    jobs: int | None,
) -> Summary:
    # Small ones first: they are there to be asked while large ones are mapped.
    todo = sorted(todo, key=lambda journal: journal.size)
    small = [journal for journal in todo if journal.size <= LARGE_BYTES]
    total, done = sum(journal.size for journal in todo), 0
    found = _Found()
    if not todo:
        return found.summary(0)

    def tick(read: int) -> None:
        if progress is not None:
            progress(min(done + read, total), total)

    with Loader(store, frozenset(store.graphs())) as loader:
        committed = _Batch(store, loader)
        for journal, built in _built(root, todo, extensions, jobs, tick, loader):
            committed.add(journal, built)
            found.add(built)
            done += journal.size
            tick(0)
            if small and journal is small[-1]:
                committed.flush()
        committed.flush()
    return found.summary(len(todo))


def _built(
    root: str,
    todo: Sequence[Journal],
    extensions: Sequence[Extension],
    jobs: int | None,
    tick: Callable[[int], None],
    loader: Loader,
) -> Iterator[tuple[Journal, Built]]:
    """Yield each journal with what is made of it, by workers where that pays."""
    sweep(root)
    profile = load().extended(extensions)
    words = Lexicon(extensions) if extensions else ONTOLOGY
    number = count(sum(journal.size for journal in todo)) if jobs is None else jobs
    if number <= 0:
        builder = Builder(root, profile, words)
        builder.tick, builder.taker = tick, loader
        yield from ((journal, builder.build(journal)) for journal in todo)
        return
    with Workers(root, extensions, number) as workers:
        builder = Builder(root, profile, words, lambda triples: workers.check(triples).result)
        builder.tick, builder.taker, builder.ahead = tick, loader, 2 * number
        ahead: deque[tuple[Journal, Future[Built] | None]] = deque()
        for journal in todo:
            small = journal.size <= LARGE_BYTES
            ahead.append((journal, workers.build(journal) if small else None))
            while len(ahead) > 2 * number:
                yield _made(builder, *ahead.popleft())
        while ahead:
            yield _made(builder, *ahead.popleft())


def _made(
    builder: Builder, journal: Journal, future: Future[Built] | None
) -> tuple[Journal, Built]:
    """Return what a worker made of a small journal, or make a large one, judged by workers."""
    return journal, builder.build(journal) if future is None else future.result()


class _Found:
    """What an ingest has found so far."""

    def __init__(self) -> None:
        self._records = self._quads = 0
        self._refused: list[Refused] = []
        self._results: list[tuple[str, Result]] = []
        self._problems: list[str] = []

    def add(self, built: Built) -> None:
        """Take what was found about one journal."""
        self._records += built.records
        self._quads += built.quads
        self._refused += built.refused
        self._results += built.results
        self._problems += built.problems

    def summary(self, runs: int) -> Summary:
        """Return all of it."""
        found = tuple(self._refused), tuple(self._results), tuple(self._problems)
        return Summary(runs, self._records, self._quads, *found)


def _summary(built: Sequence[Built]) -> Summary:
    found = _Found()
    for one in built:
        found.add(one)
    return found.summary(len(built))


def _joined(one: Summary, other: Summary) -> Summary:
    return Summary(
        one.runs + other.runs,
        one.records + other.records,
        one.quads + other.quads,
        one.refused + other.refused,
        one.results + other.results,
        one.problems + other.problems,
    )


class _Batch:
    """Graphs that are committed together."""

    def __init__(self, store: Store, loader: Loader) -> None:
        self._store = store
        self._loader = loader
        self._graphs: dict[str, bytes] = {}
        self._size = 0

    def add(self, journal: Journal, built: Built) -> None:
        """Take the graphs of one journal, and commit when there are enough of them."""
        taken = self._loader.took(built.parts)
        if built.parts:
            if not taken:
                self._large(journal, built)
            self._store.replace(built.graphs)
            shutil.rmtree(built.scratch, ignore_errors=True)
            return
        self._graphs.update(built.graphs)
        self._size += sum(map(len, built.graphs.values()))
        if self._size > BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Commit what is held."""
        if self._graphs:
            self._store.replace(self._graphs)
        self._graphs, self._size = {}, 0

    def _large(self, journal: Journal, built: Built) -> None:
        """Replace a large graph in parts; it has its watermark only when all of them are there."""
        catalogue = graphs.catalogue(journal.run, journal.recorder)
        self._store.replace({journal.bundle: b"", catalogue: b""})
        for path in built.parts:
            self._loader.append(journal.bundle, path)
