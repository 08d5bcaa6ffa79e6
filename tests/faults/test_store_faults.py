"""The store when processes are killed, disks fill, files are damaged, or two want it at once."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitia.errors import StoreError, StoreLockedError
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

HOLDER = """
import sys
from aitia.store.oxigraph import OxigraphStore
store = OxigraphStore(sys.argv[1])
if len(sys.argv) > 2:
    store.announce(sys.argv[2])
print("open", flush=True)
sys.stdin.readline()
store.close()
"""
KILLED_BETWEEN = """
import os, signal, sys
import pyoxigraph
from aitia.store import oxigraph
store = oxigraph.OxigraphStore(sys.argv[1])
def load(*_):
    os.kill(os.getpid(), signal.SIGKILL)
class Dying:
    def __getattr__(self, name):
        return load if name in ("load", "bulk_load") else getattr(inner, name)
inner, store._store = store._store, Dying()
store.replace({"urn:g:1": b'<urn:a> <urn:p> "new" <urn:g:1> .\\n'})
"""
BULK = """
import sys
from aitia.store import oxigraph
oxigraph.BULK_BYTES = 1
store = oxigraph.OxigraphStore(sys.argv[1])
lines = "".join(f"<urn:s{i}> <urn:p> <urn:o{i % 97}> <urn:big> .\\n" for i in range(1_500_000))
print("ready", flush=True)
store.replace({"urn:big": lines.encode()})
"""
FILL = """
import os, signal, sys
from aitia.errors import StoreError
from aitia.store.oxigraph import OxigraphStore
store = OxigraphStore(sys.argv[1])
store.replace({"urn:g:1": b'<urn:a> <urn:p> "kept" <urn:g:1> .\\n'})
if len(sys.argv) > 2:
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
lines = "".join(f"<urn:s{i}> <urn:p> <urn:o> <urn:big> .\\n" for i in range(400_000))
try:
    for part in range(50):
        store.replace({f"urn:big{part}": lines.replace("urn:big", f"urn:big{part}").encode()})
except StoreError as error:
    print("refused:", error)
"""


def count(store: OxigraphStore, graph: str) -> int:
    ((number,),) = store.select(
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    ).rows
    assert number is not None
    return int(number.value)


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:7979/sparql"])
def test_a_second_process_is_told_who_holds_the_store(tmp_path: Path, url: str | None) -> None:
    path = tmp_path / "store"
    holder = start(HOLDER, path, *([url] if url else []))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(StoreLockedError) as caught:
        OxigraphStore(path)
    assert f"process {holder.pid} holds the store" in str(caught.value)
    assert (url or "wait for it to end") in caught.value.next_step
    holder.communicate("\n")
    assert holder.returncode == 0
    OxigraphStore(path).close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["store"]


def test_the_store_of_a_killed_process_opens(tmp_path: Path) -> None:
    path = tmp_path / "store"
    holder = start(HOLDER, path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    holder.kill()
    holder.communicate()
    assert (tmp_path / "store.owner").exists()
    OxigraphStore(path).close()
    assert not (tmp_path / "store.owner").exists()


def test_a_kill_between_drop_and_load_leaves_the_graph_absent(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    old = {f"urn:g:{i}": f'<urn:a> <urn:p> "old" <urn:g:{i}> .\n'.encode() for i in (1, 2)}
    store.replace(old)
    store.close()
    process = start(KILLED_BETWEEN, path)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    again = OxigraphStore(path)
    assert count(again, "urn:g:1") == 0
    assert count(again, "urn:g:2") == 1
    again.replace({"urn:g:1": b'<urn:a> <urn:p> "new" <urn:g:1> .\n'})
    assert again.dump("urn:g:1") == b'<urn:a> <urn:p> "new" <urn:g:1> .\n'
    again.close()


def test_a_kill_in_a_bulk_load_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.replace({"urn:g:1": b'<urn:a> <urn:p> "old" <urn:g:1> .\n'})
    store.close()
    before = used(path)
    process = start(BULK, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    deadline = time.monotonic() + 60
    # A kill before any data is on disk would show nothing.
    while used(path) < before + 2_000_000 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list(path.glob("bulk-*"))
    again = OxigraphStore(path)
    assert not list(path.glob("bulk-*"))
    assert count(again, "urn:big") == 0
    assert count(again, "urn:g:1") == 1
    again.close()


def used(path: Path) -> int:
    total = 0
    for entry in os.scandir(path):
        try:
            total += entry.stat().st_size
        except FileNotFoundError:
            continue
    return total


def test_a_limit_on_files_is_told_as_a_full_disk(tmp_path: Path) -> None:
    limit = 4_000_000
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] in (-1, resource.RLIM_INFINITY)
    process = start(FILL, tmp_path / "store", limit)
    output, _ = process.communicate(timeout=100)
    assert "the disk is full" in output
    assert "aitia ingest" in output
    store = OxigraphStore(tmp_path / "store")
    assert count(store, "urn:g:1") == 1
    store.close()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=24m tmpfs {small}"
    if shutil.which("unshare") is None or not _may_mount(mount):
        pytest.skip("this user may not mount a small disk")
    script = tmp_path / "fill.py"
    check = (
        "\nstore.close()\nagain = OxigraphStore(sys.argv[1])\n"
        'print("kept:", again.dump("urn:g:1").decode())\n'
    )
    script.write_text(FILL + check)
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{mount} && {sys.executable} {script} {small}/store"],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert "refused: " in done.stdout, done.stderr
    assert "the disk is full" in done.stdout
    assert "free some space" in done.stdout
    assert 'kept: <urn:a> <urn:p> "kept" <urn:g:1> .' in done.stdout


def _may_mount(mount: str) -> bool:
    command = ["unshare", "-rm", "sh", "-c", mount]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_damage_in_the_data_is_named(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.replace({"urn:g:1": b'<urn:a> <urn:p> "old" <urn:g:1> .\n'})
    store.close()
    OxigraphStore(path).close()
    tables = sorted(path.glob("*.sst"))
    assert tables
    for table in tables:
        content = bytearray(table.read_bytes())
        content[: len(content) // 2] = bytes(len(content) // 2)
        table.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|cannot be used"):
        count(OxigraphStore(path), "urn:g:1")
