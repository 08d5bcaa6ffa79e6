"""Observes Prefect: each try of a flow or a task is a task of the run.

The engine of Prefect is observed where it calls the function of a flow or a task: retries, results
from a cache and states are seen there, with a server or without one.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any

from aitia.capture import context
from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE
from aitia.capture.digests import CAP
from aitia.capture.guard import Told, attempt
from aitia.capture.imports import forget, when_imported
from aitia.capture.patches import Patches
from aitia.capture.plain import PLAIN
from aitia.capture.run import outcome
from aitia.capture.wrapping import leave
from aitia.records.ports import Scope
from aitia.records.prov import Ended, Informed, Started
from aitia.records.secrets import MASK, is_secret
from aitia.records.values import Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

MAX_KNOWN = 10_000
"""Most task runs that are remembered, so that what waits for them can be linked."""

_ENGINES = {
    "prefect.task_engine": (
        ("SyncTaskRunEngine", "call_task_fn"),
        ("AsyncTaskRunEngine", "call_task_fn"),
    ),
    "prefect.flow_engine": (
        ("FlowRunEngine", "call_flow_fn"),
        ("AsyncFlowRunEngine", "call_flow_fn"),
    ),
}


class PrefectAdapter:
    """Observes the engines of this process."""

    name = "prefect"

    def __init__(self, cap: int = CAP) -> None:
        self._patches = Patches()
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def start(self, scope: Scope) -> None:
        """Wait for the engines."""
        for name in _ENGINES:
            when_imported(name, self._wrap)

    def leave(self, scope: Scope) -> None:
        """Do nothing: each try is recorded when it ends."""

    def stop(self, scope: Scope) -> None:
        """Give Prefect its own methods back."""
        forget(self._wrap)
        self._patches.undo()

    def _wrap(self, module: Any) -> None:
        for engine, method in _ENGINES[module.__name__]:
            owner = getattr(module, engine, None)
            if owner is not None and method in vars(owner):
                self._patches.replace(owner, method, self._wrapped(vars(owner)[method]))

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(engine: Any, *args: Any) -> Any:
            mine = attempt("prefect", self._begin, engine, args)
            if mine is None:
                return function(engine, *args)
            token = HERE.set(mine)
            try:
                with Told("prefect", _end, mine, engine):
                    result = function(engine, *args)
            finally:
                HERE.reset(token)
            if iscoroutine(result):
                return _awaited(mine, engine, result)
            attempt("prefect", _end, mine, engine, None)
            return result

        return call

    def _begin(self, engine: Any, args: tuple[Any, ...]) -> Here | None:
        found = context.here()
        if found is None:
            return None
        run, parent, epoch = found
        told = getattr(engine, "task_run", None) or getattr(engine, "flow_run", None)
        what = getattr(engine, "task", None) or engine.flow
        used = _parameters(engine.parameters or {})
        tries = int(getattr(told, "run_count", 1) or 1)
        if tries > 1:
            used["attempt"] = tries
        if args and bool(_committed(args[0])):
            used["from_cache"] = True
        name = run.begin_number()
        run.emit(Started(name, text(str(what.name)), run.now(), TASK_RUN, parent, used))
        self._inform(run, name, told)
        return run, name, epoch

    def _inform(self, run: Any, name: str, told: Any) -> None:
        for inputs in dict(getattr(told, "task_inputs", None) or {}).values():
            for item in inputs:
                known = self._known.get(str(getattr(item, "id", "")))
                if known is not None and known[0] == run.id and known[1] != run.absolute(name):
                    run.emit(Informed(name, known[1]))
        self._known[str(getattr(told, "id", ""))] = (run.id, run.absolute(name))
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)


def _committed(transaction: Any) -> bool:
    state = getattr(transaction, "is_committed", None)
    return bool(state()) if callable(state) else False


def _parameters(given: dict[str, Any]) -> dict[str, Value]:
    used: dict[str, Value] = {}
    for name, item in given.items():
        if is_secret(name, item):
            used[name] = MASK
        elif type(item) in PLAIN and item is not None:
            used[name] = text(item) if isinstance(item, str) else item
    return used


async def _awaited(mine: Here, engine: Any, result: Awaitable[Any]) -> Any:
    token = HERE.set(mine)
    try:
        with Told("prefect", _end, mine, engine):
            value = await result
    finally:
        leave(token)
    attempt("prefect", _end, mine, engine, None)
    return value


def _end(mine: Here, engine: Any, error: BaseException | None) -> None:
    run, name, epoch = mine
    if epoch != run.epoch:
        return
    status, message = outcome(error)
    made: dict[str, Value] = {}
    value = getattr(engine, "_return_value", None)
    if error is None:
        state = attempt("prefect", lambda: str(engine.state.name))
        if state:
            made["state"] = text(state)
        if type(value) in PLAIN and value is not None:
            made["result"] = text(value) if isinstance(value, str) else value
    run.emit(Ended(name, run.now(), status, message, made))
