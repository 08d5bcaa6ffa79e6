"""From guarded columns to numbers: one block per variable, and no block that repeats the others.

A numeric column becomes the normal scores of its ranks, so that any monotone relation counts and no
outlier rules. A nominal column becomes one indicator per level but the first, so that an effect
need not be monotone in a code that means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aitia.causal.determined import without_determined
from aitia.causal.guards import Guarded, Line, is_text, listed
from aitia.causal.shapes import bent
from aitia.errors import CausalError
from aitia.projection.table import Column

Matrix = npt.NDArray[np.float64]

EQUAL = 1e-9
"""Columns whose correlation is nearer to 1 than this are copies."""

ALIKE = 0.95
"""Columns of one tier whose ranks correlate more than this cannot be told apart by tests."""

NOTHING = 1e-6
"""A column of which no more than this share is left beside the others is a combination of them."""

SPARE = 4
"""Rows that half of the sample must have beyond its columns."""


@dataclass(frozen=True, eq=False)
class Design:
    """The numbers that a search sees: one standardised block per variable."""

    columns: tuple[Column, ...]
    blocks: tuple[Matrix, ...]
    lines: tuple[Line, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(column.name for column in self.columns)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.blocks[0].shape[0])

    @property
    def width(self) -> int:
        """How many numeric columns all blocks have together."""
        return sum(int(block.shape[1]) for block in self.blocks)


def design(guarded: Guarded, *, target: str | None = None) -> Design:
    """Encode the columns and leave out copies and combinations, each with a line.

    Raises
    ------
    CausalError
        When the target is a combination of other columns, or there are too few rows.
    """
    lines: list[Line] = []
    columns = _copies(list(guarded.columns), target, lines)
    _enough(columns, len(guarded.units))
    columns = _combinations(columns, target, lines)
    columns = without_determined(columns, target, lines)
    columns = _alike(columns, target, lines)
    if len(columns) < 2:
        told = "; ".join(line.text for line in lines)
        raise CausalError(
            f"only {columns[0].name} is left to relate: {told}",
            expected="at least two columns that differ",
        )
    blocks = [scores(column) for column in columns]
    lines += _encoded(columns)
    blocks = bent(columns, blocks, lines)
    lines += _nearly(columns, blocks)
    return Design(tuple(columns), tuple(blocks), tuple(lines))


def raw(column: Column) -> Matrix:
    """Return a column's standardised values, or the indicators of its levels."""
    if is_text(column):
        return _standard(_indicators(column))
    numbers = np.array([[float(value)] for value in column.values if value is not None])
    return _standard(numbers)


def scores(column: Column) -> Matrix:
    """Return a column's normal scores (van der Waerden), or the indicators of its levels."""
    if is_text(column):
        return _standard(_indicators(column))
    from scipy.special import ndtri

    ranks = _ranks(column)
    return _standard(ndtri(ranks / (len(ranks) + 1))[:, None])


def _ranks(column: Column) -> Matrix:
    from scipy.stats import rankdata

    ranks: Matrix = rankdata(np.array(column.values, dtype=np.float64))
    return ranks


def _indicators(column: Column) -> Matrix:
    levels = sorted(set(map(str, column.values)))
    return np.array([[float(value == level) for level in levels[1:]] for value in column.values])


def _standard(block: Matrix) -> Matrix:
    # Scaled first, so that values near the largest float do not overflow when squared.
    largest = np.abs(block).max(axis=0)
    scaled = block / np.where(largest == 0, 1.0, largest)
    centred = scaled - scaled.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    result: Matrix = centred / np.where(spread == 0, 1.0, spread)
    return result


def _precedence(columns: Sequence[Column], target: str | None) -> list[Column]:
    """Return columns as they take precedence: the target, what came first, what has a term."""
    latest = max((c.tier for c in columns if c.tier is not None), default=0) + 1

    def key(pair: tuple[int, Column]) -> tuple[Any, ...]:
        place, column = pair
        tier = latest if column.tier is None else column.tier
        setting = column.term == "aitia:settingValue"
        return column.name != target, tier, setting, place

    return [column for _, column in sorted(enumerate(columns), key=key)]


def _kept(columns: Sequence[Column], gone: set[str]) -> list[Column]:
    return [column for column in columns if column.name not in gone]


def _copies(columns: list[Column], target: str | None, lines: list[Line]) -> list[Column]:
    """Leave out columns that say the same as another one."""
    gone: set[str] = set()
    kept: list[tuple[Column, list[tuple[str, Matrix]]]] = []
    for column in _precedence(columns, target):
        views = [("equal up to scale", raw(column)), ("the same order of runs", scores(column))]
        twin = next(
            (
                (other.name, how)
                for other, theirs in kept
                for (how, mine), (_, its) in zip(views, theirs, strict=True)
                if _equal(mine, its)
            ),
            None,
        )
        if twin is None:
            kept.append((column, views))
            continue
        gone.add(column.name)
        why = f"repeats {twin[0]} ({twin[1]})"
        lines.append(Line("copy", column.name, f"{column.name} {why}: left out", twin[0]))
    return _kept(columns, gone)


