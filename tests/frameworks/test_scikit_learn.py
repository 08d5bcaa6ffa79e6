"""scikit-learn, without a change to the script: pipelines, and a search over their parameters."""

import pytest

pytest.importorskip("sklearn")


pytestmark = pytest.mark.frameworks

SEARCH = """
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = load_iris(return_X_y=True)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)),
        {"logisticregression__C": [0.1, 1.0]},
        cv=3,
    )
    search.fit(X, y)
    print(search.score(X, y))
"""


def test_a_search_over_a_pipeline_is_one_training_with_its_candidates_below(observe):
    recorded = observe(SEARCH)

    trainings = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "DISTINCT ?t ?name")
    outermost = [t for t in trainings if t[1] == "GridSearchCV.fit"]
    assert len(outermost) == 1
    models = recorded.rows("?t aitia:configuredBy ?c . ?t a aitia:TrainingRun", "DISTINCT ?t")
    assert (outermost[0][0],) in models
