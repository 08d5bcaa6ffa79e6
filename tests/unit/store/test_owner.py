from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from aitia.store import owner


def write(path: Path, **fields: object) -> None:
    about = {"pid": 1, "command": "aitia serve", "host": socket.gethostname(), "url": ""}
    Path(f"{path}.owner").write_text(json.dumps({**about, **fields}))


def ended() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_claim_names_this_process(tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    owner.claim(place, url="http://127.0.0.1:1/")
    found = owner.read(place)
    assert found is not None
    assert (found.pid, found.url, found.is_here()) == (os.getpid(), "http://127.0.0.1:1/", True)
    owner.release(place)
    assert owner.read(place) is None
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_releases(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, pid=1)
    owner.release(str(place))
    assert owner.read(str(place)) is not None


def test_the_error_says_how_to_reach_a_server(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, pid=os.getppid(), url="http://127.0.0.1:7979/sparql")
    text = str(owner.locked(str(place)))
    assert f"process {os.getppid()} holds" in text
    assert "http://127.0.0.1:7979/sparql" in text


def test_the_error_says_which_command_to_wait_for(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, pid=os.getppid(), command="aitia ingest")
    text = str(owner.locked(str(place)))
    assert "aitia ingest" in text
    assert "wait for it to end" in text


def test_the_error_says_since_when(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, pid=os.getppid(), since=1_790_000_000.5)
    assert re.search(
        r"holds the store .* since 2026-09-2\d \d\d:\d\d:\d\d \(", str(owner.locked(str(place)))
    )


def test_an_announcement_keeps_the_time_of_the_claim(tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    owner.claim(place)
    before = owner.read(place)
    owner.claim(place, url="http://127.0.0.1:1/")
    after = owner.read(place)
    assert before is not None
    assert after is not None
    assert before.since == after.since > 0


def test_a_holder_on_another_host_is_named(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, host="far-away")
    assert "process 1 on far-away holds" in str(owner.locked(str(place)))


def test_a_dead_owner_is_not_believed(tmp_path: Path) -> None:
    place = tmp_path / "store"
    write(place, pid=ended(), command="long gone")
    text = str(owner.locked(str(place)))
    assert "another process holds" in text
    assert "long gone" not in text


def test_a_damaged_owner_file_does_no_harm(tmp_path: Path) -> None:
    place = tmp_path / "store"
    for content in ("", "[]", "{}", '{"pid": "x"}'):
        Path(f"{place}.owner").write_text(content)
        assert owner.read(str(place)) is None
        assert "another process holds" in str(owner.locked(str(place)))


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    place = str(tmp_path / "missing" / "store")
    owner.claim(place)
    assert owner.read(place) is None
    owner.release(place)
    assert list(tmp_path.iterdir()) == []
