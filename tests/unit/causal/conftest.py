"""Data with known causes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aitia.projection.table import FeatureTable

Numbers = dict[str, Any]


@pytest.fixture
def chain() -> Callable[..., Numbers]:
    """Return a function that draws ``n`` rows of x -> y -> z, and w apart."""

    def draw(n: int = 400, seed: int = 0, strength: float = 1.0) -> Numbers:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        y = strength * x + rng.normal(size=n)
        z = strength * y + rng.normal(size=n)
        return {"x": x, "y": y, "z": z, "w": rng.normal(size=n)}

    return draw


@pytest.fixture
def weak() -> Numbers:
    """Return 40 rows of x -> y whose correlation is just enough to be seen, and not in halves."""
    rng = np.random.default_rng(0)
    x, rest = rng.normal(size=40), rng.normal(size=40)
    x = (x - x.mean()) / x.std()
    rest -= rest.mean() + x * (x * rest).mean()
    return {"x": x, "y": 0.38 * x + np.sqrt(1 - 0.38**2) * rest / rest.std()}


@pytest.fixture
def made() -> Callable[..., FeatureTable]:
    """Return ``FeatureTable.of``."""
    return FeatureTable.of
