"""The graphs of one run, made from its journal: mapped, judged, and as N-Quads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aitia.ingest import chain, clocks, quarantine
from aitia.ingest.columns import ColumnFiles
from aitia.ingest.gate import MAX_ROUNDS, Refusals, judge
from aitia.ingest.journals import Journal
from aitia.ingest.lexicon import Lexicon
from aitia.ingest.mapping import Mapper
from aitia.ingest.parts import Parts, Takes
from aitia.ingest.placement import Origin
from aitia.ingest.quarantine import Refused
from aitia.ingest.reading import Reading
from aitia.ingest.stream import Begin, Stream
from aitia.ingest.triples import Triple, to_nquads
from aitia.store import graphs
from aitia.validation.engine import validate_statements
from aitia.validation.likeness import Likeness
from aitia.validation.profiles import Profile
from aitia.validation.report import Report, Result
from aitia.vocabulary import literals

LARGE_BYTES = 2 << 20
"""A journal of more bytes is mapped by the ingester itself, while workers judge its windows."""

WINDOWED_BYTES = 32 << 10
"""A journal of more bytes is mapped and judged in windows."""


class Built(NamedTuple):
    """What was made of one journal.

    ``graphs`` are N-Quads by graph; ``parts`` are files with the N-Quads of the bundle, when that
    is large, in the folder ``scratch``, to be removed once they are committed.
    """

    graphs: dict[str, bytes]
    records: int
    quads: int
    refused: list[Refused]
    results: list[tuple[str, Result]]
    problems: list[str]
    parts: tuple[str, ...] = ()
    scratch: str = ""


class Builder:
    """Makes graphs from the journals of one data directory.

    Parameters
    ----------
    root:
        The data directory.
    profile:
        The shapes.
    words:
        The terms that records may use.
    begin:
        Begins the judgement of a window; here and now by default.
    """

    def __init__(
        self,
        root: str,
        profile: Profile,
        words: Lexicon,
        begin: Begin | None = None,
    ) -> None:
        self._root = root
        self._profile = profile
        self._likeness = Likeness(profile)
        self._words = words
        self._begin = begin or self._judged
        self.ahead = 0
        """Most windows whose judgement is waited for while others are mapped."""
        self.tick: Callable[[int], None] = _nobody
        """Told how many bytes of a large journal have been read, now and then."""
        self.taker: Takes | None = None
        """Told of the parts of a large graph as they are made."""

    def build(self, journal: Journal) -> Built:
        """Return the graphs of one bundle: itself, its watermark and its quarantine."""
        if journal.size > WINDOWED_BYTES:
            built = self._build_in_windows(journal)
            if built is not None:
                return built
        return self._build_whole(journal)

    def _check(self, triples: list[Triple]) -> Report:
        return validate_statements(triples, self._profile)

    def _judged(self, triples: list[Triple]) -> Callable[[], Report]:
        report = self._check(triples)
        return lambda: report

    def _maker(self, journal: Journal) -> Callable[[], Mapper]:
        # What was hashed late may have been so elsewhere: the first segment says where it was.
        hosts = {segment.scope: segment.host for segment in reversed(journal.segments)}
        origin = Origin(journal.recorder, journal.segments[0].version, hosts)
        files = ColumnFiles(os.path.join(self._root, "series"))
        return lambda: Mapper(journal.run, origin, files, self._words)

    def _build_whole(self, journal: Journal) -> Built:
        reading = Reading(journal)
        items = list(reading.items())
        judged = judge(items, self._maker(journal), self._check, alive=journal.alive)
        refused = [
            Refused(journal.run, items[i].segment, items[i].number, items[i].raw, *why)
            for i, why in sorted(judged.refused.items())
        ]
        mapper = judged.mapper
        told = _told(journal, mapper, reading)
        made = to_nquads([*judged.triples, *told], mapper.graph)
        built = self._finished(journal, mapper, reading, refused, judged.report.results)
        return built._replace(graphs={mapper.graph: made, **built.graphs}, quads=made.count(b"\n"))

    def _build_in_windows(self, journal: Journal) -> Built | None:
        """Return the same, in parts on disk when it is large; None when there can be no windows."""
        refusals, make = Refusals(), self._maker(journal)
        parts = Parts(self._root, journal.bundle, self.taker)
        for _ in range(MAX_ROUNDS):
            reading = Reading(journal, self.tick)
            parts.restart()
            stream = Stream(make(), self._begin, parts.write, refusals, self._likeness)
            stream.ahead, stream.put = self.ahead, parts.add
            if stream.run(reading.items(), alive=journal.alive) is not None:
                parts.restart()
                return None
            if not stream.again:
                break
        mapper = stream.mapper
        parts.write(_told(journal, mapper, reading))
        made = parts.end()
        refused = list(_refused(journal, refusals))
        built = self._finished(journal, mapper, reading, refused, stream.results)
        own = {mapper.graph: made} if made else {}
        return built._replace(
            graphs={**own, **built.graphs},
            quads=parts.quads,
            parts=tuple(parts.paths),
            scratch=parts.folder,
        )

    def _finished(
        self,
        journal: Journal,
        mapper: Mapper,
        reading: Reading,
        refused: Sequence[Refused],
        results: Sequence[Result],
    ) -> Built:
        """Return all but the bundle itself."""
        links = [chain.check(segment) for segment in journal.segments]
        problems = [link.problem for link in links if link.problem is not None]
        name = literals.iri(mapper.graph)
        mark = (name, literals.iri(graphs.WATERMARK), literals.quote(journal.watermark()))
        # Beside the bundle: how a journal was cut into files is no part of what it says.
        made_from = [mark, *chain.triples(links, mapper.root, mapper.agent)]
        catalogue = graphs.catalogue(journal.run, journal.recorder)
        unreadable = [*reading.refused, *refused]
        return Built(
            graphs={catalogue: to_nquads(made_from, catalogue), **kept(journal, unreadable)},
            records=reading.count - len(refused),
            quads=0,
            refused=unreadable,
            results=[(journal.run, result) for result in results],
            problems=[*reading.problems, *problems],
        )


def _told(journal: Journal, mapper: Mapper, reading: Reading) -> list[Triple]:
    """Return what the files of a journal say, beside the records in them."""
    found = list(mapper.describe(reading.digest))
    if journal.recorder == "aitia":
        found += clocks.triples(journal.segments, mapper.root, mapper.placement)
    return found


def kept(journal: Journal, refused: Sequence[Refused]) -> Mapping[str, bytes]:
    """Return the quarantine graph of a bundle; it is empty when nothing was refused."""
    graph = graphs.quarantine(journal.run, journal.recorder)
    triples = [triple for entry in refused for triple in quarantine.triples(entry)]
    return {graph: to_nquads(triples, graph)}


def _refused(journal: Journal, refusals: Refusals) -> Iterator[Refused]:
    """Read the journal once more for the lines that were refused."""
    final = refusals.final()
    if not final:
        return
    for index, item in enumerate(Reading(journal).items()):
        if index in final:
            yield Refused(journal.run, item.segment, item.number, item.raw, *final[index])


def _nobody(read: int) -> None:
    """Tell nobody."""
