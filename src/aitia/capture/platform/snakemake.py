"""Observes Snakemake: the rules are the plan, the jobs are the tasks that enact it.

Snakemake tells what it does by events of its logger, which this reads. The handler itself is the
package ``snakemake_logger_plugin_aitia``, for Snakemake loads plugins by the name of a package;
under ``aitia run`` it is added to the logger without being asked for. What a job runs is at the
place of the job, and so are the Python processes that it starts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any

from aitia.capture import context, files
from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.imports import forget, when_imported
from aitia.capture.patches import Patches
from aitia.capture.platform import carry
from aitia.capture.run import Run
from aitia.records.ports import Scope
from aitia.records.prov import Ended, Entity, Generated, Setting, Started, Used
from aitia.records.values import Ref, Value, text
from aitia.vocabulary.iris import content_iri, slug
from aitia.vocabulary.terms import AITIA

MAX_FILES = 256
"""Most inputs, and most outputs, of one job that are recorded."""

PLUGIN = "snakemake_logger_plugin_aitia"


def job_iri(run: str, number: object, attempt_number: int) -> str:
    """Return the IRI of one try of a job of this process."""
    return f"urn:uuid:{run}#snakemake-{os.getpid()}-{number}-{attempt_number}"


class Job:
    """A job that has begun."""

    def __init__(self, iri: str, inputs: list[str], outputs: list[str]) -> None:
        self.iri = iri
        self.inputs = inputs
        self.outputs = outputs


class Workflow:
    """Records the plan and the jobs of one call of Snakemake, by the events of its logger.

    Parameters
    ----------
    dry:
        Whether nothing is to be run.
    """

    heard_here = False
    """Whether this process records jobs; one that runs a job for another Snakemake does not."""

    def __init__(self, dry: bool = False) -> None:
        Workflow.heard_here = True
        self._dry = dry
        self._name = "Snakefile"
        self._rules: dict[str, str] = {}
        self._jobs: dict[object, Job] = {}
        self._tries: dict[object, int] = {}

    def heard(self, record: Any) -> None:
        """Record what an event says, if it is one of those that matter."""
        rule = _EVENTS.get(str(getattr(record, "event", "")))
        found = context.here()
        if rule is not None and found is not None and not self._dry:
            rule(self, found[0], record)

    def _started(self, run: Run, record: Any) -> None:
        self._name = os.path.basename(str(getattr(record, "snakefile_main", "") or self._name))
        version = getattr(record, "snakemake_version", None)
        if version:
            run.emit(Setting("", "snakemake.version", text(str(version))))

    def _planned(self, run: Run, record: Any) -> None:
        graph: Mapping[str, Any] = record.rulegraph
        rules = list(dict.fromkeys(str(node["rule"]) for node in graph["nodes"]))
        links = sorted({(str(e["sourcerule"]), str(e["targetrule"])) for e in graph["links"]})
        told = json.dumps([self._name, sorted(rules), links])
        digest = sha256(told.encode()).hexdigest()
        plan = content_iri(digest)
        self._rules = {rule: f"{plan}/task/{slug(rule)}" for rule in rules}
        for rule, task in self._rules.items():
            inner = any(link[1] == rule for link in links)
            followers = [link[1] for link in links if link[0] == rule and link[1] != rule]
            self._rule(run, rule, task, inner, followers)
        tasks: list[Value] = [Ref(task) for task in self._rules.values()]
        specification: dict[str, Value | list[Value]] = {AITIA.hasTask: tasks}
        kind = AITIA.WorkflowSpecification
        run.emit(Entity(plan, kind, text(self._name), digest, specification))
        run.emit(Entity("", AITIA.Execution, attributes={AITIA.enacts: Ref(plan)}))

    def _rule(self, run: Run, rule: str, task: str, inner: bool, followers: list[str]) -> None:
        ports: dict[str, Value | list[Value]] = {}
        if inner:
            ports[AITIA.hasInputPort] = Ref(f"{task}/input")
            run.emit(Entity(f"{task}/input", AITIA.Port, f"input of {rule}"))
        if followers:
            ports[AITIA.hasOutputPort] = Ref(f"{task}/output")
            nexts: list[Value] = [Ref(f"{self._rules[name]}/input") for name in followers]
            connected: dict[str, Value | list[Value]] = {AITIA.connectsTo: nexts}
            run.emit(Entity(f"{task}/output", AITIA.Port, f"output of {rule}", None, connected))
        run.emit(Entity(task, AITIA.TaskSpecification, text(rule), None, ports))

    def _began(self, run: Run, record: Any) -> None:
        number, rule = record.jobid, str(record.rule_name)
        tried = self._tries[number] = self._tries.get(number, 0) + 1
        iri = job_iri(run.id, number, tried)
        used: dict[str, Value] = {"threads": int(getattr(record, "threads", 1) or 1)}
        for name, value in dict(getattr(record, "wildcards", None) or {}).items():
            used[f"wildcard.{name}"] = text(str(value))
        if tried > 1:
            used["attempt"] = tried
        run.emit(Started(iri, text(rule), _time(record), TASK_RUN, run.current(), used))
        if rule in self._rules:
            enacted: dict[str, Value | list[Value]] = {AITIA.enacts: Ref(self._rules[rule])}
            run.emit(Entity(iri, AITIA.TaskRun, attributes=enacted))
        self._jobs[number] = Job(iri, _paths(record, "input"), _paths(record, "output"))

    def _finished(self, run: Run, record: Any) -> None:
        job = self._jobs.pop(record.job_id, None)
        if job is not None:
            self._files(run, job, made=True)
            run.emit(Ended(job.iri, _time(record)))

    def _failed(self, run: Run, record: Any) -> None:
        job = self._jobs.pop(getattr(record, "jobid", None), None)
        if job is not None:
            self._files(run, job, made=False)
            told = str(getattr(record, "rule_msg", None) or record.getMessage())
            run.emit(Ended(job.iri, _time(record), "Failed", text(told)))

    def _files(self, run: Run, job: Job, *, made: bool) -> None:
        for path in job.inputs[:MAX_FILES]:
            entity = _file(run, path)
            if entity:
                run.emit(Used(job.iri, entity, "input"))
        for path in job.outputs[:MAX_FILES] if made else ():
            entity = _file(run, path)
            if entity:
                run.emit(Generated(entity, job.iri, "output"))
        more = max(0, len(job.inputs) - MAX_FILES) + max(0, len(job.outputs) - MAX_FILES)
        if more:
            run.note("snakemake", f"files of a job beyond {MAX_FILES} are left out", more)


_EVENTS: dict[str, Callable[[Workflow, Run, Any], None]] = {
    "workflow_started": Workflow._started,
    "rulegraph": Workflow._planned,
    "job_info": Workflow._began,
    "job_finished": Workflow._finished,
    "job_error": Workflow._failed,
}


def _file(run: Run, path: str) -> str | None:
    if not os.path.exists(path):
        return None
    return files.entity_of(run, path, role=None, limit=run.digest_limit)


def _time(record: Any) -> int:
    return int(record.created * 1e9)


def _paths(record: Any, name: str) -> list[str]:
    return [str(path) for path in getattr(record, name, None) or ()]


class SnakemakeAdapter:
    """Adds the handler to the logger of Snakemake, and has jobs run at their place."""

    name = "snakemake"

    def __init__(self, cap: int = CAP) -> None:
        self._patches = Patches()
        self._hooks: dict[str, Callable[[Any], None]] = {
            "snakemake.logging": self._wrap_logging,
            "snakemake.shell": self._wrap_shell,
            "snakemake.executors.local": self._wrap_executor,
        }

    def start(self, scope: Scope) -> None:
        """Wait for the parts of Snakemake that are wrapped."""
        for name, hook in self._hooks.items():
            when_imported(name, hook)

    def leave(self, scope: Scope) -> None:
        """Do nothing: each event is recorded when it is heard."""

    def stop(self, scope: Scope) -> None:
        """Take the wrappers away."""
        for hook in self._hooks.values():
            forget(hook)
        self._patches.undo()

    def _wrap_logging(self, module: Any) -> None:
        original = module.LoggerManager._setup_plugins

        def setup_plugins(self: Any) -> Any:
            result = original(self)
            attempt("snakemake", _add_handler, self)
            return result

        self._patches.replace(module.LoggerManager, "_setup_plugins", setup_plugins)

    def _wrap_shell(self, module: Any) -> None:
        self._patches.replace(module, "sp", Processes(module.sp))

    def _wrap_executor(self, module: Any) -> None:
        original = module.Executor.cached_or_run

        def cached_or_run(self: Any, job: Any, run_func: Any, *args: Any) -> Any:
            found = attempt("snakemake", _at_job, job, run_func)
            return original(self, job, found or run_func, *args)

        self._patches.replace(module.Executor, "cached_or_run", cached_or_run)
        self._patches.replace(module, "subprocess", Processes(module.subprocess))


def _add_handler(manager: Any) -> None:
    settings = manager.settings
    # A process that runs one job for another Snakemake leaves it to that one to tell.
    if settings.skip_plugin_handlers or "aitia" in settings.log_handler_settings:
        return
    handler = import_module(PLUGIN).LogHandler(settings, None)
    manager.needs_rulegraph = True
    manager.logger.addHandler(handler)


def _at_job(job: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` so that it runs at the place of a job."""
    found = context.here()
    if found is None or not Workflow.heard_here:
        return function
    run, _, epoch = found
    mine = (run, job_iri(run.id, job.jobid, int(getattr(job, "attempt", 1) or 1)), epoch)

    def call(*args: Any) -> Any:
        token = HERE.set(mine)
        try:
            return function(*args)
        finally:
            HERE.reset(token)

    return call


class Processes:
    """The module ``subprocess``, whose processes join the run at the place that is current."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def Popen(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
        """Start a process that is told its parent."""
        return self._module.Popen(*args, **_told(kwargs))

    def check_call(self, *args: Any, **kwargs: Any) -> Any:
        """Run a process that is told its parent."""
        return self._module.check_call(*args, **_told(kwargs))


def _told(kwargs: dict[str, Any]) -> dict[str, Any]:
    place = attempt("snakemake", carry.here)
    if place is None:
        return kwargs
    environ = dict(os.environ if kwargs.get("env") is None else kwargs["env"])
    environ["AITIA_PARENT"] = place.activity
    return {**kwargs, "env": environ}
