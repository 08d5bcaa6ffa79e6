"""The job that a resource manager runs us in: Slurm, PBS or LSF, from its environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aitia.capture.identity import node_key_of, short_name
from aitia.capture.system import slurm
from aitia.capture.system.gpu import GpuAdapter
from aitia.capture.system.host import Node
from aitia.capture.system.machine import text
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Informed, Setting, Used
from aitia.records.values import Value
from aitia.vocabulary.terms import AITIA

MAX_NODES = 1024
"""Most nodes of one allocation that are recorded by themselves."""

_GROUP = re.compile(r"([^,\[\]]*)\[([^\]]*)\]([^,\[\]]*)")


class Allocation(NamedTuple):
    """A grant of a resource manager.

    ``cluster`` and ``nodes`` are real names, to be recorded by pseudonym alone; ``node_count``
    counts all nodes, also those beyond ``MAX_NODES``.
    """

    manager: str
    job: str
    cluster: str
    nodes: tuple[str, ...]
    node_count: int
    settings: Mapping[str, Value]
    waits_for: tuple[str, ...] = ()
    step: str = ""


def find(environ: Mapping[str, str] | None = None) -> Allocation | None:
    """Return the allocation that the environment speaks of, or None."""
    env = os.environ if environ is None else environ
    for read in (_slurm, _pbs, _lsf):
        found = read(env)
        if found is not None:
            return found
    return None


def _slurm(env: Mapping[str, str]) -> Allocation | None:
    job = env.get("SLURM_JOB_ID") or env.get("SLURM_JOBID")
    if not job:
        return None
    nodes = env.get("SLURM_JOB_NODELIST") or env.get("SLURM_NODELIST") or ""
    names, count = host_list(nodes)
    if env.get("SLURM_ARRAY_JOB_ID") and env.get("SLURM_ARRAY_TASK_ID"):
        job = f"{env['SLURM_ARRAY_JOB_ID']}_{env['SLURM_ARRAY_TASK_ID']}"
    settings: dict[str, Value] = {}
    _number(settings, "nodes", env.get("SLURM_JOB_NUM_NODES") or env.get("SLURM_NNODES"))
    _number(settings, "tasks", env.get("SLURM_NTASKS"))
    _number(settings, "cpus_per_task", env.get("SLURM_CPUS_PER_TASK"))
    _number(settings, "gpus_on_node", env.get("SLURM_GPUS_ON_NODE"))
    _number(settings, "memory_per_node_mebibytes", env.get("SLURM_MEM_PER_NODE"))
    _number(settings, "restarts", env.get("SLURM_RESTART_COUNT"))
    _number(settings, "array_task", env.get("SLURM_ARRAY_TASK_ID"))
    _number(settings, "array_tasks", env.get("SLURM_ARRAY_TASK_COUNT"))
    start, end = env.get("SLURM_JOB_START_TIME", ""), env.get("SLURM_JOB_END_TIME", "")
    if start.isdigit() and end.isdigit():
        settings["time_limit_seconds"] = int(end) - int(start)
    if env.get("SLURM_JOB_PARTITION"):
        settings["partition"] = env["SLURM_JOB_PARTITION"]
    cluster = env.get("SLURM_CLUSTER_NAME", "")
    waits_for = slurm.dependencies(env.get("SLURM_JOB_DEPENDENCY", ""))
    step = env.get("SLURM_STEP_ID") or env.get("SLURM_STEPID") or ""
    return Allocation("Slurm", job, cluster, names, count, settings, waits_for, step)


def _pbs(env: Mapping[str, str]) -> Allocation | None:
    job = env.get("PBS_JOBID")
    if not job:
        return None
    number, _, server = job.partition(".")
    lines = text("/", env["PBS_NODEFILE"]).split() if env.get("PBS_NODEFILE") else []
    names = tuple(dict.fromkeys(lines))
    settings: dict[str, Value] = {}
    _number(settings, "nodes", str(len(names)) if names else env.get("PBS_NUM_NODES"))
    _number(settings, "cpus_on_node", env.get("NCPUS"))
    if env.get("PBS_QUEUE"):
        settings["partition"] = env["PBS_QUEUE"]
    return Allocation("PBS", number, server, names[:MAX_NODES], len(names), settings)


def _lsf(env: Mapping[str, str]) -> Allocation | None:
    job = env.get("LSB_JOBID")
    if not job:
        return None
    if env.get("LSB_JOBINDEX", "0") != "0":
        job = f"{job}[{env['LSB_JOBINDEX']}]"
    hosts = env.get("LSB_MCPU_HOSTS", "").split()[::2] or env.get("LSB_HOSTS", "").split()
    names = tuple(dict.fromkeys(hosts))
    settings: dict[str, Value] = {}
    _number(settings, "nodes", str(len(names)) if names else None)
    _number(settings, "tasks", env.get("LSB_DJOB_NUMPROC"))
    if env.get("LSB_QUEUE"):
        settings["partition"] = env["LSB_QUEUE"]
    return Allocation("LSF", job, "", names[:MAX_NODES], len(names), settings)


def _number(settings: dict[str, Value], name: str, value: str | None) -> None:
    if value is not None and value.isdigit():
        settings[name] = int(value)


def host_list(expression: str) -> tuple[tuple[str, ...], int]:
    """Return the names in a Slurm host list, at most ``MAX_NODES``, and how many there are.

    >>> host_list("gpu[01-03,7],login1")
    (('gpu01', 'gpu02', 'gpu03', 'gpu7', 'login1'), 5)
    """
    names: list[str] = []
    count = 0
    for part in _split(expression):
        for name in _expand(part):
            count += 1
            if len(names) < MAX_NODES:
                names.append(name)
            elif count >= 64 * MAX_NODES:
                return tuple(names), count
    return tuple(names), count


def _split(expression: str) -> Iterator[str]:
    """Yield the parts between the commas that stand outside of brackets."""
    depth, start = 0, 0
    for index, char in enumerate(expression):
        depth += (char == "[") - (char == "]")
        if char == "," and depth == 0:
            yield expression[start:index].strip()
            start = index + 1
    if expression[start:].strip():
        yield expression[start:].strip()


def _expand(part: str) -> Iterator[str]:
    found = _GROUP.search(part)
    if found is None:
        yield part
        return
    head, tail = part[: found.start()] + found[1], found[3] + part[found.end() :]
    for piece in found[2].split(","):
        low, dash, high = piece.partition("-")
        if dash and low.isdigit() and high.isdigit():
            numbers = range(int(low), int(high) + 1)
            middles: Iterator[str] = (f"{number:0{len(low)}d}" for number in numbers)
        else:
            middles = iter((piece,))
        for middle in middles:
            yield from _expand(f"{head}{middle}{tail}")


def _attributes(found: Allocation) -> dict[str, Value | list[Value]]:
    """Return what the ontology has properties for; the settings keep all as it was given."""
    told: dict[str, Value | list[Value]] = {
        AITIA.jobIdentifier: found.job,
        AITIA.resourceManager: found.manager.lower(),
    }
    given = found.settings
    if "partition" in given:
        told[AITIA.queueName] = given["partition"]
    limit, memory = given.get("time_limit_seconds"), given.get("memory_per_node_mebibytes")
    tasks, each = given.get("tasks"), given.get("cpus_per_task")
    if isinstance(limit, int) and limit >= 0:
        told[AITIA.requestedSeconds] = float(limit)
    if isinstance(memory, int) and memory and found.node_count:
        # Slurm writes 0 for all the memory of a node, however much that is.
        told[AITIA.grantedMemoryBytes] = memory * found.node_count * 2**20
    if isinstance(tasks, int) and isinstance(each, int):
        told[AITIA.grantedCoreCount] = tasks * each
    return told


class AllocationAdapter:
    """Records the job that a run is part of, with the nodes and GPUs that were granted.

    Parameters
    ----------
    node:
        This host.
    gpu:
        The adapter that knows the GPUs.
    find_allocation:
        Finds the allocation; the environment is read when not given.
    """

    name = "allocation"

    def __init__(
        self,
        node: Node,
        gpu: GpuAdapter,
        find_allocation: Callable[[], Allocation | None] = find,
    ) -> None:
        self.node = node
        self.gpu = gpu
        self._find = find_allocation
        self._asked: dict[str, tuple[Allocation, slurm.Inquiry]] = {}

    def start(self, scope: Scope) -> None:
        """Record the allocation, if there is one; its grants unless a run around this one did."""
        found = self._find()
        if found is None:
            return
        iri = self._iri(found, found.job)
        label = f"{found.manager} job {found.job}"
        scope.emit(Entity(iri, AITIA.JobAllocation, label, attributes=_attributes(found)))
        scope.emit(Used("", iri, relation=AITIA.underAllocation))
        if scope.nested:
            return
        for name, value in found.settings.items():
            scope.emit(Setting(iri, name, value))
        if found.step:
            scope.emit(Setting("", "slurm.step", found.step))
        self._grants(scope, iri, found)
        self._waited(scope, iri, found, found.waits_for)
        if found.manager == "Slurm":
            self._asked[scope.run] = found, slurm.Inquiry(found.job)

    def stop(self, scope: Scope) -> None:
        """Record what the resource manager has answered; the allocation outlives the run."""
        found, asked = self._asked.pop(scope.run, (None, None))
        if found is None or asked is None:
            return
        answer = asked.answer()
        iri = self._iri(found, found.job)
        waited = slurm.queue_wait(answer)
        if waited is not None:
            told: dict[str, Value | list[Value]] = {AITIA.queueWaitSeconds: waited}
            scope.emit(Entity(iri, AITIA.JobAllocation, attributes=told))
        others = slurm.dependencies(answer.get("Dependency", ""))
        self._waited(scope, iri, found, [job for job in others if job not in found.waits_for])

    def _iri(self, found: Allocation, job: str) -> str:
        return self.node.pseudonyms.iri("allocation", found.manager, found.cluster, job)

    def _waited(self, scope: Scope, iri: str, found: Allocation, jobs: Sequence[str]) -> None:
        """Record the jobs whose end the job waited for."""
        for job in jobs:
            other = self._iri(found, job)
            told: dict[str, Value | list[Value]] = {
                AITIA.jobIdentifier: job,
                AITIA.resourceManager: found.manager.lower(),
            }
            label = f"{found.manager} job {job}"
            scope.emit(Entity(other, AITIA.JobAllocation, label, attributes=told))
            scope.emit(Informed(iri, other))

    def _grants(self, scope: Scope, iri: str, found: Allocation) -> None:
        names = self.node.pseudonyms
        here = short_name(self.node.identity.host)
        scope.emit(Used(iri, self.node.iri, relation=AITIA.grantedResource))
        for host in found.nodes:
            if short_name(host) == here:
                continue
            key = node_key_of(host)
            other = names.iri("node", *key)
            code: dict[str, Value | list[Value]] = {AITIA.serialOrUuid: names.code("node", *key)}
            label = names.label("node", *key)
            scope.emit(Entity(other, AITIA.ComputeResource, label, attributes=code))
            scope.emit(Used(iri, other, relation=AITIA.grantedResource))
        if found.node_count > len(found.nodes):
            hidden = found.node_count - len(found.nodes)
            scope.note(
                "allocation", "nodes of the allocation beyond the first are left out", hidden
            )
        for device in self.gpu.devices.found:
            scope.emit(Used(iri, self.gpu.iri(device), relation=AITIA.grantedResource))
