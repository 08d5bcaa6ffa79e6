"""The gate: records of one run are mapped and judged, and those that break a *must* shape refused.

A record is refused alone: the rest of its run is mapped again without it and judged again, until
what is left conforms. Violations that rest on no record that can be refused are reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aitia.errors import RecordError, VocabularyError
from aitia.ingest.mapping import Mapper
from aitia.ingest.triples import A, Triple
from aitia.records.prov import Record
from aitia.validation.report import Report, Result
from aitia.vocabulary import literals

MAX_ROUNDS = 8
"""Most times that a run is judged again after records were refused."""


class Item(NamedTuple):
    """One record as it was read: where, by which process, and its line."""

    segment: str
    scope: str
    number: int
    raw: bytes
    record: Record


@dataclass
class Refusals:
    """The records that were refused, by index: the reasons, and the shapes that gave them.

    ``gone`` are the things all of whose declarations were refused.
    """

    why: dict[int, tuple[list[str], list[str]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def add(self, index: int, reason: str) -> None:
        """Refuse the record at ``index`` for a reason that is no shape."""
        self.why[index] = ([reason], [])

    def final(self) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Return reasons and shapes by index."""
        return {index: (tuple(why), tuple(by)) for index, (why, by) in self.why.items()}


@dataclass
class Mapped:
    """The triples of one round, with what is needed to trace a violation to its records.

    ``sources`` are the records that derived nodes rest on, which the mapper has forgotten.
    """

    mapper: Mapper
    triples: list[Triple] = field(default_factory=list)
    sources: dict[str, list[int]] = field(default_factory=dict)
    asserted: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    declared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    subjects: dict[int, str] = field(default_factory=dict)

    def add(self, index: int, triples: Iterable[Triple]) -> None:
        """Keep the triples of the record at ``index``."""
        for triple in triples:
            subject, predicate, _ = triple
            self.triples.append(triple)
            self.asserted[subject, predicate].add(index)
            self.subjects.setdefault(index, subject)
            if predicate == A:
                self.declared[subject].add(index)

    def culprits(self, result: Result) -> set[int]:
        """Return the records that a violation rests on."""
        focus = _as_node(result.focus)
        path = _as_node(result.path) if result.path else ""
        return (
            self.asserted.get((focus, path), set())
            or self.declared.get(focus, set())
            or set(self.sources.get(focus, ()))
            or set(self.mapper.sources(focus))
        )


class Judged(NamedTuple):
    """What came through the gate, the reasons by refused record, and the last report."""

    triples: list[Triple]
    refused: dict[int, tuple[tuple[str, ...], tuple[str, ...]]]
    report: Report
    mapper: Mapper


def judge(
    items: Sequence[Item],
    make: Callable[[], Mapper],
    validate: Callable[[list[Triple]], Report],
    *,
    alive: bool,
) -> Judged:
    """Map and judge the records of one run.

    Parameters
    ----------
    items:
        The records, in the order of their journals.
    make:
        Returns a fresh mapper of the run.
    validate:
        Judges triples by the shapes.
    alive:
        Whether a process that writes this run still lives.
    """
    refusals = Refusals()
    for _ in range(MAX_ROUNDS):
        mapped = _map(items, make(), refusals, alive=alive)
        report = validate(list(set(mapped.triples)))
        if not refuse(mapped, report.results, refusals):
            break
    return Judged(mapped.triples, refusals.final(), report, mapped.mapper)


def _map(items: Sequence[Item], mapper: Mapper, refusals: Refusals, *, alive: bool) -> Mapped:
    mapped = Mapped(mapper)
    for index, item in enumerate(items):
        if index in refusals.why:
            continue
        try:
            mapped.add(index, mapper.map(item.record, item.scope, index))
        except (RecordError, VocabularyError) as error:
            refusals.add(index, str(error))
    mapped.triples.extend(mapper.finish(alive=alive))
    return mapped


def refuse(mapped: Mapped, results: Iterable[Result], refusals: Refusals) -> bool:
    """Refuse the records that violations of *must* shapes rest on; return whether any was new."""
    before = len(refusals.why)
    fresh: dict[int, tuple[list[str], list[str]]] = {}
    for result in results:
        if result.severity != "must":
            continue
        for index in mapped.culprits(result):
            why, shapes = fresh.setdefault(index, ([], []))
            reason = result.message if not result.fix else f"{result.message} ({result.fix})"
            if reason not in why:
                why.append(reason)
            if result.shape and result.shape not in shapes:
                shapes.append(result.shape)
    refusals.why.update(fresh)
    _cascade(mapped, set(fresh), refusals)
    return len(refusals.why) > before


def _cascade(mapped: Mapped, fresh: set[int], refusals: Refusals) -> None:
    """Refuse what speaks of a thing that no record declares any more.

    The run itself is spared: when its first record is refused, all else of the run is kept.
    """
    refusals.gone |= {
        subject
        for subject, declaring in mapped.declared.items()
        if declaring & fresh and declaring <= refusals.why.keys() and subject != mapped.mapper.root
    }
    for index, subject in mapped.subjects.items():
        if subject in refusals.gone and index not in refusals.why:
            refusals.add(index, f"it rests on {subject}, whose own record was refused")


def _as_node(iri: str) -> str:
    return iri if iri.startswith("<") else literals.iri(iri)
