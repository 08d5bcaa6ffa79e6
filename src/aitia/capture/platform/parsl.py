"""Observes Parsl: each try of an app is a task, with the tasks that it waited for.

The states that Parsl gives its tasks tell them from their start to their end. A try is carried to
the executor, so that what the app does belongs to it in whatever thread, process or host it runs.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aitia.capture import context
from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.imports import forget, when_imported
from aitia.capture.patches import Patches
from aitia.capture.platform import carry
from aitia.capture.platform.carry import Carried, plain_arguments
from aitia.records.ports import Scope
from aitia.records.prov import Ended, Informed, Started
from aitia.records.secrets import secrets_out
from aitia.records.values import Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

_FAILED = ("failed", "fail_retryable", "dep_fail")
_DONE = ("exec_done", "memo_done")


class Attempt:
    """What is known of a task of Parsl's: where it was submitted, and its try that goes on."""

    def __init__(self, around: Here) -> None:
        self.around = around
        self.last = ""
        self.running = False
        self.count = 0


class ParslAdapter:
    """Observes the data flow kernels of this process."""

    name = "parsl"

    def __init__(self, cap: int = CAP) -> None:
        self._patches = Patches()
        self._known: dict[tuple[int, int], Attempt] = {}
        self._lock = threading.Lock()

    def start(self, scope: Scope) -> None:
        """Wait for Parsl."""
        when_imported("parsl.dataflow.dflow", self._wrap)

    def leave(self, scope: Scope) -> None:
        """Do nothing: each state is recorded when it is reached."""

    def stop(self, scope: Scope) -> None:
        """Give Parsl its own methods back."""
        forget(self._wrap)
        self._patches.undo()
        self._known.clear()

    def _wrap(self, module: Any) -> None:
        owner = module.DataFlowKernel
        states = "_update_task_state" if hasattr(owner, "_update_task_state") else ""
        for name, wrap in (
            (states or "update_task_state", self._stated),
            ("launch_task", self._launched),
            ("add_executors", _added),
        ):
            self._patches.replace(owner, name, wrap(getattr(owner, name)))

    def _stated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def update_task_state(kernel: Any, task: Any, state: Any, *args: Any) -> Any:
            result = function(kernel, task, state, *args)
            attempt("parsl", self._reached, kernel, task, state.name)
            return result

        return update_task_state

    def _launched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def launch_task(kernel: Any, task: Any, *args: Any) -> Any:
            mine = attempt("parsl", self._begin, kernel, task)
            if mine is None:
                return function(kernel, task, *args)
            token = HERE.set(mine)
            try:
                return function(kernel, task, *args)
            finally:
                HERE.reset(token)

        return launch_task

    def _of(self, kernel: Any, task: Any) -> Attempt | None:
        key = (id(kernel), task["id"])
        with self._lock:
            found = self._known.get(key)
            if found is None:
                around = context.here()
                if around is not None:
                    found = self._known[key] = Attempt(around)
        return found

    def _begin(self, kernel: Any, task: Any) -> Here | None:
        found = self._of(kernel, task)
        if found is None or not found.around[0].open:
            return None
        run, parent, epoch = found.around
        found.last, found.running = run.begin_number(), True
        found.count += 1
        function = getattr(task["func"], "__wrapped__", task["func"])
        used: dict[str, Any] = plain_arguments(function, tuple(task["args"]), task["kwargs"])
        used = {name: text(item) if isinstance(item, str) else item for name, item in used.items()}
        used = {name: item for name, item in used.items() if item is not None}
        used["executor"] = text(str(task["executor"]))
        if found.count > 1:
            used["attempt"] = found.count
        name = text(str(task["func_name"]))
        run.emit(Started(found.last, name, run.now(), TASK_RUN, parent, used))
        for future in task["depends"]:
            record = getattr(future, "task_record", None)
            other = self._known.get((id(kernel), record["id"])) if record is not None else None
            if other is not None and other.last and other.around[0] is run:
                run.emit(Informed(found.last, other.last))
        return run, found.last, epoch

    def _reached(self, kernel: Any, task: Any, state: str) -> None:
        found = self._of(kernel, task)
        if found is None or state not in (*_DONE, *_FAILED):
            return
        if not found.running and self._begin(kernel, task) is None:
            return
        found.running = False
        run = found.around[0]
        if state in _DONE:
            made: dict[str, Value] = {"memoised": True} if state == "memo_done" else {}
            run.emit(Ended(found.last, run.now(), generated=made))
            return
        told = task.get("fail_history") or [f"the task ended as {state}"]
        run.emit(Ended(found.last, run.now(), "Failed", text(secrets_out(str(told[-1])))))


def _added(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def add_executors(kernel: Any, executors: Any) -> Any:
        result = function(kernel, executors)
        for executor in executors:
            attempt("parsl", _carry, executor)
        return result

    return add_executors


def _carry(executor: Any) -> None:
    submit = executor.submit

    @functools.wraps(submit)
    def carried(function: Any, *args: Any, **kwargs: Any) -> Any:
        place = attempt("parsl", carry.here)
        work = function if place is None else Carried(function, place, False)
        return submit(work, *args, **kwargs)

    executor.submit = carried
