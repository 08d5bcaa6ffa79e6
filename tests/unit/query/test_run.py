from __future__ import annotations

from collections.abc import Callable

import pytest

from aitia.errors import NotFoundError, QueryError
from aitia.query.catalog import load
from aitia.query.run import ask, sparql
from aitia.query.table import Table
from aitia.store.oxigraph import OxigraphStore

Keep = Callable[..., OxigraphStore]
FIRST = "r_11111111_2222_4333_8444_555555555555"
OTHER = "r_21111111_2222_4333_8444_555555555555"
LIBRARY = load()


@pytest.fixture
def store(keep: Keep) -> OxigraphStore:
    return keep(**{FIRST: {"name": "first"}, OTHER: {"name": "other", "fits": 1}})


def test_a_question_is_answered_as_a_table(store: OxigraphStore) -> None:
    table = ask(store, LIBRARY["runs"])
    assert table.column("name") == ["first", "other"]
    assert table.title == "Runs"
    assert table.descriptions["run"] == "the run"


@pytest.mark.parametrize(
    "name",
    [
        "first",
        "1111",
        "11111111-2222-4333-8444-555555555555",
        "urn:uuid:11111111-2222-4333-8444-555555555555",
    ],
)
def test_a_run_is_named_in_many_ways(store: OxigraphStore, name: str) -> None:
    table = ask(store, LIBRARY["tasks"], run=name)
    assert table.column("name") == ["split", "fit 0", "fit 1"]


def test_a_list_of_runs_is_taken(store: OxigraphStore) -> None:
    assert len(ask(store, LIBRARY["tasks"], run=["first", "other"])) == 5


def test_none_and_undef_leave_a_parameter_open(store: OxigraphStore) -> None:
    assert len(ask(store, LIBRARY["tasks"], run=None)) == 5
    assert len(ask(store, LIBRARY["tasks"], run="UNDEF")) == 5


def test_a_run_that_is_not_there_is_named(store: OxigraphStore) -> None:
    with pytest.raises(NotFoundError, match="no run 'third'"):
        ask(store, LIBRARY["tasks"], run="third")


def test_an_unknown_parameter_is_named(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="no parameter 'runn'"):
        ask(store, LIBRARY["tasks"], runn="first")


def test_each_form_gives_its_own_kind(store: OxigraphStore) -> None:
    found = sparql(store, "SELECT (COUNT(*) AS ?n) { ?s a aitia:TrainingRun }")
    assert isinstance(found, Table)
    assert found[0].n == 3
    assert sparql(store, "ASK { ?s a aitia:GPU }") is False
    text = sparql(store, "CONSTRUCT { ?s a aitia:Model } { ?s a aitia:Model }")
    assert isinstance(text, str)
    assert text.count("\n") == 3
    with pytest.raises(QueryError):
        sparql(store, "DROP ALL")
