"""What is running here: the run and the task that a record made at this point belongs to.

A context variable holds it, so that it is right in every thread and asyncio task. A thread starts
with an empty context; what it records belongs to the run that was opened last.
"""

from __future__ import annotations

import copyreg
import os
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aitia.capture.run import Run

    Here = tuple[Run, str, int]
    """The run, the local id of the task (``""`` for the run itself), and the epoch of the run.

    The epoch of a run changes in a forked child: what was begun before belongs to the parent.
    """

HERE: ContextVar[Here | None] = ContextVar("aitia", default=None)


def _current() -> ContextVar[Here | None]:
    return HERE


def _reduce(variable: ContextVar[Any]) -> tuple[Callable[[], ContextVar[Here | None]], tuple[()]]:
    """Pickle what is current as a name, so that a task can be sent to a worker by value."""
    if variable is HERE:
        return _current, ()
    raise TypeError(f"cannot pickle {type(variable).__name__!r} object")


copyreg.pickle(ContextVar, _reduce)

open_runs: list[Run] = []
"""The runs that are open in this process, in the order in which they were opened."""

joiner: Callable[[], Run | None] | None = None
"""Joins the run that the environment names; set by the recorder, called once per process."""


def here() -> Here | None:
    """Return what is running here; None when no run is open."""
    found = HERE.get()
    if found is not None and found[0].open:
        return found
    return outside(found)


def outside(found: Here | None) -> Here | None:
    """Return what records belong to where nothing runs, or where the run has ended already."""
    run = found[0].outer if found is not None else None
    while run is not None and not run.open:
        run = run.outer
    if run is None and open_runs:
        run = open_runs[-1]
    if run is None and joiner is not None:
        run = _join()
    return None if run is None else (run, run.base, run.epoch)


def _join() -> Run | None:
    global joiner
    join, joiner = joiner, None
    return None if join is None else join()


def publish() -> None:
    """Name the run that was opened last, and is open, to processes that start from here."""
    wanted: dict[str, str] = {}
    if open_runs:
        run = open_runs[-1]
        wanted = {
            **run.published,
            "AITIA_RUN": run.id,
            "AITIA_PARENT": run.absolute(run.base),
        }
    for name in [name for name in _saved if name not in wanted]:
        _set(name, _saved.pop(name))
    for name, value in wanted.items():
        _saved.setdefault(name, os.environ.get(name))
        os.environ[name] = value


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


_saved: dict[str, str | None] = {}
"""The variables that ``publish`` has set, as they were before."""


def _after_fork() -> None:
    """Give each open run a journal of its own in a forked child."""
    found = HERE.get()
    for run in open_runs:
        local = found[1] if found is not None and found[0] is run else run.base
        run.fork(run.absolute(local) if local else "")
    if found is not None and found[0].open:
        HERE.set((found[0], found[0].base, found[0].epoch))


os.register_at_fork(after_in_child=_after_fork)