def _alike(columns: list[Column], target: str | None, lines: list[Line]) -> list[Column]:
    """Let one column stand for others of its tier that measure nearly the same.

    Beside each other they would explain one another away, and hide what acts on both.
    """
    gone: set[str] = set()
    kept: list[tuple[Column, Matrix]] = []
    for column in _precedence(columns, target):
        block = scores(column)
        for other, theirs in kept:
            if column.tier != other.tier or block.shape[1] > 1 or theirs.shape[1] > 1:
                continue
            correlation = float((block * theirs).mean())
            if abs(correlation) > ALIKE:
                gone.add(column.name)
                why = f"can hardly be told from {other.name} (rank correlation {correlation:.2f})"
                brief = f"{other.name} {correlation:+.2f}"
                lines.append(
                    Line("near-copy", column.name, f"{column.name} {why}: left out", brief)
                )
                break
        else:
            kept.append((column, block))
    return _kept(columns, gone)


def _equal(one: Matrix, other: Matrix) -> bool:
    if one.shape != other.shape:
        return False
    if one.shape[1] == 1:
        return bool(abs(float((one * other).mean())) > 1 - EQUAL)
    both = np.hstack([one, other])
    return bool(np.linalg.matrix_rank(both, tol=1e-6 * len(one)) == one.shape[1])


def _enough(columns: Sequence[Column], rows: int) -> None:
    width = sum(scores(column).shape[1] for column in columns)
    if rows // 2 < width + SPARE:
        raise CausalError(
            f"{rows} complete runs for {len(columns)} columns ({width} with the levels of nominal "
            "ones): halves of the sample would have too few rows to tell anything",
            expected=f"at least {2 * (width + SPARE)} runs",
            next_step="choose fewer columns by table.select([…]), or record more runs",
        )


def _combinations(columns: list[Column], target: str | None, lines: list[Line]) -> list[Column]:
    """Leave out columns that are exact linear combinations of others (Gram-Schmidt by columns)."""
    order = [c for c in _precedence(columns, None) if c.name != target]
    order += [c for c in columns if c.name == target]
    gone: set[str] = set()
    for view in (raw, scores):
        basis: list[Matrix] = []
        for column in [c for c in order if c.name not in gone]:
            block = view(column)
            left = _remainder(block, basis)
            norms = np.linalg.norm(left, axis=0) / np.linalg.norm(block, axis=0)
            if float(norms.min()) > NOTHING:
                basis.extend(_orthonormal(left))
                continue
            others = [c for c in order if c.name not in gone and c.name != column.name]
            parts = _parts(block, [(c.name, view(c)) for c in others])
            if column.name == target:
                raise CausalError(
                    f"the target {target} is an exact combination of {listed(parts)}",
                    expected="a target that was observed, not computed from other columns",
                    next_step="leave one of them out by table.select([…])",
                )
            gone.add(column.name)
            why = f"is an exact combination of {listed(parts)}"
            lines.append(Line("sum", column.name, f"{column.name} {why}: left out", listed(parts)))
    return _kept(columns, gone)


def _remainder(block: Matrix, basis: Sequence[Matrix]) -> Matrix:
    left = block.copy()
    for _ in range(2):  # twice is enough for full accuracy (Kahan)
        for vector in basis:
            left -= np.outer(vector, vector @ left)
    return left


def _orthonormal(block: Matrix) -> list[Matrix]:
    q, _ = np.linalg.qr(block)
    return list(q.T)


def _parts(block: Matrix, others: Sequence[tuple[str, Matrix]]) -> list[str]:
    """Return the names of the fewest columns, taken greedily, that give the block exactly."""
    chosen: list[str] = []
    basis: list[Matrix] = []
    left = block
    while np.linalg.norm(left) > NOTHING * np.linalg.norm(block):
        rest = [(name, other) for name, other in others if name not in chosen]
        if not rest:
            break
        tried = [(float(np.linalg.norm(_project_out(left, other, basis))), name, other)
                 for name, other in rest]  # fmt: skip
        _, name, best = min(tried, key=lambda item: (item[0], item[1]))
        chosen.append(name)
        fresh = _remainder(best, basis)
        basis.extend(vector for vector in _orthonormal(fresh) if np.linalg.norm(fresh) > NOTHING)
        left = _remainder(block, basis)
    return sorted(chosen)


def _project_out(left: Matrix, other: Matrix, basis: Sequence[Matrix]) -> Matrix:
    fresh = _remainder(other, basis)
    if np.linalg.norm(fresh) <= NOTHING * np.linalg.norm(other):
        return left
    return _remainder(left, _orthonormal(fresh))


def _encoded(columns: Sequence[Column]) -> list[Line]:
    lines = []
    for column in columns:
        if is_text(column):
            levels = sorted(set(map(str, column.values)))
            text = f"{column.name} is compared by its levels {listed(levels)}"
            lines.append(Line("nominal", column.name, text))
    numeric = [c for c in columns if not is_text(c)]
    if numeric:
        text = f"the {len(numeric)} numeric columns are compared by rank (normal scores)"
        lines.append(Line("ranks", "", text))
    return lines


def _nearly(columns: Sequence[Column], blocks: Sequence[Matrix]) -> list[Line]:
    """Say which columns the others all but determine: their edges are told apart poorly."""
    lines = []
    for place, (column, block) in enumerate(zip(columns, blocks, strict=True)):
        rest = np.hstack([b for i, b in enumerate(blocks) if i != place])
        fitted, *_ = np.linalg.lstsq(rest, block, rcond=None)
        left = float(((block - rest @ fitted) ** 2).mean())
        if left < 0.02:
            text = f"{column.name} is all but determined by the others (R² {1 - left:.3f})"
            lines.append(Line("collinear", column.name, text))
    return lines
