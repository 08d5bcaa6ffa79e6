"""The machines of a Flowcept workflow: nodes and their parts, the job, the source revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aitia.importers.flowcept.buffer import Workflow
from aitia.importers.port import Pseudonyms
from aitia.importers.redaction import ALLOWED, Redactor, Secrets
from aitia.records import Derived, Entity, Record, Ref, Setting, Specialised, Used, Value

_SHA1 = 40
_JOB_VARIABLES = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID")


def short_name(host: str) -> str:
    """Return a host name without its domain."""
    return host.partition(".")[0].lower()


def host_iri(pseudonyms: Pseudonyms, host: str) -> str:
    """Return the node that a host name stands for, whatever its state."""
    return pseudonyms.iri("node", short_name(host))


def host_entity(pseudonyms: Pseudonyms, host: str) -> Entity:
    """Return the node of a host of which only the name is known."""
    name = short_name(host)
    return Entity(host_iri(pseudonyms, host), "aitia:ComputeNode", pseudonyms.label("node", name))


def machines(workflow: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the descriptions of machines in a workflow, one per host."""
    info = workflow.get("machine_info")
    found = [m for m in info.values() if isinstance(m, dict)] if isinstance(info, dict) else []
    return list({str(m.get("hostname", "")): m for m in found}.values())


def environments(workflow: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the process environments in a workflow, as text."""
    found = [m.get("environment") for m in machines(workflow)]
    return [{str(k): str(v) for k, v in e.items()} for e in found if isinstance(e, dict)]


def host_name(machine: Mapping[str, Any]) -> str:
    """Return the name of the host that a description is of."""
    return str(machine.get("hostname") or _text(machine, "platform", "node") or "unknown")


def strip_secrets(workflows: Iterable[Workflow]) -> None:
    """Take the secrets of all environments of a file out of everything that it says."""
    found = list(workflows)
    secrets = Secrets([e for workflow in found for e in environments(workflow.fields)])
    if not secrets:
        return
    for workflow in found:
        before = secrets.count
        workflow.identifier = secrets.out_of(workflow.identifier)
        workflow.fields = secrets.out_of(workflow.fields)
        workflow.agents = secrets.out_of(workflow.agents)
        for task in workflow.tasks:
            task.fields = secrets.out_of(task.fields)
        workflow.hidden = secrets.count - before


def state_iri(pseudonyms: Pseudonyms, machine: Mapping[str, Any]) -> str:
    """Return the node of a host in the state that Flowcept found it in."""
    facts = map(str, _node_facts(machine).values())
    return pseudonyms.iri("node-state", short_name(host_name(machine)), *facts)


def nodes(workflow: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, str]:
    """Return the nodes of the hosts whose state a workflow describes."""
    return {host_name(m): state_iri(pseudonyms, m) for m in machines(workflow)}


def machine_records(machine: Mapping[str, Any], pseudonyms: Pseudonyms) -> Iterator[Record]:
    """Yield a node in the state that Flowcept found it in, its parts, and that the run used it."""
    host = host_name(machine)
    name = short_name(host)
    facts = _node_facts(machine)
    iri = state_iri(pseudonyms, machine)
    label = pseudonyms.label("node", name)
    code: dict[str, Value] = {"aitia:serialOrUuid": pseudonyms.code("node", name)}
    yield Entity(iri, "aitia:ComputeNode", label, attributes={**facts, **code})
    yield host_entity(pseudonyms, host)
    yield Specialised(iri, host_iri(pseudonyms, host))
    yield Used("", iri, relation="aitia:ranOn")
    model = _text(machine, "cpu", "brand_raw")
    if model:
        cpu: dict[str, Value] = {"aitia:componentOf": Ref(iri), "aitia:modelName": model}
        cpu |= {k: v for k, v in facts.items() if k in ("aitia:coreCount", "aitia:instructionSet")}
        yield Entity(f"{iri}#processor-0", "aitia:Processor", model, attributes=cpu)
    capacity = _whole(machine, "disk", "total")
    if capacity is not None:
        disk: dict[str, Value] = {"aitia:componentOf": Ref(iri), "aitia:capacityBytes": capacity}
        yield Entity(f"{iri}#storage-root", "aitia:StorageSystem", "/", attributes=disk)
    yield from _gpus(machine, iri, pseudonyms)


def _node_facts(machine: Mapping[str, Any]) -> dict[str, Value]:
    system = [_text(machine, "platform", "system"), _text(machine, "platform", "release")]
    facts: dict[str, Value | None] = {
        "aitia:operatingSystem": " ".join(part for part in system if part) or None,
        "aitia:instructionSet": _text(machine, "platform", "machine"),
        "aitia:coreCount": _whole(machine, "cpu", "count"),
        "aitia:memoryBytes": _whole(machine, "memory", "virtual", "total"),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _gpus(machine: Mapping[str, Any], node: str, pseudonyms: Pseudonyms) -> Iterator[Record]:
    devices = machine.get("gpu")
    for name, device in devices.items() if isinstance(devices, dict) else ():
        model = _text(device, "name") or name
        serial = _text(device, "id") or f"{node} {name}"
        iri = pseudonyms.iri("gpu-state", serial, model)
        facts: dict[str, Value] = {
            "aitia:componentOf": Ref(node),
            "aitia:modelName": model,
            "aitia:serialOrUuid": pseudonyms.code("gpu", serial),
        }
        yield Entity(iri, "aitia:GPU", model, attributes=facts)
        yield Used("", iri, relation="aitia:ranOn")


def environment_records(environment: Mapping[str, str], redactor: Redactor) -> Iterator[Record]:
    """Yield the job that the process ran in, and the variables that describe a computation."""
    for name in _JOB_VARIABLES:
        if environment.get(name):
            job = f"job-{environment[name]}"
            facts: dict[str, Value] = {"aitia:jobIdentifier": environment[name]}
            label = f"job {environment[name]}"
            yield Entity(job, "aitia:JobAllocation", label, attributes=facts)
            yield Used("", job, relation="aitia:underAllocation")
            break
    for name in sorted(ALLOWED & environment.keys()):
        yield Setting("", f"env.{name}", redactor.value(environment[name]))


def revision_records(repository: Any, redactor: Redactor) -> Iterator[Record]:
    """Yield the commit that a workflow ran, and the checkout of it that lay on the machine."""
    commit = _text(repository, "sha")
    if not commit:
        return
    dirty = _text(repository, "dirty") == "dirty"
    branch, remote = _text(repository, "branch"), _text(repository, "remote")
    place: dict[str, Value] = {"aitia:branchName": redactor.text(branch)} if branch else {}
    if remote:
        place["aitia:locator"] = redactor.text(remote)
    facts: dict[str, Value] = {"aitia:commitHash": commit, "aitia:hasUncommittedChanges": False}
    revision = f"swh:1:rev:{commit}" if len(commit) == _SHA1 else f"revision-{commit}"
    yield Entity(revision, "aitia:SourceRevision", commit[:10], attributes=facts)
    facts = {**facts, **place, "aitia:hasUncommittedChanges": dirty}
    label = commit[:10] + (", changed" if dirty else "")
    yield Entity("checkout", "aitia:SourceRevision", label, attributes=facts)
    yield Derived("checkout", revision) if dirty else Specialised("checkout", revision)
    yield Used("", "checkout", relation="aitia:ranRevision")


def _at(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _text(data: Any, *path: str) -> str:
    found = _at(data, *path)
    return found if isinstance(found, str) else ""


def _whole(data: Any, *path: str) -> int | None:
    found = _at(data, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
