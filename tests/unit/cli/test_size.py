import json
import os

from aitia.store.oxigraph import OxigraphStore


def test_runs_and_kinds_are_told(aitia):
    found = aitia.json("size")
    assert {run["name"] for run in found["runs"]} == {"slow", "fast", "broken"}
    assert all(run["statements"] > 100 for run in found["runs"])
    assert found["total"] == sum(found[k] for k in ("journals", "store", "series", "other"))
    done = aitia("size")
    assert "slow" in done.stdout
    assert "store " in done.stderr


def test_a_store_that_is_held_is_done_without(aitia, monkeypatch):
    monkeypatch.setattr("aitia.cli.opening.PATIENCE", 0.0)
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    done = aitia("size")
    store.close()
    assert "statements are not counted" in done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_nothing_was_recorded(nowhere):
    assert "nothing was recorded" in nowhere.refused("size")


def test_a_store_that_is_held_is_counted_once(aitia, monkeypatch):
    monkeypatch.setattr("aitia.cli.opening.BRIEFLY", 0.0)
    before = aitia.json("size")["other"]
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    held = json.loads(aitia("size", "--json").stdout)
    store.close()
    # But for the note of who holds it.
    assert 0 <= held["other"] - before < 2_000
    assert sum(run["statements"] for run in held["runs"]) > 0
