"""From journals to the store: each run is read, mapped, judged and committed as a whole.

A run's graph is a function of its journals, so it can be made again at any time: ingesting is
comparing what the journals hold with what the store was made from (the watermark of each
bundle, committed with it) and replacing the bundles that differ. That makes ingest exactly-once
across crashes, repetitions and reorderings.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from aitia.errors import JournalError, RecordVersionError
from aitia.ingest import chain, quarantine
from aitia.ingest.columns import ColumnFiles
from aitia.ingest.gate import Item, judge
from aitia.ingest.late import settle
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.mapping import Mapper, Origin
from aitia.ingest.quarantine import Refused
from aitia.ingest.triples import Triple, to_nquads
from aitia.journal.reader import Segment, is_alive, read, segments, torn
from aitia.records import Note, Record
from aitia.store import graphs
from aitia.store.port import Store
from aitia.validation.engine import validate_statements
from aitia.validation.profiles import Profile, load
from aitia.validation.report import Report, Result
from aitia.vocabulary import literals
from aitia.vocabulary.extensions import Extension

MAPPING_VERSION = 2
"""Part of every watermark: a store made by an older mapping is made again."""

BATCH_BYTES = 4 << 20
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


class _Journal(NamedTuple):
    """The segments that one recorder wrote of one run."""

    run: str
    recorder: str
    segments: tuple[Segment, ...]
    alive: bool
    extensions: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(segment.size for segment in self.segments)

    def watermark(self) -> str:
        """Return what a bundle made from this journal is marked with."""
        files = [[os.path.basename(s.path), s.size, s.time] for s in self.segments]
        state: dict[str, object] = {"mapping": MAPPING_VERSION, "files": files, "alive": self.alive}
        if self.extensions:
            state["extensions"] = self.extensions
        return orjson.dumps(state).decode()


class _Built(NamedTuple):
    graphs: dict[str, bytes]
    records: int
    quads: int
    refused: list[Refused]
    results: list[tuple[str, Result]]
    problems: list[str]


def ingest(
    directory: str | os.PathLike[str],
    store: Store,
    *,
    progress: Progress | None = None,
    extensions: Sequence[Extension] = (),
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
    todo = [j for j in _journals(root, extensions) if have.get(_bundle(j)) != j.watermark()]
    return _commit(root, store, todo, progress, extensions)


def rebuild(
    directory: str | os.PathLike[str],
    store: Store,
    *,
    progress: Progress | None = None,
    extensions: Sequence[Extension] = (),
) -> Summary:
    """Make the store again from the journals; bundles that have no journal any more are dropped."""
    root = os.fspath(directory)
    settle(root)
    teach(store, extensions)
    journals = _journals(root, extensions)
    keep = {_bundle(journal) for journal in journals}
    gone = {graph: b"" for graph in store.graphs() if graphs.is_bundle(graph) and graph not in keep}
    if gone:
        store.replace(gone)
    return _commit(root, store, journals, progress, extensions)


def teach(store: Store, extensions: Sequence[Extension]) -> None:
    """Put the extensions into graphs of their own in the store, and take out those gone."""
    have = {name for name in store.graphs() if name.startswith(graphs.EXTENSION)}
    wanted = {graphs.extension(one.iri, one.digest): one for one in extensions}
    changed = dict.fromkeys(have - wanted.keys(), b"")
    for name in wanted.keys() - have:
        changed[name] = to_nquads(wanted[name].statements, name)
    if changed:
        store.replace(changed)


def pending(
    directory: str | os.PathLike[str], store: Store, extensions: Sequence[Extension] = ()
) -> int:
    """Return how many bytes of journals the store does not hold yet."""
    have = _watermarks(store)
    journals = _journals(os.fspath(directory), extensions)
    return sum(j.size for j in journals if have.get(_bundle(j)) != j.watermark())


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


def _bundle(journal: _Journal) -> str:
    return graphs.bundle(journal.run, journal.recorder)


def _journals(root: str, extensions: Sequence[Extension] = ()) -> list[_Journal]:
    groups: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for segment in segments(os.path.join(root, "journal")):
        groups[segment.run, segment.recorder].append(segment)
    found = []
    digests = tuple(sorted(extension.digest for extension in extensions))
    for (run, recorder), members in sorted(groups.items()):
        ordered = tuple(sorted(members, key=lambda s: (s.scope, s.index, s.path)))
        alive = any(not s.sealed and is_alive(s) for s in ordered)
        found.append(_Journal(run, recorder, ordered, alive, digests))
    return found


def _watermarks(store: Store) -> dict[str, str]:
    query = f"SELECT ?bundle ?mark WHERE {{ ?bundle <{graphs.WATERMARK}> ?mark }}"
    _, rows = store.select(query)
    return {bundle.value: mark.value for bundle, mark in rows if bundle and mark}


def _commit(
    root: str,
    store: Store,
    journals: Sequence[_Journal],
    progress: Progress | None,
    extensions: Sequence[Extension],
) -> Summary:
    total, done, batch = sum(j.size for j in journals), 0, dict[str, bytes]()
    records = quads = 0
    refused: list[Refused] = []
    results: list[tuple[str, Result]] = []
    problems: list[str] = []
    profile = load().extended(extensions) if journals else None
    words = Lexicon(extensions) if extensions else ONTOLOGY
    for journal in journals:
        assert profile is not None
        built = _build(root, journal, profile, words)
        batch.update(built.graphs)
        records, quads = records + built.records, quads + built.quads
        refused += built.refused
        results += built.results
        problems += built.problems
        if sum(map(len, batch.values())) > BATCH_BYTES:
            store.replace(batch)
            batch = {}
        done += journal.size
        if progress is not None:
            progress(done, total)
    if batch:
        store.replace(batch)
    return Summary(len(journals), records, quads, tuple(refused), tuple(results), tuple(problems))


def _build(root: str, journal: _Journal, profile: Profile, words: Lexicon) -> _Built:
    """Return the graphs of one bundle: itself, its watermark and its quarantine."""
    items, refused, problems = _read(journal)
    links = [chain.check(segment) for segment in journal.segments]
    problems += [link.problem for link in links if link.problem is not None]
    # What was hashed late may have been so elsewhere: the first segment says where the run was.
    hosts = {segment.scope: segment.host for segment in reversed(journal.segments)}
    origin = Origin(journal.recorder, journal.segments[0].version, hosts)
    files = ColumnFiles(os.path.join(root, "series"))

    def make() -> Mapper:
        return Mapper(journal.run, origin, files, words)

    def check(triples: list[Triple]) -> Report:
        return validate_statements(triples, profile)

    judged = judge(items, make, check, alive=journal.alive)
    for index, (reasons, shapes) in sorted(judged.refused.items()):
        item = items[index]
        refused.append(Refused(journal.run, item.segment, item.number, item.raw, reasons, shapes))
    digest = sha256()
    for item in items:
        digest.update(item.raw)
    mapper = judged.mapper
    triples = [*judged.triples, *mapper.describe(digest.hexdigest())]
    graph = mapper.graph
    made = to_nquads(triples, graph)
    kept = quarantine_graph(journal, refused)
    mark = (
        literals.iri(graph),
        literals.iri(graphs.WATERMARK),
        literals.quote(journal.watermark()),
    )
    catalogue = graphs.catalogue(journal.run, journal.recorder)
    # Beside the bundle: how a journal was cut into files is no part of what it says.
    made_from = [mark, *chain.triples(links, mapper.root, mapper.agent)]
    return _Built(
        graphs={graph: made, catalogue: to_nquads(made_from, catalogue), **kept},
        records=len(items) - len(judged.refused),
        quads=made.count(b"\n"),
        refused=refused,
        results=[(journal.run, result) for result in judged.report.results],
        problems=problems,
    )


def quarantine_graph(journal: _Journal, refused: Sequence[Refused]) -> dict[str, bytes]:
    """Return the quarantine graph of a bundle; it is empty when nothing was refused."""
    graph = graphs.quarantine(journal.run, journal.recorder)
    triples = [triple for entry in refused for triple in quarantine.triples(entry)]
    return {graph: to_nquads(triples, graph)}


def _read(journal: _Journal) -> tuple[list[Item], list[Refused], list[str]]:
    items: list[Item] = []
    refused: list[Refused] = []
    problems: list[str] = []
    for segment in journal.segments:
        name = os.path.basename(segment.path)
        try:
            for line in read(segment):
                if line.record is not None:
                    items.append(Item(name, segment.scope, line.number, line.raw, line.record))
                else:
                    reasons = (line.error or "not a record",)
                    refused.append(Refused(journal.run, name, line.number, line.raw, reasons))
        except (RecordVersionError, JournalError) as error:
            problems.append(str(error))
            refused.append(Refused(journal.run, name, 1, b"", (str(error),)))
        if not journal.alive:
            items += _torn(segment, name)
    return items, refused, problems


def _torn(segment: Segment, name: str) -> Iterator[Item]:
    lost = torn(segment)
    if lost:
        text = f"the last {lost} bytes of {name} are a record that was cut short by a kill"
        yield Item(name, segment.scope, 0, b"", Note("torn", text))
