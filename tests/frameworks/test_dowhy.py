"""DoWhy, on the graph that ``aitia effects --dot`` writes: it adjusts as we do, and agrees."""

import pytest

pytest.importorskip("dowhy")

import numpy as np
import pandas

from aitia.causal.effects import Effects, effects
from aitia.causal.explain import dot
from aitia.projection.table import FeatureTable

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:1 variables are assumed unobserved"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

ROWS = 600
REFUTERS = ("placebo_treatment_refuter", "random_common_cause", "data_subset_refuter")


@pytest.fixture(scope="module")
def frame() -> pandas.DataFrame:
    """Return runs whose rate follows the optimiser; both act on the outcome."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 2, ROWS)
    rate = rng.normal(size=ROWS) + 1.2 * kind
    score = 2.0 * kind + 0.5 * rate + 0.3 * rng.normal(size=ROWS)
    columns = {"kind": kind, "rate": rate, "run.noise": rng.normal(size=ROWS), "score": score}
    return pandas.DataFrame(columns)


@pytest.fixture(scope="module")
def found(frame: pandas.DataFrame) -> Effects:
    columns = {name: frame[name].tolist() for name in frame}
    tiers = {name: int(name == "score") for name in columns}
    return effects(FeatureTable.of(columns, tiers=tiers), outcome="score")


@pytest.fixture(scope="module")
def answer(frame: pandas.DataFrame, found: Effects):
    """Return DoWhy's model, what it identified, and its estimate for the optimiser."""
    from dowhy import CausalModel

    graph = dot(found.fit.settings, "score")
    model = CausalModel(frame, treatment="kind", outcome="score", graph=graph)
    identified = model.identify_effect(proceed_when_unidentifiable=True)
    estimate = model.estimate_effect(identified, method_name="backdoor.linear_regression")
    return model, identified, estimate


def test_it_adjusts_for_the_whole_configuration(found, answer) -> None:
    assert set(answer[1].get_backdoor_variables()) == set(found["kind"].adjusted)


def test_it_finds_the_same_effect(found, answer) -> None:
    first, last = found["kind"].doses
    assert answer[2].value == pytest.approx(last.effect - first.effect, abs=0.05)
    assert answer[2].value == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("refuter", REFUTERS)
def test_its_refuters_run_on_it(refuter: str, answer) -> None:
    model, identified, estimate = answer
    tried = model.refute_estimate(
        identified, estimate, method_name=refuter, num_simulations=10, random_seed=0
    )
    expected = 0.0 if refuter == REFUTERS[0] else estimate.value
    assert tried.new_effect == pytest.approx(expected, abs=0.15)
