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
class Mapped:
    """The triples of one round, with what is needed to trace a violation to its records."""

    mapper: Mapper
    triples: list[Triple] = field(default_factory=list)
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
    refused: dict[int, tuple[list[str], list[str]]] = {}
    for _ in range(MAX_ROUNDS):
        mapped = _map(items, make(), refused, alive=alive)
        report = validate(list(set(mapped.triples)))
        if not _refuse(mapped, report, refused):
            break
    final = {index: (tuple(why), tuple(shapes)) for index, (why, shapes) in refused.items()}
    return Judged(mapped.triples, final, report, mapped.mapper)


def _map(
    items: Sequence[Item],
    mapper: Mapper,
    refused: dict[int, tuple[list[str], list[str]]],
    *,
    alive: bool,
) -> Mapped:
    mapped = Mapped(mapper)
    for index, item in enumerate(items):
        if index in refused:
            continue
        try:
            mapped.add(index, mapper.map(item.record, item.scope, index))
        except (RecordError, VocabularyError) as error:
            refused[index] = ([str(error)], [])
    mapped.triples.extend(mapper.finish(alive=alive))
    return mapped


def _refuse(
    mapped: Mapped, report: Report, refused: dict[int, tuple[list[str], list[str]]]
) -> bool:
    """Add the records that the report's violations rest on; return whether any was new."""
    before = len(refused)
    fresh: dict[int, tuple[list[str], list[str]]] = {}
    for result in report.results:
        if result.severity != "must":
            continue
        for index in mapped.culprits(result):
            why, shapes = fresh.setdefault(index, ([], []))
            reason = result.message if not result.fix else f"{result.message} ({result.fix})"
            if reason not in why:
                why.append(reason)
            if result.shape and result.shape not in shapes:
                shapes.append(result.shape)
    refused.update(fresh)
    _cascade(mapped, set(fresh), refused)
    return len(refused) > before


def _cascade(
    mapped: Mapped, fresh: set[int], refused: dict[int, tuple[list[str], list[str]]]
) -> None:
    """Refuse what speaks of a thing that no record declares any more.

    The run itself is spared: when its first record is refused, all else of the run is kept.
    """
    gone = {
        subject
        for subject, declaring in mapped.declared.items()
        if declaring & fresh and declaring <= refused.keys() and subject != mapped.mapper.root
    }
    for index, subject in mapped.subjects.items():
        if subject in gone and index not in refused:
            refused[index] = ([f"it rests on {subject}, whose own record was refused"], [])


def _as_node(iri: str) -> str:
    return iri if iri.startswith("<") else literals.iri(iri)
