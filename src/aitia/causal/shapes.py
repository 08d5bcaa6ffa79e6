"""Relations that rise and fall: what ranks alone would miss gets a block that can show it.

A code of three levels of which only the middle one matters, or a rate that is best in between,
has no rank correlation with its effect. Where a column bends another one clearly, a numeric code
becomes levels, and a measure is given its square beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aitia.causal.guards import Line, is_text
from aitia.projection.table import Column

Matrix = npt.NDArray[np.float64]

GAIN = 0.02
"""Share of another column's spread that a bend must tell beyond the trend."""

LEVEL = 1e-4
"""Chance, over all pairs, at which a bend is taken for one."""


MOST_CODES = 5
"""Whole numbers of up to so many values may be codes, and are compared by level where they bend."""


def bent(columns: Sequence[Column], blocks: Sequence[Matrix], lines: list[Line]) -> list[Matrix]:
    """Return the blocks, with levels or a square where a column bends another one."""
    numeric = [i for i, column in enumerate(columns) if not is_text(column)]
    singles = {i: blocks[i][:, 0] for i in numeric}
    made = list(blocks)
    for i in numeric:
        later = [j for j in numeric if j != i and _may(columns[i], columns[j])]
        curve = _curve(columns[i], singles[i])
        hit = _strongest(singles[i], curve, {j: singles[j] for j in later}, len(numeric))
        if hit is None:
            continue
        made[i] = curve
        how = "was compared by its levels" if _is_code(columns[i]) else "was given its square"
        text = (
            f"{columns[i].name} and {columns[hit].name} are related by more than a trend: it {how}"
        )
        lines.append(Line("bent", columns[i].name, text))
    return made


def _may(cause: Column, effect: Column) -> bool:
    return cause.tier is None or effect.tier is None or cause.tier <= effect.tier


def _curve(column: Column, score: Matrix) -> Matrix:
    """Return the levels of a code of few levels, else the score and its square; standardised."""
    if _is_code(column):
        values = np.array(column.values, dtype=np.float64)
        # The trend and the levels in between span the same as all levels do.
        between = np.unique(values)[1:-1]
        block = np.column_stack([score, (values[:, None] == between).astype(np.float64)])
    else:
        block = np.column_stack([score, score**2])
    block = block - block.mean(axis=0)
    spread = block.std(axis=0)
    curve: Matrix = block[:, spread > 1e-9] / spread[spread > 1e-9]
    return curve


def _is_code(column: Column) -> bool:
    return column.kind == "ordinal" and 2 < len(set(column.values)) <= MOST_CODES


def _strongest(score: Matrix, curve: Matrix, others: dict[int, Matrix], count: int) -> int | None:
    """Return the column that the curve tells most about beyond its trend, if clearly so."""
    if not others or np.linalg.matrix_rank(curve) < 2:
        return None
    q, _ = np.linalg.qr(curve)
    found: list[tuple[float, int]] = []
    for j, other in others.items():
        trend = float((score * other).mean()) ** 2
        whole = float(((q.T @ other) ** 2).sum() / (other @ other))
        found.append((whole - trend, j))
    gain, j = max(found)
    return j if gain > GAIN and _chance(gain, curve, others[j], score) < LEVEL / count**2 else None


def _chance(gain: float, curve: Matrix, other: Matrix, score: Matrix) -> float:
    from scipy.special import fdtrc

    more, rows = curve.shape[1] - 1, len(other)
    rest = rows - curve.shape[1] - 1
    left = max(1e-12, 1 - float((score * other).mean()) ** 2 - gain)
    return float(fdtrc(more, rest, gain / more / (left / rest)))
