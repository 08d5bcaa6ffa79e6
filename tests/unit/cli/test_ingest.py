import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from aitia.cli import ingest, opening
from aitia.store.oxigraph import OxigraphStore


def _journal(aitia, name: str) -> Path:
    run = aitia.json("ls", "--name", name)[0]["id"]
    return next((Path(aitia.at) / "journal" / run).glob("*.jsonl"))


def test_what_was_brought_in_is_told(aitia):
    shown = aitia("ingest").stdout
    assert shown.startswith("3 bundles, ")
    assert "records" in shown
    assert aitia("ingest").stdout == "nothing new\n"


def test_json(aitia):
    found = aitia.json("ingest")
    assert found["runs"] == 3
    assert found["refused"] == []
    assert aitia.json("ingest")["runs"] == 0


def test_a_refused_record_is_shown_with_its_reason(aitia):
    journal = _journal(aitia, "slow")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:2], b'{"k":"nonsense"}\n', *lines[2:]]))
    shown = aitia("ingest").stdout
    assert "refused: " in shown
    assert '{"k":"nonsense"}' in shown
    assert "because: " in shown
    assert "damaged: " in shown
    assert "aitia query quarantined" in shown
    assert aitia("ls").stderr == "1 record in quarantine: aitia query quarantined\n"


def test_nothing_was_recorded(nowhere):
    assert "nothing was recorded" in nowhere.refused("ingest")


def test_an_endpoint_has_no_journals(nowhere):
    from click.testing import CliRunner

    from aitia.cli.main import command

    done = CliRunner().invoke(command, ["--at", "http://127.0.0.1:9/sparql", "fsck"])
    assert done.exit_code == 1
    assert "http://127.0.0.1:9/sparql is an endpoint" in done.stderr


WATCHED = """
import sys, time
import aitia

with aitia.run("watched"):
    for n in range(3):
        with aitia.task("step"):
            pass
    sys.stdin.readline()
"""


def test_a_run_that_goes_on_is_there_within_two_seconds(tmp_path):
    environ = {**os.environ, "AITIA_DIR": str(tmp_path), "AITIA_ADAPTERS": "off"}
    environ.pop("AITIA_TEST_RAISE", None)
    watch = subprocess.Popen(
        [sys.executable, "-m", "aitia.cli", "ingest", "--watch", "--json"],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    tmp_path.joinpath("journal").mkdir()
    run = subprocess.Popen([sys.executable, "-c", WATCHED], env=environ, stdin=subprocess.PIPE)
    try:
        first = json.loads(_document(watch.stdout))
        assert first["runs"] == 1
        assert first["records"] >= 7
        run.communicate(b"\n", timeout=30)
        ended = json.loads(_document(watch.stdout))
        assert ended["records"] > first["records"]
    finally:
        run.kill()
        run.wait()
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10) == 0
        watch.stdout.close()


def _document(stream) -> str:
    """Read one JSON document that begins and ends at the margin."""
    lines = []
    for line in stream:
        lines.append(line)
        if line.startswith("}") or (len(lines) == 1 and line.rstrip().endswith("}")):
            break
    return "".join(lines)


def test_what_is_of_a_broker_needs_one(aitia):
    for words in (("--share", "1/2"), ("--group", "archive")):
        assert "need --from" in aitia("ingest", *words, code=2).stderr


def _looks(monkeypatch, number: int, between=lambda look: None) -> None:
    """End a watch after so many looks, as Ctrl-C does."""
    left = iter(range(1, number))

    def pause(seconds: float) -> None:
        look = next(left, None)
        if look is None:
            raise KeyboardInterrupt
        between(look)

    monkeypatch.setattr(ingest, "sleep", pause)


def test_a_watch_waits_for_whoever_holds_the_store(aitia, monkeypatch):
    held = OxigraphStore(os.path.join(aitia.at, "store"))
    monkeypatch.setattr(opening, "PATIENCE", 0.1)
    _looks(monkeypatch, 3, lambda look: held.close() if look == 2 else None)
    done = aitia("ingest", "--watch")
    assert done.stderr.count("holds the store") == 2
    assert "3 bundles" in done.stdout


def test_a_watch_may_begin_before_anything_was_recorded(aitia, monkeypatch):
    shutil.move(aitia.at, aitia.folder / "before")
    _looks(monkeypatch, 3, lambda look: look == 1 and aitia.record(0.5, "first"))
    done = aitia("ingest", "--watch")
    assert "nothing was recorded there yet" in done.stderr
    assert "1 bundle" in done.stdout
