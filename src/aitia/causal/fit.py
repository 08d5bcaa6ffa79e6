"""An outcome fitted over the recorded configuration, and what the fit is doubted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aitia.causal.design import design as encode
from aitia.causal.design import scores
from aitia.causal.guards import Line, guard, is_text
from aitia.causal.sampling import clusters
from aitia.causal.surface import Matrix, Surface
from aitia.errors import CausalError
from aitia.projection.table import Cell, Column, FeatureTable

REGIONS = 5
"""Parts of the space of configurations that a surface must do without, one at a time."""

BENT = 5
"""Knots of a surface that bends more, to see whether that would change the answer."""


@dataclass(frozen=True, eq=False)
class Fit:
    """The surface of an outcome over the configuration, and what it is doubted by.

    ``bent`` is a surface of more bends; ``astray`` is how far each run lies from a surface that was
    fitted without its whole region of configurations.
    """

    table: FeatureTable
    units: tuple[str, ...]
    settings: tuple[Column, ...]
    values: Matrix
    surface: Surface
    bent: Surface
    astray: Matrix
    groups: tuple[int, ...]
    lines: tuple[Line, ...]

    def points(self, rows: Sequence[int]) -> dict[str, list[Cell]]:
        """Return the settings of some runs."""
        return {c.name: [c.values[i] for i in rows] for c in self.settings}


def fitted(table: FeatureTable, outcome: str) -> Fit:
    """Fit the outcome over the configuration of a table.

    Raises
    ------
    CausalError
        When the outcome is no number, or is a setting, or nothing came before it.
    """
    guarded = guard(table, target=outcome)
    made = encode(guarded, target=outcome)
    target = next(c for c in guarded.columns if c.name == outcome)
    if is_text(target) or not target.tier:
        raise CausalError(
            f"{outcome} is {'a name' if is_text(target) else 'not known to follow the settings'}",
            expected="a number that came of a run, with a tier above 0",
            next_step="aitia features shows the tiers; --knowledge FILE corrects them",
        )
    settings = tuple(c for c in made.columns if c.tier == 0 and c.name != outcome)
    if not settings:
        raise CausalError(
            f"nothing that came before {outcome} varies", expected="a setting of tier 0"
        )
    values = np.array(target.values, dtype=np.float64)
    small = FeatureTable(guarded.units, settings)
    return Fit(
        table,
        guarded.units,
        settings,
        values,
        Surface(settings, values),
        Surface(settings, values, BENT),
        _astray(settings, values),
        tuple(clusters(small)),
        (*guarded.lines, *made.lines),
    )


def _astray(settings: Sequence[Column], values: Matrix) -> Matrix:
    """Return the residual of each run from a surface that has not seen its region."""
    from scipy.cluster.vq import kmeans2

    terms = np.hstack([_place(column) for column in settings])
    _, region = kmeans2(terms, REGIONS, minit="++", rng=np.random.default_rng(0))
    left = np.zeros(len(values))
    for k in np.unique(region):
        inside, outside = np.flatnonzero(region == k), np.flatnonzero(region != k)
        if len(inside) < 5 or len(outside) < 10:
            continue
        columns = [cut(c, outside.tolist()) for c in settings]
        points = {c.name: [c.values[i] for i in inside] for c in settings}
        left[inside] = values[inside] - Surface(columns, values[outside]).at(points)
    return left


def _place(column: Column) -> Matrix:
    found = scores(column)
    placed: Matrix = found / np.sqrt(found.shape[1])
    return placed


def cut(column: Column, rows: Sequence[int]) -> Column:
    """Return a column of some of the rows."""
    return replace(column, values=tuple(column.values[i] for i in rows))
