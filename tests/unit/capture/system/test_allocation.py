from __future__ import annotations

from pathlib import Path

import pytest

from aitia.capture.identity import Pseudonyms, node_key_of
from aitia.capture.system import allocation
from aitia.capture.system.allocation import MAX_NODES, Allocation, AllocationAdapter
from aitia.capture.system.gpu import GpuAdapter
from aitia.capture.system.host import Node
from aitia.records import Entity, Setting, Used
from aitia.testing.gpu import FakeGpu, FakeNvml
from aitia.testing.scope import RecordingScope

SLURM = {
    "SLURM_JOB_ID": "4711",
    "SLURM_CLUSTER_NAME": "bigiron",
    "SLURM_JOB_NODELIST": "gpu[07-08]",
    "SLURM_JOB_NUM_NODES": "2",
    "SLURM_NTASKS": "8",
    "SLURM_CPUS_PER_TASK": "4",
    "SLURM_GPUS_ON_NODE": "4",
    "SLURM_JOB_PARTITION": "a100",
    "SLURM_JOB_START_TIME": "1700000000",
    "SLURM_JOB_END_TIME": "1700003600",
    "SLURM_JOB_USER": "ada",
    "SLURM_JOB_ACCOUNT": "secret-project",
    "SLURM_SUBMIT_HOST": "login1",
}


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("", ()),
        ("node1", ("node1",)),
        ("a,b", ("a", "b")),
        ("gpu[01-03,7],login1", ("gpu01", "gpu02", "gpu03", "gpu7", "login1")),
        ("r[1-2]c[08-09]", ("r1c08", "r1c09", "r2c08", "r2c09")),
        ("n[099-101]-ib", ("n099-ib", "n100-ib", "n101-ib")),
        ("n[1-", ("n[1-",)),
        ("n[x-y]", ("nx-y",)),
    ],
)
def test_host_list_is_expanded(expression: str, names: tuple[str, ...]) -> None:
    assert allocation.host_list(expression) == (names, len(names))


def test_long_host_list_is_cut_but_counted() -> None:
    names, count = allocation.host_list("n[1-5000]")
    assert len(names) == MAX_NODES
    assert count == 5000
    assert allocation.host_list("n[1-999999999]")[1] < 100_000


def test_slurm_job() -> None:
    found = allocation.find(SLURM)
    assert found == Allocation(
        "Slurm",
        "4711",
        "bigiron",
        ("gpu07", "gpu08"),
        2,
        {
            "nodes": 2,
            "tasks": 8,
            "cpus_per_task": 4,
            "gpus_on_node": 4,
            "time_limit_seconds": 3600,
            "partition": "a100",
        },
    )


def test_slurm_array_job_is_named_by_its_task() -> None:
    array = {**SLURM, "SLURM_ARRAY_JOB_ID": "4700", "SLURM_ARRAY_TASK_ID": "11"}
    found = allocation.find(array)
    assert found is not None
    assert found.job == "4700_11"


def test_pbs_job(tmp_path: Path) -> None:
    nodes = tmp_path / "nodes"
    nodes.write_text("n1\nn1\nn2\n")
    environ = {
        "PBS_JOBID": "99.head.lab",
        "PBS_NODEFILE": str(nodes),
        "PBS_QUEUE": "short",
        "NCPUS": "16",
    }
    settings = {"nodes": 2, "cpus_on_node": 16, "partition": "short"}
    assert allocation.find(environ) == Allocation(
        "PBS", "99", "head.lab", ("n1", "n2"), 2, settings
    )


def test_lsf_job() -> None:
    environ = {
        "LSB_JOBID": "5",
        "LSB_JOBINDEX": "3",
        "LSB_MCPU_HOSTS": "batch1 1 h01 42 h02 42",
        "LSB_QUEUE": "batch",
        "LSB_DJOB_NUMPROC": "85",
    }
    assert allocation.find(environ) == Allocation(
        "LSF",
        "5[3]",
        "",
        ("batch1", "h01", "h02"),
        3,
        {"nodes": 3, "tasks": 85, "partition": "batch"},
    )


def test_no_resource_manager() -> None:
    assert allocation.find({"HOME": "/home/ada"}) is None


