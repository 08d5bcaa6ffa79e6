"""The two records of a task. This is the hot path of all capture.

Lines are laid out by hand, in the form that ``records.decode`` reads; a test holds the two
together. Plain values are encoded as they are, and only what needs it takes the slow way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

from aitia.capture.binding import Binder, are_plain
from aitia.capture.dataflow import links
from aitia.capture.guard import guarded2, guarded4
from aitia.capture.plain import MAX_PARTS
from aitia.capture.run import outcome
from aitia.records.codec import dump_line
from aitia.records.masking import are_public, masked_text, masked_values
from aitia.records.values import MAX_TEXT, Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here
    from aitia.capture.run import Run

TASK_RUN = "aitia:TaskRun"

_dumps = orjson.dumps
_NEWLINE = orjson.OPT_APPEND_NEWLINE


class Plan:
    """What is known of a task before it begins: its name and type, and how its inputs are bound."""

    __slots__ = ("bind", "name", "type")

    def __init__(self, name: str, type: str, bind: Binder) -> None:
        self.name = text(masked_text(name))
        self.type = None if type == TASK_RUN else type
        self.bind = bind


def _begin(here: Here, plan: Plan, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Here:
    run, parent, _ = here
    try:
        used, plain = plan.bind(*args, **kwargs)
    except TypeError:
        # The call does not fit the function, which is about to say so itself.
        used, plain = {}, True
    if not plain:
        return begin_slowly(here, plan, used)
    task = str(run.next_task())
    now = run.now()
    line: dict[str, object] = {"k": "start", "n": task, "name": plan.name, "t": now}
    if used:
        line["u"] = used
    if parent:
        line["in"] = parent
    if plan.type:
        line["type"] = run.kinds[task] = plan.type
    data = _encoded(line)
    if data is None:
        return begin_slowly(here, plan, used, task)
    run.last_task = task
    run.write(data)
    return run, task, run.epoch


def begin_slowly(
    here: Here, plan: Plan, used: Mapping[str, object], task: str | None = None
) -> Here:
    """Write the start of a task whose inputs are not all plain; may raise."""
    run, parent, _ = here
    # Before the task has begun: what is met here first existed before it.
    inputs: Mapping[str, Value] = masked_values(links.inputs(run, used))
    task = run.last_task = task or str(run.next_task())
    line: dict[str, object] = {"k": "start", "n": task, "name": plan.name, "t": run.now()}
    if inputs:
        line["u"] = inputs
    if parent:
        line["in"] = parent
    if plan.type:
        line["type"] = run.kinds[task] = plan.type
    run.write(dump_line(line))
    return run, task, run.epoch


def finish_task(mine: Here, result: object) -> None:
    """Write the end of a task that returned ``result``; may raise."""
    run, task, epoch = mine
    if epoch != run.epoch:
        # Begun before a fork: its end is the parent's to write.
        return
    if run.loose:
        run.settle(task, "Completed", None)
    if run.kinds:
        run.kinds.pop(task, None)
    line: dict[str, object] = {"k": "end", "n": task, "t": run.now()}
    data = None
    made = result if type(result) is dict else {"result": result}
    if result is None or not made:
        data = _encoded(line)
    elif len(made) <= MAX_PARTS and are_public(made) and are_plain(made.values()):
        line["g"] = made
        data = _encoded(line)
    if data is None:
        _finish_slowly(run, line, task, result)
    else:
        run.write(data)


def _encoded(line: dict[str, object]) -> bytes | None:
    """Return a line of plain values; None when one of them is too long, or not to be carried."""
    try:
        data = _dumps(line, None, _NEWLINE)
    except TypeError:
        return None
    return data if len(data) <= MAX_TEXT else None


def _finish_slowly(run: Run, line: dict[str, object], task: str, result: object) -> None:
    line.pop("g", None)
    made = masked_values(links.outputs(run, task, result))
    if made:
        line["g"] = made
    run.write(dump_line(line))


def _fail(mine: Here, error: BaseException | None) -> None:
    run, task, epoch = mine
    if epoch != run.epoch:
        return
    status, message = outcome(error)
    run.kinds.pop(task, None)
    if run.loose:
        run.settle(task, status, message)
    end: dict[str, object] = {"k": "end", "n": task, "t": run.now()}
    if status != "Completed":
        end["s"] = status
    if message is not None:
        end["e"] = message
    run.write(dump_line(end))


begin = guarded4("task", _begin)
"""Write the start of a task below what is current, and return what is current inside it."""

finish = guarded2("task", finish_task)
"""Write the end of a task that returned its second argument."""

fail = guarded2("task", _fail)
"""Write the end of a task that raised its second argument."""
