from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.discover import Edge
from aitia.causal.knowledge import Knowledge
from aitia.causal.stability import Stability, subsample
from aitia.errors import CausalError

TIERS = Knowledge({"x": 0, "y": 1, "z": 2, "w": 0})


def drawn(columns: dict[str, Any], seed: int = 0, draws: int = 12, **more: Any) -> Stability:
    blocks = [((v - v.mean()) / v.std())[:, None] for v in columns.values()]
    return subsample(list(columns), blocks, TIERS, draws=draws, seed=seed, alpha=0.05, **more)


def test_what_is_there_comes_back_and_what_is_not_seldom(chain: Any) -> None:
    found = drawn(chain(400))
    assert found.size == 200
    assert found.adjacency("y", "x") == found.adjacency("x", "y") == 1.0
    assert found.orientation(Edge("x", "y", "-->")) == 1.0
    assert found.orientation(Edge("y", "x", "-->")) == 0.0
    assert found.adjacency("w", "z") < 0.5


def test_the_seed_decides(chain: Any) -> None:
    data = chain(60, strength=0.4)
    assert drawn(data, seed=1) == drawn(data, seed=1)
    assert drawn(data, seed=1) != drawn(data, seed=2)


def test_processes_do_not_change_the_answer(chain: Any) -> None:
    data = chain(60, strength=0.4)
    assert drawn(data, draws=6, workers=2) == drawn(data, draws=6, workers=1)


def test_a_configured_back_end_of_joblib_is_used(chain: Any) -> None:
    """So the same call runs on a cluster, by the back end that Dask registers."""
    import joblib
    from joblib.parallel import ThreadingBackend

    taken = []

    class Counting(ThreadingBackend):  # type: ignore[misc]
        def start_call(self) -> None:
            taken.append(1)
            super().start_call()

    joblib.register_parallel_backend("counting", Counting)
    data = chain(60, strength=0.4)
    alone = drawn(data, draws=6)
    assert not taken
    with joblib.parallel_config("counting", n_jobs=2):
        assert drawn(data, draws=6) == alone
    assert taken


def test_progress_is_reported(chain: Any) -> None:
    seen: list[tuple[int, int]] = []
    drawn(chain(60), draws=3, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_no_draws_give_no_shares(chain: Any) -> None:
    found = drawn(chain(60), draws=0)
    assert (found.draws, found.adjacency("x", "y")) == (0, 0.0)


@pytest.mark.parametrize(("draws", "seed"), [(-1, 0), (1, -1)])
def test_negative_numbers_are_refused(draws: int, seed: int, chain: Any) -> None:
    with pytest.raises(CausalError, match="numbers of 0 or more"):
        drawn(chain(60), draws=draws, seed=seed)


def test_a_level_that_is_missing_from_a_half_is_no_error() -> None:
    rng = np.random.default_rng(0)
    rare = np.zeros(60)
    rare[:3] = 1
    found = drawn({"x": rare, "y": rng.normal(size=60)}, draws=20)
    assert found.draws == 20
