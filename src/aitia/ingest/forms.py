"""Tasks of which only a start and an end are told, written by a template of their form.

Most tasks of a large run differ in their ids, times and values alone. What is said of one of them
is learnt from the mapper once for each form: it maps a specimen, and where the specimen's own id,
times and values come back, the template has gaps. A form whose template does not say of a real
task what the mapper says of it has none, so that the rules of mapping are in one place still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from aitia.errors import AitiaError
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import RAN_ON
from aitia.ingest.triples import Names, Triple, natural, term
from aitia.records.prov import Ended, Started
from aitia.records.values import Ref, Typed, Value
from aitia.validation.likeness import Likeness, kind, order
from aitia.vocabulary import literals
from aitia.vocabulary.terms import INDIVIDUALS, NAMESPACES

MOST_FORMS = 5_000
"""Most forms that are kept; tasks of another form are mapped one by one."""

_STEM, _NAME, _BEGAN, _ENDED, _TOOK, _VALUES = range(6)
_ID = "specimen-of-a-task"
_TIMES = 1_234_567_890_123_456_789, 1_234_568_890_987_654_321


class Brief(NamedTuple):
    """A task, the process that told of it, and its records, each with its index."""

    node: str
    scope: str
    begun: Started
    ended: Ended | None
    at: tuple[int, int]


class Said(NamedTuple):
    """What is said of a task: with the index of its record, and what follows with its sources."""

    told: list[tuple[int, Triple]]
    follows: list[Triple]
    sources: dict[str, list[int]]


class _Statement(NamedTuple):
    """A triple with gaps: by whom it is told, its subject below the task, and its object.

    ``gap`` is the number of the text that is the object; 0 that it is a node below the task, and
    -1 that it is always the same. ``by`` is 0 for the start, 1 for the end, 2 for what follows.
    """

    by: int
    subject: str
    predicate: str
    gap: int
    value: str


class Form:
    """The template of one form of tasks."""

    def __init__(self, statements: Sequence[_Statement], settings: Sequence[str], tail: str):
        self._statements = statements
        self._settings = settings
        pieces, gaps = [], []
        for _, subject, predicate, gap, value in statements:
            said = value.replace("%", "%%") if gap < 0 else "%s"
            if gap == _STEM:
                said += value.replace("%", "%%")
            head = f"%s{subject.replace('%', '%%')} {predicate.replace('%', '%%')}"
            pieces.append(f"{head} {said}{tail.replace('%', '%%')}")
            gaps += [_STEM] if gap < 0 else [_STEM, gap]
        self._text = "".join(pieces)
        self._pick = itemgetter(*gaps)
        self._tail = tail
        self._looks: dict[bool, _Looks | None] = {}
        self.count = len(statements)

    def nquads(self, texts: Sequence[str], where: str) -> str:
        """Return what is said of a task as N-Quads; ``where`` is the node that it ran on, or ""."""
        said = self._text % self._pick(texts)
        return f"{said}{texts[_STEM]}> {term(RAN_ON)} {where}{self._tail}" if where else said

    def said(self, texts: Sequence[str], where: str, at: tuple[int, int]) -> Said:
        """Return the same as triples, traced to the records at these indices."""
        stem = texts[_STEM]
        found: tuple[list[Triple], ...] = [], [], []
        for by, subject, predicate, gap, value in self._statements:
            text = value if gap < 0 else stem + value if gap == _STEM else texts[gap]
            found[by].append((stem + subject, predicate, text))
        if where:
            found[2].append((f"{stem}>", term(RAN_ON), where))
        told = [(index, triple) for index, part in zip(at, found, strict=False) for triple in part]
        return Said(told, found[2], {stem + setting: [at[0]] for setting in self._settings})

    def group(self, texts: Sequence[str], where: str, likeness: Likeness) -> Group | None:
        """Return the group of a task: those of one group the shapes cannot tell apart.

        None when that cannot be told.
        """
        ran = bool(where)
        if ran not in self._looks:
            self._looks[ran] = self._look(texts, where, likeness)
        looks = self._looks[ran]
        if looks is None:
            return None
        return self, where, looks.of(texts)

    def _look(self, texts: Sequence[str], where: str, likeness: Likeness) -> _Looks | None:
        told, follows, _ = self.said(texts, where, (0, 1))
        by_order = sorted(self._statements, key=lambda one: one.by)
        statements = [*(triple for _, triple in told), *follows]
        form = likeness.form(f"{texts[_STEM]}>", statements)
        if form is None:
            return None
        gaps = {i: one.gap for i, one in enumerate(by_order) if one.gap > _STEM}
        whole = {gap for i, gap in gaps.items() if form.whole[i]}
        seen = {(gap, form.bounds[i]) for i, gap in gaps.items() if gap not in whole}
        orders = {(gaps[a], gaps[b]) for a, b in form.orders if a in gaps and b in gaps}
        if len(orders) < len(set(form.orders)):
            return None
        return _Looks(sorted(whole), sorted(seen), sorted(orders))


class _Looks(NamedTuple):
    """Which texts matter to the letter, of which the kind, and which are compared."""

    whole: list[int]
    kinds: list[tuple[int, tuple[float, ...]]]
    orders: list[tuple[int, int]]

    def of(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return what is left of the texts of a task when all that does not matter is left out."""
        return (
            *[texts[gap] for gap in self.whole],
            *[kind(texts[gap], bounds) for gap, bounds in self.kinds],
            *[order(texts[one], texts[other]) for one, other in self.orders],
        )


