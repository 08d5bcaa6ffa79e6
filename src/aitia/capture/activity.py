"""The two records of a task: made here as bytes, for this is the hot path of all capture.

Each line is exactly what ``records.encode`` would be decoded from; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

from aitia.capture.binding import Binder
from aitia.capture.dataflow import links
from aitia.capture.plain import PLAIN
from aitia.capture.run import outcome
from aitia.records.codec import dump_line
from aitia.records.values import MAX_TEXT, Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

TASK_RUN = "aitia:TaskRun"

_dumps = orjson.dumps
_all_plain = PLAIN.issuperset


class Plan:
    """What is known of a task before it begins: its name and type, and how its inputs are bound."""

    __slots__ = ("bind", "name", "prefix", "type")

    def __init__(self, name: str, type: str, bind: Binder) -> None:
        self.name = text(name)
        self.type = type
        self.bind = bind
        told = {"k": "start", "name": self.name}
        if type != TASK_RUN:
            told["type"] = type
        self.prefix = _dumps(told)[:-1] + b',"n":"'


def begin(here: Here, plan: Plan, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Here:
    """Write the start of a task below ``here``, and return what is current inside it."""
    run, parent, _ = here
    try:
        used = plan.bind(*args, **kwargs)
    except TypeError:
        # The call does not fit the function, which is about to say so itself.
        used = {}
    data = _encoded(used)
    if data is None:
        return _begin_slowly(here, plan, used)
    number = run.last_task = run.next_task()
    if parent:
        run.write(
            b'%b%d","t":%d,"in":"%b","u":%b}\n'
            % (plan.prefix, number, run.now(), parent.encode(), data)
        )
    else:
        run.write(b'%b%d","t":%d,"u":%b}\n' % (plan.prefix, number, run.now(), data))
    return run, str(number), run.epoch


def finish(mine: Here, result: object) -> None:
    """Write the end of a task that returned ``result``."""
    run, task, epoch = mine
    if epoch != run.epoch:
        # Begun before a fork: its end is the parent's to write.
        return
    if run.loose:
        run.settle(task, "Completed", None)
    if result is None:
        run.write(b'{"k":"end","n":"%b","t":%d}\n' % (task.encode(), run.now()))
        return
    cls = type(result)
    data = None
    if cls is dict:
        data = _encoded(result)  # type: ignore[arg-type]
    elif cls in PLAIN:
        data = _encoded({"result": result})
    if data is not None:
        run.write(b'{"k":"end","n":"%b","t":%d,"g":%b}\n' % (task.encode(), run.now(), data))
        return
    end = {"k": "end", "n": task, "t": run.now()}
    made = links.outputs(run, task, result)
    run.write(dump_line({**end, "g": made} if made else end))


def fail(mine: Here, error: BaseException | None) -> None:
    """Write the end of a task that raised ``error``."""
    run, task, epoch = mine
    if epoch != run.epoch:
        return
    status, message = outcome(error)
    if run.loose:
        run.settle(task, status, message)
    end = {"k": "end", "n": task, "t": run.now()}
    if status != "Completed":
        end["s"] = status
    if message is not None:
        end["e"] = message
    run.write(dump_line(end))


def _encoded(values: Mapping[str, object]) -> bytes | None:
    """Return values as JSON; None when one of them needs a closer look.

    orjson writes NaN, infinities and None as null. A text that holds that word takes the slow path
    for nothing, and comes out the same.
    """
    if _all_plain(map(type, values.values())):
        try:
            data = _dumps(values)
        except TypeError:
            return None
        if len(data) <= MAX_TEXT and b"null" not in data:
            return data
    return None


def _begin_slowly(here: Here, plan: Plan, used: Mapping[str, object]) -> Here:
    run, parent, _ = here
    # Before the number is taken: what is met here first existed before the task.
    inputs: Mapping[str, Value] = links.inputs(run, used)
    number = run.begin_number()
    line: dict[str, object] = {"k": "start", "n": str(number), "name": plan.name, "t": run.now()}
    if plan.type != TASK_RUN:
        line["type"] = plan.type
    if parent:
        line["in"] = parent
    line["u"] = inputs
    run.write(dump_line(line))
    return run, str(number), run.epoch
