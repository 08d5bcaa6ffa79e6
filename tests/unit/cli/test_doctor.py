import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from aitia.cli.main import command
from aitia.journal.clocks import SINCE, Sync
from aitia.journal.reader import segments
from aitia.journal.writer import JournalWriter


def test_settings_with_their_origins(aitia, monkeypatch):
    monkeypatch.setenv("AITIA_TELEMETRY_PERIOD", "7")
    Path("aitia.toml").write_text('agent = "Ada"\n', encoding="utf-8")
    found = aitia.json("doctor")["settings"]
    assert found["directory"] == ["ok", f"{aitia.at}  (flag)"]
    assert found["telemetry_period"] == ["ok", "7.0  (AITIA_TELEMETRY_PERIOD)"]
    assert found["agent"] == ["ok", f"Ada  ({aitia.folder / 'aitia.toml'})"]
    assert found["durability"] == ["ok", "process  (default)"]


def test_a_project_file_that_is_not_toml_is_told_of(nowhere):
    assert "pyproject.toml" not in nowhere.json("doctor")["settings"]
    Path("pyproject.toml").write_text("[project\n", encoding="utf-8")
    state, text = nowhere.json("doctor", code=1)["settings"]["pyproject.toml"]
    assert state == "look"
    assert "is not TOML" in text
    assert text.endswith("it was passed over")


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


def test_nodes_whose_clocks_contradict_one_another_are_told_of(aitia, monkeypatch):
    assert "clocks" not in aitia.json("doctor")["data"]
    folder = Path(aitia.at) / "journal"
    run = segments(folder)[0].run
    monkeypatch.setenv(SINCE, f"{'a' * 12}:machine:{time.time_ns() + 90 * 10**9}")
    JournalWriter.create(folder, run=run, scope="elsewhere").close()
    state, text = aitia.json("doctor")["data"]["clocks"]
    assert state == "ok"
    found = re.fullmatch(r"those of the nodes of 1 run differ, by (\S+) s or more: .*", text)
    assert found is not None
    assert 85 < float(found[1]) <= 90


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, ("absent", "the kernel does not say whether something keeps it in step")),
        (Sync(False, 16_000_000), ("absent", "the kernel does not say that something keeps it")),
        (Sync(True, 12_000), ("ok", "kept in step, to 0.012 s at worst")),
    ],
)
def test_the_clock_of_this_machine(nowhere, monkeypatch, found, said):
    monkeypatch.setattr("aitia.journal.clocks.kernel_sync", lambda: found)
    state, text = nowhere.json("doctor")["seen here"]["clock"]
    assert state == said[0]
    assert text.startswith(said[1])