def start(node: Node, found: Allocation | None, *, nested: bool = False) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter = AllocationAdapter(node, GpuAdapter(node, FakeNvml([FakeGpu()])), lambda: found)
    adapter.start(scope)
    adapter.stop(scope)
    return scope


def test_run_is_under_its_allocation_which_was_granted_nodes_and_gpus(
    node: Node, pseudonyms: Pseudonyms
) -> None:
    scope = start(node, allocation.find(SLURM))
    records = scope.records
    job = records[0]
    assert isinstance(job, Entity)
    assert (job.type, job.label) == ("aitia:JobAllocation", "Slurm job 4711")
    assert job.attributes["aitia:jobIdentifier"] == "4711"
    assert Used("", job.id, relation="aitia:underAllocation") in records
    assert Setting(job.id, "partition", "a100") in records
    granted = {r.entity for r in records if isinstance(r, Used) and r.activity == job.id}
    other = pseudonyms.iri("node", *node_key_of("gpu08"))
    gpu = GpuAdapter(node, FakeNvml([FakeGpu()]))
    assert granted == {node.iri, other, gpu.iri(gpu.devices.found[0])}


def test_nodes_cluster_user_and_account_stay_unnamed(node: Node) -> None:
    text = b"".join(start(node, allocation.find(SLURM)).lines)
    for name in (b"gpu07", b"gpu08", b"bigiron", b"ada", b"secret-project", b"login1"):
        assert name not in text


def test_node_of_the_allocation_is_the_host_that_records_there(
    node: Node, pseudonyms: Pseudonyms
) -> None:
    elsewhere = Node(
        pseudonyms, node.identity._replace(node_key=node_key_of("gpu08.lab")), root=node.root
    )
    granted = {r.entity for r in start(node, allocation.find(SLURM)).records if isinstance(r, Used)}
    assert elsewhere.host_iri in granted


def test_all_runs_of_a_job_share_its_node(node: Node) -> None:
    first, second = (start(node, allocation.find(SLURM)).records[0] for _ in range(2))
    assert first == second
    other = start(node, allocation.find({**SLURM, "SLURM_CLUSTER_NAME": "small"})).records[0]
    assert isinstance(first, Entity)
    assert isinstance(other, Entity)
    assert other.id != first.id


def test_nodes_beyond_the_limit_are_noted(node: Node) -> None:
    scope = start(node, allocation.find({**SLURM, "SLURM_JOB_NODELIST": "n[1-2000]"}))
    assert scope.notes[0][2] == 2000 - MAX_NODES


def granted(node: Node, environ: dict[str, str]) -> dict[str, object]:
    scope = RecordingScope()
    gpu = GpuAdapter(node, FakeNvml([]))
    AllocationAdapter(node, gpu, lambda: allocation.find(environ)).start(scope)
    (job,) = [
        r for r in scope.records if isinstance(r, Entity) and r.type.endswith("JobAllocation")
    ]
    return {name.partition(":")[2]: value for name, value in job.attributes.items()}


def test_what_was_asked_for_and_granted_is_typed(node: Node) -> None:
    assert granted(node, {**SLURM, "SLURM_MEM_PER_NODE": "1024"}) == {
        "jobIdentifier": "4711",
        "resourceManager": "slurm",
        "queueName": "a100",
        "requestedSeconds": 3600.0,
        "grantedMemoryBytes": 2 * 2**30,
        "grantedCoreCount": 32,
    }


def test_what_a_manager_does_not_say_is_left_open(node: Node) -> None:
    assert granted(node, {"LSB_JOBID": "7"}) == {"jobIdentifier": "7", "resourceManager": "lsf"}
    whole = granted(node, {**SLURM, "SLURM_MEM_PER_NODE": "0"})
    assert "grantedMemoryBytes" not in whole


def test_nested_run_repeats_the_job_without_its_grants(node: Node) -> None:
    outer = start(node, allocation.find(SLURM)).records
    assert start(node, allocation.find(SLURM), nested=True).records == outer[:2]


def test_run_outside_of_any_job_says_nothing(node: Node) -> None:
    scope = start(node, None)
    assert (scope.lines, scope.notes) == ([], [])
