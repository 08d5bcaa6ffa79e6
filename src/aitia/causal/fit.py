"""An outcome fitted over the recorded configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aitia.causal.design import design as encode
from aitia.causal.guards import Line, guard, is_text
from aitia.causal.process import Matrix
from aitia.causal.sampling import clusters
from aitia.causal.surface import Surface
from aitia.errors import CausalError
from aitia.projection.table import Cell, Column, FeatureTable


@dataclass(frozen=True, eq=False)
class Fit:
    """The surface of an outcome over the configuration."""

    table: FeatureTable
    units: tuple[str, ...]
    settings: tuple[Column, ...]
    values: Matrix
    surface: Surface
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
        tuple(clusters(small)),
        (*guarded.lines, *made.lines),
    )
