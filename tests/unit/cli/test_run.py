"""The whole way as a user goes it: a script that knows nothing of Aitia, in its own process."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys
with open("numbers.txt", encoding="utf-8") as handle:
    numbers = [float(line) for line in handle]
with open("sum.txt", "w", encoding="utf-8") as handle:
    handle.write(str(sum(numbers)))
print("sum", sum(numbers), *sys.argv[1:])
sys.exit(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
"""


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "numbers.txt").write_text("1\n2\n3\n", encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "aitia.cli", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    return run


def test_a_script_is_recorded_listed_shown_and_explained(shell, tmp_path):
    done = shell("run", sys.executable, "script.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "sum 6.0\n"
    listed = shell("ls").stdout.splitlines()
    assert len(listed) == 2
    assert "script.py\tCompleted" in listed[1]
    shown = shell("show").stdout
    assert "used  numbers.txt" in shown
    assert "made  sum.txt" in shown
    assert "command line: " in shown
    (tmp_path / "sum.txt").rename(tmp_path / "renamed.txt")
    why = shell("why", "renamed.txt").stdout
    assert "made by script.py" in why
    assert "used numbers.txt" in why


def test_the_exit_code_and_the_options_are_the_commands_own(shell):
    done = shell("run", "--name", "odd", sys.executable, "script.py", "3", "--name", "--help")
    assert done.returncode == 3
    assert done.stdout == "sum 6.0 3 --name --help\n"
    (run,) = json.loads(shell("ls", "--json").stdout)
    assert (run["name"], run["status"]) == ("odd", "Failed")


def test_at_names_where_it_is_recorded(shell, tmp_path):
    shell("--at", "elsewhere", "run", sys.executable, "script.py")
    assert not (tmp_path / ".aitia").exists()
    assert len(json.loads(shell("--at", "elsewhere", "ls", "--json").stdout)) == 1


def test_a_command_that_is_not_there(shell):
    done = shell("run", "no-such-command")
    assert done.returncode == 127
    assert "no-such-command" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_is_needed(shell):
    done = shell("run")
    assert done.returncode == 2
    assert "COMMAND" in done.stderr
