"""Libraries inside one another: each training is recorded once."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

import numpy as np  # noqa: E402
from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from aitia.capture.model.sklearn import SklearnAdapter  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.records import Ended, Entity, Generated, Started  # noqa: E402

pytestmark = pytest.mark.frameworks

X, Y = np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1])


def train(net: torch.nn.Module, each=lambda: None) -> None:
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        net(torch.from_numpy(X)).sum().backward()
        optimizer.step()
        each()


class Wrapped(ClassifierMixin, BaseEstimator):
    """An estimator that trains a network, as those of skorch do."""

    def fit(self, X, y):  # noqa: N803
        self.classes_ = np.unique(y)
        self.net_ = torch.nn.Linear(4, 2)
        train(self.net_)
        return self


def test_a_network_that_an_estimator_trains_is_part_of_its_fit(observe) -> None:
    with observe(SklearnAdapter(), TorchAdapter()) as observed:
        Wrapped().fit(X, Y)
    (fit,) = observed.records.of(Started)
    assert (fit.name, fit.type) == ("Wrapped.fit", "aitia:TrainingRun")
    assert len(observed.records.of(Ended)) == 1
    assert {g.activity for g in observed.records.of(Generated)} == {fit.id}


def test_an_estimator_that_is_fitted_in_a_loop_is_a_training_beside_the_other(observe) -> None:
    with observe(SklearnAdapter(), TorchAdapter()) as observed:
        train(torch.nn.Linear(4, 2), each=lambda: LogisticRegression().fit(X, Y))
    names = sorted(s.name for s in observed.records.of(Started))
    assert names == ["LogisticRegression.fit", "LogisticRegression.fit", "SGD on Linear"]
    assert {s.type for s in observed.records.of(Started)} == {"aitia:TrainingRun"}
    assert len(observed.records.of(Ended)) == 3
    # Both fits of the estimator come to the same coefficients, which are one model.
    models = {e.id for e in observed.records.of(Entity) if e.type == "aitia:Model"}
    assert len(models) == 2
