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


ENSEMBLES = """
    import pandas as pd
    from joblib import Parallel, delayed
    from sklearn.base import clone
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import make_column_transformer
    from sklearn.datasets import make_classification
    from sklearn.ensemble import RandomForestClassifier, StackingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.svm import SVC

    X, y = make_classification(150, 4, random_state=0)
    table = pd.DataFrame(X, columns=list("abcd")).assign(g=["u", "v", "w"] * 50)
    columns = make_column_transformer((StandardScaler(), list("abcd")), (OneHotEncoder(), ["g"]))
    GridSearchCV(
        make_pipeline(columns, LogisticRegression()), {"logisticregression__C": [0.1, 1.0]},
        cv=3, n_jobs=2,
    ).fit(table, y)
    CalibratedClassifierCV(SVC(), cv=3).fit(X, y)
    StackingClassifier(
        [("forest", RandomForestClassifier(3, random_state=0)), ("linear", LogisticRegression())]
    ).fit(X, y)
    cross_val_score(LogisticRegression(), X, y, cv=3, n_jobs=2)
    Parallel(2)(delayed(clone(LogisticRegression(C=c)).fit)(X, y) for c in (1.0, 2.0))
"""


def test_searches_ensembles_folds_and_clones_in_workers(observe):
    recorded = observe(ENSEMBLES)

    names = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "DISTINCT ?t ?name")
    assert sorted(name for _, name in names) == [
        "CalibratedClassifierCV.fit",
        "GridSearchCV.fit",
        "LogisticRegression.fit",
        "LogisticRegression.fit",
        "StackingClassifier.fit",
    ]
    (count,) = recorded.rows('?e rdfs:label "candidate_count" ; prov:value ?n', "?n")
    assert count == (2,)
    members = recorded.rows(
        "?m rdfs:label 'StackingClassifier' ; prov:hadMember ?part . ?part rdfs:label ?name",
        "DISTINCT ?part ?name",
    )
    assert sorted(name for _, name in members) == [
        "LogisticRegression",
        "LogisticRegression",
        "RandomForestClassifier",
    ]
    evaluations = recorded.rows("?e a aitia:EvaluationRun ; rdfs:label ?name", "?name")
    assert evaluations == [("cross_val_score of LogisticRegression",)]
