import json
from pathlib import Path

from click.testing import CliRunner

from aitia.cli.main import command


def test_settings_with_their_origins(aitia, monkeypatch):
    monkeypatch.setenv("AITIA_TELEMETRY_PERIOD", "7")
    Path("aitia.toml").write_text('agent = "Ada"\n', encoding="utf-8")
    found = aitia.json("doctor")["settings"]
    assert found["directory"] == ["ok", f"{aitia.at}  (flag)"]
    assert found["telemetry_period"] == ["ok", "7.0  (AITIA_TELEMETRY_PERIOD)"]
    assert found["agent"] == ["ok", f"Ada  ({aitia.folder / 'aitia.toml'})"]
    assert found["durability"] == ["ok", "process  (default)"]


def test_journals_and_store(aitia):
    data = aitia.json("doctor")["data"]
    assert data["journals"][1].startswith("3 runs, 3 segments (3 sealed)")
    assert data["store"][0] == "absent"
    aitia("ls")
    assert "up to date" in aitia.json("doctor")["data"]["store"][1]
    aitia.record(0.2, "again")
    assert "of journals to ingest" in aitia.json("doctor")["data"]["store"][1]


def test_a_damaged_store_is_seen(aitia):
    aitia("ls")
    (Path(aitia.at) / "store" / "CURRENT").write_text("rubbish\n", encoding="utf-8")
    found = aitia.json("doctor", code=1)["data"]["store"]
    assert found[0] == "look"
    assert "aitia rebuild" in found[1]


def test_it_works_where_nothing_was_recorded(nowhere):
    shown = nowhere("doctor").stdout
    for section in ("settings", "versions", "data", "seen here", "extras"):
        assert f"{section}\n" in shown
    assert "it is made by the first run" in shown


def test_extras_are_those_of_the_package(nowhere):
    found = nowhere.json("doctor")["extras"]
    assert {"causal", "server", "validate", "export"} <= set(found)
    assert found["server"][0] == "ok"


def test_a_setting_that_cannot_be_used(nowhere, monkeypatch):
    monkeypatch.setenv("AITIA_DURABILITY", "forever")
    told = nowhere.refused("doctor")
    assert "durability = 'forever' from AITIA_DURABILITY" in told


def test_json_is_json(nowhere):
    done = CliRunner().invoke(command, ["--at", nowhere.at, "doctor", "--json"])
    assert json.loads(done.stdout)["versions"]["aitia"][0] == "ok"
