import numpy as np
import pytest

lightgbm = pytest.importorskip("lightgbm")

from aitia.capture.application import arrays  # noqa: E402
from aitia.capture.model import lightgbm as adapter  # noqa: E402
from aitia.capture.model.lightgbm import LightGBMAdapter  # noqa: E402
from aitia.capture.model.sklearn import SklearnAdapter  # noqa: E402
from aitia.records import Ended, Entity, Point, Points, Started, Used  # noqa: E402

pytestmark = pytest.mark.frameworks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4))
y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
CHOSEN = {"objective": "binary", "num_leaves": 5, "learning_rate": 0.2, "verbose": -1}


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_training_tells_configuration_data_rounds_and_model(observe) -> None:
    heard = []
    with observe(LightGBMAdapter()) as observed:
        data = lightgbm.Dataset(X[:200], y[:200])
        held = lightgbm.Dataset(X[200:], y[200:], reference=data)
        mine = [lambda env: heard.append(env.iteration)]
        booster = lightgbm.train(
            CHOSEN, data, 6, valid_sets=[data, held], valid_names=["train", "val"], callbacks=mine
        )
    records = observed.records
    (start,), (end,) = records.of(Started), records.of(Ended)
    assert (start.name, start.type) == ("lightgbm.train", "aitia:TrainingRun")
    assert start.used == {"verbose": -1}
    assert heard == [0, 1, 2, 3, 4, 5]
    assert len(mine) == 1
    points = records.of(Point)
    assert [point.step for point in points] == [1, 2, 3, 4, 5, 6]
    assert set(points[0].values) == {"train-binary_logloss", "val-binary_logloss"}
    entities = {e.type: e for e in records.of(Entity)}
    forest = entities["aitia:TreeEnsembleArchitecture"]
    assert forest.attributes["aitia:treeCount"] == booster.num_trees() == 6
    assert entities["aitia:Model"].digest == adapter.read(booster, 1 << 20).sha
    assert entities["aitia:TrainingConfiguration"].attributes["aitia:learningRate"] == 0.2
    assert end.generated["leaves"] <= 30
    relations = {used.role: used.relation for used in records.of(Used) if used.role}
    assert relations == {"data": "aitia:trainedOn", "val": "prov:used"}


def test_the_round_that_stops_is_heard_too(observe) -> None:
    with observe(LightGBMAdapter()) as observed:
        data = lightgbm.Dataset(X[:200], y[:200])
        held = lightgbm.Dataset(X[200:], y[200:], reference=data)
        stop = lightgbm.early_stopping(2, verbose=False)
        booster = lightgbm.train(CHOSEN, data, 300, valid_sets=[held], callbacks=[stop])
    (end,) = observed.records.of(Ended)
    assert end.generated["best_iteration"] == booster.best_iteration
    assert len(observed.records.of(Point)) == booster.best_iteration + 2


def test_folds_tell_mean_and_deviation(observe) -> None:
    with observe(LightGBMAdapter()) as observed:
        lightgbm.cv(CHOSEN, lightgbm.Dataset(X, y), 3, nfold=3)
    assert len(observed.records.of(Point)) == 3
    (*_, last) = observed.records.of(Point)
    assert {"valid-binary_logloss", "valid-binary_logloss-std"} <= set(last.values)


def test_an_estimator_that_trains_by_it_is_one_training_with_its_rounds(observe) -> None:
    with observe(SklearnAdapter(), LightGBMAdapter()) as observed:
        model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1)
        model.fit(X, y, eval_X=(X,), eval_y=(y,))
    (start,) = observed.records.of(Started)
    assert start.name == "LGBMClassifier.fit"
    (curve,) = observed.records.of(Points)
    assert list(curve.steps) == [1, 2, 3, 4, 5]
    (forest,) = [e for e in observed.records.of(Entity) if "TreeEnsemble" in e.type]
    assert forest.attributes["aitia:treeCount"] == 5


def test_a_booster_that_is_read_is_the_content_of_its_file(observe, tmp_path) -> None:
    path = str(tmp_path / "model.txt")
    lightgbm.train(CHOSEN, lightgbm.Dataset(X, y), 2).save_model(path)
    with observe(LightGBMAdapter()) as observed:
        booster = lightgbm.Booster(model_file=path)
        observed.run.refer(booster)
    (model,) = [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]
    assert model.label == "model.txt"


def test_an_error_ends_the_training_and_everything_is_put_back(observe) -> None:
    before = lightgbm.train, lightgbm.Dataset.__init__
    with (
        observe(LightGBMAdapter()) as observed,
        pytest.raises(lightgbm.basic.LightGBMError),
    ):
        lightgbm.train({"objective": "no", "verbose": -1}, lightgbm.Dataset(X, y), 2)
    (end,) = observed.records.of(Ended)
    assert end.error.startswith("LightGBMError")
    assert (lightgbm.train, lightgbm.Dataset.__init__) == before
