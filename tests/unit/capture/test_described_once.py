"""What describes the world says it once per run, whichever processes the run has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from aitia.journal.reader import read, segments
from aitia.records import Entity, Member, Note, Record, Used

NESTED = """
import aitia
with aitia.run("outer"):
    with aitia.run("inner"):
        pass
"""


@pytest.fixture
def environment() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AITIA_")}
    return {**kept, "AITIA_TELEMETRY_PERIOD": "0"}


def recorded(folder: Path) -> dict[str, list[Record]]:
    runs: dict[str, list[Record]] = {}
    for segment in segments(str(folder / ".aitia/journal")):
        found = [line.record for line in read(segment) if line.record is not None]
        runs.setdefault(segment.run, []).extend(found)
    return runs


def commands(records: list[Record]) -> list[object]:
    found = (r.attributes.get("aitia:commandLine") for r in records if isinstance(r, Entity))
    return [command for command in found if command is not None]


def test_run_inside_another_links_what_the_outer_one_described(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    (tmp_path / "train.py").write_text(NESTED)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, env=environment, check=True)
    inner, outer = sorted(recorded(tmp_path).values(), key=len)
    assert commands(outer) == [f"{Path(sys.executable).name} train.py"]
    assert commands(inner) == []
    assert any(isinstance(r, Member) for r in outer)
    assert not any(isinstance(r, Member) for r in inner)
    assert "git" in [r.kind for r in outer if isinstance(r, Note)]
    assert not any(isinstance(r, Note) for r in inner)
    for relation in ("aitia:ranOn", "aitia:usedEnvironment"):
        ours, theirs = (
            [r.entity for r in records if isinstance(r, Used) and r.relation == relation]
            for records in (inner, outer)
        )
        assert ours == theirs != []


def test_run_of_several_processes_has_one_command(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    script = tmp_path / "all.sh"
    script.write_text(
        f'#!/bin/sh\n"{sys.executable}" -c "" --n 1\n"{sys.executable}" -c "" --n 2\n'
    )
    script.chmod(0o755)
    command = [sys.executable, "-m", "aitia.cli", "run", "./all.sh"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    (records,) = recorded(tmp_path).values()
    assert commands(records) == ["all.sh"]
    nodes = {r.id for r in records if isinstance(r, Entity) and r.type == "aitia:ComputeNode"}
    assert len(nodes) == 1
