"""What can be said about a run or a task: settings, values of quantities, what it used and made."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import orjson

from aitia.capture import clock, files, plain, postponed
from aitia.capture.binding import define
from aitia.capture.context import HERE, outside
from aitia.capture.dataflow import links
from aitia.capture.guard import CATCH, attempt, fault, guarded
from aitia.records.codec import dump_line
from aitia.records.masking import masked_points
from aitia.records.prov import Generated, Setting, Used
from aitia.records.secrets import MASK, harmless, is_secret
from aitia.records.values import Json, Ref, Value, type_name

if TYPE_CHECKING:
    from aitia.capture.context import Here
    from aitia.capture.run import Run

P = ParamSpec("P")
T = TypeVar("T")


@guarded("params")
def set_params(run: Run, subject: str, settings: Mapping[str, object]) -> None:
    """Record settings of ``subject``; what is named like a secret is masked."""
    for name, obj in settings.items():
        run.emit(Setting(subject, name, MASK if is_secret(name, obj) else setting_value(obj)))


def setting_value(obj: object) -> Value:
    """Return the value of a setting; what is not a value is named by its type."""
    if obj is None:
        return Json(None)
    found = attempt("params", plain.value, obj)
    return plain.opaque(obj) if found is None else found


_POINT = f"""\
    try:
        # What is logged in a turn of a loop is a point of the series of what loops.
        about = run.turns.get(subject, subject) if run.turns else subject
        now = clock.tick() + clock.offset if run.now is clock_now else run.now()
        if step is None:
            line = {{"k": "log", "n": about, "t": now, "v": values}}
        else:
            if run.series:
                # It is a point of the one training that goes on there.
                about = run.series.get(about, about)
            line = {{"k": "log", "n": about, "t": now, "v": values, "i": step}}
        for name, obj in values.items():
            if name not in harmless:
                break
            if type(obj) is float:
                # NaN and infinities, which JSON lacks.
                if obj - obj != 0.0:
                    break
            elif type(obj) not in numbers:
                break
        else:
            if step is None or type(step) is int:
                try:
                    data = dumps(line, None, newline)
                except TypeError:
                    # An integer beyond 64 bits, or a name that is not UTF-8.
                    data = None
                if data is not None:
                    try:
                        run.put(data)
                    except no_room:
                        run.write_anew(data)
                    return
        run.write(unusual(run, line))
{CATCH.replace("__fault", "fault").replace("task", "log")}
"""

_ADD_POINT = f"""\
def add_point(run, subject, step, values):
{_POINT}
"""

_LOG = f"""\
def log(step=None, **values):
    here = current()
    if here is None or not here[0].open:
        here = outside(here)
        if here is None:
            return
    run, subject, _ = here
{_POINT}
"""


def _unusual(run: Run, line: dict[str, Any]) -> bytes:
    """Return the line of a point of which the step or a value is not a plain number."""
    line["v"] = masked_points({name: _number(obj) for name, obj in line["v"].items()})
    step = _number(line.pop("i", None))
    if isinstance(step, (int, float)):
        line["i"] = step
    elif step != Json(None):
        run.note("not-a-step", "a step that is not a finite number")
    return dump_line(line)


def _number(obj: object) -> object:
    """Return what a scalar array or tensor of any library holds."""
    if isinstance(obj, (int, float)) or not hasattr(obj, "item"):
        return setting_value(obj)
    shape = getattr(obj, "shape", None)
    if shape is not None and len(shape) > 0:
        return plain.opaque(obj)
    return setting_value(obj.item())


_NAMES: Mapping[str, object] = {
    "current": HERE.get,
    "outside": outside,
    "clock": clock,
    "clock_now": clock.now,
    "harmless": harmless,
    "numbers": frozenset({int, bool}),
    "dumps": orjson.dumps,
    "newline": orjson.OPT_APPEND_NEWLINE,
    "no_room": (ValueError, OSError),
    "unusual": _unusual,
    "fault": fault,
}

add_point: Callable[[Run, str, float | None, Mapping[str, object]], None] = define(
    "add_point", _ADD_POINT, dict(_NAMES)
)
"""Record values of quantities of a subject (its second argument) at a step, or without one."""


@guarded("use")
def add_use(run: Run, subject: str, obj: object, role: str | None) -> None:
    """Record that ``subject`` used an object, or the file that a path names."""
    if isinstance(obj, (str, bytes, os.PathLike)) and postponed.use(
        run, subject, os.fsdecode(obj), role
    ):
        return
    entity = _entity(run, obj, role)
    if entity is not None:
        run.emit(Used(subject, entity, role, run.now()))


@guarded("make")
def add_make(run: Run, subject: str, obj: object, role: str | None) -> None:
    """Record that ``subject`` made an object, or the file that a path names."""
    link = None if is_path(obj) else links.find(obj)
    entity = _entity(run, obj, role)
    if entity is None or (link is not None and link.made):
        return
    if not is_path(obj):
        link = links.find(obj)
        if link is not None:
            link.made = True
    run.emit(Generated(entity, subject, role, run.now()))


def is_path(obj: object) -> bool:
    """Return whether ``obj`` names a file: text, bytes, or an object with ``__fspath__``."""
    return isinstance(obj, (str, bytes, os.PathLike))


def _entity(run: Run, obj: object, role: str | None) -> str | None:
    if isinstance(obj, (str, bytes, os.PathLike)):
        return files.entity_of(run, os.fsdecode(obj), role=role, limit=run.digest_limit)
    found = links.refer(run, obj)
    if isinstance(found, Ref):
        return found.id
    run.note("not-a-thing", f"use or make of a value of type {type_name(obj)}, not of an object")
    return None


class Subject(ABC):
    """The methods of the public door on a run or task that is held in the hand."""

    @abstractmethod
    def _place(self) -> Here | None:
        """Return where this is, or None when it is not running."""

    def params(self, **settings: object) -> None:
        """Record settings, such as ``params(optimizer="sgd", lr=0.1)``."""
        found = self._place()
        if found is not None:
            set_params(found[0], found[1], settings)

    def log(self, step: float | None = None, **values: object) -> None:
        """Record values of quantities at a step, such as ``log(step=3, loss=0.1)``."""
        found = self._place()
        if found is not None:
            add_point(found[0], found[1], step, values)

    def use(self, obj: T, *, role: str | None = None) -> T:
        """Record that this used a file (by its path) or an object, and return it."""
        found = self._place()
        if found is not None:
            add_use(found[0], found[1], obj, role)
        return obj

    def make(self, obj: T, *, role: str | None = None) -> T:
        """Record that this made a file (by its path) or an object, and return it."""
        found = self._place()
        if found is not None:
            add_make(found[0], found[1], obj, role)
        return obj


def params(**settings: object) -> None:
    """Record settings of the task or run that is current here.

    Parameters
    ----------
    settings:
        Values by name: numbers, texts, and small lists and mappings of these.
    """
    found = HERE.get()
    if found is None or not found[0].open:
        found = outside(found)
    if found is not None:
        set_params(found[0], found[1], settings)


def _in_one_piece(function: Callable[P, None]) -> Callable[P, None]:
    """Return ``log`` with what it calls written out in it: a call is a tenth of its time."""
    return wraps(function)(define("log", _LOG, dict(_NAMES)))


@_in_one_piece
def log(step: float | None = None, **values: object) -> None:
    """Record values of quantities of the task or run that is current here.

    In a turn of ``loop`` they are points of the series of the task or run that loops. Values with a
    step belong to the training that is observed here, if there is exactly one.

    Parameters
    ----------
    step:
        Where in a series the values stand, such as the epoch; None for values given once.
    values:
        Numbers by the name of the quantity; NaN and infinities are kept.
    """
    found = HERE.get()
    if found is None or not found[0].open:
        found = outside(found)
    if found is not None:
        add_point(found[0], found[1], step, values)


def use(obj: T, *, role: str | None = None) -> T:
    """Record that the task or run that is current here used something, and return it.

    Parameters
    ----------
    obj:
        The path of a file or folder, the address of data elsewhere, or any object.
    role:
        What it was used as, such as ``training`` or ``model``.
    """
    found = HERE.get()
    if found is None or not found[0].open:
        found = outside(found)
    if found is not None:
        add_use(found[0], found[1], obj, role)
    return obj


def make(obj: T, *, role: str | None = None) -> T:
    """Record that the task or run that is current here made something, and return it.

    Parameters
    ----------
    obj:
        The path of a file or folder that has been written, or any object.
    role:
        What it was made as, such as ``model`` or ``report``.
    """
    found = HERE.get()
    if found is None or not found[0].open:
        found = outside(found)
    if found is not None:
        add_make(found[0], found[1], obj, role)
    return obj
