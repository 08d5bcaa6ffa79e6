import numpy as np
import pytest

xgboost = pytest.importorskip("xgboost")

from aitia.capture.application import arrays  # noqa: E402
from aitia.capture.model import xgboost as adapter  # noqa: E402
from aitia.capture.model.sklearn import SklearnAdapter  # noqa: E402
from aitia.capture.model.xgboost import XGBoostAdapter  # noqa: E402
from aitia.records import Derived, Ended, Entity, Point, Points, Started, Used  # noqa: E402

pytestmark = pytest.mark.frameworks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4))
y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
CHOSEN = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.3, "nthread": 1}


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_training_tells_configuration_data_rounds_and_model(observe) -> None:
    with observe(XGBoostAdapter()) as observed:
        data, held = xgboost.DMatrix(X[:150], label=y[:150]), xgboost.DMatrix(X[150:], y[150:])
        booster = xgboost.train(CHOSEN, data, 6, evals=[(held, "val")], verbose_eval=False)
    records = observed.records
    (start,), (end,) = records.of(Started), records.of(Ended)
    assert (start.name, start.type) == ("xgboost.train", "aitia:TrainingRun")
    assert start.used == {"nthread": 1}
    assert [point.step for point in records.of(Point)] == [1, 2, 3, 4, 5, 6]
    assert end.generated["rounds"] == 6
    assert set(end.generated["feature_importance"].data) <= {"f0", "f1", "f2", "f3"}
    entities = {e.type: e for e in records.of(Entity)}
    forest = entities["aitia:TreeEnsembleArchitecture"]
    assert forest.attributes["aitia:treeCount"] == 6
    assert forest.attributes["aitia:treeDepth"] == 2
    assert entities["aitia:Model"].digest == adapter.read(booster, 1 << 20).sha
    chosen = entities["aitia:TrainingConfiguration"].attributes
    assert (chosen["aitia:learningRate"], chosen["aitia:epochBudget"]) == (0.3, 6)
    relations = {used.role: used.relation for used in records.of(Used) if used.role}
    assert relations == {"data": "aitia:trainedOn", "val": "prov:used"}
    # Each matrix comes from an array and its labels.
    assert len(records.of(Derived)) == 4


def test_a_training_that_stops_early_tells_its_best_round(observe) -> None:
    with observe(XGBoostAdapter()) as observed:
        data, held = xgboost.DMatrix(X[:150], y[:150]), xgboost.DMatrix(X[150:], y[150:])
        booster = xgboost.train(
            CHOSEN,
            data,
            200,
            evals=[(held, "val")],
            early_stopping_rounds=3,
            verbose_eval=False,
        )
    (end,) = observed.records.of(Ended)
    assert end.generated["best_iteration"] == booster.best_iteration < 199
    assert end.generated["best_score"] == pytest.approx(booster.best_score)


def test_folds_tell_mean_and_deviation(observe) -> None:
    with observe(XGBoostAdapter()) as observed:
        xgboost.cv(CHOSEN, xgboost.DMatrix(X, y), 3, nfold=3)
    (start,) = observed.records.of(Started)
    assert start.name == "xgboost.cv"
    (*_, last) = observed.records.of(Point)
    assert {"test-logloss", "test-logloss-std"} < set(last.values)


def test_an_estimator_that_trains_by_it_is_one_training_with_its_rounds(observe) -> None:
    with observe(SklearnAdapter(), XGBoostAdapter()) as observed:
        model = xgboost.XGBClassifier(n_estimators=5, n_jobs=1)
        model.fit(X, y, eval_set=[(X, y)], verbose=False)
    (start,) = observed.records.of(Started)
    assert start.name == "XGBClassifier.fit"
    (curve,) = observed.records.of(Points)
    assert (curve.quantity, list(curve.steps)) == ("validation_0-logloss", [1, 2, 3, 4, 5])
    (forest,) = [e for e in observed.records.of(Entity) if "TreeEnsemble" in e.type]
    assert forest.attributes["aitia:treeCount"] == 5


def test_a_booster_that_is_read_is_the_content_of_its_file(observe, tmp_path) -> None:
    path = str(tmp_path / "model.ubj")
    xgboost.train(CHOSEN, xgboost.DMatrix(X, y), 2).save_model(path)
    with observe(XGBoostAdapter()) as observed:
        booster = xgboost.Booster(model_file=path)
        observed.run.refer(booster)
    (model,) = [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]
    assert model.label == "model.ubj"
    assert model.attributes["aitia:hasArchitecture"]


def test_a_linear_booster_is_no_forest() -> None:
    booster = xgboost.train(
        {"booster": "gblinear", "objective": "binary:logistic"}, xgboost.DMatrix(X, y), 2
    )
    assert adapter.read(booster, 1 << 20).structure.kind == "aitia:LinearArchitecture"


def test_an_error_ends_the_training_and_everything_is_put_back(observe) -> None:
    before = xgboost.train, xgboost.DMatrix.__init__
    with (
        observe(XGBoostAdapter()) as observed,
        pytest.raises(xgboost.core.XGBoostError),
    ):
        xgboost.train({"objective": "no:such"}, xgboost.DMatrix(X, y), 2)
    (end,) = observed.records.of(Ended)
    assert end.error.startswith("XGBoostError")
    assert (xgboost.train, xgboost.DMatrix.__init__) == before
