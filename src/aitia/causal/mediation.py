"""By which way an effect goes: how much of it passes through a column in between.

Natural direct and indirect effects by regression (VanderWeele, Explanation in Causal Inference,
2015), with an interaction of setting and mediator: the mediator and the outcome are fitted over the
whole recorded configuration, and each run keeps what is particular to its mediator. The intervals
are of a bootstrap that draws configurations, not runs, so that repeats do not count twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aitia.causal.design import design as encode
from aitia.causal.guards import guard, is_text
from aitia.causal.sampling import clusters
from aitia.errors import CausalError
from aitia.projection.table import Cell, Column, FeatureTable

Matrix = npt.NDArray[np.float64]

RESAMPLES = 400
"""Draws of the bootstrap."""
LEVEL = 0.95
RIDGE = 1e-6
"""Keeps a resample that lost a level solvable; too small to matter otherwise."""

LOGS = 20
"""Positive numbers that span this ratio are taken by their logarithms."""

ASSUMPTIONS = (
    "nothing unrecorded acts on both the setting and the outcome",
    "nothing unrecorded acts on both the setting and what lies in between",
    "nothing unrecorded acts on both what lies in between and the outcome: an experiment on the "
    "setting does not see to that",
    "nothing that the setting acts on, other than what lies in between, acts on both that and the "
    "outcome",
    "effects are curves of the second degree and levels, with a product of the setting and what "
    "lies in between; what is particular to a run stays as it was",
)


class Part(NamedTuple):
    """An effect, and its interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out none."""
        return self.low > 0 or self.high < 0


class Mediation(NamedTuple):
    """How an effect of going from the first value to the second divides.

    ``direct`` and ``indirect`` add up to ``total``.
    """

    cause: str
    through: str
    outcome: str
    values: tuple[Cell, Cell]
    total: Part
    direct: Part
    indirect: Part
    runs: int
    assumptions: tuple[str, ...]


def mediation(
    table: FeatureTable,
    cause: str,
    through: str,
    *,
    outcome: str,
    values: tuple[Cell, Cell] | None = None,
    seed: int = 0,
) -> Mediation:
    """Divide the effect of a setting into what goes through a column and what does not.

    Parameters
    ----------
    table:
        What was projected.
    cause:
        The setting.
    through:
        A number known after the settings and before the outcome.
    outcome:
        The column that is asked about.
    values:
        From which value of the setting to which; its quartiles, or its first and last level, when
        None.
    seed:
        Of the bootstrap.

    Raises
    ------
    CausalError
        When the table does not allow an answer, or a value is none that can be compared.
    """
    columns = encode(guard(table, target=outcome), target=outcome).columns
    settings = [c for c in columns if c.tier == 0 and c.name != outcome]
    mediator, target = _between(columns, cause, through, outcome)
    place = next((i for i, c in enumerate(settings) if c.name == cause), None)
    if place is None:
        raise CausalError(
            f"{cause!r} is no setting that can be compared",
            expected=f"one of {', '.join(c.name for c in settings)}",
        )
    ends = _ends(settings[place], values)
    model = _Model(settings, place, mediator, target, ends)
    groups = np.array(clusters(FeatureTable(tuple(map(str, range(model.size))), tuple(settings))))
    rng = np.random.default_rng(seed)
    drawn = np.array([model.parts(_redraw(groups, rng)) for _ in range(RESAMPLES)])
    parts = model.parts(np.arange(model.size))
    tail = (1 - LEVEL) / 2
    lows, highs = np.quantile(drawn, [tail, 1 - tail], axis=0)
    total, direct, indirect = (
        Part(float(v), float(low), float(high))
        for v, low, high in zip(parts, lows, highs, strict=True)
    )
    return Mediation(
        cause, through, outcome, ends, total, direct, indirect, model.size, ASSUMPTIONS
    )


def _between(
    columns: Sequence[Column], cause: str, through: str, outcome: str
) -> tuple[Column, Column]:
    target = next(c for c in columns if c.name == outcome)
    found = next((c for c in columns if c.name == through), None)
    last = target.tier or 0
    usable = found is not None and found.tier is not None and 0 < found.tier <= last
    if found is None or not usable or is_text(found) or is_text(target) or through == outcome:
        able = [c.name for c in columns if c.tier and c.tier <= last and c.name != outcome]
        raise CausalError(
            f"{through} does not lie between {cause} and {outcome}",
            expected="a number known after the settings and before the outcome"
            + (f", such as {', '.join(able[:6])}" if able else ""),
            next_step="aitia features --beliefs says when each column was known",
        )
    return found, target


def _ends(column: Column, values: tuple[Cell, Cell] | None) -> tuple[Cell, Cell]:
    """Return the two values that are compared, as the column has them."""
    if is_text(column):
        levels = sorted(set(map(str, column.values)))
        chosen = (levels[0], levels[-1]) if values is None else (str(values[0]), str(values[1]))
        for value in chosen:
            if value not in levels:
                raise CausalError(
                    f"{column.name} = {value!r}, which no run had",
                    expected=f"one of {', '.join(levels)}",
                )
        return chosen
    numbers = np.array(column.values, dtype=np.float64)
    if values is None:
        low, high = np.quantile(numbers, [0.25, 0.75], method="nearest").tolist()
        return low, high
    try:
        given = float(values[0] or 0), float(values[1] or 0)
    except ValueError:
        raise CausalError(f"{column.name} = {values}", expected="two numbers") from None
    for number in given:
        if not numbers.min() <= number <= numbers.max():
            raise CausalError(
                f"{column.name} = {number:g}, beyond what any run had",
                expected=f"from {numbers.min():g} to {numbers.max():g}",
            )
    return given


class _Model:
    """Regressions of the mediator and of the outcome, on any draw of the runs."""

    def __init__(
        self,
        settings: Sequence[Column],
        place: int,
        mediator: Column,
        target: Column,
        ends: tuple[Cell, Cell],
    ) -> None:
        scales = [_Scale(column) for column in settings]
        self._cause = scales[place].terms(settings[place].values)
        self._ends = [scales[place].terms([end])[0] for end in ends]
        others = [
            scale.terms(column.values)
            for i, (scale, column) in enumerate(zip(scales, settings, strict=True))
            if i != place
        ]
        self.size = len(target.values)
        self._others = np.hstack([np.ones((self.size, 1)), *others])
        self._mediator = np.array(mediator.values, dtype=np.float64)
        self._centre, spread = self._mediator.mean(), self._mediator.std()
        self._spread = spread or 1.0
        self._target = np.array(target.values, dtype=np.float64)

    def _first(self, cause: Matrix, rows: npt.NDArray[np.int64]) -> Matrix:
        return np.hstack([self._others[rows], cause])

    def _second(self, cause: Matrix, mediator: Matrix, rows: npt.NDArray[np.int64]) -> Matrix:
        scaled = ((mediator - self._centre) / self._spread)[:, None]
        terms = [self._others[rows], cause, scaled, scaled**2, cause * scaled]
        return np.hstack(terms)

    def parts(self, rows: npt.NDArray[np.int64]) -> tuple[float, float, float]:
        """Return the total, direct and indirect effect among a draw of the runs."""
        cause, mediator = self._cause[rows], self._mediator[rows]
        to_mediator = _solved(self._first(cause, rows), mediator)
        to_target = _solved(self._second(cause, mediator, rows), self._target[rows])
        given = [np.tile(end, (len(rows), 1)) for end in self._ends]
        here = self._first(cause, rows) @ to_mediator
        moved = [mediator - here + self._first(at, rows) @ to_mediator for at in given]

        def level(at: Matrix, through: Matrix) -> float:
            return float((self._second(at, through, rows) @ to_target).mean())

        start, end = level(given[0], moved[0]), level(given[1], moved[1])
        direct = level(given[1], moved[0]) - start
        return end - start, direct, end - start - direct


class _Scale:
    """From values of a setting to the terms of a regression."""

    def __init__(self, column: Column) -> None:
        self._levels = sorted(set(map(str, column.values))) if is_text(column) else []
        if not self._levels:
            numbers = np.array(column.values, dtype=np.float64)
            self._logs = bool(numbers.min() > 0 and numbers.max() > LOGS * numbers.min())
            scaled = self._scaled(numbers)
            self._centre, self._spread = float(scaled.mean()), float(scaled.std()) or 1.0
            self._bends = len(np.unique(numbers)) > 2

    def _scaled(self, numbers: Matrix) -> Matrix:
        return np.log(numbers).astype(np.float64) if self._logs else numbers

    def terms(self, values: Sequence[Cell]) -> Matrix:
        """Return the terms, a row for each value."""
        if self._levels:
            return np.array(
                [[float(str(v) == level) for level in self._levels[1:]] for v in values]
            )
        scaled = self._scaled(np.array(values, dtype=np.float64))
        one: Matrix = ((scaled - self._centre) / self._spread)[:, None]
        return np.hstack([one, one**2]) if self._bends else one


def _solved(terms: Matrix, target: Matrix) -> Matrix:
    gram = terms.T @ terms
    ridge = RIDGE * float(np.trace(gram)) / len(gram)
    found = np.linalg.solve(gram + ridge * np.eye(len(gram)), terms.T @ target)
    return found.astype(np.float64)


def _redraw(groups: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the rows of as many configurations as there are, drawn with replacement."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(int(groups.max()) + 2))
    drawn = rng.integers(0, len(starts) - 1, len(starts) - 1)
    return np.concatenate([order[starts[k] : starts[k + 1]] for k in drawn])
