"""What is exported: bundles of runs, in a fixed order, and nothing of Aitia's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aitia.errors import NotFoundError
from aitia.export.selection import order, select
from aitia.records import RunStarted
from aitia.store import graphs
from aitia.store.oxigraph import OxigraphStore

ONE, TWO = "8e077096-e943-4091-9833-1649ddf057c8", "9e077096-e943-4091-9833-1649ddf057c8"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def fill(keep: Callable[..., str]) -> None:
    for run in (TWO, ONE):
        keep([RunStarted(run, f"run {run[0]}", 5)], run=run)
    keep([RunStarted(ONE, "run 8", 5)], run=ONE, recorder="flowcept")


def test_all_runs_or_one(store: OxigraphStore, keep: Callable[..., str]) -> None:
    fill(keep)
    both = [graphs.bundle(ONE), graphs.bundle(ONE, "flowcept")]
    assert select(store).bundles == (*both, graphs.bundle(TWO))
    assert select(store, ONE).bundles == tuple(both)
    assert select(store, f"urn:uuid:{ONE.upper()}").bundles == tuple(both)


def test_the_ontology_and_the_catalogue_stay_behind(
    store: OxigraphStore, keep: Callable[..., str]
) -> None:
    fill(keep)
    assert graphs.ONTOLOGY in store.graphs()
    assert all(graphs.is_bundle(name) for name in select(store).bundles)


def test_statements_are_sorted_with_types_first(
    store: OxigraphStore, keep: Callable[..., str]
) -> None:
    fill(keep)
    found = select(store, ONE).statements(graphs.bundle(ONE))
    assert found == sorted(found, key=order)
    first = {s.subject: s.predicate.value for s in reversed(found)}
    assert set(first.values()) == {TYPE}


def test_the_union_says_everything_once(store: OxigraphStore, keep: Callable[..., str]) -> None:
    fill(keep)
    selection = select(store, ONE)
    apart = sum(len(statements) for _, statements in selection)
    union = selection.union()
    assert len(set(union)) == len(union) < apart


def test_nothing_to_export(store: OxigraphStore, keep: Callable[..., str]) -> None:
    with pytest.raises(NotFoundError, match="nothing is recorded yet"):
        select(store)
    fill(keep)
    with pytest.raises(NotFoundError, match="no run 'abc'"):
        select(store, "abc")
