from __future__ import annotations

import warnings

import pytest

import aitia
from aitia.capture.doubt import doubt


@pytest.fixture(autouse=True)
def forgotten() -> None:
    doubt.cache_clear()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("aitia:TrainingRn", "did you mean aitia:TrainingRun"),
        ("prov:Activty", "did you mean prov:Activity"),
        ("TrainingRn", "did you mean aitia:TrainingRun"),
        ("TrainingRun", "has no prefix; did you mean aitia:TrainingRun"),
        ("aitia:Zzzz", "aitia:Zzzz is not in the ontology"),
    ],
)
def test_a_class_that_is_not_there_is_named_with_the_nearest(name: str, meant: str) -> None:
    with pytest.warns(UserWarning, match=meant) as told, aitia.task("fit", type=name):
        pass
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(aitia.loop([1], "epoch", type=name))  # once is enough


@pytest.mark.parametrize("name", ["aitia:TrainingRun", "mine:Fit", "https://example.org/Fit"])
def test_other_classes_are_not_doubted(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with aitia.task("fit", type=name):
            pass
        assert list(aitia.loop([1], "epoch", type=name)) == [1]


def test_a_warning_that_is_an_error_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITIA_TEST_RAISE", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with aitia.task("fit", type="aitia:TrainingRn"):
            done = True
    assert done
