"""The parent side of ``aitia run``: what a command is called, how its end is told, how it joins."""

import os
import signal
import subprocess
import sys

import pytest

from aitia.capture.launch import (
    BOOTSTRAP,
    Ending,
    ending,
    execute,
    observed,
    runnable,
    script_name,
)
from aitia.journal import reader
from aitia.records import Ended, Entity, Point, RunEnded, RunStarted, Started


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["python", "train.py", "--lr", "1"], "train.py"),
        (["/usr/bin/python3.12", "-u", "src/train.py"], "train.py"),
        (["python", "-m", "package.train", "x"], "package.train"),
        (["./train.sh"], "train.sh"),
        (["torchrun", "--nproc", "2", "train.py"], "torchrun"),
    ],
)
def test_a_run_is_called_after_its_script(command, name):
    assert script_name(command) == name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, Ending(0, "Completed", None)),
        (3, Ending(3, "Failed", "exit code 3")),
        (-signal.SIGKILL, Ending(137, "Failed", "ended by SIGKILL")),
        (-signal.SIGTERM, Ending(143, "Cancelled", "ended by SIGTERM")),
        (-120, Ending(248, "Failed", "ended by signal 120")),
    ],
)
def test_an_end_is_told_as_a_shell_and_as_a_person_would(code, expected):
    assert ending(code) == expected


def test_a_python_file_needs_no_interpreter(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("")
    assert runnable([str(script), "x"]) == [sys.executable, str(script), "x"]
    script.chmod(0o755)
    assert runnable([str(script)]) == [str(script)]
    assert runnable(["ls"]) == ["ls"]


def test_the_bootstrap_stands_before_the_users_path():
    assert observed({})["PYTHONPATH"] == BOOTSTRAP
    assert observed({"PYTHONPATH": "mine"})["PYTHONPATH"] == f"{BOOTSTRAP}{os.pathsep}mine"


def test_what_cannot_be_run_says_so(tmp_path):
    assert execute([str(tmp_path / "no")], os.environ, print)[0:2] == (127, "Failed")
    plain = tmp_path / "plain"
    plain.write_text("data")
    assert execute([str(plain)], os.environ, print)[0:2] == (126, "Failed")


@pytest.fixture
def launch(tmp_path):
    """Launches Python text by the recorder, in a process of its own; returns it and the records."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    environ |= {"AITIA_DIR": str(tmp_path / "data"), "AITIA_TEST_RAISE": "1"}
    code = "import sys; from aitia.recorder import launch; sys.exit(launch(sys.argv[1:]))"

    def run(text, **more):
        script = tmp_path / "script.py"
        script.write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", code, sys.executable, str(script)],
            env={**environ, **more},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        segments = reader.segments(tmp_path / "data" / "journal")
        records = [line.record for s in segments for line in reader.read(s)]
        return done, segments, records

    return run


def of(cls, records):
    return [record for record in records if isinstance(record, cls)]


def test_a_script_that_knows_nothing_of_aitia_is_recorded(launch):
    done, segments, records = launch("print('hello')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello\n", "")
    assert [s.scope == "" for s in sorted(segments, key=lambda s: s.scope)] == [True, False]
    assert len(of(RunStarted, records)) == len(of(RunEnded, records)) == 1
    types = [e.type for e in of(Entity, records)]
    assert types.count("aitia:SoftwareEnvironment") == 1
    assert "aitia:TelemetryProbe" in types
    costs = of(RunEnded, records)[0].attributes
    assert costs["aitia:cpuSeconds"] > 0


def test_the_error_of_the_script_is_that_of_the_run(launch):
    done, _, records = launch("raise ValueError('diverged')")
    assert done.returncode == 1
    assert of(RunEnded, records)[0][1:3] == ("Failed", "ValueError: diverged")


def test_a_script_that_is_killed_leaves_a_run_that_failed(launch):
    done, _, records = launch("import os, aitia; aitia.log(x=1); os.kill(os.getpid(), 9)")
    assert done.returncode == 137
    assert of(RunEnded, records)[0][1:3] == ("Failed", "ended by SIGKILL")
    assert len(of(Point, records)) == 1


def test_a_script_with_a_run_of_its_own_is_part_of_the_launched_one(launch):
    text = "import aitia\nwith aitia.run('mine'):\n    with aitia.task('t'): pass\n"
    _, _, records = launch(text)
    runs = {r.name: r for r in of(RunStarted, records)}
    assert runs["mine"].parent == f"urn:uuid:{runs['script.py'].id}"
    tasks = [r.id for r in of(Started, records) if r.type != "aitia:TelemetryCollection"]
    assert len(tasks) == 1
    assert len(of(Ended, records)) == len(of(Started, records))


def test_a_sitecustomize_of_the_users_own_still_runs(launch, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import builtins; builtins.mine = 1\n")
    done, segments, _ = launch("print(mine)", PYTHONPATH=str(tmp_path / "own"))
    assert done.stdout == "1\n"
    assert len(segments) == 2


def test_off_runs_the_command_and_records_nothing(launch):
    done, segments, _ = launch("import sys; print('PYTHONPATH', sys.exit(4))", AITIA="off")
    assert done.returncode == 4
    assert segments == []
