"""XGBoost, without a change to the script: rounds, early stopping, folds, files, estimators."""

import pytest

pytest.importorskip("xgboost")

pytestmark = pytest.mark.frameworks

TRAINING = """
    import numpy as np
    import xgboost as xgb
    from sklearn.model_selection import GridSearchCV

    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 5))
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
    data, held = xgb.DMatrix(X[:300], label=y[:300]), xgb.DMatrix(X[300:], label=y[300:])
    chosen = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3}
    booster = xgb.train(
        chosen, data, 100, evals=[(data, "train"), (held, "val")],
        early_stopping_rounds=3, verbose_eval=False,
    )
    booster.save_model("model.ubj")
    again = xgb.Booster(model_file="model.ubj")
    xgb.train(chosen, data, 2, xgb_model=again)
    xgb.cv(chosen, data, 5, nfold=3)
    GridSearchCV(xgb.XGBClassifier(n_estimators=4), {"max_depth": [2, 3]}, cv=2).fit(X, y)
    print(booster.best_iteration)
"""


def test_trainings_with_rounds_best_iteration_files_and_what_goes_on_from_them(observe):
    recorded = observe(TRAINING)

    names = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "?name")
    assert sorted(name for (name,) in names) == [
        "GridSearchCV.fit",
        "xgboost.cv",
        "xgboost.train",
        "xgboost.train",
    ]
    best = recorded.rows('?e rdfs:label "best_iteration" ; prov:value ?best', "?best")
    assert int(recorded.output.split()[-1]) in [int(value) for (value,) in best]
    curves = recorded.rows(
        "?t aitia:hasLearningCurve ?c . ?c rdfs:label ?name ; aitia:pointCount ?n", "?name ?n"
    )
    assert {name for name, n in curves if n > 3} >= {"train-logloss", "val-logloss"}
    forests = recorded.rows(
        "?m aitia:hasArchitecture ?a . ?a a aitia:TreeEnsembleArchitecture ;"
        " aitia:treeCount ?n ; aitia:treeDepth ?d",
        "DISTINCT ?n ?d",
    )
    assert all(depth <= 3 for _, depth in forests)
    assert (4, 2) in forests or (4, 3) in forests
    again = recorded.rows(
        # The file holds the bytes that the model is known by.
        "?t a aitia:TrainingRun ; prov:used ?file . ?file rdfs:label 'model.ubj' ;"
        " prov:wasGeneratedBy ?first . ?first a aitia:TrainingRun",
        "DISTINCT ?t ?first",
    )
    assert len(again) == 1
    assert again[0][0] != again[0][1]
