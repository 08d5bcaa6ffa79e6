"""Runs that go on, kept up to date in the store by what is new in them.

A run is followed from what the store holds: the watermark of its bundle says up to which byte of
which file that was made. So any process can follow, and go on where another left off; one that
stays keeps what it knows of the run, and need not map its beginning again.

What is new is written without a watermark, judged with what it touches as the store holds it then,
and marked. When a *must* shape is broken, when the run cannot be followed, and once more when it
has ended, the run is mapped and judged as a whole.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

from aitia.ingest import chain, quarantine
from aitia.ingest.build import Built
from aitia.ingest.columns import ColumnFiles
from aitia.ingest.following import Delta, Follower, Key, Late
from aitia.ingest.journals import Journal
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import A, Triple, term, to_nquads
from aitia.journal.reader import Segment
from aitia.store import graphs
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Store
from aitia.store.remote import RemoteStore
from aitia.validation.incremental import judge
from aitia.validation.profiles import Profile, load
from aitia.validation.report import Report
from aitia.vocabulary import literals
from aitia.vocabulary.extensions import Extension

LEAST_BYTES = 64 << 10
"""A journal of fewer bytes is as soon mapped whole."""

CHANCES = 3
"""How often a run may turn out not to be followed before it is mapped whole at each look."""

_FOLLOWED = "followed to its end: "
_NODES = 2_000


class _Held(NamedTuple):
    """A follower, the watermark that it wrote last, and what lies beside the bundle."""

    follower: Follower
    mark: str


_Changeable = OxigraphStore | RemoteStore


class Live:
    """The runs that are followed.

    Parameters
    ----------
    root:
        The data directory.
    extensions:
        The user's own modules of the ontology.
    """

    def __init__(self, root: str, extensions: Sequence[Extension] = ()) -> None:
        self._root = root
        self._words = Lexicon(extensions) if extensions else ONTOLOGY
        self._extensions = extensions
        self._profile: Profile | None = None
        self._held: dict[str, _Held] = {}
        self._failures: Counter[str] = Counter()
        self._links: dict[str, chain.Link] = {}

    @property
    def bundles(self) -> list[str]:
        """The bundles of the runs that are followed."""
        return list(self._held)

    @property
    def is_whole(self) -> bool:
        """Whether there is a run that cannot be followed, and is mapped whole at each look."""
        return any(count >= CHANCES for count in self._failures.values())

    @property
    def has_ended(self) -> bool:
        """Whether a run that was followed has ended, and waits to be judged as a whole."""
        return any(held.mark.startswith(_FOLLOWED) for held in self._held.values())

    def bring(
        self, journals: Iterable[Journal], marks: Mapping[str, str], store: Store
    ) -> tuple[list[Built], list[Journal]]:
        """Follow the runs that can be, and return what was done, and the journals that are left.

        Parameters
        ----------
        journals:
            Those that have changed.
        marks:
            The watermark of each bundle in the store.
        store:
            The store, which is written to.
        """
        done, left = [], []
        for journal in journals:
            built = self.follow(journal, marks.get(journal.bundle), store)
            if built is None:
                left.append(journal)
            else:
                done.append(built)
        return done, left

    def follow(self, journal: Journal, mark: str | None, store: Store) -> Built | None:
        """Bring what is new of a run into the store.

        Parameters
        ----------
        journal:
            The run's journal as it is now.
        mark:
            The watermark of its bundle in the store; None without one.
        store:
            The store, which is written to.

        Returns
        -------
        Built
            What was done, with no graphs in it; None when the run has to be mapped as a whole.

        Raises
        ------
        StoreError
            When the store cannot be written.
        """
        held = self._held.pop(journal.bundle, None)
        target = _changeable(store)
        if target is None:
            self._failures[journal.bundle] = CHANCES * journal.alive
        if target is None or not mark or self._is_apart(journal):
            return None
        if held is None or held.mark != mark:
            held = self._started(journal, mark, store)
        if held is None or mark.startswith(_FOLLOWED):
            self._failures[journal.bundle] += journal.alive
            return None
        try:
            delta = held.follower.read(journal)
        except Late:
            self._failures[journal.bundle] += 1
            return None
        store.replace({graphs.catalogue(journal.run, journal.recorder): b""})
        self._write(journal, delta, target)
        report = self._judge(journal, delta, store)
        if not all(result.severity in ("should", "may") for result in report.results):
            self._failures[journal.bundle] += 1
            return None
        now = journal.watermark() if journal.alive else _FOLLOWED + journal.watermark()
        problems = self._mark(journal, held.follower.mapper, now, store)
        self._held[journal.bundle] = held._replace(mark=now)
        return Built(
            graphs={},
            records=delta.records,
            quads=len(delta.fresh),
            refused=delta.refused,
            results=[(journal.run, result) for result in report.results],
            problems=problems,
        )

    def _is_apart(self, journal: Journal) -> bool:
        """Return whether a run is not worth following: it is small, or could not be before."""
        return journal.size < LEAST_BYTES or self._failures[journal.bundle] >= CHANCES

    def _started(self, journal: Journal, mark: str, store: Store) -> _Held | None:
        """Return a follower that has read what the bundle in the store was made from."""
        if self._judges().plan.declined or not journal.alive:
            return None
        before = _as_marked(journal, mark)
        if before is None:
            return None
        hosts = {segment.scope: segment.host for segment in reversed(journal.segments)}
        origin = Origin(journal.recorder, journal.segments[0].version, hosts)
        files = ColumnFiles(os.path.join(self._root, "series"))
        mapper = Mapper(journal.run, origin, files, self._words)
        follower = Follower(mapper, hosts, set(_refused(journal, store)))
        try:
            follower.read(before)
        except Late:
            return None
        return _Held(follower, mark)

    def _judges(self) -> Profile:
        if self._profile is None:
            self._profile = load().extended(self._extensions)
        return self._profile

    def _write(self, journal: Journal, delta: Delta, store: _Changeable) -> None:
        gone = to_nquads(delta.gone, journal.bundle)
        store.change(journal.bundle, gone, to_nquads(delta.fresh, journal.bundle))
        for _, predicate, value in delta.gone:
            if predicate == term("aitia:locator"):
                self._let_go(value, store)
        if delta.refused:
            graph = graphs.quarantine(journal.run, journal.recorder)
            told = [triple for one in delta.refused for triple in quarantine.triples(one)]
            store.change(graph, b"", to_nquads(told, graph))

    def _let_go(self, locator: str, store: Store) -> None:
        """Remove the file of a series that has become longer, unless another graph speaks of it."""
        told = f"ASK {{ ?file {term('aitia:locator')} {locator} }}"
        name = locator.partition('"')[2].partition('"')[0]
        if not store.ask(told):
            with suppress(OSError):
                os.remove(os.path.join(self._root, name))

    def _mark(self, journal: Journal, mapper: Mapper, mark: str, store: Store) -> list[str]:
        """Write what lies beside the bundle, and return what is wrong with its files."""
        links = [self._link(segment) for segment in journal.segments if segment.sealed]
        links += [chain.Link(s, None, None, None) for s in journal.segments if not s.sealed]
        name = literals.iri(journal.bundle)
        triples = [(name, literals.iri(graphs.WATERMARK), literals.quote(mark))]
        catalogue = graphs.catalogue(journal.run, journal.recorder)
        told = [*triples, *chain.triples(links, mapper.root, mapper.agent)]
        store.replace({catalogue: to_nquads(told, catalogue)})
        return [link.problem for link in links if link.problem is not None]

    def _link(self, segment: Segment) -> chain.Link:
        """Return how a sealed segment is chained; it is read for that once, and once at the end."""
        known = self._links.get(segment.path)
        if known is None or known.segment != segment:
            known = self._links[segment.path] = chain.check(segment)
        return known

    def _judge(self, journal: Journal, delta: Delta, store: Store) -> Report:
        """Judge what was touched, with what it points at, as the store holds it."""
        around = _Around(store, journal.bundle)
        touched = {subject for subject, _, _ in (*delta.fresh, *delta.gone)}
        statements = set(around.of(touched))
        statements |= set(around.made_by(touched))
        near = {o for _, p, o in statements if o.startswith("<") and p != A}
        near |= {s for s, _, _ in statements}
        statements |= set(around.of(near - touched))
        return judge(list(statements), self._judges(), frozenset(touched))


def _changeable(store: Store) -> _Changeable | None:
    """Return a store of which single statements can be taken away; None when it is none."""
    if isinstance(store, OxigraphStore):
        return store
    return store if isinstance(store, RemoteStore) and store.can_change() else None


class _Around:
    """Statements of a bundle, fetched by the nodes that they are about."""

    def __init__(self, store: Store, bundle: str) -> None:
        self._store = store
        self._bundle = bundle

    def of(self, nodes: Iterable[str]) -> Iterator[Triple]:
        """Yield what is said of nodes."""
        return self._rows(nodes, "?s", "?s ?p ?o")

    def made_by(self, nodes: Iterable[str]) -> Iterator[Triple]:
        """Yield what nodes generated."""
        made = term("prov:wasGeneratedBy")
        return self._rows(nodes, "?o", f"?s {made} ?o . BIND({made} AS ?p)")

    def _rows(self, nodes: Iterable[str], name: str, pattern: str) -> Iterator[Triple]:
        wanted = [node for node in nodes if node.startswith("<")]
        for start in range(0, len(wanted), _NODES):
            block = " ".join(wanted[start : start + _NODES])
            text = f"SELECT ?s ?p ?o WHERE {{ VALUES {name} {{ {block} }} {pattern} }}"
            for row in self._store.select(text, graphs=[self._bundle]).rows:
                s, p, o = ("" if one is None else one.ntriples() for one in row)
                yield s, p, o


def _as_marked(journal: Journal, mark: str) -> Journal | None:
    """Return a journal as it was when a bundle was marked; None when it is no beginning of this."""
    try:
        state: dict[str, Any] = orjson.loads(mark)
        sizes = {name: (size, time) for name, size, time in state["files"]}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
    segments = []
    for segment in journal.segments:
        size, time = sizes.pop(os.path.basename(segment.path), (-1, 0))
        if size > segment.size or (size >= 0 and time != segment.time):
            return None
        if size >= 0:
            segments.append(segment._replace(size=size))
    before = journal._replace(segments=tuple(segments))
    # Else another mapping made it, or with other modules, or files are gone since.
    return before if before.watermark() == mark else None


def _refused(journal: Journal, store: Store) -> Iterator[Key]:
    """Yield the lines that lie in quarantine."""
    graph = graphs.quarantine(journal.run, journal.recorder)
    kind = term("aitia:QuarantinedRecord")
    text = f"SELECT ?label WHERE {{ ?line a {kind} ; rdfs:label ?label }} ORDER BY ?label"
    for (label,) in store.select(text, graphs=[graph]).rows:
        segment, _, number = ("" if label is None else label.value).rpartition(" line ")
        if number.isdecimal():
            yield segment, int(number)
