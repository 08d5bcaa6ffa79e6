from pathlib import Path


def test_the_graphs_come_out_equal(aitia):
    before = aitia("export", "nquads", "-").stdout
    assert aitia("rebuild").stdout.startswith("3 bundles, ")
    assert aitia("export", "nquads", "-").stdout == before


def test_json(aitia):
    assert aitia.json("rebuild")["runs"] == 3


def test_a_damaged_store_is_set_aside(aitia):
    before = aitia.json("ls")
    store = Path(aitia.at) / "store"
    (store / "CURRENT").write_text("rubbish\n", encoding="utf-8")
    assert "rebuild" in aitia.refused("ls")
    done = aitia("rebuild")
    assert "moved to" in done.stderr
    assert store.with_name("store.damaged").is_dir()
    assert aitia.json("ls") == before


def test_nothing_was_recorded(nowhere):
    assert "nothing was recorded" in nowhere.refused("rebuild")
