"""LightGBM, without a change to the script: rounds, early stopping, folds, files, estimators."""

import pytest

pytest.importorskip("lightgbm")

pytestmark = pytest.mark.frameworks

TRAINING = """
    import numpy as np
    import lightgbm as lgb

    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 5))
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
    data = lgb.Dataset(X[:300], y[:300])
    held = lgb.Dataset(X[300:], y[300:], reference=data)
    chosen = {"objective": "binary", "num_leaves": 7, "learning_rate": 0.2, "verbose": -1}
    booster = lgb.train(
        chosen, data, 200, valid_sets=[held], callbacks=[lgb.early_stopping(3, verbose=False)]
    )
    booster.save_model("model.txt")
    lgb.train(chosen, lgb.Dataset(X, y), 2, init_model="model.txt")
    lgb.cv(chosen, lgb.Dataset(X, y), 5, nfold=3)
    lgb.LGBMClassifier(n_estimators=6, verbose=-1).fit(X, y, eval_X=(X,), eval_y=(y,))
    print(booster.best_iteration)
"""


def test_trainings_with_rounds_best_iteration_files_and_estimators(observe):
    recorded = observe(TRAINING)

    names = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "?name")
    assert sorted(name for (name,) in names) == [
        "LGBMClassifier.fit",
        "lightgbm.cv",
        "lightgbm.train",
        "lightgbm.train",
    ]
    best = recorded.rows('?e rdfs:label "best_iteration" ; prov:value ?best', "?best")
    rounds = int(recorded.output.split()[-1])
    assert rounds in [int(value) for (value,) in best]
    curves = recorded.rows(
        "?t rdfs:label 'lightgbm.train' ; aitia:hasLearningCurve ?c . ?c aitia:pointCount ?n", "?n"
    )
    assert curves == [(rounds + 3,)]
    forests = recorded.rows(
        "?m aitia:hasArchitecture ?a . ?a a aitia:TreeEnsembleArchitecture ; aitia:treeCount ?n",
        "DISTINCT ?n",
    )
    # LightGBM keeps the trees up to the best round.
    assert {6, rounds, rounds + 2} == {int(n) for (n,) in forests}
    derived = recorded.rows(
        "?file rdfs:label 'model.txt' ; prov:wasDerivedFrom ?m . ?m prov:wasGeneratedBy ?t ."
        " ?t a aitia:TrainingRun",
        "DISTINCT ?t",
    )
    assert len(derived) == 1
    went_on = recorded.rows(
        "?t a aitia:TrainingRun ; prov:used ?file . ?file rdfs:label 'model.txt'", "DISTINCT ?t"
    )
    assert len(went_on) == 1
    assert went_on != derived
