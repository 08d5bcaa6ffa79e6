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
from aitia.projection.families import Families, Family, Pair
from aitia.query.limited import LimitedStore
from aitia.query.run import answers
from aitia.query.values import to_python
from aitia.store.port import Store, Term
from aitia.vocabulary.literals import XSD

PAGE_UNITS = 200
"""Units that a query is about: enough that its own cost is small, few enough to stay in caches."""

BUNDLES = 256
"""Bundles whose units are looked up at once."""

WORKERS = 4
"""The most processes that read at a time."""

Row = dict[str, Cell | tuple[Cell, ...]]
"""Cells of a unit by variable; a tuple where several values were recorded."""

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
    bundles = (str(row[0]) for row in answers(store, families.bundles()).rows)
    while some := list(islice(bundles, BUNDLES)):
        rows = answers(store, families.units(some)).rows
        pairs = sorted((str(recorded), str(unit)) for unit, recorded in rows)
        yield from ((unit, recorded) for recorded, unit in pairs)


def read(store: Store, families: Families, pages: Iterable[Sequence[Pair]]) -> Iterator[Read]:
    """Yield what the families tell of each page, in the order of the pages."""
    workers = min(WORKERS, os.cpu_count() or 1) if getattr(store, "apart", False) else 1
    if workers == 1:
        for page in pages:
            yield read_page(store, families.all, page)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Read]] = deque()
        for page in pages:
            waiting.append(pool.submit(read_page, store, families.all, page))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def read_page(store: Store, families: Sequence[Family], page: Sequence[Pair]) -> Read:
    """Return what the families tell of the units of a page."""
    rows: list[Row] = [{} for _ in page]
    about: list[Fact] = []
    for family in families:
        known: dict[tuple[Any, ...], str] = {}
        for place, value, told in _answers(store, family, page):
            name = known.get(told)
            if name is None:
                about.append(_fact(family, told))
                name = known[told] = about[-1].variable
            put(rows[place], name, value)
    return Read(page, rows, about)


def read_facts(store: Store, families: Families, page: Sequence[Pair]) -> list[Fact]:
    """Return each value that the families tell of the units of a page, in long form."""
    found = []
    for family in families.all:
        for place, value, told in _answers(store, family, page):
            unit, recorded = page[place]
            found.append(_fact(family, told)._replace(unit=unit, recorded=recorded, value=value))
    return found


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


def _answers(
    store: Store, family: Family, page: Sequence[Pair]
) -> Iterator[tuple[int, Cell, tuple[Any, ...]]]:
    """Yield which unit of the page, the value, and what the other columns tell."""
    if isinstance(store, LimitedStore) and store.apart:
        yield from _from_tsv(store.tsv(family.text(page)))
        return
    for row in store.select(family.text(page, ordered=store.shared)).rows:
        place, value, *rest = map(to_python, row)
        yield int(place), cell_of(value), tuple(rest)


def _from_tsv(text: str) -> Iterator[tuple[int, Cell, tuple[Any, ...]]]:
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
