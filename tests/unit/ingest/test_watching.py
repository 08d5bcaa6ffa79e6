from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aitia.ingest import watching

OTHER = (
    "import sys; from aitia.ingest import watching; watching.claim(sys.argv[1], sys.argv[2:]);"
    "print(watching.by_others(sys.argv[1]))"
)


def other(root: Path, *bundles: str) -> str:
    command = [sys.executable, "-c", OTHER, str(root), *bundles]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_another_process_watches_is_left_to_it(tmp_path: Path) -> None:
    assert watching.by_others(str(tmp_path)) == frozenset()
    assert other(tmp_path, "urn:b", "urn:a") == "frozenset()\n"
    assert watching.by_others(str(tmp_path)) == {"urn:a", "urn:b"}
    watching.release(str(tmp_path))
    assert watching.by_others(str(tmp_path)) == {"urn:a", "urn:b"}
    watching.claim(str(tmp_path), ["urn:c"])
    assert watching.by_others(str(tmp_path)) == frozenset()
    watching.release(str(tmp_path))
    assert not (tmp_path / watching.FILE).exists()


def test_one_that_looked_too_long_ago_is_not_believed(tmp_path: Path) -> None:
    other(tmp_path, "urn:a")
    path = tmp_path / watching.FILE
    then = path.stat().st_mtime - watching.FRESH_SECONDS - 1
    os.utime(path, (then, then))
    assert watching.by_others(str(tmp_path)) == frozenset()


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"pid": 0, "host": "", "bundles": 3})])
def test_a_damaged_file_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / watching.FILE).write_text(text)
    assert watching.by_others(str(tmp_path)) == frozenset()


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"

    watching.claim(str(folder), [])

    assert watching.by_others(str(folder)) == frozenset()
    assert not folder.exists()
