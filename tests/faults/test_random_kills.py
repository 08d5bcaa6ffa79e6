"""Processes killed at random moments, and many processes at once: nothing lost, nothing doubled.

``AITIA_KILLS=1000`` sets how many processes are killed; the default keeps the suite short.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

import aitia
from aitia.journal import reader
from aitia.records import Ended, Point, Started

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("AITIA_KILLS", "60"))

WORK = """
import os, random, sys, time
import aitia

@aitia.task
def work(n, rate=0.5):
    aitia.log(step=n, loss=1.0 / (n + 1))
    return n

with aitia.run("doomed", number=int(sys.argv[1])):
    n = 0
    while True:
        work(n)
        # What the call returned for is acknowledged by one byte.
        os.write(1, b".")
        n += 1
        time.sleep(random.random() * 0.0005)
"""


def environment(folder, **more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    return {**clean, "AITIA_DIR": str(folder), "AITIA_ADAPTERS": "off", **more}


@pytest.mark.timeout(1800)
def test_every_acknowledged_record_is_in_the_graph_exactly_once(tmp_path):
    rng = random.Random(20261124)
    acknowledged = {}
    for number in range(KILLS):
        command = [sys.executable, "-c", WORK, str(number)]
        out = (tmp_path / "out").open("w+b")
        process = subprocess.Popen(command, env=environment(tmp_path / "data"), stdout=out)
        # The moment is counted from the first acknowledgement, or from the start for one in eight.
        if number % 8:
            while os.fstat(out.fileno()).st_size == 0 and process.poll() is None:
                time.sleep(0.001)
        time.sleep(rng.random() * 0.01)
        process.kill()
        assert process.wait(10) == -9
        acknowledged[number] = os.fstat(out.fileno()).st_size
        out.close()

    with aitia.open(tmp_path / "data") as graph:
        rows = graph.sparql("""
            PREFIX aitia: <https://w3id.org/aitia/ns#>
            PREFIX prov: <http://www.w3.org/ns/prov#>
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT ?number ?result WHERE {
              ?run aitia:hasSetting ?setting .
              ?setting aitia:settingName "number" ; aitia:settingValue ?number .
              ?task aitia:partOfExecution ?run ; a aitia:TaskRun .
              ?output prov:wasGeneratedBy ?task ; rdfs:label "result" ; prov:value ?result .
            }""").rows
        statuses = Counter(graph.runs().column("status"))
    found = {}
    for number, result in rows:
        found.setdefault(number, []).append(result)

    assert sum(acknowledged.values()) > KILLS
    for number, count in acknowledged.items():
        results = sorted(found.get(number, []))
        assert results == list(range(len(results))), f"process {number}"
        assert len(results) in (count, count + 1), f"process {number}"
    assert set(statuses) == {"Interrupted"}


MANY = """
import sys
import aitia

@aitia.task
def work(n):
    return n

for n in range(int(sys.argv[1])):
    work(n)
"""

PARENT = """
import subprocess, sys
import aitia

with aitia.run("many"):
    command = [sys.executable, "-c", sys.argv[1], sys.argv[3]]
    children = [subprocess.Popen(command) for _ in range(int(sys.argv[2]))]
    assert [child.wait() for child in children] == [0] * len(children)
"""


@pytest.mark.timeout(600)
def test_64_processes_of_one_run_lose_and_double_nothing(tmp_path):
    processes, tasks = 64, 10_000
    command = [sys.executable, "-c", PARENT, MANY, str(processes), str(tasks)]
    ended = subprocess.run(
        command, env=environment(tmp_path), capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""

    segments = reader.segments(tmp_path / "journal")
    scopes = [segment.scope for segment in segments]
    assert len(set(scopes) - {""}) == processes
    for segment in segments:
        assert reader.verify(segment)
    for scope in set(scopes) - {""}:
        started, results = set(), []
        for segment in segments:
            if segment.scope != scope:
                continue
            for line in reader.read(segment):
                if isinstance(line.record, Started):
                    started.add(line.record.id)
                elif isinstance(line.record, Ended):
                    results.append(line.record.generated["result"])
                else:
                    assert isinstance(line.record, Point), line
        assert len(started) == tasks
        assert results == list(range(tasks))
