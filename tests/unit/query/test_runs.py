import pytest

from aitia.errors import NotFoundError
from aitia.query.runs import headlines, resolve, runs

ONE = "0b9c1f0e-1111-4222-8333-444455556666"
TWO = "0b9c2222-2222-4222-8333-444455556666"
THREE = "1b9c3333-3333-4222-8333-444455556666"


@pytest.fixture
def store(keep):
    return keep(
        **{
            f"r_{ONE}".replace("-", "_"): {"name": "sweep", "seed": 1},
            f"r_{TWO}".replace("-", "_"): {"name": "sweep", "seed": 2},
            f"r_{THREE}".replace("-", "_"): {"name": "other", "seed": 3, "fits": 0},
        }
    )


def test_runs_are_listed_newest_first(store):
    found = runs(store)
    assert [run.id for run in found] == [THREE, TWO, ONE]
    assert found[0].name == "other"
    assert found[0].status == "Completed"
    assert found[0].type == "WorkflowRun"
    assert found[0].seconds == pytest.approx(10.0)
    assert found[0].began is not None
    assert not found[0].inferred


def test_headlines_are_the_best_values_where_higher_is_better_first(store):
    found = headlines(store, runs(store))
    assert found[f"urn:uuid:{ONE}"] == [("accuracy", 0.9), ("loss", 0.1)]
    assert f"urn:uuid:{THREE}" not in found
    assert headlines(store, runs(store), most=1)[f"urn:uuid:{ONE}"] == [("accuracy", 0.9)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE, ONE),
        (ONE.upper(), ONE),
        (f"urn:uuid:{TWO}", TWO),
        ("0b9c1", ONE),
        ("1", THREE),
        ("other", THREE),
        ("last", THREE),
    ],
)
def test_a_run_is_meant(store, text, expected):
    assert resolve(store, text).id == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0b9c", r"'0b9c' means 2 runs: 0b9c2222 \(sweep\), 0b9c1f0e \(sweep\)"),
        ("sweep", "'sweep' means 2 runs"),
        ("othr", "no run 'othr'; the nearest is 'other'"),
        ("", "no run ''"),
        ("' OR 1=1", "no run"),
    ],
)
def test_no_run_or_several_are_meant(store, text, told):
    with pytest.raises(NotFoundError, match=told):
        resolve(store, text)


def test_there_are_no_runs(keep):
    with pytest.raises(NotFoundError, match="there are no runs yet"):
        resolve(keep(), "last")
    assert runs(keep()) == []
