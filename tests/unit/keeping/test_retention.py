from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aitia.errors import NotFoundError
from aitia.ingest.pipeline import adopt, ingest, rebuild
from aitia.keeping.check import compare
from aitia.keeping.retention import Reason, Rule, choose, prune, recover
from aitia.records import Entity, RunStarted
from aitia.store.oxigraph import OxigraphStore

T0 = 1_790_000_000


def numbers(chosen: Any) -> list[str]:
    return [one.run.name for one in chosen]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (Rule(keep=3), ["run 0"]),
        (Rule(keep=9), []),
        (Rule(statuses={"Failed"}), ["run 1"]),
        (Rule(older_than=98.5), ["run 1", "run 0"]),
        (Rule(older_than=98.5, keep=3), ["run 0"]),
        (Rule(older_than=98.5, statuses={"Completed"}), ["run 0"]),
        (Rule(named=["11111111-2222-4333-8444-555555555502"], keep=3), ["run 2", "run 0"]),
        (Rule(), []),
    ],
)
def test_all_conditions_hold_of_what_is_chosen(
    laboratory: Any, rule: Rule, names: list[str]
) -> None:
    store = laboratory.store()
    assert numbers(choose(laboratory.root, store, rule, now=T0 + 100)) == names
    store.close()


def test_a_run_that_still_goes_is_kept(laboratory: Any) -> None:
    writer = laboratory.record(7, end=False)
    store = laboratory.store()
    assert "run 7" not in numbers(choose(laboratory.root, store, Rule(keep=0)))
    with pytest.raises(NotFoundError, match="still goes"):
        choose(laboratory.root, store, Rule(named=[laboratory.run(7)]))
    with pytest.raises(NotFoundError, match="no journals"):
        choose(laboratory.root, store, Rule(named=["nonsense"]))
    writer.close()
    store.close()


def test_a_tombstone_stays_and_a_rebuild_gives_the_same(laboratory: Any) -> None:
    store = laboratory.store()
    run = laboratory.run(1)
    bundle = f"urn:uuid:{run}#bundle"
    said = store.dump(bundle)
    chosen = choose(laboratory.root, store, Rule(statuses={"Failed"}))
    activity = prune(laboratory.root, store, chosen, Reason("too old", "Ada"))
    assert os.listdir(os.path.join(laboratory.root, "journal", run)) == ["adopted-prune.jsonl"]
    assert not os.path.exists(os.path.join(laboratory.root, ".pruning"))
    assert bundle not in store.graphs()
    rows = store.select(
        f"SELECT ?name ?status ?sha ?who ?reason WHERE {{ <urn:uuid:{run}> a aitia:WorkflowRun ;"
        f" rdfs:label ?name ; aitia:status ?status . <{bundle}> a aitia:CaptureBundle ;"
        f" aitia:sha256 ?sha ; prov:wasInvalidatedBy <urn:uuid:{activity}> ."
        f" <urn:uuid:{activity}> prov:wasAssociatedWith/rdfs:label ?who ; aitia:hasSetting"
        " [ aitia:settingName 'reason' ; aitia:settingValue ?reason ] }"
    ).rows
    (row,) = [[term.value.rpartition("#")[2] for term in row if term] for row in rows]
    assert row[:2] == ["run 1", "Failed"]
    assert row[3:] == ["Ada", "too old"]
    assert row[2].encode() in said
    assert choose(laboratory.root, store, Rule(keep=0, statuses={"Failed"})) == []
    before = laboratory.hashes(store)
    rebuild(laboratory.root, store, jobs=0)
    assert laboratory.hashes(store) == before == laboratory.fresh()
    assert {one.state for one in compare(laboratory.root, store, deep=True)} == {"same"}
    store.close()


def test_claims_that_rest_on_it_are_stale(laboratory: Any) -> None:
    from aitia.query.catalog import load
    from aitia.query.run import ask

    store = laboratory.store()
    # An analysis states what it rests on in a bundle of its own.
    bundle = "urn:uuid:99999999-2222-4333-8444-555555555555#bundle-causal"
    claim = f"""
    <urn:a> a aitia:CausalAnalysis ; prov:used <urn:t> .
    <urn:t> a aitia:FeatureTable ; prov:wasDerivedFrom <urn:uuid:{laboratory.run(0)}#bundle> .
    <urn:c> a aitia:CausalClaim ; prov:wasGeneratedBy <urn:a> ; aitia:endMarks "-->" ;
      aitia:causeVariable <urn:x> ; aitia:effectVariable <urn:y> .
    <urn:x> rdfs:label "x" . <urn:y> rdfs:label "y" ."""
    triples = store.construct(f"CONSTRUCT {{ {claim} }} WHERE {{}}")
    store.append(bundle, triples.replace(b" .\n", f" <{bundle}> .\n".encode()))
    question = load()["stale-claims"]
    assert len(ask(store, question)) == 0
    prune_one(laboratory, store, 0)
    (row,) = ask(store, question)
    assert (row.cause, row.effect) == ("x", "y")
    store.close()


def prune_one(laboratory: Any, store: OxigraphStore, number: int) -> None:
    chosen = choose(laboratory.root, store, Rule(named=[laboratory.run(number)]))
    assert len(chosen) == 1
    prune(laboratory.root, store, chosen, Reason())


def test_every_recorder_of_a_run_is_invalidated(laboratory: Any) -> None:
    run = laboratory.run(2)
    records = [RunStarted(run, "imported", T0 * 10**9), Entity("x", "aitia:Artifact", "x")]
    adopt(laboratory.root, records, run=run, recorder="flowcept")
    store = laboratory.store()
    prune_one(laboratory, store, 2)
    for name in ("#bundle", "#bundle-flowcept"):
        assert store.ask(f"ASK {{ <urn:uuid:{run}{name}> prov:wasInvalidatedBy ?by }}")
        assert f"urn:uuid:{run}{name}" not in store.graphs()
    store.close()


@pytest.mark.parametrize("stop", ["before", "between", "after"])
def test_what_a_killed_one_began_is_finished(
    laboratory: Any, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = laboratory.store()
    chosen = choose(laboratory.root, store, Rule(keep=3))
    rename, calls = os.rename, []

    def dying(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) > {"before": 1, "between": 2, "after": 3}[stop]:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr("aitia.keeping.retention.os.rename", dying)
    monkeypatch.setattr(
        "aitia.keeping.retention.recover", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())
    )
    with pytest.raises(KeyboardInterrupt):
        prune(laboratory.root, store, chosen, Reason())
    monkeypatch.undo()
    recover(laboratory.root, store)
    ingest(laboratory.root, store, jobs=0)
    assert laboratory.hashes(store) == laboratory.fresh()
    gone = f"urn:uuid:{laboratory.run(0)}#bundle" not in store.graphs()
    assert gone == (stop != "before")
    assert not (Path(laboratory.root) / ".pruning").exists()
    assert (Path(laboratory.root) / "journal" / laboratory.run(0)).is_dir()
    store.close()


def test_series_that_nothing_speaks_of_are_removed(laboratory: Any) -> None:
    pytest.importorskip("pyarrow")
    laboratory.record(8, points=10_001)
    store = laboratory.store()
    folder = Path(laboratory.root) / "series"
    assert len(list(folder.iterdir())) == 1
    prune_one(laboratory, store, 0)
    assert len(list(folder.iterdir())) == 1
    prune_one(laboratory, store, 8)
    assert list(folder.iterdir()) == []
    store.close()
