import itertools

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from aitia.capture.model.configuration import digest, of_estimator, parameter, records
from aitia.records import Entity, Json, Ref, Setting, Typed


def mint() -> str:
    return "e1"


def test_every_parameter_is_a_setting_and_some_are_typed() -> None:
    model = MLPClassifier((16, 8), learning_rate_init=0.01, batch_size=32, max_iter=40)
    here, found = records(of_estimator(model), mint)
    settings = {r.name: r.value for r in found if isinstance(r, Setting)}
    assert set(settings) == set(model.get_params()) - {"verbose"}
    assert settings["hidden_layer_sizes"] == Json([16, 8])
    assert settings["random_state"] == Json(None)
    (whole,) = [r for r in found if isinstance(r, Entity) and r.id == here]
    assert whole.type == "aitia:TrainingConfiguration"
    assert whole.digest == digest(of_estimator(model))
    assert whole.attributes == {
        "aitia:learningRate": 0.01,
        "aitia:batchSize": 32,
        "aitia:epochBudget": 40,
        "aitia:penaltyStrength": 0.0001,
        "aitia:stoppingTolerance": 0.0001,
        "aitia:usesOptimizer": Ref("scheme:optimizer#Adam"),
        "aitia:usesLoss": Ref("scheme:loss-function#CrossEntropy"),
    }


def test_the_same_choices_are_the_same_configuration() -> None:
    one, two = (digest(of_estimator(MLPClassifier(alpha=a))) for a in (0.1, 0.2))
    assert one != two
    assert one == digest(of_estimator(MLPClassifier(alpha=0.1)))
    assert one != digest(of_estimator(Ridge(alpha=0.1)))


def test_what_concerns_the_execution_alone_is_not_part_of_it() -> None:
    quiet, loud = MLPClassifier(), MLPClassifier(verbose=True)
    assert digest(of_estimator(quiet)) == digest(of_estimator(loud))
    assert of_estimator(loud).execution == {"verbose": True}
    search = GridSearchCV(RandomForestClassifier(n_jobs=3), {}, n_jobs=2)
    assert of_estimator(search).execution["estimator__n_jobs"] == 3


@pytest.mark.parametrize(
    ("estimator", "typed"),
    [
        (GradientBoostingClassifier(n_estimators=7), {"learningRate": 0.1, "epochBudget": 7}),
        (RandomForestClassifier(n_estimators=7), {}),
        (SGDClassifier(max_iter=9, eta0=0.5), {"learningRate": 0.5, "epochBudget": 9}),
        (MLPClassifier(batch_size="auto", max_iter=5), {"learningRate": 0.001, "epochBudget": 5}),
        (MLPClassifier(max_iter=np.int64(5)), {"learningRate": 0.001, "epochBudget": 5}),
        (MLPClassifier(learning_rate_init=0.0, max_iter=-1), {}),
        (MLPClassifier(learning_rate_init=float("nan"), max_iter=2.5), {}),
        (
            make_pipeline(StandardScaler(), MLPClassifier(max_iter=3)),
            {"learningRate": 0.001, "epochBudget": 3},
        ),
        (
            GridSearchCV(MLPClassifier(max_iter=3), {"alpha": [1]}),
            {"learningRate": 0.001, "epochBudget": 3},
        ),
    ],
)
def test_typed_parameters_are_those_of_what_learns(estimator, typed) -> None:
    own = ("learningRate", "batchSize", "epochBudget")
    found = of_estimator(estimator).typed
    assert {name: value for name, value in found.items() if name in own} == typed


def test_optimisers_and_losses_are_named_where_they_are_known() -> None:
    def named(estimator: object) -> tuple[str | None, str | None]:
        told = of_estimator(estimator)
        return told.optimizer and told.optimizer.label, told.loss and told.loss.label

    assert named(SGDClassifier()) == ("SGD", "Hinge")
    assert named(LogisticRegression(solver="saga")) == ("SAGA", None)
    assert named(Ridge(solver="svd")) == (None, None)
    assert named(Perceptron())[0] == "SGD"
    assert named(make_pipeline(StandardScaler(), MLPClassifier(solver="lbfgs")))[0] == "LBFGS"


def test_nested_parameters_have_their_full_names() -> None:
    told = of_estimator(make_pipeline(StandardScaler(), Ridge(alpha=3.0)))
    assert told.parameters["ridge__alpha"] == 3.0
    assert told.parameters["steps"] == Json(
        [["standardscaler", "StandardScaler"], ["ridge", "Ridge"]]
    )


def test_an_object_of_which_only_the_type_is_known_leaves_it_without_a_digest() -> None:
    for seed in (0, 1):
        told = of_estimator(MLPClassifier(random_state=np.random.RandomState(seed)))
        assert digest(told) is None
        here, found = records(told, mint)
        assert here == "e1"
        assert any(isinstance(r, Entity) and r.id == "e1" and r.digest is None for r in found)


def test_functions_are_told_by_name_and_arrays_by_digest() -> None:
    assert parameter(np.log1p) == "numpy.log1p"
    assert parameter(len) == "builtins.len"
    one, two = parameter(np.arange(3)), parameter(np.arange(4))
    assert str(one).startswith("numpy.ndarray ")
    assert one != two
    assert parameter(object()) == Typed("object", "aitia:PythonType")
    assert parameter([object()]) == Json([{"opaque": "object"}])
    assert parameter({"a": (1, None)}) == Json({"a": [1, None]})
    functions = (FunctionTransformer(len), FunctionTransformer(abs))
    assert len({digest(of_estimator(f)) for f in functions}) == 2


def test_a_class_is_not_asked_for_its_parameters() -> None:
    assert parameter(MLPClassifier) == (
        "sklearn.neural_network._multilayer_perceptron.MLPClassifier"
    )


def test_an_estimator_that_contains_itself_ends() -> None:
    class Odd:
        def get_params(self, deep: bool = True) -> dict[str, object]:
            return {"inner": self, "depth": 1}

        def fit(self) -> None:
            pass

    told = of_estimator(Odd())
    assert len(list(itertools.islice(told.parameters, 100))) < 20
