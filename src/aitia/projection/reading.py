"""Reading the families of a feature question, page by page, in several processes where it can be.

An embedded store on disk is read through processes that answer in SPARQL TSV; any other store, such
as a SPARQL server, through its port, one page after the other.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from aitia.projection.cells import Cell
from aitia.projection.facts import Fact, cell_of, fact
from aitia.projection.families import Families, Family, Owned, Owners, Pair
from aitia.projection.owners import Around
from aitia.query.catalog import Question
from aitia.query.limited import LimitedStore
from aitia.query.ordering import in_order
from aitia.query.run import answers
from aitia.query.values import to_python
from aitia.store.port import Store, Term
from aitia.vocabulary.literals import XSD

PAGE_UNITS = 200
"""Units that a query is about: enough that its own cost is small, few enough to stay in caches."""

BUNDLES = 256
"""Bundles whose units are looked up at once."""

MOST_BESIDE = 64
"""Settings and tasks of a bundle, for each of its units, up to which it is scanned."""

WORKERS = 4
"""The most processes that read at a time."""

Row = dict[str, Cell | tuple[Cell, ...]]
"""Cells of a unit by variable; a tuple where several values were recorded."""

Told = tuple[int, Cell, tuple[Any, ...]]
"""Place of a unit in its page, a value, and what the other columns of the answer tell."""

_DOUBLE = f"^^<{XSD}double>"
_ESCAPED = re.compile(r"\\(.)")
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Read(NamedTuple):
    """What was read of a page: a row for each unit, and facts that tell of each variable."""

    page: Sequence[Pair]
    rows: list[Row]
    about: list[Fact]


@contextmanager
def apart(store: Store) -> Iterator[Store]:
    """Give a store that is on disk as one that several processes read; any other as it is."""
    if getattr(store, "path", None) is None or isinstance(store, LimitedStore):
        yield store
    else:
        with LimitedStore(store, None) as reading:
            yield reading


def pages(store: Store, families: Families, run: object = None) -> Iterator[Sequence[Pair]]:
    """Yield the units of a question, some at a time; those of one bundle follow on one another.

    Raises
    ------
    NotFoundError
        When the run is not in the store.
    """
    pairs = _pairs(store, families, run)
    while page := list(islice(pairs, PAGE_UNITS)):
        yield page


def _pairs(store: Store, families: Families, run: object) -> Iterator[Pair]:
    if run is not None:
        for unit, recorded in answers(store, families.narrowed(), run=run).rows:
            yield str(unit), str(recorded)
        return
    bundles = (str(row[0]) for row in _rows(store, families.bundles()))
    while some := list(islice(bundles, BUNDLES)):
        rows = _rows(store, families.units(some))
        pairs = sorted((str(recorded), str(unit)) for unit, recorded in rows)
        yield from ((unit, recorded) for recorded, unit in pairs)


def _rows(store: Store, question: Question) -> Iterator[Sequence[Any]]:
    if isinstance(store, LimitedStore) and store.apart:
        # To sort what was read costs a tenth of having the engine sort it.
        text = in_order(question.text.rpartition("\nORDER BY ")[0])
        lines = store.tsv(text).split("\n")[1:]
        return (tuple(map(value_of, line.split("\t"))) for line in sorted(lines) if line)
    return iter(answers(store, question).rows)


class Reader:
    """Reads what the families of a question tell of units.

    Parameters
    ----------
    store:
        Where to ask.
    families:
        Those of the question.
    """

    def __init__(self, store: Store, families: Families) -> None:
        self._store = store
        self._question = families
        absent = {name for name in families.relations if not store.ask(families.any(name))}
        self._families = [
            family.without(absent) for family in families.all if not family.needed & absent
        ]
        self._around = Around(self._owners)

    def all(self, pages: Iterable[Sequence[Pair]]) -> Iterator[Read]:
        """Yield what the families tell of each page, in the order of the pages."""
        workers = min(WORKERS, os.cpu_count() or 1) if _apart(self._store) else 1
        if workers == 1:
            yield from map(self.page, pages)
            return
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[Read]] = deque()
            for page in pages:
                waiting.append(pool.submit(self.page, page))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def page(self, page: Sequence[Pair]) -> Read:
        """Return what the families tell of the units of a page."""
        rows: list[Row] = [{} for _ in page]
        about: list[Fact] = []
        for family, answer in self._answers(page):
            known: dict[tuple[Any, ...], str] = {}
            for place, value, told in answer:
                name = known.get(told)
                if name is None:
                    about.append(_fact(family, told))
                    name = known[told] = about[-1].variable
                put(rows[place], name, value)
        return Read(page, rows, about)

    def facts(self, page: Sequence[Pair]) -> list[Fact]:
        """Return each value that the families tell of the units of a page, in long form."""
        found = []
        for family, answer in self._answers(page):
            for place, value, told in answer:
                unit, recorded = page[place]
                fact = _fact(family, told)
                found.append(fact._replace(unit=unit, recorded=recorded, value=value))
        return found

    def _answers(self, page: Sequence[Pair]) -> Iterator[tuple[Family, Iterator[Told]]]:
        """Yield each family, and which unit of the page, the value and the other columns of it."""
        scanned = _apart(self._store) and self._dense(page)
        for family in self._families:
            owners: list[Owned] = []
            if family.owners is not Owners.NONE:
                owners = self._around.of(page, family.owners)
                if not owners:
                    continue
            text = family.text(page, owners, ordered=self._store.shared, scanned=scanned)
            yield family, self._told(text)

    def _told(self, text: str) -> Iterator[Told]:
        if isinstance(self._store, LimitedStore) and self._store.apart:
            yield from _from_tsv(self._store.tsv(text))
            return
        for row in self._store.select(text).rows:
            place, value, *rest = map(to_python, row)
            yield int(place), cell_of(value), tuple(rest)

    def _owners(self, bundles: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        text = self._question.owners(bundles, ordered=self._store.shared)
        for place, unit, (owner,) in self._told(text):
            yield place, str(unit), str(owner)

    def _dense(self, page: Sequence[Pair]) -> bool:
        """Return whether the bundles of a page hold little else than its units."""
        most = MOST_BESIDE * len(page)
        bundles = dict.fromkeys(recorded for _, recorded in page)
        ((_, count, _),) = self._told(self._question.count(bundles, most))
        return isinstance(count, int) and count < most


def _apart(store: Store) -> bool:
    return isinstance(store, LimitedStore) and store.apart


def put(row: Row, name: str, value: Cell) -> None:
    """Add a value to the row of a unit, unless it is there."""
    if name not in row:
        row[name] = value
        return
    old = row[name]
    several = old if isinstance(old, tuple) else (old,)
    if not any(value == other or (value != value and other != other) for other in several):
        row[name] = (*several, value)


def _fact(family: Family, told: tuple[Any, ...]) -> Fact:
    return fact({**family.constants, **dict(zip(family.columns, told, strict=True))})


def _from_tsv(text: str) -> Iterator[Told]:
    told: dict[str, tuple[Any, ...]] = {}
    lines = iter(text.split("\n"))
    next(lines)
    for line in lines:
        if not line:
            continue
        place, _, rest = line.partition("\t")
        value, tab, key = rest.partition("\t")
        if key not in told:
            told[key] = tuple(map(value_of, key.split("\t"))) if tab else ()
        yield int(place), cell_of(value_of(value)), told[key]


def value_of(text: str) -> Any:
    """Return the Python value of a term in SPARQL 1.1 TSV, as ``to_python`` has it."""
    first = text[:1]
    if first == '"':
        return _literal(text)
    if first == "<":
        return text[1:-1]
    if not first:
        return None
    if text.startswith("_:"):
        return text[2:]
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return float(text)


def _literal(text: str) -> Any:
    end = text.rindex('"')
    body, suffix = text[1:end], text[end + 1 :]
    if suffix == _DOUBLE:
        return to_python(Term("literal", body, XSD + "double"))
    if "\\" in body:
        body = _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), body)
    if suffix.startswith("^^"):
        return to_python(Term("literal", body, suffix[3:-1]))
    return body
