"""The two sides of a Dask cluster: what its workers run, and what its scheduler has them wait for.

Both are loaded by processes of the cluster, and join the run that the client was in. The classes
of Dask's that a plugin must extend are looked up where it is loaded.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE
from aitia.capture.guard import attempt
from aitia.capture.plain import PLAIN
from aitia.capture.platform import carry
from aitia.capture.platform.carry import Place
from aitia.capture.run import outcome
from aitia.records.prov import Ended, Informed, Started
from aitia.records.values import Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

MAX_TASKS = 10_000
"""Runs of tasks of one scheduler that are recorded one by one."""

MAX_DEPENDENCIES = 64
PARENT = "aitia"
"""The annotation that tells which activity handed a task out."""

counted: dict[str, dict[str, int]] = {}
"""How many tasks of each prefix were only counted, by run."""


def name(run: str) -> str:
    """Return what the plugins of a run are called."""
    return f"aitia-{run}"


def task_iri(run: str, token: str, key: object, number: int) -> str:
    """Return the IRI of one run of the task ``key`` of the scheduler ``token``."""
    told = f"{token}|{key!r}|{number}"
    return f"urn:uuid:{run}#dask-{blake2b(told.encode(), digest_size=8).hexdigest()}"


def is_of(run: str, task: Any) -> bool:
    """Return whether a task was handed out in a run."""
    parent = str((getattr(task, "annotations", None) or {}).get(PARENT, ""))
    return parent.partition("#")[0] == f"urn:uuid:{run}"


class Side:
    """What both sides know.

    Parameters
    ----------
    place:
        Where the client was connected.
    token:
        Names the scheduler.
    """

    base = ""

    def __init__(self, place: Place, token: str) -> None:
        self.place = place
        self.token = token

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _made, (type(self).side(), self.place, self.token)

    @classmethod
    def side(cls) -> type[Side]:
        """Return the class without the base of Dask's."""
        return next(found for found in cls.__mro__ if "base" in found.__dict__)

    def plugin(self) -> Any:
        """Return this as a plugin, which is of a class of Dask's."""
        return _made(type(self), self.place, self.token)


def _made(side: type[Side], place: Place, token: str) -> Any:
    module: Any = sys.modules["distributed.diagnostics.plugin"]
    return type(side.__name__, (side, getattr(module, side.base)), {})(place, token)


class SchedulerSide(Side):
    """Records which task waited for which, each in constant time when it is done."""

    base = "SchedulerPlugin"
    idempotent = True
    _scheduler: Any = None

    async def start(self, scheduler: Any) -> None:
        """Remember whose plugin this is."""
        self._scheduler = scheduler

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        """Hear of a task that goes from one state to another."""
        if start == "processing" and finish in ("memory", "erred"):
            attempt("dask", self._done, key)

    def _done(self, key: Any) -> None:
        task = self._scheduler.tasks.get(key)
        if task is None or not is_of(self.place.run, task):
            return
        mine = self._iri(task)
        here = carry.enter(self.place) if mine else None
        if here is None:
            return
        dependencies: Iterable[Any] = task.dependencies
        for other in islice(dependencies, MAX_DEPENDENCIES):
            waited = self._iri(other) if is_of(self.place.run, other) else None
            if waited:
                here[0].emit(Informed(mine or "", waited))
        if len(task.dependencies) > MAX_DEPENDENCIES:
            more = len(task.dependencies) - MAX_DEPENDENCIES
            here[0].note("dask", "dependencies beyond the first of a task are left out", more)

    def _iri(self, task: Any) -> str | None:
        number = getattr(task, "run_id", None)
        if number is None or not 0 <= number < MAX_TASKS:
            return None
        return task_iri(self.place.run, self.token, task.key, number)


class WorkerSide(Side):
    """Records the tasks that a worker runs, and has them run at their place."""

    base = "WorkerPlugin"
    _worker: Any = None

    def setup(self, worker: Any) -> None:
        """Wrap what runs tasks in this process, unless it is."""
        self._worker = worker
        attempt("dask", _wrap, sys.modules["distributed.worker"])

    def begin(self, key: Any) -> Here | None:
        """Begin a task; return what is current while it runs."""
        task = self._worker.state.tasks.get(key)
        number = getattr(task, "run_id", None)
        if task is None or not is_of(self.place.run, task):
            return None
        parent = self.place._replace(activity=str(task.annotations[PARENT]))
        outer = carry.enter(parent)
        if outer is None:
            return None
        run, around, epoch = outer
        prefix = _prefix(key)
        if number is None or number >= MAX_TASKS:
            told = counted.setdefault(run.id, {})
            told[prefix] = told.get(prefix, 0) + 1
            return outer
        iri = task_iri(run.id, self.token, key, number)
        used: dict[str, Value] = {"key": text(str(key)), "worker": text(str(self._worker.name))}
        run.emit(Started(iri, prefix, run.now(), TASK_RUN, around, used))
        return run, iri, epoch

    def end(self, mine: Here, message: Any) -> None:
        """End a task of which Dask tells how it went."""
        run, iri, epoch = mine
        if epoch != run.epoch or "#dask-" not in iri:
            return
        if message.get("op") != "task-finished":
            status, told = outcome(message.get("actual_exception"))
            run.emit(Ended(iri, run.now(), status, told))
            return
        result = message.get("result")
        made: dict[str, Value] = {}
        if type(result) in PLAIN and result is not None:
            made["result"] = text(result) if isinstance(result, str) else result
        run.emit(Ended(iri, run.now(), generated=made))


def is_ours(function: Any) -> bool:
    """Return whether a function of Dask's is wrapped already."""
    return hasattr(function, "__wrapped__")


def _wrap(module: Any) -> None:
    """Wrap what runs tasks; it passes everything through for clusters without the plugin."""
    for named, wrapped in (("_run_task", _threaded), ("_run_task_async", _awaited)):
        function = getattr(module, named, None)
        if function is not None and not is_ours(function):
            setattr(module, named, wrapped(function))


def _side(worker: Any, key: Any) -> WorkerSide | None:
    task = worker.state.tasks.get(key)
    parent = str((getattr(task, "annotations", None) or {}).get(PARENT, ""))
    run = parent.partition("#")[0].removeprefix("urn:uuid:")
    found = worker.plugins.get(name(run)) if run else None
    return found if isinstance(found, WorkerSide) else None


def _begin(worker: Any, key: Any) -> tuple[WorkerSide, Here] | None:
    side = _side(worker, key)
    mine = side.begin(key) if side is not None else None
    return None if side is None or mine is None else (side, mine)


def _threaded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run_task(task: Any, data: Any, state: Any, key: Any, *args: Any) -> Any:
        begun = attempt("dask", _begin, state["worker"], key)
        if begun is None:
            return function(task, data, state, key, *args)
        side, mine = begun
        token = HERE.set(mine)
        try:
            message = function(task, data, state, key, *args)
        finally:
            HERE.reset(token)
        attempt("dask", side.end, mine, message)
        return message

    return run_task


def _awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def run_task(task: Any, *args: Any) -> Any:
        worker = sys.modules["distributed.worker"].__dict__["_worker_cvar"].get(None)
        begun = None if worker is None else attempt("dask", _begin, worker, task.key)
        if begun is None:
            return await function(task, *args)
        side, mine = begun
        token = HERE.set(mine)
        try:
            message = await function(task, *args)
        finally:
            HERE.reset(token)
        attempt("dask", side.end, mine, message)
        return message

    return run_task


def _prefix(key: Any) -> str:
    split = getattr(sys.modules.get("dask.utils"), "key_split", str)
    return text(str(split(key)))
