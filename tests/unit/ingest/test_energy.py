"""Energy is divided among the innermost tasks, and nothing is lost or counted twice."""

import math

from aitia.ingest.energy import GRID, Energy
from aitia.records.prov import Points
from aitia.vocabulary import literals

ROOT = "<urn:uuid:r>"
SECOND = 1_000_000_000


def metered(*values, quantity="cpu_energy_joules", times=None, scope=""):
    times = times or range(len(values))
    energy = Energy()
    energy.metered(Points("", quantity, values, times=list(times), kind="telemetry"), scope)
    return energy


def task(energy, name, began, ended, parent=ROOT, kind="aitia:TaskRun"):
    energy.began(name, kind, int(began * SECOND), parent)
    energy.ended(name, int(ended * SECOND))


def found(energy, prop="energyJoules"):
    triples = energy.triples(ROOT, 0)
    return {
        subject: float(value.split('"')[1])
        for subject, predicate, value in triples
        if predicate.endswith(f"#{prop}>")
    }


def test_a_run_without_meters_has_no_energy():
    energy = Energy()
    task(energy, "a", 0, 5)
    assert list(energy.triples(ROOT, 0)) == []


def test_a_task_has_what_was_spent_while_it_ran():
    energy = metered(0, 10, 20, 40)
    task(energy, "a", 0.5, 2.5)
    assert found(energy) == {ROOT: 40, "a": 25}


def test_tasks_at_the_same_time_share_equally():
    energy = metered(0, 10, 20, 30)
    task(energy, "a", 0, 2)
    task(energy, "b", 1, 3)
    assert found(energy) == {ROOT: 30, "a": 15, "b": 15}


def test_an_outer_task_has_what_its_inner_ones_have():
    energy = metered(0, 10, 20, 30, 40)
    task(energy, "outer", 0, 4)
    task(energy, "inner", 1, 3, parent="outer")
    task(energy, "beside", 2, 4)
    joules = found(energy)
    assert joules == {ROOT: 40, "inner": 15, "beside": 10, "outer": 30}
    assert math.isclose(joules["outer"] + joules["beside"], joules[ROOT])


def test_short_tasks_and_those_outside_of_the_samples_have_none():
    energy = metered(0, 10, times=[0, 1])
    task(energy, "short", 0.1, 0.2)
    task(energy, "late", 5, 9)
    task(energy, "telemetry", 0, 1, kind="aitia:TelemetryCollection")
    energy.began("open", "aitia:TaskRun", 0, ROOT)
    assert found(energy) == {ROOT: 10}


def test_counters_of_several_processes_and_devices_add_up():
    energy = metered(0, 10)
    for scope, quantity in (("w1", "cpu_energy_joules"), ("", "gpu_energy_joules")):
        record = Points("", quantity, [0, 5], times=[0, 1], kind="telemetry")
        energy.metered(record, scope)
    energy.metered(Points("7", "gpu_energy_joules", [99], times=[0], kind="telemetry"), "")
    energy.metered(Points("", "gpu0_energy_joules", [99], times=[0], kind="telemetry"), "")
    assert found(energy) == {ROOT: 20}


def test_the_order_of_records_does_not_matter():
    first, second = Energy(), Energy()
    parts = [
        Points("", "cpu_energy_joules", [0, 10], times=[0, 1], kind="telemetry"),
        Points("", "cpu_energy_joules", [20, 30], times=[2, 3], kind="telemetry"),
    ]
    for part in parts:
        first.metered(part, "")
    task(first, "a", 1, 3)
    second.ended("a", 3 * SECOND)
    second.began("a", "aitia:TaskRun", SECOND, ROOT)
    for part in reversed(parts):
        second.metered(part, "")
    assert found(first) == found(second) == {ROOT: 30, "a": 20}


def test_emissions_are_energy_times_the_intensity_of_the_grid():
    energy = metered(0, 3.6e6)
    assert found(energy, "carbonGramsCO2e") == {}
    energy.metered(Points("", GRID, [400], times=[0], kind="telemetry"), "")
    assert found(energy, "carbonGramsCO2e") == {ROOT: 400}


def test_values_that_are_no_numbers_are_passed_over():
    assert literals.to_float("x") is None
    assert found(metered(0, "x", 8)) == {ROOT: 8}
