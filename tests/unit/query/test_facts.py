import math

import pytest

from aitia.query.facts import MANY, bundles, facts

RUN = "urn:uuid:0b9c1f0e-1111-4222-8333-444455556666"
KEY = "r_0b9c1f0e_1111_4222_8333_444455556666"


@pytest.fixture
def known(keep):
    return facts(keep(**{KEY: {"name": "sweep"}}), RUN)


def test_what_the_run_itself_says(known):
    assert known.head["label"] == "sweep"
    assert known.head["status"] == "aitia:Completed"
    assert known.head["commandLine"] == "python train.py"
    assert known.head["durationSeconds"] == pytest.approx(10.0)


def test_things_lie_under_the_layer_of_their_class(known):
    found = {
        layer: sorted((t.type, t.label) for t in things) for layer, things in known.layers.items()
    }
    assert ("aitia:Dataset", "digits.npz") in found["application"]
    assert ("aitia:Model", "model-0.npz") in found["model"]
    assert ("aitia:SoftwarePackage", "numpy") in found["platform"]
    assert found["system"] == [("aitia:ComputeNode", "node-1")]
    assert "core" not in found
    node = known.layers["system"][0]
    assert dict(node.facts) == {"coreCount": 2}


def test_many_things_of_one_class_are_counted(keep):
    known = facts(keep(**{KEY: {"name": "wide", "fits": MANY + 1}}), RUN)
    models = [t for t in known.layers["model"] if t.type == "aitia:Model"]
    assert [(t.many, t.label) for t in models] == [(MANY + 1, "")]


def test_settings_by_subject(known):
    assert known.settings[""] == {"seed": 7}
    assert known.settings["split"] == {"ratio": 0.8}


def test_subjects_of_one_name_are_told_apart(keep):
    store = keep(**{KEY: {"name": "split"}})
    assert {"", "split [1]"} <= set(facts(store, RUN).settings)


def test_tasks_in_the_order_in_which_they_began(known):
    assert [(a.name, a.type, a.times) for a in known.activities] == [
        ("split", "aitia:TaskRun", 1),
        ("fit 0", "aitia:TrainingRun", 1),
        ("fit 1", "aitia:TrainingRun", 1),
    ]
    assert known.activities[1].seconds == pytest.approx(0.1)
    assert known.activities[1].statuses == ("Completed",)


def test_metrics_with_their_points(known):
    found = {(m.subject, m.quantity): m for m in known.metrics}
    curve = found["fit 1", "loss"]
    assert curve.kind == "aitia:LearningCurve"
    assert curve.curve == "Diverger"
    assert curve.points == 10
    assert curve.best == pytest.approx(0.2)
    assert curve.values[:2] == (1.0, 0.5)
    assert math.isnan(curve.values[-1])
    telemetry = found["sweep", "cpu_percent"]
    assert (telemetry.kind, telemetry.unit, telemetry.most) == ("aitia:Series", "%", 3.0)


def test_files_that_were_used_and_made(known):
    found = {c.label: c for c in known.contents}
    assert not found["digits.npz"].made
    assert found["digits.npz"].bytes == 1_234_567
    assert found["model-0.npz"].made
    assert found["training split"].made
    assert "3 packages" not in found


def test_notes(known):
    assert [(n.kind, n.times) for n in known.notes] == [("unseen", 2)]


def test_other_runs_say_nothing_here(keep):
    other = "r_1c9c1f0e_2222_4222_8333_444455556666"
    store = keep(**{KEY: {"name": "sweep"}, other: {"name": "other", "fits": 5}})
    alone = keep(**{KEY: {"name": "sweep"}})
    # NaN is not equal to itself, so the texts are compared.
    assert repr(facts(store, RUN)) == repr(facts(alone, RUN))


def test_a_run_that_is_not_there(keep):
    store = keep()
    assert bundles(store, RUN) == []
    nothing = facts(store, RUN)
    assert not nothing.head
    assert not nothing.metrics
    assert not nothing.layers
