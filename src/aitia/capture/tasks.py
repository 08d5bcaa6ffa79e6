"""Tasks: a function, a block, or each turn of a loop, recorded as an activity of the run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, cast, overload

from aitia.capture.activity import TASK_RUN, Plan, fail, finish
from aitia.capture.binding import Bound, are_plain, binder, masked_arguments
from aitia.capture.context import HERE
from aitia.capture.doubt import doubt
from aitia.capture.guard import attempt
from aitia.capture.plain import PLAIN
from aitia.capture.subject import Subject
from aitia.capture.wrapping import leave, open_task, wrap
from aitia.records.masking import masked_text

if TYPE_CHECKING:
    from aitia.capture.context import Here

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Task(Subject):
    """A task that is not yet running: ``with`` runs it, and calling it decorates a function."""

    def __init__(
        self, name: str | None, type: str = TASK_RUN, settings: Mapping[str, object] | None = None
    ) -> None:
        self.name = name
        self.type = type
        self.settings = masked_arguments(settings or {})
        self._running: list[tuple[Here | None, Token[Here | None] | None]] = []
        self._outputs: dict[str, object] = {}
        self._plan = Plan(name or "task", type, self._used)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return ``function`` so that each call is a task."""
        made = attempt("task", _decorate, function, self.name, self.type, self.settings)
        return function if made is None else cast("Callable[P, R]", made)

    def __enter__(self) -> Self:
        mine = open_task(self._plan, (), {})
        self._running.append((mine, HERE.set(mine) if mine is not None else None))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        mine, token = self._running.pop()
        outputs, self._outputs = self._outputs, {}
        if mine is None or token is None:
            return
        leave(token)
        if error is not None:
            fail(mine, error)
        else:
            finish(mine, outputs or None)

    def _used(self) -> Bound:
        return self.settings, are_plain(self.settings.values())

    def outputs(self, **values: object) -> None:
        """Say what the task made, by name: values, or objects that other tasks will use."""
        self._outputs.update(values)

    def _place(self) -> Here | None:
        mine = self._running[-1][0] if self._running else None
        return mine if mine is not None and mine[0].open else None


@overload
def task(function: Callable[P, R], /) -> Callable[P, R]:
    """Record each call of a function as a task."""


@overload
def task(name: str | None = None, /, *, type: str = TASK_RUN, **settings: object) -> Task:
    """Return a task to decorate a function with, or to run as a block."""


def task(
    function: Callable[..., Any] | str | None = None,
    /,
    *,
    type: str = TASK_RUN,
    **settings: object,
) -> Callable[..., Any] | Task:
    """Record a function or a block as a task of the run.

    As a decorator, bare or with arguments, on functions, methods, coroutine and generator
    functions: each call is a task, its arguments are inputs, what it returns is its output.
    As a context manager: the block is a task, and the settings are its inputs. An exception ends
    the task as failed and goes on as it was. Where no run is open nothing is recorded.

    Parameters
    ----------
    function:
        The function, or the name of the task (by default the function's own).
    type:
        Class of the task in the ontology, such as ``aitia:EvaluationRun``.
    settings:
        Further inputs by name.

    Examples
    --------
    >>> from aitia.capture.tasks import task
    >>> @task
    ... def scale(x, factor=2.0):
    ...     return x * factor
    >>> scale(3)
    6.0
    >>> with task("report", pages=3):
    ...     pass
    """
    if type != TASK_RUN:
        attempt("task", doubt, type)
    if function is None or isinstance(function, str):
        return Task(function, type, settings)
    return Task(None, type, settings)(function)


def _decorate(function: Any, name: str | None, type: str, settings: Mapping[str, object]) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return function.__class__(_decorate(function.__func__, name, type, settings))
    if isinstance(function, _CLASS):
        return function
    plan = Plan(name or _name(function), type, binder(function, settings))
    return functools.update_wrapper(wrap(function, plan, settings), function)


_CLASS = type


def _name(function: Any) -> str:
    name = getattr(function, "__qualname__", None) or function.__class__.__name__
    return str(name).rpartition("<locals>.")[2]


class Loop(Generic[T]):
    """An iterable of which each turn is a task."""

    def __init__(
        self, iterable: Iterable[T], name: str, type: str, settings: Mapping[str, object]
    ) -> None:
        self._iterable = iterable
        self._name = masked_text(str(name))
        self._type = type
        self._settings = masked_arguments(settings)

    def __len__(self) -> int:
        """Return the number of turns, when it is known."""
        return len(cast("Sized", self._iterable))

    def __iter__(self) -> Iterator[T]:
        plan = Plan(self._name, self._type, self._used)
        for index, item in enumerate(self._iterable):
            mine = open_task(plan, (index, item), {})
            if mine is None:
                yield item
                continue
            owner = HERE.get()
            token = HERE.set(mine)
            _enter_turn(owner, mine)
            try:
                yield item
            except GeneratorExit:
                # Left by a break or by an error: the end of what is around tells which.
                leave(token)
                mine[0].turns.pop(mine[1], None)
                attempt("task", _leave_open, owner, mine)
                raise
            leave(token)
            mine[0].turns.pop(mine[1], None)
            finish(mine, None)

    def _used(self, index: int, item: T) -> Bound:
        key, value = (self._name, item) if type(item) in PLAIN else ("index", index)
        used = {**self._settings, key: value}
        return used, are_plain(used.values())


def _enter_turn(owner: Here | None, mine: Here) -> None:
    """Remember what a turn is a turn of: what is logged in it is a point of that one's series."""
    run, turn, _ = mine
    around = owner[1] if owner is not None and owner[0] is run else run.base
    run.turns[turn] = run.turns.get(around, around)


def _leave_open(owner: Here | None, mine: Here) -> None:
    run, turn, epoch = mine
    if epoch == run.epoch:
        inside = owner is not None and owner[0] is run
        run.loose.append((owner[1] if owner and inside else run.base, turn, run.now()))


def loop(
    iterable: Iterable[T], name: str = "turn", *, type: str = TASK_RUN, **settings: object
) -> Loop[T]:
    """Record each turn of a loop as a task.

    Parameters
    ----------
    iterable:
        What to go through.
    name:
        Name of the tasks, such as ``epoch``; the item, if it is a plain value, is their input of
        the same name, else their index.
    type:
        Class of the tasks in the ontology, such as ``aitia:TrainingEpoch``.
    settings:
        Further inputs by name.

    Examples
    --------
    >>> from aitia.capture.tasks import loop
    >>> [epoch for epoch in loop(range(3), "epoch")]
    [0, 1, 2]
    """
    if type != TASK_RUN:
        attempt("task", doubt, type)
    return Loop(iterable, name, type, settings)
