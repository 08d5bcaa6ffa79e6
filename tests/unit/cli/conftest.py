"""Real runs, recorded by the public API in processes of their own, once for all tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

SCRIPT = """
import random, sys, aitia
lr, name = float(sys.argv[1]), sys.argv[2]

@aitia.task
def load(path):
    with open(aitia.use(path, role="training"), encoding="utf-8") as handle:
        return [float(line) for line in handle]

with aitia.run(name, lr=lr, sampler="random"):
    numbers = load("data.csv")
    for step in range(8):
        aitia.log(step=step, accuracy=1 - 1 / (step + 1 + lr), loss=1 / (step + 1))
    with open("model.json", "w", encoding="utf-8") as handle:
        handle.write(str(lr * sum(numbers)))
    aitia.make("model.json", role="model")
    if name == "broken":
        raise ValueError("diverged on purpose")
"""


def record(folder: Path, lr: float, name: str) -> None:
    env = {**os.environ, "AITIA_DIR": str(folder / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0"}
    done = subprocess.run(
        [sys.executable, "train.py", str(lr), name],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == (name == "broken"), done.stderr


@pytest.fixture(scope="session")
def recorded(tmp_path_factory) -> Path:
    """A folder with three recorded runs: slow, fast, and broken, which failed."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "train.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "data.csv").write_text("0.25\n0.5\n0.75\n", encoding="utf-8")
    record(folder, 0.1, "slow")
    record(folder, 0.9, "fast")
    record(folder, 0.5, "broken")
    return folder


class Terminal:
    """Calls the command line in this process, on a copy of the recorded runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at = str(folder / ".aitia")

    def __call__(self, *words: str, code: int = 0, stdin: str | None = None):
        from aitia.cli.main import command

        done = CliRunner().invoke(command, ["--at", self.at, *words], input=stdin)
        assert done.exit_code == code, f"{done.exit_code}: {done.output}"
        return done

    def record(self, lr: float, name: str) -> None:
        """Record one more run."""
        record(self.folder, lr, name)

    def json(self, *words: str, code: int = 0):
        return json.loads(self(*words, "--json", code=code).stdout)

    def refused(self, *words: str, code: int = 1) -> str:
        """Return what standard error says of a command that is refused, without a traceback."""
        done = self(*words, code=code)
        assert "Traceback" not in done.output
        return done.stderr


@pytest.fixture
def aitia(recorded, tmp_path, monkeypatch) -> Terminal:
    folder = tmp_path / "work"
    shutil.copytree(recorded, folder)
    monkeypatch.chdir(folder)
    return Terminal(folder)


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Terminal:
    """The command line where nothing was ever recorded."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path)
