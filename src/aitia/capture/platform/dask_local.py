"""Observes the schedulers of Dask that need no cluster: threads, processes, one at a time.

What the scheduler says by its callbacks tells a task from its start to its end. In threads the
task itself is wrapped, so that what it does belongs to it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE, here
from aitia.capture.guard import Told, attempt, guarded
from aitia.capture.plain import PLAIN
from aitia.capture.run import outcome
from aitia.records.prov import Ended, Informed, Started
from aitia.records.values import Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

MAX_TASKS = 10_000
"""Most tasks of one graph that are recorded one by one."""


class Graph:
    """One graph that is computed: the ids of its tasks by key."""

    def __init__(self, around: Here) -> None:
        self.around = around
        self.ids: dict[Any, str] = {}
        self.begun: dict[Any, int] = {}
        self.more = 0


class LocalScheduler:
    """Hears of the tasks of local schedulers."""

    def __init__(self) -> None:
        self._module: Any = None
        self._original: Callable[..., Any] | None = None
        self._callback: Any = None
        self._graphs: dict[int, Graph] = {}

    def start(self, module: Any) -> None:
        """Register the callbacks, and wrap what runs a task."""
        self._module = module
        self._original = module.execute_task
        module.execute_task = self._wrapped(module.execute_task)
        self._callback = sys.modules["dask.callbacks"].Callback(
            start_state=guarded("dask")(self._begun),
            pretask=guarded("dask")(self._dispatched),
            posttask=guarded("dask")(self._done),
            finish=guarded("dask")(self._finished),
        )
        self._callback.register()

    def stop(self) -> None:
        """Take the callbacks and the wrapper away."""
        if self._module is not None:
            self._callback.unregister()
            self._module.execute_task = self._original
            self._module = None
        self._graphs.clear()

    def _begun(self, graph: Any, state: Mapping[str, Any]) -> None:
        found = here()
        if found is not None:
            self._graphs[id(state)] = Graph(found)

    def _dispatched(self, key: Any, graph: Any, state: Mapping[str, Any]) -> None:
        """Name a task and what it waits for, in the thread of the scheduler."""
        found = self._graphs.get(id(state))
        if found is None:
            return
        if len(found.ids) >= MAX_TASKS:
            found.more += 1
            return
        run = found.around[0]
        found.ids[key] = task = run.begin_number()
        found.begun[key] = run.now()
        waited = [found.ids[other] for other in state["dependencies"][key] if other in found.ids]
        for other in waited:
            run.emit(Informed(task, other))
        _waiting[key] = found

    def _done(self, key: Any, result: Any, graph: Any, state: Any, worker: Any) -> None:
        """Record a task whole that ran in another process."""
        found = self._graphs.get(id(state))
        if found is not None and _waiting.pop(key, None) is not None:
            _record(found, key, ("Completed", None), result)

    def _finished(self, graph: Any, state: Mapping[str, Any], failed: bool) -> None:
        found = self._graphs.pop(id(state), None)
        if found is None:
            return
        for key in found.ids:
            if _waiting.pop(key, None) is not None:
                _record(found, key, ("Failed" if failed else "Completed", None), None)
        if found.more:
            told = f"tasks of a graph beyond {MAX_TASKS} are only counted"
            found.around[0].note("dask", told, found.more)

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def execute_task(key: Any, *args: Any) -> Any:
            found = _waiting.pop(key, None) if _waiting else None
            if found is None:
                return function(key, *args)
            run, _, epoch = found.around
            found.begun[key] = run.now()
            token = HERE.set((run, found.ids[key], epoch))
            try:
                with Told("dask", _failed, found, key):
                    answer = function(key, *args)
            finally:
                HERE.reset(token)
            attempt("dask", _ended, found, key, answer)
            return answer

        return execute_task


_waiting: dict[Any, Graph] = {}
"""The tasks of this process that are handed out and have not begun, by key."""


def _ended(found: Graph, key: Any, answer: tuple[Any, Any, bool]) -> None:
    _, result, failed = answer
    value = result[0] if isinstance(result, tuple) and result else None
    ended = outcome(value) if failed and isinstance(value, BaseException) else ("Completed", None)
    _record(found, key, ("Failed", None) if failed and ended[1] is None else ended, value)


def _failed(found: Graph, key: Any, error: BaseException) -> None:
    _record(found, key, outcome(error), None)


def _record(found: Graph, key: Any, ended: tuple[str, str | None], result: Any) -> None:
    run, around, _ = found.around
    task = found.ids[key]
    split = getattr(sys.modules.get("dask.utils"), "key_split", str)
    used: dict[str, Value] = {"key": text(str(key))}
    run.emit(Started(task, text(str(split(key))), found.begun[key], TASK_RUN, around, used))
    made: dict[str, Value] = {}
    if type(result) in PLAIN and result is not None:
        made["result"] = text(result) if isinstance(result, str) else result
    run.emit(Ended(task, run.now(), ended[0], ended[1], made))
