"""The two commands as a user types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
from journey import same

SCRIPT = """
import aitia
with aitia.run("far", lr=0.1):
    for step in range(50):
        aitia.log(step=step, loss=1 / (step + 1))
"""


def aitia(at: Path, *words: str) -> str:
    command = [sys.executable, "-m", "aitia.cli", "--at", str(at), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_run_is_forwarded_and_ingested(redis_server, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    env = {**os.environ, "AITIA_DIR": str(there), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", SCRIPT], env=env, check=True, cwd=tmp_path)
    url = f"redis://127.0.0.1:{redis_server.port}/journals"
    assert aitia(there, "forward", url).startswith("forwarded ")
    assert aitia(there, "forward", url) == "nothing new\n"
    assert orjson.loads(aitia(here, "ingest", "--from", url, "--json"))["runs"] == 1
    assert same(here, there)
    assert [run["name"] for run in orjson.loads(aitia(here, "ls", "--json"))] == ["far"]
    assert aitia(here, "fsck") == ""
    assert orjson.loads(aitia(there, "forward", url, "--again", "--json"))["pieces"] > 0
    assert aitia(here, "ingest", "--from", url) == "nothing new\n"


def test_the_first_ingester_of_a_group_waits_for_its_part(
    kafka_cluster: str, tmp_path: Path
) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    env = {**os.environ, "AITIA_DIR": str(there), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", SCRIPT], env=env, check=True, cwd=tmp_path)
    url = f"kafka://{kafka_cluster}/journals"
    aitia(there, "forward", url)
    # Brokers keep the first member waiting for others: that is not the end of what there is.
    assert orjson.loads(aitia(here, "ingest", "--from", url, "--json"))["runs"] == 1
    assert same(here, there)
