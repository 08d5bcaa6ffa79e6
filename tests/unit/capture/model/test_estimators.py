import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from aitia.capture.model.architecture import digest
from aitia.capture.model.estimators import activation, architecture_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(80, 6, n_informative=4, n_classes=3, random_state=0)
QUICK = {"max_iter": 1, "solver": "lbfgs"}


def test_a_network_has_its_layers_in_order() -> None:
    found = architecture_of(MLPClassifier((5, 4), activation="tanh", **QUICK).fit(X, y))
    assert found.kind == "aitia:NeuralArchitecture"
    assert found.label == "MLP 6-5-4-3"
    assert found.attributes == {"parameterCount": 6 * 5 + 5 + 5 * 4 + 4 + 4 * 3 + 3}
    assert [dict(layer.attributes) for layer in found.layers] == [
        {
            "unitCount": units,
            "inputShape": [inputs],
            "outputShape": [units],
            "activationFunction": function,
            "parameterCount": inputs * units + units,
        }
        for inputs, units, function in ((6, 5, "tanh"), (5, 4, "tanh"), (4, 3, "softmax"))
    ]
    assert [layer.feeds for layer in found.layers] == [(1,), (2,), ()]
    assert {layer.kind for layer in found.layers} == {"aitia:DenseLayer"}


def test_data_and_weights_do_not_matter_to_a_network() -> None:
    one = architecture_of(MLPClassifier((5,), random_state=1, **QUICK).fit(X, y))
    two = architecture_of(MLPClassifier((5,), random_state=2, **QUICK).fit(X[::-1] * 3, y))
    three = architecture_of(MLPClassifier((6,), random_state=1, **QUICK).fit(X, y))
    assert digest(one) == digest(two) != digest(three)


def test_the_last_layer_of_a_regressor_is_linear() -> None:
    found = architecture_of(MLPRegressor(hidden_layer_sizes=(5,), **QUICK).fit(X, y))
    assert found.layers[-1].attributes["activationFunction"] == "identity"
    assert activation("logistic") == "sigmoid"


@pytest.mark.parametrize(
    ("estimator", "trees"),
    [
        (DecisionTreeClassifier(max_depth=2, random_state=0), 1),
        (RandomForestClassifier(4, max_depth=2, random_state=0), 4),
        (GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0), 12),
        (HistGradientBoostingClassifier(max_iter=4, max_depth=2, min_samples_leaf=5), 12),
        (AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=4), 4),
    ],
)
def test_trees_are_counted_and_measured(estimator, trees: int) -> None:
    found = architecture_of(estimator.fit(X, y))
    assert found.kind == "aitia:TreeEnsembleArchitecture"
    assert found.attributes == {"treeCount": trees, "treeDepth": 2}
    assert found.operator == type(estimator).__name__


def test_other_estimators_have_the_shapes_of_their_coefficients() -> None:
    found = architecture_of(LogisticRegression().fit(X, y))
    assert found.kind == "aitia:LinearArchitecture"
    assert found.settings == {"coef_ shape": [3, 6], "intercept_ shape": [3]}
    assert found.attributes == {"parameterCount": 21, "linkFunction": "logit"}
    assert architecture_of(PCA(2).fit(X)).kind == "aitia:Architecture"
    assert architecture_of(PCA(2).fit(X)).settings == {
        "components_ shape": [2, 6],
        "mean_ shape": [6],
    }


def test_how_many_rows_there_were_is_not_structure() -> None:
    small, large = SVC().fit(X[:40], y[:40]), SVC().fit(X, y)
    assert digest(architecture_of(small)) == digest(architecture_of(large))


def test_a_pipeline_is_the_sequence_of_its_steps() -> None:
    found = architecture_of(make_pipeline(StandardScaler(), PCA(2), LogisticRegression()).fit(X, y))
    assert found.label == "Pipeline StandardScaler → PCA → LogisticRegression"
    other = architecture_of(make_pipeline(StandardScaler(), PCA(3), LogisticRegression()).fit(X, y))
    assert digest(found) != digest(other)


def test_a_search_has_the_structure_of_what_it_found() -> None:
    search = GridSearchCV(MLPClassifier(**QUICK), {"hidden_layer_sizes": [(3,)]}, cv=2).fit(X, y)
    assert architecture_of(search).label == "MLP 6-3-3"
    target = TransformedTargetRegressor(LinearRegression()).fit(X, y)
    assert architecture_of(target).operator == "LinearRegression"


def test_ensembles_and_unions_tell_their_members() -> None:
    voting = VotingClassifier([("a", LogisticRegression()), ("b", SVC())]).fit(X, y)
    members = architecture_of(voting).settings["members"]
    assert [member["operator"] for member in members] == ["LogisticRegression", "SVC"]
    union = ColumnTransformer([("s", StandardScaler(), [0, 1]), ("drop", "drop", [2])]).fit(X)
    assert architecture_of(union).label == "ColumnTransformer StandardScaler"


def test_an_estimator_of_anyone_is_understood() -> None:
    class Own:
        def fit(self) -> None:
            self.coef_ = np.zeros((2, 3))

    own = Own()
    own.fit()
    assert architecture_of(own).settings == {"coef_ shape": [2, 3]}
