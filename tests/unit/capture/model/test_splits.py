import pytest
from sklearn import model_selection
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from aitia.capture.application import arrays
from aitia.capture.model.sklearn import SklearnAdapter
from aitia.records import Ended, Entity, Ref, Started, Used

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(90, 6, n_informative=4, random_state=0)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_split_tells_which_part_is_for_what(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        parts = model_selection.train_test_split(X, y, test_size=0.5, random_state=0)
        LogisticRegression().fit(parts[0], parts[2])
    records = observed.records
    assert (records.of(Started)[0].name, records.of(Started)[0].type) == (
        "train_test_split",
        "aitia:DataTransformation",
    )
    assert records.of(Started)[0].used == {"test_size": 0.5, "random_state": 0}
    wholes = [r.entity for r in records.of(Used) if r.activity == "1"]
    splits = [e for e in records.of(Entity) if e.type == "aitia:DatasetSplit"]
    assert [s.attributes["aitia:splitRole"].id.partition("#")[2] for s in splits] == [
        *("training", "test", "training", "test")
    ]
    assert [s.attributes["aitia:subsetOf"].id for s in splits] == [
        *(wholes[0], wholes[0], wholes[1], wholes[1])
    ]
    assert records.of(Ended)[0].generated["training[0]"] == Ref(splits[0].id)
    trained = [r.entity for r in records.of(Used) if r.relation == "aitia:trainedOn"]
    assert trained == [splits[0].id, splits[2].id]


def test_splits_within_a_fit_are_part_of_it(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        MLPClassifier((3,), max_iter=2, early_stopping=True).fit(X, y)
    assert len(observed.records.of(Started)) == 1


def test_a_split_that_fails_says_so(observe) -> None:
    before = model_selection.train_test_split
    with observe(SklearnAdapter()) as observed, pytest.raises(ValueError, match="inconsistent"):
        model_selection.train_test_split(X, y[:5])
    assert observed.records.of(Ended)[0].status == "Failed"
    assert model_selection.train_test_split is before
