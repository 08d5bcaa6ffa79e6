"""Keys of groups of statements: what changes them, and what does not."""

import pytest

from aitia.ingest.triples import A, term
from aitia.validation.likeness import Likeness
from aitia.validation.profiles import load

LIKENESS = Likeness(load())
XSD = "http://www.w3.org/2001/XMLSchema#"


def task(number, began="20", ended="21", status="aitia:Completed", seconds="1.0", parent="r"):
    here = f"<urn:uuid:r#{number}>"
    return here, [
        (here, A, term("aitia:TaskRun")),
        (here, term("rdfs:label"), f'"task {number}"'),
        (here, term("aitia:partOfExecution"), f"<urn:uuid:{parent}>"),
        (here, term("prov:startedAtTime"), f'"2026-09-21T14:13:{began}Z"^^<{XSD}dateTime>'),
        (here, term("prov:endedAtTime"), f'"2026-09-21T14:13:{ended}Z"^^<{XSD}dateTime>'),
        (here, term("aitia:status"), term(status)),
        (here, term("aitia:durationSeconds"), f'"{seconds}"^^<{XSD}double>'),
    ]


def key(number, **changes):
    return LIKENESS.key(*task(number, **changes), lambda node, more: "aitia:WorkflowRun")


def test_other_names_times_and_amounts_change_nothing():
    assert key(1) is not None
    assert key(1) == key(2, began="20.5", ended="59", seconds="3e+20")


@pytest.mark.parametrize(
    "changes",
    [
        {"began": "22"},
        {"ended": "20"},
        {"ended": "xx"},
        {"status": "aitia:Failed"},
        {"seconds": "-1.0"},
        {"seconds": "many"},
        {"seconds": "NaN"},
        {"parent": "other"},
    ],
)
def test_what_a_shape_may_look_at_changes_the_key(changes):
    assert key(1, **changes) != key(1)


def test_another_class_or_property_changes_the_key():
    here, told = task(1)
    other = [(here, A, term("aitia:TrainingRun")), *told[1:]]
    more = [*told, (here, term("aitia:energyJoules"), f'"1.0"^^<{XSD}double>')]

    keys = {LIKENESS.key(here, one, lambda node, more: "x") for one in (told, other, more)}

    assert len(keys) == 3


def test_a_node_of_unknown_class_leaves_no_key():
    assert LIKENESS.key(*task(1), lambda node, more: "") is None


def test_who_points_at_a_node_changes_the_key_where_a_shape_looks():
    here, told = task(1)
    told[0] = (here, A, term("aitia:TrainingRun"))
    made = [("<urn:uuid:r#model>", term("prov:wasGeneratedBy"), here)]

    def of(pointing):
        return LIKENESS.key(here, told, lambda node, more: "x", pointing)

    assert of(made) is not None
    assert of(made) != of(())