Group = tuple[Form, str, tuple[str, ...]]
"""A form, the node that tasks ran on, and what is left of their texts."""


class Forms:
    """Learns the forms of the tasks of one run from its mapper."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper
        self._forms: dict[tuple[object, ...], Form | None] = {}
        self._classes: dict[str, str] = {}
        # What is imported may speak of what lies below a task, which is not looked for here.
        self.usable = mapper.origin.recorder == "aitia"

    def begins(self, record: Started) -> str:
        """Return the class of a task whose start is of a kind that has templates, or ``""``."""
        if not self.usable or not record.id or ":" in record.id or not _plain(record.used):
            return ""
        if record.type not in self._classes:
            try:
                self._classes[record.type] = self._mapper.words.class_term(record.type)
            except AitiaError:
                return ""
        return self._classes[record.type]

    @staticmethod
    def ends(record: Ended) -> bool:
        """Return whether the end of a task is of a kind that has templates."""
        return (
            record.time is not None
            and f"aitia:{record.status}" in INDIVIDUALS
            and not record.error
            and not record.attributes
            and _plain(record.generated)
        )

    def texts(self, brief: Brief) -> list[str]:
        """Return the texts for the gaps of a template."""
        begun, ended = brief.begun, brief.ended
        assert ended is not None
        assert ended.time is not None
        names = Names.of(self._mapper.run, brief.scope)
        return [
            brief.node[:-1],
            literals.quote(begun.name),
            literals.date_time(begun.time),
            literals.date_time(ended.time),
            literals.double(max(0, ended.time - begun.time) / 1e9),
            *[natural(value, names) for value in begun.used.values()],
            *[natural(value, names) for value in ended.generated.values()],
        ]

    def of(self, brief: Brief, texts: Sequence[str]) -> Form | None:
        """Return the form of a task; None when it has no template."""
        begun, ended = brief.begun, brief.ended
        assert ended is not None
        key = (
            *(brief.scope, begun.type, begun.parent, ended.status, len(begun.used)),
            *(*begun.used, *ended.generated),
        )
        if key in self._forms:
            return self._forms[key]
        if len(self._forms) >= MOST_FORMS:
            return None
        form = self._forms[key] = self._learnt(brief, texts)
        return form

    def _learnt(self, brief: Brief, texts: Sequence[str]) -> Form | None:
        begun, ended = brief.begun, brief.ended
        assert ended is not None
        number = len(begun.used)
        values = [Typed(f"{_ID} {i}", "xsd:string") for i in range(number + len(ended.generated))]
        specimen = brief._replace(
            node=Names(self._mapper.run, brief.scope)(_ID),
            begun=begun._replace(
                id=_ID,
                name=_ID,
                time=_TIMES[0],
                used=dict(zip(begun.used, values[:number], strict=True)),
            ),
            ended=ended._replace(
                id=_ID,
                time=_TIMES[1],
                generated=dict(zip(ended.generated, values[number:], strict=True)),
            ),
        )
        tail = f" {literals.iri(self._mapper.graph)} .\n"
        try:
            found = _template(self._mapped(specimen), self.texts(specimen))
            if found is None:
                return None
            form = Form(found[0], found[1], tail)
            same = _parts(form.said(texts, "", (0, 1))) == _parts(self._mapped(brief))
        except AitiaError:
            return None
        return form if same else None

    def _mapped(self, brief: Brief) -> Said:
        """Return what the mapper says of a task that it knows nothing else of."""
        mapper = Mapper(self._mapper.run, self._mapper.origin, None, self._mapper.words)
        told: list[tuple[int, Triple]] = []
        for index, record in enumerate((brief.begun, brief.ended)):
            if record is not None:
                told += [(index, one) for one in mapper.map(record, brief.scope, index)]
        return Said(told, *mapper.settle(brief.node))


def _plain(values: Mapping[str, Value]) -> bool:
    """Return whether all are values, of datatypes that there are, and point at nothing."""
    for value in values.values():
        if type(value) is Ref:
            return False
        if type(value) is Typed and value.datatype.partition(":")[0] not in NAMESPACES:
            return False
    return True


def _parts(said: Said) -> tuple[list[tuple[int, Triple]], list[Triple], dict[str, list[int]]]:
    return sorted(said.told), sorted(said.follows), said.sources


def _template(said: Said, texts: Sequence[str]) -> tuple[list[_Statement], list[str]] | None:
    """Return the statements of a specimen with gaps for its texts; None when that cannot be."""
    stem = texts[_STEM]
    gaps = {text: gap for gap, text in enumerate(texts)}
    found = []
    for by, (subject, predicate, value) in (*said.told, *((2, one) for one in said.follows)):
        if not _is_below(subject, stem):
            return None
        gap = gaps.get(value, _STEM if _is_below(value, stem) else -1)
        kept = value[len(stem) :] if gap == _STEM else "" if gap > _STEM else value
        found.append(_Statement(by, subject[len(stem) :], predicate, gap, kept))
    several = {(one.subject, one.predicate) for one in found if one.gap > _STEM}
    clear = sum(one.gap > _STEM for one in found) == len(several)
    # A statement that is made twice is one, which lines of a template cannot tell.
    if not clear or len({one[1:] for one in found}) < len(found):
        return None
    return found, [setting[len(stem) :] for setting in said.sources]


def _is_below(node: str, stem: str) -> bool:
    return node.startswith(stem) and node[len(stem) : len(stem) + 1] in ("/", ">")
