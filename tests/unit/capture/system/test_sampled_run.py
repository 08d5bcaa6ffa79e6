"""Runs on a machine with GPUs, as the graph has them; the GPUs are the fake ones."""

import subprocess
import sys

import pytest

import aitia

SCRIPT = """
import os, threading, time
import aitia
from aitia.capture.system import gpu
from aitia.testing.gpu import FakeGpu, FakeNvml

hot = FakeGpu(used_bytes=40 << 30, power_watts=600.0, processes={os.getpid(): 39 << 30})
lost = FakeGpu(power_watts=100.0, energy_joules=None)
nvml = FakeNvml([hot, lost])
gpu.load = lambda root="/": nvml

@aitia.task
def train(x):
    time.sleep(0.4)
    hot.throttle_reasons, hot.temperature_celsius, lost.lost = 0x40, 91, True
    time.sleep(0.4)
    hot.throttle_reasons, hot.energy_joules = 0, 500.0
    time.sleep(0.3)
    return x

with aitia.run("on a GPU"):
    # Loads what the sampler loads, so that it is there from the start.
    import psutil
    time.sleep(0.3)
    train(1)
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sampled")
    environ = {"AITIA_DIR": str(folder / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0.1"}
    environ |= {"AITIA_TELEMETRY_GRID_INTENSITY": "400", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", SCRIPT]
    subprocess.run(command, env=environ, cwd=folder, check=True, timeout=60)
    with aitia.open(folder / ".aitia") as opened:
        yield opened


def rows(graph, name, **parameters):
    table = graph.query(name, **parameters)
    return [dict(zip(table.columns, row, strict=True)) for row in table]


def test_the_graph_conforms(graph):
    [report] = graph.validate().values()
    assert [r for r in report.results if r.severity in ("must", "should")] == []


def test_memory_peaks_and_slow_downs_are_found(graph):
    peaks = rows(graph, "gpu-memory-peaks", quantity="gpu_process_memory_bytes")
    assert {row["peak"] for row in peaks} == {39 << 30}
    hot = rows(graph, "hot-neighbours")
    assert "thermal" in {row["reason"] for row in hot}


def test_the_series_of_a_lost_device_have_gaps(graph):
    gaps = {row["quantity"]: row for row in rows(graph, "telemetry-gaps")}
    assert gaps["gpu1_power_watts"]["points"] < gaps["gpu0_power_watts"]["points"]
    assert gaps["gpu0_power_watts"]["version"].startswith("NVIDIA driver")
    notes = graph.sparql("SELECT ?t { ?n <http://www.w3.org/2000/01/rdf-schema#comment> ?t }")
    assert any("no longer answers" in str(row[0]) for row in notes)


def test_the_run_and_its_task_have_energy_and_emissions(graph):
    table = graph.sparql(
        """PREFIX aitia: <https://w3id.org/aitia/ns#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?name ?joules ?grams {
          ?x rdfs:label ?name ; aitia:energyJoules ?joules ; aitia:carbonGramsCO2e ?grams }"""
    )
    found = {name: (joules, grams) for name, joules, grams in table}
    assert found["on a GPU"][0] >= 500
    assert 0 < found["train"][0] <= found["on a GPU"][0]
    for joules, grams in found.values():
        assert grams == pytest.approx(joules / 3.6e6 * 400)
