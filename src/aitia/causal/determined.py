"""Columns that others determine without being a sum of them: functions of settings, and products.

The number of steps follows from epochs, rows and batch size; the number of parameters from width
and depth. As variables of their own they would stand beside their inputs as causes, so they are
left out with a line that names what gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from aitia.causal.guards import Line, is_text, listed
from aitia.projection.table import Column

Codes = npt.NDArray[np.int64]

REPEATS = 20
"""Fewest rows that must repeat a combination of inputs before a function may be read off them."""

PRODUCT = 0.99
"""Share of the spread of logarithms beyond which a column is a product of others."""

MOST_FOR_THREE = 20
"""Up to this many columns are tried three at a time; beyond, two at a time."""


def without_determined(
    columns: Sequence[Column], target: str | None, lines: list[Line]
) -> list[Column]:
    """Leave out columns that are functions or products of others of no later tier."""
    codes = {column.name: _codes(column) for column in columns}
    # What is computed from several settings has more values than any of them.
    order = sorted(columns, key=lambda c: (-int(codes[c.name].max()), c.name))
    gone: set[str] = set()
    for column in order:
        if column.name == target or column.name in gone:
            continue
        others = [
            c for c in columns if c.name not in gone | {column.name, target} and _may(c, column)
        ]
        parts = _function(column, others, codes) or _product(column, others)
        if parts:
            parts = tuple(sorted(parts))
            gone.add(column.name)
            text = f"{column.name} follows from {listed(parts)}: left out"
            lines.append(Line("determined", column.name, text, listed(parts)))
    return [column for column in columns if column.name not in gone]


def _may(source: Column, column: Column) -> bool:
    return source.tier == column.tier or (
        source.tier is not None and column.tier is not None and source.tier < column.tier
    )


def _codes(column: Column) -> Codes:
    values = [str(v) for v in column.values] if is_text(column) else column.values
    codes: Codes = np.unique(np.array(values), return_inverse=True)[1].astype(np.int64)
    return codes


def _function(
    column: Column, others: Sequence[Column], codes: dict[str, Codes]
) -> tuple[str, ...] | None:
    mine = codes[column.name]
    rows = len(mine)
    coarse = [c.name for c in others if codes[c.name].max() < rows / 4]
    for names in _few(coarse, 3 if len(coarse) <= MOST_FOR_THREE else 2):
        joint = np.zeros(rows, dtype=np.int64)
        for name in names:
            joint = joint * (int(codes[name].max()) + 1) + codes[name]
        groups, first, which = np.unique(joint, return_index=True, return_inverse=True)
        if rows - len(groups) < max(REPEATS, rows / 2):
            continue
        if bool((mine == mine[first][which]).all()):
            return names
    return None


def _few(names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    for count in range(1, most + 1):
        yield from combinations(names, count)


def _product(column: Column, others: Sequence[Column]) -> tuple[str, ...] | None:
    """Return the columns of the same tier whose powers multiply to this one, within rounding."""
    mine = _logs(column)
    logs = {c.name: found for c in others if c.tier == column.tier
            for found in [_logs(c)] if found is not None}  # fmt: skip
    # Only counts are computed so; of two measures either could have come first.
    whole = all(isinstance(value, int) for value in column.values)
    if mine is None or not whole or len(logs) < 2:
        return None
    names = list(logs)
    fitted, *_ = np.linalg.lstsq(np.column_stack([logs[n] for n in names]), mine, rcond=None)
    parts = [n for n, power in zip(names, fitted, strict=True) if abs(abs(power) - 1) < 0.25]
    if len(parts) < 2:
        return None
    powers = np.column_stack([logs[n] for n in parts])
    fitted, *_ = np.linalg.lstsq(powers, mine, rcond=None)
    left = float(((mine - powers @ fitted) ** 2).mean() / (mine**2).mean())
    # A product of settings spreads more than any of them: so it is told from its own inputs.
    if float(powers.std(axis=0).max()) > float(mine.std()):
        return None
    return tuple(parts) if left < 1 - PRODUCT else None


def _logs(column: Column) -> npt.NDArray[np.float64] | None:
    if is_text(column):
        return None
    numbers = np.array(column.values, dtype=np.float64)
    if numbers.min() <= 0:
        return None
    logs: npt.NDArray[np.float64] = np.log(numbers)
    logs = logs - logs.mean()
    return logs if float((logs**2).mean()) > 1e-12 else None
