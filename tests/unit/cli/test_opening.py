import subprocess
import sys

import pytest

from aitia.cli import opening, present
from aitia.cli.opening import Progress

HOLD = """
import sys, time
from aitia.reader import open as open_graph
with open_graph(sys.argv[1]):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def hold(aitia):
    """Holds the store in another process for so many seconds."""
    held = []

    def start(seconds: float) -> None:
        words = [sys.executable, "-c", HOLD, aitia.at, str(seconds)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        held.append(process)

    yield start
    for process in held:
        process.kill()
        process.communicate()


def test_another_command_that_holds_the_store_is_waited_for(aitia, hold):
    hold(0.7)
    assert len(aitia.json("ls")) == 3


@pytest.mark.parametrize(
    "words",
    [["ls"], ["show", "fast"], ["query", "runs"], ["sparql", "ASK { ?run a aitia:Run }"]],
    ids=lambda words: words[0],
)
def test_what_is_held_for_long_is_read_beside_its_holder(aitia, hold, monkeypatch, words):
    before = aitia(*words).stdout
    monkeypatch.setattr(opening, "BRIEFLY", 0.2)
    hold(60)
    done = aitia(*words)
    assert done.stdout == before
    assert "holds the store; this is what it holds now" in done.stderr
    assert not list((aitia.folder / ".aitia").glob("store.reading-*"))


def test_what_is_not_in_it_yet_is_counted(aitia, hold, monkeypatch):
    monkeypatch.setattr(opening, "BRIEFLY", 0.2)
    hold(60)
    aitia.record(0.3, "late")
    done = aitia("ls")
    assert "kB of journals are not in it yet" in done.stderr
    assert "late" not in done.stdout


def test_a_command_that_writes_names_who_holds_it_for_long(aitia, hold, monkeypatch):
    monkeypatch.setattr(opening, "PATIENCE", 0.3)
    hold(60)
    told = aitia.refused("compact")
    assert "holds the store" in told
    assert "expected one process at a time" in told


def test_progress_is_silent_when_the_work_is_short(capsys):
    with Progress("ingesting") as progress:
        progress(1, 2)
        progress(2, 2)
    assert capsys.readouterr().err == ""


def test_progress_is_one_line_in_a_pipe(capsys, monkeypatch):
    monkeypatch.setattr(opening, "SHOWN_AFTER", 0.0)
    with Progress("ingesting") as progress:
        progress(1000, 2000)
        progress(2000, 2000)
    assert capsys.readouterr().err == "ingesting 2 kB\n"


def test_progress_is_a_bar_on_a_terminal_and_is_wiped(capsys, monkeypatch):
    monkeypatch.setattr(opening, "SHOWN_AFTER", 0.0)
    monkeypatch.setattr(present, "person_reads_errors", lambda: True)
    with Progress("searching", "subsamples") as progress:
        progress(5, 10)
    shown = capsys.readouterr().err
    # Without a real terminal the codes that wipe the line are left out.
    assert shown.startswith("\rsearching 5 of 10 subsamples [############............] ")
    assert shown.endswith(" s left\r")
