"""One Flowcept task as records."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from aitia.importers.flowcept.buffer import Task
from aitia.importers.flowcept.telemetry import cpu_seconds
from aitia.importers.redaction import Redactor
from aitia.records import (
    Associated,
    Ended,
    Entity,
    Informed,
    Point,
    Record,
    Ref,
    Started,
    Used,
    Value,
)
from aitia.vocabulary.iris import content_iri

TYPES = {
    "learning": "aitia:TrainingRun",
    "dataprep": "aitia:DataTransformation",
    "ai_model_invocation": "aitia:Inference",
    "agent_tool": "aitia:ToolInvocation",
}
"""Classes of tasks by Flowcept's subtype; others are plain task runs."""

STATUSES = {
    "FINISHED": "Completed",
    "ERROR": "Failed",
    "SUBMITTED": "Queued",
    "WAITING": "Queued",
}
_TOKENS = ("input_tokens", "output_tokens", "total_tokens")
_KEPT_METADATA = ("custom_metadata", "group_id", "subtype", "adapter_id", "environment_id")


class Context(NamedTuple):
    """What the tasks of one workflow share."""

    run: str
    redactor: Redactor
    nodes: Mapping[str, str]
    by_id: Mapping[str, list[Task]]
    faults: Counter[str]


def index(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """Return tasks by the id that Flowcept gave them, which may stand for several."""
    found: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        found[str(task.fields["task_id"])].append(task)
    return found


def only(candidates: list[Task] | None, asker: Task, faults: Counter[str]) -> Task | None:
    """Return the one task that an id stands for, counting what does not stand for one."""
    others = [task for task in candidates or () if task is not asker]
    if len(others) == 1:
        return others[0]
    faults["reference to an id of several tasks" if others else "reference to an unknown task"] += 1
    return None


def parent_of(task: Task, where: Context) -> Task | None:
    """Return the task that the origin names as the parent."""
    named = task.fields.get("parent_task_id")
    return None if named in (None, "") else only(where.by_id.get(str(named)), task, where.faults)


def task_records(task: Task, where: Context, fallback: int) -> Iterator[Record]:
    """Yield one task: its times, inputs, outputs, host, agents and the tasks that it waited for.

    Parameters
    ----------
    task:
        The task.
    where:
        Its workflow.
    fallback:
        The time to use when the origin gives none, in nanoseconds since the epoch.
    """
    start = task.start
    if start is None:
        where.faults["task without a start, which stands at the start of its run"] += 1
        start = fallback
    parent = parent_of(task, where)
    kind = TYPES.get(str(task.fields.get("subtype")), "aitia:TaskRun")
    used, entities = _inputs(task, where)
    yield from entities
    yield Started(
        task.local,
        where.redactor.text(task.name),
        start,
        type=kind,
        parent="" if parent is None else parent.local,
        used=used,
    )
    yield from _relations(task, where)
    yield from _end(task, where, kind, start)


def _inputs(task: Task, where: Context) -> tuple[dict[str, Value], list[Record]]:
    used = {str(k): where.redactor.value(v, str(k)) for k, v in task.mapping("used").items()}
    if task.fields.get("subtype") != "ai_model_invocation" or "prompt" not in used:
        return used, []
    del used["prompt"]
    prompt = _text_entity(task.mapping("used")["prompt"], "aitia:Prompt", "prompt")
    return used, [prompt, Used(task.local, prompt.id, role="prompt", relation="aitia:usedPrompt")]


def _end(task: Task, where: Context, kind: str, start: int) -> Iterator[Record]:
    attributes = _attributes(task, where)
    status = str(task.fields.get("status") or "UNKNOWN")
    if status == "RUNNING" and task.end is None:
        yield Entity(task.local, kind, attributes=attributes)
        return
    if status not in STATUSES:
        where.faults[f"task of status {status}, read as interrupted"] += 1
        attributes["aitia:statusInferred"] = True
    if task.end is not None and task.end < start:
        where.faults["task that ends before it starts"] += 1
    generated = {
        str(k): where.redactor.value(v, str(k)) for k, v in task.mapping("generated").items()
    }
    if kind == "aitia:Inference" and "response" in generated:
        response = _text_entity(
            task.mapping("generated")["response"], "aitia:Prediction", "response"
        )
        generated["response"] = Ref(response.id)
        yield response
    if kind == "aitia:Inference":
        yield from _usage(task)
    yield Ended(
        task.local,
        task.end,
        STATUSES.get(status, "Interrupted"),
        error=_error(task, where) if status == "ERROR" else None,
        generated=generated,
        attributes=attributes,
    )


def _attributes(task: Task, where: Context) -> dict[str, Value | list[Value]]:
    attributes: dict[str, Value | list[Value]] = {
        "dcterms:identifier": str(task.fields["task_id"]),
    }
    tags = task.fields.get("tags")
    if isinstance(tags, list) and tags:
        attributes["schema:keywords"] = [where.redactor.text(str(tag)) for tag in tags]
    extra = {name: task.fields[name] for name in _KEPT_METADATA if task.fields.get(name)}
    if extra:
        attributes["dcterms:description"] = where.redactor.structure(extra)
    spent = cpu_seconds(task.before, task.after)
    if spent is not None:
        attributes["aitia:cpuSeconds"] = spent
    return attributes


def _error(task: Task, where: Context) -> str:
    found = task.fields.get("stderr")
    if found in (None, ""):
        return "failed without a message"
    return where.redactor.text(found if isinstance(found, str) else json.dumps(found))


def _relations(task: Task, where: Context) -> Iterator[Record]:
    if task.host:
        yield Used(task.local, where.nodes[task.host], relation="aitia:ranOn")
    for name, role in (("agent_id", None), ("source_agent_id", "sender")):
        if task.fields.get(name):
            yield Associated(task.local, f"agent-{task.fields[name]}", role=role)
    for waited in _listed(task, "dependencies"):
        other = only(where.by_id.get(waited), task, where.faults)
        if other is not None:
            yield Informed(task.local, other.local)
    for waiting in _listed(task, "dependents"):
        other = only(where.by_id.get(waiting), task, where.faults)
        if other is not None:
            yield Informed(other.local, task.local)


def _listed(task: Task, name: str) -> list[str]:
    found = task.fields.get(name)
    return [str(item) for item in found] if isinstance(found, list) else []


def _usage(task: Task) -> Iterator[Record]:
    """Yield the model and the token counts of a call to a language model."""
    metadata = task.fields.get("custom_metadata")
    usage = metadata.get("llm_usage") if isinstance(metadata, dict) else None
    if not isinstance(usage, dict):
        return
    model = usage.get("model")
    if isinstance(model, str) and model:
        iri = f"model-{model}"
        yield Entity(iri, "aitia:Model", model)
        yield Used(task.local, iri, relation="aitia:usedModel")
    counts: dict[str, Value] = {
        name: usage[name]
        for name in _TOKENS
        if isinstance(usage.get(name), int) and not isinstance(usage[name], bool)
    }
    if counts:
        yield Point(task.local, task.end or task.start or 0, counts)


def _text_entity(text: Any, kind: str, label: str) -> Entity:
    """Return a prompt or an answer by its digest: what people write there is not kept."""
    raw = (text if isinstance(text, str) else json.dumps(text, sort_keys=True)).encode(
        "utf-8", "replace"
    )
    digest = sha256(raw).hexdigest()
    size: dict[str, Value] = {"aitia:byteSize": len(raw)}
    return Entity(content_iri(digest), kind, label, digest=digest, attributes=size)
