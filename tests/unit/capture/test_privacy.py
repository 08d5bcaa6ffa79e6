"""What the system and platform layers record names no host, user, home folder or device."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aitia.capture import identity
from aitia.capture.platform import Platform
from aitia.capture.system import System
from aitia.records import Note, encode
from aitia.testing.gpu import FakeGpu, FakeNvml
from aitia.testing.scope import RecordingScope

HOST, USER = "ws-lovelace.lab.example", "adalovelace"
UUID = "GPU-5f2c8a10-1111-2222-3333-444455556666"
SECRET = "ghp_0123456789abcdefABCDEF0123456789abcd"
FORBIDDEN = (HOST, "ws-lovelace", USER, UUID[4:12], SECRET, "login-node", "bigiron", "s3cretKey")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a repository, where a job of a cluster has just been started."""
    folder = tmp_path / "home" / USER
    code = folder / "code"
    code.mkdir(parents=True)
    person = ("-c", "user.name=A", "-c", "user.email=a@b")
    for command in (
        ("init", "-q", "-b", f"{USER}/sweep"),
        (*person, "commit", "-q", "--allow-empty", "-m", "x"),
        ("remote", "add", "origin", f"https://{USER}:{SECRET}@git.example/{USER}/code.git"),
    ):
        subprocess.run(("git", *command), cwd=code, check=True)
    monkeypatch.chdir(code)
    monkeypatch.setattr(identity, "host_name", lambda: HOST)
    for name, value in {
        "HOME": str(folder),
        "USER": USER,
        "LOGNAME": USER,
        "CUDA_VISIBLE_DEVICES": UUID,
        "SLURM_JOB_ID": "1",
        "SLURM_JOB_NODELIST": "ws-lovelace,login-node",
        "SLURM_CLUSTER_NAME": "bigiron",
        "SLURM_JOB_USER": USER,
        "XLA_FLAGS": f"--xla_dump_to={folder}/dump",
        "AITIA_CONTAINER_IMAGE": f"{folder}/torch.sif",
        "APPTAINER_CONTAINER": f"{folder}/torch.sif",
        "PYTHONPATH": str(folder),
    }.items():
        monkeypatch.setenv(name, value)
    arguments = [f"{folder}/v/bin/python", f"{folder}/code/train.py", "--api-key", "s3cretKey"]
    monkeypatch.setattr(sys, "orig_argv", [*arguments, f"--host={HOST}", f"/scratch/{USER}/data"])
    return folder


def recorded(home: Path) -> list[RecordingScope]:
    directory = str(home / "code/.aitia")
    names = identity.load(directory)
    who = identity.identify(names)
    system = System(directory, names, who, nvml=FakeNvml([FakeGpu(uuid=UUID)]))
    scopes = [RecordingScope(), RecordingScope(nested=True)]
    for scope in scopes:
        for adapter in (*system.adapters, *Platform(names, who).adapters):
            adapter.start(scope)
            adapter.stop(scope)
    return scopes


def test_no_line_names_a_host_a_user_a_home_or_a_device(home: Path) -> None:
    for scope in recorded(home):
        notes = [encode(Note(kind, text, count)) for kind, text, count in scope.notes]
        text = b"".join([*scope.lines, *notes]).decode()
        assert [word for word in (*FORBIDDEN, str(home)) if word.lower() in text.lower()] == []


def test_what_is_no_name_is_still_there(home: Path) -> None:
    text = b"".join(recorded(home)[0].lines).decode()
    for fact in ("git.example", "~/code/train.py", "Slurm job 1", "torch.sif", "~/dump", "/sweep"):
        assert fact in text


def test_the_key_of_the_pseudonyms_is_never_recorded(home: Path) -> None:
    key = (home / "code/.aitia").joinpath(identity.KEY_FILE)
    lines = b"".join(recorded(home)[0].lines)
    assert key.read_bytes() not in lines
    assert key.read_bytes().hex().encode() not in lines


SCRIPT = """
import aitia
with aitia.run("sweep"):
    with aitia.run("one"):
        pass
"""


def test_a_real_run_leaves_a_journal_without_them(home: Path) -> None:
    script = home / "code/train.py"
    script.write_text(SCRIPT)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AITIA_")}
    command = [sys.executable, str(script), "--token", SECRET, f"/scratch/{USER}/x"]
    subprocess.run(command, cwd=home / "code", env=environment, check=True)
    journals = list((home / "code/.aitia/journal").rglob("*.jsonl"))
    assert len(journals) == 2
    text = b"".join(path.read_bytes() for path in journals).decode()
    assert "train.py --token *** /scratch/" in text
    assert [word for word in (USER, SECRET, UUID[4:12], str(home)) if word in text] == []
    assert all(os.uname().nodename not in path.name.split("-") for path in journals)
