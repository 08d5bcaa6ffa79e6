import inspect
import pickle
from collections.abc import Iterator
from threading import Thread

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from aitia.capture import guard
from aitia.capture.application import arrays
from aitia.capture.model.sklearn import SklearnAdapter
from aitia.capture.model.training import Fit
from aitia.capture.tasks import task
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Member,
    Point,
    Points,
    Record,
    Ref,
    Setting,
    Started,
    Typed,
    Used,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(90, 6, n_informative=4, random_state=0)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def activities(records: list[Record]) -> list[tuple[str, str]]:
    return [(r.name, r.type.removeprefix("aitia:")) for r in records if isinstance(r, Started)]


def entities(records: list[Record], kind: str) -> list[Entity]:
    return [r for r in records if isinstance(r, Entity) and r.type == f"aitia:{kind}"]


def used(records: list[Record], relation: str) -> list[tuple[str, str | None]]:
    found = (r for r in records if isinstance(r, Used) and r.relation == f"aitia:{relation}")
    return [(r.activity, r.role) for r in found]


def test_a_fit_is_a_training_run_with_all_that_belongs_to_it(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        MLPClassifier((5,), max_iter=4, early_stopping=True, random_state=0).fit(X, y)
    records = observed.records
    assert activities(records) == [("MLPClassifier.fit", "TrainingRun")]
    (configured,) = [r for r in records.of(Used) if r.relation == "aitia:configuredBy"]
    (configuration,) = entities(records, "TrainingConfiguration")
    assert configured.entity == configuration.id
    assert {s.subject for s in records.of(Setting)} >= {configuration.id}
    assert used(records, "trainedOn") == [("1", "X"), ("1", "y")]
    (model,) = entities(records, "Model")
    (architecture,) = entities(records, "NeuralArchitecture")
    assert model.attributes["aitia:hasArchitecture"] == Ref(architecture.id)
    assert len(entities(records, "DenseLayer")) == 2
    (end,) = records.of(Ended)
    assert end.status == "Completed"
    assert end.generated == {"model": Ref(model.id), "n_iter": 4}
    curves = {p.quantity: p for p in records.of(Points)}
    assert set(curves) == {"loss", "val_accuracy"}
    assert curves["loss"].subject == "1"
    assert curves["loss"].steps == (1, 2, 3, 4)
    assert curves["loss"].kind == "metric"


def test_training_data_are_datasets_by_content(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        LogisticRegression().fit(X, y)
        LogisticRegression().fit(X.copy(), y=y.tolist())
    data = [r.entity for r in observed.records.of(Used) if r.relation == "aitia:trainedOn"]
    assert data[0] == data[2]
    assert data[1] != data[3]
    described = {e.id: e for e in entities(observed.records, "Dataset")}
    assert described[data[0]].label == "array 90×6 float64"
    assert described[data[3]].label == "list 90"
    assert described[data[3]].digest is not None


def test_the_same_training_twice_is_one_model_and_one_architecture(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        for _ in range(2):
            LogisticRegression().fit(X, y)
    assert len(entities(observed.records, "Model")) == 1
    assert len(entities(observed.records, "LinearArchitecture")) == 1
    assert len(entities(observed.records, "TrainingConfiguration")) == 1
    ends = observed.records.of(Ended)
    assert ends[0].generated["model"] == ends[1].generated["model"]


def test_each_run_is_told_what_it_needs(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        for name in ("one", "two"):
            with observed.another(name):
                LogisticRegression().fit(X, y)
    assert len(entities(observed.records, "Model")) == 2
    assert len(entities(observed.records, "LinearArchitecture")) == 2


def test_a_fit_that_fails_leaves_its_curve_and_its_error(observe) -> None:
    model = MLPClassifier((5,), solver="sgd", learning_rate_init=1e30, max_iter=60)
    with (
        observe(SklearnAdapter()) as observed,
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match="non-finite"),
    ):
        model.fit(X, y)
    (end,) = observed.records.of(Ended)
    assert end.status == "Failed"
    assert "non-finite" in (end.error or "")
    (curve,) = observed.records.of(Points)
    assert curve.quantity == "loss"
    assert len(curve.values) == len(model.loss_curve_) > 0
    assert curve.values[-1] == Typed("NaN", "xsd:double")
    (architecture,) = entities(observed.records, "NeuralArchitecture")
    (left,) = entities(observed.records, "Model")
    assert left.digest is None
    assert left.attributes["aitia:hasArchitecture"] == Ref(architecture.id)
    assert end.generated == {"model": Ref(left.id)}


def test_a_pipeline_is_one_training_with_its_steps_inside(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        pipeline = make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=2))
        pipeline.fit(X, y)
    records = observed.records
    assert activities(records) == [("Pipeline.fit", "TrainingRun")]
    models = {e.id: e.label for e in entities(records, "Model")}
    assert sorted(models.values()) == ["MLPClassifier", "Pipeline", "StandardScaler"]
    members = [(models[m.collection], models[m.entity]) for m in records.of(Member)]
    assert members == [("Pipeline", "StandardScaler"), ("Pipeline", "MLPClassifier")]
    assert [g.role for g in records.of(Generated)] == ["standardscaler", "mlpclassifier"]
    assert {p.quantity for p in records.of(Points)} == {"loss"}
    settings = {s.name for s in records.of(Setting)}
    assert "mlpclassifier__hidden_layer_sizes" in settings


def test_a_search_in_two_processes_is_one_training(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, n_jobs=2)
        search.fit(X, y)
    assert activities(observed.records) == [("GridSearchCV.fit", "TrainingRun")]
    (end,) = observed.records.of(Ended)
    assert end.generated["best_params"].data == search.best_params_
    assert end.generated["best_score"] == pytest.approx(search.best_score_)
    assert search.predict(X).shape == (90,)


def test_ensembles_in_threads_are_one_training(observe) -> None:
    import joblib

    with observe(SklearnAdapter()) as observed, joblib.parallel_config("threading"):
        RandomForestClassifier(4, n_jobs=2).fit(X, y)
        BaggingClassifier(LogisticRegression(), n_estimators=4, n_jobs=2).fit(X, y)
    assert activities(observed.records) == [
        ("RandomForestClassifier.fit", "TrainingRun"),
        ("BaggingClassifier.fit", "TrainingRun"),
    ]


@pytest.mark.parametrize("workers", [None, 2])
def test_a_cross_validation_is_one_evaluation_however_it_runs(observe, workers) -> None:
    with observe(SklearnAdapter()) as observed:
        cross_val_score(LogisticRegression(), X, y, cv=3, n_jobs=workers)
    assert activities(observed.records) == [
        ("cross_val_score of LogisticRegression", "EvaluationRun")
    ]


def test_a_thread_of_the_users_trains_too(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        thread = Thread(target=LogisticRegression().fit, args=(X, y))
        thread.start()
        thread.join()
    assert activities(observed.records) == [("LogisticRegression.fit", "TrainingRun")]


def test_what_a_transformation_returns_is_made_by_it(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        scaled = Pipeline([("scale", StandardScaler())]).fit_transform(X)
        LogisticRegression().fit(scaled, y)
    assert [a[0] for a in activities(observed.records)] == [
        "Pipeline.fit_transform",
        "LogisticRegression.fit",
    ]
    first = observed.records.of(Ended)[0]
    trained = [r for r in observed.records.of(Used) if r.activity == "2" and r.role == "X"]
    assert first.generated["result"] == Ref(trained[0].entity)


def test_a_score_is_an_evaluation_of_the_model(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        model = LogisticRegression().fit(X, y)
        score = model.score(X, y)
    records = observed.records
    assert activities(records)[1] == ("LogisticRegression.score", "EvaluationRun")
    assert used(records, "evaluatedOn") == [("2", "X"), ("2", "y")]
    (trained,) = entities(records, "Model")
    assert Used("2", trained.id, "model") in records
    (point,) = records.of(Point)
    assert (point.subject, point.step) == ("2", None)
    assert point.values == {"accuracy": score}


class Own(ClassifierMixin, BaseEstimator):
    """An estimator of the user's, defined before anything is observed."""

    def __init__(self, depth: int = 1) -> None:
        self.depth = depth

    def fit(self, features: np.ndarray, target: np.ndarray, *, weight: float = 1.0) -> "Own":
        """Fit."""
        self.classes_ = np.unique(target)
        self.coef_ = np.full(features.shape[1], weight)
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        return np.full(len(features), self.classes_[0])


def test_estimators_of_the_users_are_observed_whenever_they_were_defined(observe) -> None:
    with observe(SklearnAdapter()) as observed:

        class Later(Own):
            def fit(self, features, target):
                return super().fit(features, target, weight=2.0)

        Own().fit(X, y)
        Later().fit(features=X, target=y)
    assert [a[0] for a in activities(observed.records)] == ["Own.fit", "Later.fit"]


@pytest.fixture
def watched(observe) -> Iterator[None]:
    with observe(SklearnAdapter()):
        yield


@pytest.mark.usefixtures("watched")
def test_estimators_are_unharmed() -> None:
    model = clone(Own(3)).fit(X, y, weight=0.5)
    again = pickle.loads(pickle.dumps(model))
    assert (again.depth, again.coef_[0]) == (3, 0.5)
    assert list(inspect.signature(Own.fit).parameters) == ["self", "features", "target", "weight"]
    assert Own.fit.__doc__ == "Fit."
    assert Own.fit.__qualname__ == "Own.fit"
    assert inspect.getsource(Own.fit).startswith("    def fit(self, features")
    assert pickle.loads(pickle.dumps(Own.fit)) is Own.fit
    assert pickle.loads(pickle.dumps(model.predict))(X).shape == (90,)
    from sklearn.utils.validation import has_fit_parameter

    assert has_fit_parameter(LogisticRegression(), "sample_weight")


@pytest.mark.usefixtures("watched")
def test_a_class_pickled_by_value_works_in_another_process() -> None:
    namespace: dict[str, object] = {"__name__": "__main__", "BaseEstimator": BaseEstimator}
    source = (
        "class Local(BaseEstimator):\n"
        "    def fit(self, X, y=None):\n"
        "        self.mean_ = X.mean()\n"
        "        return self\n"
        "    def predict(self, X):\n"
        "        return X[:, 0] * 0\n"
    )
    exec(source, namespace)
    search = GridSearchCV(
        namespace["Local"](), {}, cv=2, n_jobs=2, scoring="neg_mean_squared_error"
    )
    assert search.fit(X, y).best_estimator_.mean_ == pytest.approx(X.mean())


def test_everything_is_put_back(observe) -> None:
    before = {
        "fit": LogisticRegression.__dict__["fit"],
        "score": ClassifierMixin.__dict__["score"],
        "fn": Pipeline.__dict__["fit_transform"].fn,
    }
    with observe(SklearnAdapter()):
        assert LogisticRegression.__dict__["fit"] is not before["fit"]
        assert LogisticRegression.fit.__wrapped__ is before["fit"]
    assert LogisticRegression.__dict__["fit"] is before["fit"]
    assert ClassifierMixin.__dict__["score"] is before["score"]
    assert Pipeline.__dict__["fit_transform"].fn is before["fn"]
    assert "__init_subclass__" not in BaseEstimator.__dict__


def test_where_no_run_is_open_nothing_is_recorded_and_all_works(observe) -> None:
    adapter = SklearnAdapter()
    with observe(adapter) as observed:
        observed.run.end()
        count = len(observed.records)
        assert LogisticRegression().fit(X, y).score(X, y) > 0.5
        assert len(observed.records) == count


@pytest.mark.parametrize("broken", ["inputs", "_outputs", "curves"])
def test_a_fault_never_reaches_the_user(observe, monkeypatch, broken: str) -> None:
    def fault(*args: object) -> None:
        raise RuntimeError("broken")

    with observe(SklearnAdapter()) as observed:
        with monkeypatch.context() as patch:
            patch.delenv("AITIA_TEST_RAISE")
            patch.setattr(Fit, broken, fault)
            model = LogisticRegression().fit(X, y)
        assert "sklearn" in guard.drain()
        assert model.score(X, y) > 0.5
    assert [e.status for e in observed.records.of(Ended)] == ["Completed", "Completed"]


def test_an_estimator_whose_parameters_cannot_be_read_still_fits(observe, monkeypatch) -> None:
    class Odd(BaseEstimator):
        def get_params(self, deep=True):
            raise RuntimeError("no parameters")

        def fit(self, data, target=None):
            self.done_ = True
            return self

    with observe(SklearnAdapter()):
        monkeypatch.delenv("AITIA_TEST_RAISE")
        assert Odd().fit(X).done_
        monkeypatch.setenv("AITIA_TEST_RAISE", "1")
        guard.drain()


def test_estimators_pass_between_tasks_as_configurations_and_models(observe) -> None:
    with observe(SklearnAdapter()) as observed:

        @task
        def build() -> LogisticRegression:
            return LogisticRegression(C=0.5)

        @task
        def train(model: LogisticRegression) -> LogisticRegression:
            return model.fit(X, y)

        @task
        def use(model: LogisticRegression) -> float:
            return float(model.coef_[0, 0])

        use(train(build()))
    records = observed.records
    ends = {end.id: end for end in records.of(Ended)}
    configuration = ends["1"].generated["result"]
    assert configuration == Ref(entities(records, "TrainingConfiguration")[0].id)
    (trained,) = {e.id for e in entities(records, "Model")}
    starts = {start.id: start for start in records.of(Started)}
    assert starts["2"].used["model"] == configuration
    assert starts["4"].used["model"] == Ref(trained)
