"""One Flowcept workflow as the records of a run."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from aitia.importers.flowcept import machine
from aitia.importers.flowcept.buffer import Task, Workflow, moment
from aitia.importers.flowcept.inference import curves, loops
from aitia.importers.flowcept.tasks import STATUSES, Context, index, parent_of, task_records
from aitia.importers.flowcept.telemetry import groups, series
from aitia.importers.port import Pseudonyms, minted
from aitia.importers.redaction import ALLOWED, Redactor
from aitia.importers.source import Source
from aitia.records import (
    Associated,
    Entity,
    Generated,
    Note,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Used,
    Value,
)

RECORDER = "flowcept"

BLIND_SPOTS = (
    "Flowcept records a parent only where it is named: decorated tasks do not say what they ran in",
    "Flowcept records no data flow: which output became which input is not known",
    "Flowcept measures a task only at its start and its end: peaks in between are not seen",
    "a loop iteration has no end, host or parent in Flowcept's records",
    "Flowcept records no plan, limit, decision, human review or feedback: what was decided, why "
    "and by whose leave is not known",
    "Flowcept's settings, standard output, and telemetry per core, disk and interface are not kept",
)


class Import:
    """Turns one workflow of a buffer into records.

    Parameters
    ----------
    workflow:
        The workflow, with its tasks.
    source:
        The file that it comes from.
    pseudonyms:
        What hosts and users are called.
    """

    def __init__(self, workflow: Workflow, source: Source, pseudonyms: Pseudonyms) -> None:
        self.workflow = workflow
        self.source = source
        self.pseudonyms = pseudonyms
        self.run = minted(RECORDER, "workflow", workflow.identifier)
        self.faults: Counter[str] = Counter()
        environments = machine.environments(workflow.fields)
        homes = [environment.get("HOME", "") for environment in environments]
        self.redactor = Redactor(homes, self._names())
        self.context = Context(
            self.run, self.redactor, self._nodes(), index(workflow.tasks), self.faults
        )
        self.dropped = sum(len(e.keys() - ALLOWED) for e in environments)

    def parents(self) -> dict[Task, Task]:
        """Return the parent of each task whose parent the origin names."""
        quiet = self.context._replace(faults=Counter())
        found = {task: parent_of(task, quiet) for task in self.workflow.tasks}
        return {task: parent for task, parent in found.items() if parent is not None}

    def records(self) -> Iterator[Record]:
        """Yield the records of the run."""
        start = self._start()
        self.faults.clear()
        self.redactor.count = 0
        yield self._run_started(start)
        yield from self.source.records(self.run, RECORDER)
        yield from self._surroundings()
        yield from self._inputs_and_outputs()
        for task in sorted(self.workflow.tasks, key=lambda t: (t.start or start, t.local)):
            yield from task_records(task, self.context, start)
        yield from self._known_curves()
        yield from self._telemetry(start)
        yield from self._notes()
        yield from self._run_ended()

    def _nodes(self) -> dict[str, str]:
        """Return the node of each host that a task names."""
        hosts = {task.host for task in self.workflow.tasks if task.host}
        bare = {host: machine.host_iri(self.pseudonyms, host) for host in hosts}
        return bare | machine.nodes(self.workflow.fields, self.pseudonyms)

    def _names(self) -> dict[str, str]:
        """Return the names of hosts and users in the file, and what to say instead."""
        fields, tasks = self.workflow.fields, self.workflow.tasks
        found = machine.machines(fields)
        hosts = {str(m.get("hostname") or "") for m in found} | {task.host for task in tasks}
        users = {str(m.get("login_name") or "") for m in found} | {str(fields.get("user") or "")}
        named = [("node", host, machine.short_name(host)) for host in hosts]
        named += [("user", user, user) for user in users]
        return {name: self.pseudonyms.label(kind, fact) for kind, name, fact in named if name}

    def _start(self) -> int:
        fields = self.workflow.fields
        start = moment(fields.get("started_at")) or moment(fields.get("utc_timestamp"))
        if start is not None:
            return start
        return min((t.start for t in self.workflow.tasks if t.start is not None), default=0)

    def _run_started(self, start: int) -> RunStarted:
        fields = self.workflow.fields
        parent = fields.get("parent_workflow_id")
        campaign = self._campaign()
        above = f"urn:uuid:{minted(RECORDER, 'workflow', str(parent))}" if parent else campaign
        attributes: dict[str, Value | list[Value]] = {
            "dcterms:identifier": self.workflow.identifier,
        }
        command = self._command()
        if command:
            attributes["aitia:commandLine"] = command
        if fields.get("workflow_description"):
            attributes["dcterms:description"] = self.redactor.text(
                str(fields["workflow_description"])
            )
        name = fields.get("name") or fields.get("workflow_id") or "workflow of an unknown name"
        return RunStarted(
            self.run,
            self.redactor.text(str(name)),
            start,
            parent=above,
            agent=self._user(),
            attributes=attributes,
        )

    def _user(self) -> str | None:
        user = self.workflow.fields.get("user")
        return self.pseudonyms.iri("user", str(user)) if user else None

    def _campaign(self) -> str | None:
        named = self.workflow.fields.get("campaign_id")
        if not named:
            named = next(
                (
                    t.fields["campaign_id"]
                    for t in self.workflow.tasks
                    if t.fields.get("campaign_id")
                ),
                None,
            )
        return f"urn:uuid:{minted(RECORDER, 'campaign', str(named))}" if named else None

    def _command(self) -> str:
        for found in machine.machines(self.workflow.fields):
            process = found.get("process")
            words = process.get("cmd_line") if isinstance(process, dict) else None
            if isinstance(words, list) and words:
                return self.redactor.text(shlex.join(map(str, words)))
        return ""

    def _surroundings(self) -> Iterator[Record]:
        fields = self.workflow.fields
        campaign = self._campaign()
        if campaign is not None:
            label = self.redactor.text(str(fields.get("campaign_id") or "campaign"))
            yield Entity(campaign, "aitia:Campaign", label)
            if fields.get("parent_workflow_id"):
                yield Used("", campaign, relation="aitia:partOfExecution")
        user = self._user()
        if user is not None:
            label = self.pseudonyms.label("user", str(fields["user"]))
            yield Entity(user, "prov:Person", label)
        version = fields.get("flowcept_version")
        engine = f"flowcept {version}" if version else "flowcept"
        facts: dict[str, Value] = {"aitia:versionLabel": str(version)} if version else {}
        yield Entity("engine", "aitia:WorkflowEngine", engine, attributes=facts)
        yield Associated("", "engine", role="workflow engine")
        for found in machine.machines(fields):
            yield from machine.machine_records(found, self.pseudonyms)
        known = {machine.host_name(found) for found in machine.machines(fields)}
        for host in sorted({task.host for task in self.workflow.tasks if task.host} - known):
            yield machine.host_entity(self.pseudonyms, host)
        for environment in machine.environments(fields)[:1]:
            yield from machine.environment_records(environment, self.redactor)
        yield from machine.revision_records(fields.get("code_repository"), self.redactor)
        yield from self._agents()

    def _agents(self) -> Iterator[Record]:
        mentioned = {
            str(task.fields[name])
            for task in self.workflow.tasks
            for name in ("agent_id", "source_agent_id")
            if task.fields.get(name)
        }
        for agent in sorted(mentioned):
            described = self.workflow.agents.get(agent, {})
            label = self.redactor.text(str(described.get("name") or agent))
            yield Entity(f"agent-{agent}", "aitia:AIAgent", label)

    def _inputs_and_outputs(self) -> Iterator[Record]:
        for name, value in _mapping(self.workflow.fields.get("used")).items():
            yield Setting("", str(name), self.redactor.value(value, str(name)))
        for name, value in _mapping(self.workflow.fields.get("generated")).items():
            made: dict[str, Value] = {"prov:value": self.redactor.value(value, str(name))}
            yield Entity(f"out-{name}", "prov:Entity", str(name), attributes=made)
            yield Generated(f"out-{name}", "")

    def _known_curves(self) -> Iterator[Record]:
        parents = self.parents()
        for iterations in loops(self.workflow).values():
            around = {parents.get(task) for task in iterations}
            outer = next(iter(around)) if len(around) == 1 else None
            if outer is not None:
                for curve in curves(iterations):
                    yield Points(outer.local, curve.name, curve.values, steps=curve.steps)

    def _telemetry(self, start: int) -> Iterator[Record]:
        """Yield the series of hosts and processes, about the run when there is only one."""
        found = groups(self.workflow.tasks)
        hosts = {host for host, _ in found if host}
        processes = {key for key in found if key[1] is not None}
        for (host, process), rows in sorted(found.items(), key=str):
            single = len(hosts) < 2 and (process is None or len(processes) < 2)
            subject = "" if single else f"telemetry-{self.pseudonyms.code('node', host, process)}"
            if not single:
                place = self.pseudonyms.label("node", machine.short_name(host)) if host else "?"
                label = f"telemetry of {place}" + ("" if process is None else f", {process}")
                inside: dict[str, Value] = {"aitia:partOfExecution": Ref("")}
                yield Entity(subject, "aitia:TelemetryCollection", label, attributes=inside)
            yield from series(rows, subject, start)

    def _notes(self) -> Iterator[Record]:
        for text in BLIND_SPOTS:
            yield Note("blind spot", text)
        counts = {
            "repeated": ("messages that say nothing new", self.workflow.repeated),
            "collision": ("task ids that stand for several tasks", self.workflow.collisions),
            "dropped": ("environment variables that are not on the list", self.dropped),
            "redacted": (
                "texts that held a secret or a name",
                self.redactor.count + self.workflow.hidden,
            ),
            "untimed": ("snapshots of telemetry without a time", self._untimed()),
        }
        for kind, (text, count) in counts.items():
            if count:
                yield Note(kind, text, count)
        for text, count in sorted(self.faults.items()):
            yield Note("repaired", text, count)
        if not self.workflow.fields:
            yield Note("missing", "the file has no record of the workflow itself")

    def _untimed(self) -> int:
        tasks = self.workflow.tasks
        late = sum(1 for task in tasks if task.after and task.end is None)
        return late + sum(1 for task in tasks if task.before and task.start is None)

    def _run_ended(self) -> Iterator[Record]:
        fields = self.workflow.fields
        status = STATUSES.get(str(fields.get("status") or ""))
        end = moment(fields.get("ended_at"))
        if status not in (None, "Queued") or end is not None:
            inferred: dict[str, Value] = {} if status else {"aitia:statusInferred": True}
            yield RunEnded(end, status or "Interrupted", attributes=inferred)


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}
