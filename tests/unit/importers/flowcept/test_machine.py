"""Machines of a workflow: parts, job and revision, under pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aitia.importers.flowcept.buffer import Workflow
from aitia.importers.flowcept.machine import (
    environment_records,
    environments,
    host_iri,
    machine_records,
    machines,
    nodes,
    revision_records,
    strip_secrets,
)
from aitia.importers.port import FilePseudonyms
from aitia.importers.redaction import Redactor
from aitia.records import Derived, Entity, Record, Setting, Specialised, Used, encode

NAMES = FilePseudonyms("ab" * 32)
MACHINE: dict[str, Any] = {
    "hostname": "secret-host.example.org",
    "platform": {"system": "Linux", "release": "6.1", "machine": "x86_64"},
    "cpu": {"count": 2, "brand_raw": "Xeon"},
    "memory": {"virtual": {"total": 99}},
    "disk": {"total": 500},
    "gpu": {"gpu_0": {"name": "H100", "id": "GPU-secret"}},
    "environment": {"SLURM_JOB_ID": "4242", "HOME": "/home/x", "OMP_NUM_THREADS": 3},
}


def of_type(records: list[Record], kind: str) -> list[Entity]:
    return [r for r in records if isinstance(r, Entity) and r.type == kind]


def test_a_node_has_its_facts_and_its_parts() -> None:
    records = list(machine_records(MACHINE, NAMES))
    state, host = of_type(records, "aitia:ComputeNode")
    assert state.attributes["aitia:operatingSystem"] == "Linux 6.1"
    assert state.attributes["aitia:coreCount"] == 2
    assert state.attributes["aitia:memoryBytes"] == 99
    assert Specialised(state.id, host.id) in records
    assert Used("", state.id, relation="aitia:ranOn") in records
    (processor,) = of_type(records, "aitia:Processor")
    assert processor.attributes["aitia:modelName"] == "Xeon"
    (disk,) = of_type(records, "aitia:StorageSystem")
    assert disk.attributes["aitia:capacityBytes"] == 500
    (gpu,) = of_type(records, "aitia:GPU")
    assert Used("", gpu.id, relation="aitia:ranOn") in records
    text = b"".join(map(encode, records))
    assert b"secret" not in text


def test_a_node_of_which_nothing_is_known() -> None:
    records = list(machine_records({}, NAMES))
    assert [r.type for r in records if isinstance(r, Entity)] == ["aitia:ComputeNode"] * 2


def test_the_short_name_is_the_host() -> None:
    assert host_iri(NAMES, "Node-1.example.org") == host_iri(NAMES, "node-1")
    assert nodes({"machine_info": {"7": MACHINE}}, NAMES)["secret-host.example.org"] == next(
        r.id for r in machine_records(MACHINE, NAMES) if isinstance(r, Entity)
    )


@pytest.mark.parametrize("info", [None, [], {}, {"1": "x"}])
def test_no_machines(info: Any) -> None:
    assert machines({"machine_info": info}) == []


def test_two_interceptors_of_one_host_are_one_machine() -> None:
    workflow = {"machine_info": {"1": MACHINE, "2": MACHINE}}
    assert machines(workflow) == [MACHINE]
    assert environments(workflow) == [
        {"SLURM_JOB_ID": "4242", "HOME": "/home/x", "OMP_NUM_THREADS": "3"}
    ]


def test_of_the_environment_only_listed_names_are_kept() -> None:
    environment = {"SLURM_JOB_ID": "4242", "OMP_NUM_THREADS": "3", "HOME": "/home/x", "FOO": "bar"}
    records = list(environment_records(environment, Redactor()))
    (job,) = of_type(records, "aitia:JobAllocation")
    assert job.attributes == {"aitia:jobIdentifier": "4242"}
    assert Used("", job.id, relation="aitia:underAllocation") in records
    assert [r.name for r in records if isinstance(r, Setting)] == [
        "env.OMP_NUM_THREADS",
        "env.SLURM_JOB_ID",
    ]


def test_a_changed_checkout_derives_from_its_commit() -> None:
    found = {
        "sha": "a" * 40,
        "branch": "main",
        "remote": "https://u:pw123@host/x",
        "dirty": "dirty",
    }
    records = list(revision_records(found, Redactor()))
    commit, checkout = of_type(records, "aitia:SourceRevision")
    assert commit.id == "swh:1:rev:" + "a" * 40
    assert checkout.attributes["aitia:hasUncommittedChanges"] is True
    assert checkout.attributes["aitia:locator"] == "https://***@host/x"
    assert Derived("checkout", commit.id) in records
    clean = list(revision_records({"sha": "b" * 64, "dirty": "clean"}, Redactor()))
    assert Specialised("checkout", "revision-" + "b" * 64) in clean


@pytest.mark.parametrize("found", [None, {}, "abc", {"sha": 7}])
def test_no_revision(found: Any) -> None:
    assert list(revision_records(found, Redactor())) == []


def test_secrets_go_from_all_workflows_of_a_file(parsed: Callable[..., list[Workflow]]) -> None:
    leak = "tell-tale-heart"
    one, two = parsed(
        {
            "type": "workflow",
            "workflow_id": "a",
            "machine_info": {"1": {"environment": {"X_TOKEN": leak}}},
        },
        {"type": "workflow", "workflow_id": leak, "name": f"<{leak}>"},
        {"type": "agent", "agent_id": "g", "name": leak},
        {"type": "task", "workflow_id": leak, "task_id": leak, "activity_id": "f", leak: [leak]},
    )
    strip_secrets([one, two])
    for workflow in (one, two):
        held = [workflow.identifier, workflow.fields, workflow.agents]
        assert leak not in repr([*held, *(task.fields for task in workflow.tasks)])
    assert (one.hidden, two.hidden) == (2, 8)


def test_a_file_without_secrets_is_left(parsed: Callable[..., list[Workflow]]) -> None:
    (one,) = parsed({"type": "workflow", "workflow_id": "a"})
    fields = one.fields
    strip_secrets([one])
    assert one.fields is fields
