"""What a run says of how its settings are chosen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aitia.capture.run import Run
from aitia.capture.search import MOST, Search, distribution
from aitia.records import Entity, Note, Setting, Used

STRATEGY = "https://w3id.org/aitia/scheme/sampling-strategy#"


class TPESampler:
    """Stands for a sampler of a library."""


def told(recorder: Any, sampler: object, space: object = None) -> dict[str, Any]:
    run = Run(recorder, "search")
    run.search = Search(sampler, space)
    with run:
        pass
    of = {kind: [r for r in recorder.records if isinstance(r, kind)]
          for kind in (Entity, Used, Setting, Note)}  # fmt: skip
    names = {e.id: e for e in of[Entity]}
    return {
        "strategy": [u.entity.removeprefix(STRATEGY) for u in of[Used]
                     if u.relation == "aitia:samplingStrategy"],
        "space": {names[u.entity].label: names[u.entity].attributes.get("aitia:drawnFrom")
                  for u in of[Used] if u.relation == "aitia:searchedOver"},
        "settings": {s.name: s.value for s in of[Setting]},
        "notes": [n.text for n in of[Note] if n.kind == "sampler"],
    }  # fmt: skip


def test_a_sampler_and_its_space_are_recorded(recorder: Any) -> None:
    found = told(recorder, "random", {"lr": "loguniform(1e-4, 0.1)", "width": [8, 16]})
    assert found["strategy"] == ["RandomSearch"]
    assert found["space"] == {"lr": "loguniform(1e-4, 0.1)", "width": "one of 8, 16"}
    assert found["settings"] == {"sampler": "random"}
    assert found["notes"] == []


@pytest.mark.parametrize("sampler", [TPESampler, TPESampler(), "TPESampler", "bayesian"])
def test_a_sampler_may_be_an_object_of_a_library(recorder: Any, sampler: object) -> None:
    assert told(recorder, sampler, ["lr"])["strategy"] == ["BayesianOptimisation"]


def test_names_alone_are_a_space_of_unknown_distributions(recorder: Any) -> None:
    assert told(recorder, "grid", ["lr", "width"])["space"] == {"lr": None, "width": None}


def test_nothing_is_said_unless_asked(recorder: Any) -> None:
    found = told(recorder, None)
    assert found == {"strategy": [], "space": {}, "settings": {}, "notes": []}


def test_an_unknown_sampler_is_named_and_claims_nothing(recorder: Any) -> None:
    found = told(recorder, "randm", {"lr": "u"})
    assert found["strategy"] == []
    assert found["settings"] == {"sampler": "randm"}
    assert "no sampler is known as 'randm'" in found["notes"][0]


def test_a_space_that_is_none_is_said(recorder: Any) -> None:
    assert told(recorder, "random", 3)["notes"] == [
        "space is a int, and not a mapping of settings to distributions"
    ]


def test_a_space_without_a_sampler_is_said(recorder: Any) -> None:
    assert "without sampler" in told(recorder, None, {"lr": "u"})["notes"][0]


def test_distributions_are_told_in_words() -> None:
    frozen = SimpleNamespace(
        dist=SimpleNamespace(name="loguniform"), args=(1e-4, 0.1), kwds={"loc": 0}
    )
    assert distribution(frozen) == "loguniform(0.0001, 0.1, loc=0)"
    assert distribution({3, 1}) == "one of 1, 3"
    assert distribution(range(3)) == "one of 0, 1, 2"
    assert distribution(TPESampler) == "TPESampler"
    assert "0x" not in distribution(TPESampler())


def test_a_long_distribution_is_told_by_its_beginning_and_digest() -> None:
    one, other = distribution(range(9999)), distribution([*range(9998), -1])
    assert len(one) < MOST + 100
    assert one != other
