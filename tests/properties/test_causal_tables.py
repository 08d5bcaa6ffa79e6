"""Whatever the table: an analysis is refused with a reason, or what it says holds together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.causal import analyse
from aitia.causal.design import design
from aitia.causal.guards import guard
from aitia.errors import CausalError
from aitia.projection.table import Column, FeatureTable, kind_of
from aitia.records import decode, encode

ROWS = 36


def _noise(seed: int) -> list[float]:
    return [float(value) for value in np.random.default_rng(seed).normal(size=ROWS)]


SHAPES: dict[str, Any] = {
    "noise": _noise,
    "integers": lambda seed: [int(value * 3) for value in _noise(seed)],
    "constant": lambda seed: [1.0] * ROWS,
    "counter": lambda seed: list(range(ROWS)),
    "levels": lambda seed: [("a", "b", "c")[int(abs(value) * 2) % 3] for value in _noise(seed)],
    "names": lambda seed: [f"run-{seed}-{i}" for i in range(ROWS)],
    "huge": lambda seed: [value * 1e300 for value in _noise(seed)],
    "tiny": lambda seed: [value * 1e-300 for value in _noise(seed)],
    "nan": lambda seed: [math.nan, *_noise(seed)[1:]],
    "infinite": lambda seed: [*_noise(seed)[1:], -math.inf],
    "gaps": lambda seed: [None if value > 1.5 else value for value in _noise(seed)],
    "empty": lambda seed: [None] * ROWS,
    "rare": lambda seed: [1.0] * (ROWS - 4) + [2.0] * 4,
    "mixed": lambda seed: ["auto", *map(str, _noise(seed)[1:])],
    "big": lambda seed: [10**30 + i * 10**29 + seed for i in range(ROWS)],
}


@st.composite
def tables(draw: st.DrawFn) -> FeatureTable:
    """Draw tables of columns in all shapes, of which some repeat or sum up others."""
    columns: list[Column] = []
    for place in range(draw(st.integers(1, 7))):
        shape = draw(st.sampled_from(sorted([*SHAPES, "copy", "sum"])))
        tier = draw(st.none() | st.integers(0, 2))
        values = _values(shape, place, columns)
        columns.append(Column(f"{shape}.{place}", tuple(values), kind_of(values), tier=tier))
    return FeatureTable(tuple(map(str, range(ROWS))), tuple(columns), ("a", "b", "c"))


def _values(shape: str, place: int, columns: list[Column]) -> list[Any]:
    if shape in SHAPES:
        found: list[Any] = SHAPES[shape](place)
        return found
    earlier = [c for c in columns if all(isinstance(value, float) for value in c.values)]
    if not earlier:
        return _noise(place)
    scaled = [[2.0 * value + 1.0 for value in c.values] for c in earlier]  # type: ignore[operator]
    return scaled[0] if shape == "copy" else [math.fsum(row) for row in zip(*scaled, strict=True)]


@settings(max_examples=120, deadline=None)
@given(tables())
def test_what_passes_the_guards_is_fit_for_a_search(table: FeatureTable) -> None:
    try:
        guarded = guard(table)
        made = design(guarded)
    except CausalError:
        return
    whole = np.hstack(made.blocks)
    assert np.isfinite(whole).all()
    assert np.allclose(whole.std(axis=0), 1)
    assert np.linalg.matrix_rank(whole, tol=1e-6) == whole.shape[1]
    said = {line.column for line in (*guarded.lines, *made.lines)}
    assert set(table.names) - set(made.names) <= said, "a column was left out in silence"


@settings(max_examples=40, deadline=None)
@given(tables(), st.booleans())
def test_an_answer_keeps_the_tiers_and_its_records_their_lines(
    table: FeatureTable, asked: bool
) -> None:
    target = table.names[-1] if asked else None
    try:
        analysis = analyse(table, target=target, subsamples=2)
    except CausalError:
        return
    tiers = {column.name: column.tier for column in table}
    for claim in analysis.claims:
        cause, effect = tiers[claim.edge.source], tiers[claim.edge.target]
        assert cause is None or effect is None or cause <= effect
        assert 0 <= (claim.linked or 0) <= 1
    assert [decode(encode(record)) for record in analysis.records] == list(analysis.records)
    assert analysis.svg.startswith("<svg")
