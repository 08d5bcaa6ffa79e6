"""What is running here, carried to where work is done: another thread, process or host.

A workflow system hands work to workers that know nothing of what handed it out. The place from
which it was handed out travels with the work; a worker that is not part of that run joins it.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from sys import exception
from typing import TYPE_CHECKING, Any, NamedTuple

from aitia.capture import context
from aitia.capture.activity import TASK_RUN, Plan, begin, fail, finish
from aitia.capture.binding import MADE, are_plain
from aitia.capture.context import HERE
from aitia.capture.guard import attempt
from aitia.capture.lifecycle import Lifecycle
from aitia.capture.plain import PLAIN
from aitia.capture.run import Recorder, Run
from aitia.capture.wrapping import wrap
from aitia.records.secrets import MASK, is_secret

if TYPE_CHECKING:
    from aitia.capture.binding import Bound
    from aitia.capture.context import Here

MAX_JOINED = 8
"""Most runs that one worker has joined and keeps open; the one that was left longest is left."""

MAX_ARGUMENTS = 64


class Place(NamedTuple):
    """An activity of a run, by names that hold in every process.

    The recorder pickles as a name, so that a worker writes by its own.
    """

    recorder: Recorder
    run: str
    activity: str
    directory: str


_joined: OrderedDict[str, Run] = OrderedDict()
_joins = 0


def here() -> Place | None:
    """Return the place that is current; None when no run is open."""
    found = context.here()
    if found is None:
        return None
    run, activity, _ = found
    directory = run.published.get("AITIA_DIR", "")
    return Place(run.recorder, run.id, run.absolute(activity), directory)


def enter(place: Place) -> Here | None:
    """Return what is current at a place, in this process; None when its run cannot be joined."""
    run = _run(place)
    if run is None:
        return None
    local = _local(run, place.activity)
    return run, local, run.epoch


@contextmanager
def at(place: Place | None) -> Iterator[None]:
    """Make a place what is current in the block; without one nothing changes."""
    mine = None if place is None else attempt("carry", enter, place)
    if mine is None:
        yield
        return
    token = HERE.set(mine)
    try:
        yield
    finally:
        HERE.reset(token)


class Carried:
    """A function that runs at the place where it was handed out, as a task of its own.

    Parameters
    ----------
    function:
        What was handed out.
    place:
        Where.
    recorded:
        Whether each call is a task; a function that records its own calls is none twice.
    """

    __slots__ = ("function", "place", "recorded")

    def __init__(self, function: Callable[..., Any], place: Place, recorded: bool = True) -> None:
        self.function = function
        self.place = place
        self.recorded = recorded

    def __reduce__(self) -> tuple[type[Carried], tuple[Callable[..., Any], Place, bool]]:
        return Carried, (self.function, self.place, self.recorded)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "function"), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns."""
        with at(self.place):
            if not self.recorded or is_task(self.function):
                return self.function(*args, **kwargs)
            return called(self.function, args, kwargs)


def called(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    extras: Mapping[str, object] | None = None,
) -> Any:
    """Return ``function(*args, **kwargs)``, recorded as a task with what is plain of it.

    Nobody asked for this task, so nothing of it is hashed.
    """
    found = context.here()
    plan = attempt("carry", _plan, function, extras or {})
    mine = begin(found, plan, args, kwargs) if found is not None and plan is not None else None
    if mine is None:
        return function(*args, **kwargs)
    returned = False
    token = HERE.set(mine)
    try:
        result = function(*args, **kwargs)
        returned = True
    finally:
        HERE.reset(token)
        if not returned:
            fail(mine, exception())
    finish(mine, result if type(result) in PLAIN else None)
    return result


def is_task(function: object) -> bool:
    """Return whether a function records its own calls."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename in (MADE, wrap.__code__.co_filename)


def name_of(function: object) -> str:
    """Return what a task that calls ``function`` is named."""
    inner = getattr(function, "func", function)
    name = getattr(inner, "__qualname__", None) or type(inner).__qualname__
    return str(name).rpartition("<locals>.")[2]


def plain_arguments(
    function: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, object]:
    """Return the arguments of a call that are plain values, by name; secrets are masked."""
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    given = [
        (names[index] if index < len(names) else f"arg{index}", item)
        for index, item in enumerate(args[:MAX_ARGUMENTS])
    ]
    given.extend(list(kwargs.items())[:MAX_ARGUMENTS])
    return {
        name: MASK if is_secret(name, item) else item for name, item in given if type(item) in PLAIN
    }


def _plan(function: Callable[..., Any], extras: Mapping[str, object]) -> Plan:
    def bind(*args: object, **kwargs: object) -> Bound:
        used = {**plain_arguments(function, args, kwargs), **extras}
        return used, are_plain(used.values())

    return Plan(name_of(function), TASK_RUN, bind)


def _run(place: Place) -> Run | None:
    # This also joins the run that the environment of a worker names, if that is not done yet.
    context.here()
    for run in context.open_runs:
        if run.id == place.run:
            if run.id in _joined:
                _joined.move_to_end(run.id)
            return run
    return _join(place)


def _join(place: Place) -> Run | None:
    global _joins
    if place.directory:
        os.environ.setdefault("AITIA_DIR", place.directory)
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "worker"
    run = Run(place.recorder, name, joined=place.run)
    # A run that is joined once more numbers its tasks from the beginning again.
    _joins += 1
    run.scope = f"{run.scope}{_joins}"
    token = HERE.set(None)
    try:
        run.start()
    finally:
        HERE.reset(token)
    if not run.open:
        return None
    run.base = ""
    Lifecycle(run).install()
    _joined[run.id] = run
    while len(_joined) > MAX_JOINED:
        _joined.popitem(last=False)[1].end()
    return run


def _local(run: Run, activity: str) -> str:
    """Return the name of an activity as this process writes it, short where it is its own."""
    own = run.absolute("")
    if activity == own:
        return ""
    prefix = f"{own}#{run.scope}." if run.scope else f"{own}#"
    rest = activity.removeprefix(prefix)
    return rest if rest != activity and "." not in rest else activity
