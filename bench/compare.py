"""Capture beside its peers: the same tasks recorded by each of them, in a process of its own.

A task has five inputs and five outputs. What is told of each tool of ``bench/peers``: CPU time of
a task while the work goes on; the same with its share of closing the tool, as far as that is more
than closing it without a task; bytes on disk beyond those of no task; and how many of 1,000
finished tasks are left on disk after the process was killed with SIGKILL.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from bench.peers.work import bare

ORDER = ("floor", "floor_twice", "aitia", "aitia_everything", "flowcept")
KILLED = 1000
SECONDS = 100
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Row(NamedTuple):
    """What was measured of one tool; ``absent`` says why there is nothing."""

    name: str
    task: float = 0.0
    closed: float = 0.0
    size: float = 0.0
    kept: int = 0
    absent: str = ""


def peers() -> list[str]:
    """Return the names of the modules of the tools, ours and the floors first."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
    names = {module.name for module in pkgutil.iter_modules([folder])} - {"work"}
    return [*ORDER, *sorted(names - set(ORDER))]


def named(peer: Any) -> str:
    """Return what a tool is called, with its version."""
    if not peer.DISTRIBUTION:
        return str(peer.NAME)
    try:
        return f"{peer.NAME} {version(peer.DISTRIBUTION)}"
    except PackageNotFoundError:
        return str(peer.NAME)


def cost(peer: Any, folder: str, calls: int) -> dict[str, float]:
    """Record ``calls`` tasks, and tell CPU microseconds of each and of the closing."""
    record, close = peer.start(folder)
    if calls:
        record(max(1, calls // 10))
    times = [_cpu(lambda: record(calls)) for _ in range(3 if calls else 0)]
    end = _cpu(close)
    done = max(1, calls // 10) + 3 * calls
    task = sorted(times)[1] / calls - _cpu(lambda: bare(10_000)) / 10_000 if calls else 0.0
    return {"task": task, "close": end, "bytes": _size(folder), "done": done}


def _cpu(body: Callable[[], None]) -> float:
    before = time.process_time_ns()
    body()
    return (time.process_time_ns() - before) / 1000


def _size(folder: str) -> int:
    paths = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return sum(os.path.getsize(path) for path in paths)


def measure(name: str) -> Row:
    """Measure one tool in processes of its own."""
    peer = import_module(f"bench.peers.{name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = json.loads(_child(name, "cost", folder, peer.CALLS))
        with tempfile.TemporaryDirectory() as folder:
            empty = json.loads(_child(name, "cost", folder, 0))
        with tempfile.TemporaryDirectory() as folder:
            _kill(name, folder)
            kept = int(_child(name, "kept", folder, 0))
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", None) or str(error)
        text = said if isinstance(said, str) else said.decode(errors="replace")
        return Row(named(peer), absent=text.strip().splitlines()[-1][:90])
    size = (found["bytes"] - empty["bytes"]) / found["done"]
    closing = max(0.0, found["close"] - empty["close"]) / found["done"]
    return Row(named(peer), found["task"], found["task"] + closing, size, kept)


def _command(name: str, mode: str, folder: str, calls: int) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "bench.compare", name, mode, folder, str(calls)]


def _environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ROOT}


def _child(name: str, mode: str, folder: str, calls: int) -> str:
    done = subprocess.run(
        _command(name, mode, folder, calls),
        env=_environ(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def _kill(name: str, folder: str) -> None:
    """Have 1,000 tasks recorded, and kill the process with SIGKILL when all have finished."""
    process = subprocess.Popen(
        _command(name, "wait", folder, KILLED),
        env=_environ(),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "finished\n":
                break
        os.kill(process.pid, signal.SIGKILL)


def child(name: str, mode: str, folder: str, calls: int) -> None:
    """Do one thing with one tool, in this process."""
    peer = import_module(f"bench.peers.{name}")
    if mode == "cost":
        print(json.dumps(cost(peer, folder, calls)))
    elif mode == "kept":
        print(peer.kept(folder))
    else:
        record, _ = peer.start(folder)
        record(calls)
        print("finished", flush=True)
        sys.stdin.read()


def main() -> None:
    """Print the table."""
    began = time.monotonic()
    print("| recorded by | CPU µs a task | with closing | bytes a task | kept at kill -9 |")
    print("|---|---|---|---|---|")
    rows = {}
    for name in peers():
        row = rows[name] = measure(name)
        if row.absent:
            print(f"| {row.name} | not measured: {row.absent} | | | |", flush=True)
            continue
        print(
            f"| {row.name} | {row.task:,.2f} | {row.closed:,.2f} | {row.size:,.0f}"
            f" | {row.kept:,} of {KILLED:,} |",
            flush=True,
        )
    ours, theirs = rows["aitia"], rows["flowcept"]
    if not ours.absent and not theirs.absent:
        print(
            f"\nFlowcept's default over Aitia: {theirs.closed / ours.closed:.1f}× (goal 5×),",
            end=" ",
        )
        print(f"without closing, when it has written nothing: {theirs.task / ours.task:.1f}×")
    print(f"in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    child(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
