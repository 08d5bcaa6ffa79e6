"""The recording function of a plain function, made for its signature: the hot path of all capture.

It takes the parameters of the user's function, so Python itself binds them, once, and nothing is
packed into a tuple. Tasks of plain values are written here; whatever else comes is left to
``capture.activity``, which lays out the same two records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from sys import exception
from types import FunctionType

import orjson

from aitia.capture import clock
from aitia.capture.activity import Plan, begin_slowly, fail, finish_task
from aitia.capture.binding import Signature, define, plain_values
from aitia.capture.context import HERE, outside
from aitia.capture.guard import CATCH, fault
from aitia.records.masking import are_public
from aitia.records.values import MAX_TEXT

MAX_KEYS = 16
"""Most keys of a returned dict that a test is made for."""

MAX_SHAPES = 4
"""Most tests that are made for one function, one after the other."""

_NOW = "__clock.tick() + __clock.offset if __run.now is __now else __run.now()"

_SOURCE = f"""\
def call(PARAMETERS):
    __here = __current()
    if __here is None or not __here[0].open:
        __here = __outside(__here)
        if __here is None:
            return __function(ARGUMENTS)
    __mine = None
    try:
        __run, __parent, _ = __here
        __used = USED
        __task = f"{{__run.next_task()}}"
        __data = __refused
        if ARE_PLAIN:
            __time = {_NOW}
            __line = {{"k": "start", "n": __task, "name": __name, "t": __time, "u": __used}}
            if __parent:
                __line["in"] = __parent
            if __kind:
                __line["type"] = __run.kinds[__task] = __kind
            try:
                __data = __dumps(__line, None, __newline)
            except __TypeError:
                pass
        if __len(__data) <= {MAX_TEXT}:
            __run.last_task = __task
            try:
                __run.put(__data)
            except __NoRoom:
                __run.write_anew(__data)
            __mine = __run, __task, __run.epoch
        else:
            __mine = __begin_slowly(__here, __plan, __used, __task)
{CATCH}
    if __mine is None:
        return __function(ARGUMENTS)
    __returned = False
    __token = __enter(__mine)
    try:
        __result = __function(ARGUMENTS)
        __returned = True
    finally:
        __reset(__token)
        if not __returned:
            __fail(__mine, __exception())
    try:
        __made = __result if __type(__result) is __dict else {{"result": __result}}
        if __fits(__made) and not (__run.kinds or __run.loose or __run.epoch != __mine[2]):
            __time = {_NOW}
            __line = {{"k": "end", "n": __task, "t": __time, "g": __made}}
            try:
                __data = __dumps(__line, None, __newline)
            except __TypeError:
                __data = __refused
            if __len(__data) <= {MAX_TEXT}:
                try:
                    __run.put(__data)
                except __NoRoom:
                    __run.write_anew(__data)
            else:
                __finish(__mine, __result)
        else:
            __finish(__mine, __result)
            __learn(__made)
{CATCH}
    return __result
"""

_NAMES: Mapping[str, object] = {
    "__current": HERE.get,
    "__enter": HERE.set,
    "__reset": HERE.reset,
    "__outside": outside,
    "__begin_slowly": begin_slowly,
    "__finish": finish_task,
    "__fail": fail,
    "__exception": exception,
    "__fault": fault,
    "__clock": clock,
    "__now": clock.now,
    "__dumps": orjson.dumps,
    "__newline": orjson.OPT_APPEND_NEWLINE,
    "__refused": bytes(MAX_TEXT + 1),
    "__len": len,
    "__dict": dict,
    "__TypeError": TypeError,
    "__NoRoom": (ValueError, OSError),
}


def recording(
    function: FunctionType, plan: Plan, extras: Mapping[str, object]
) -> FunctionType | None:
    """Return a function that records each call of ``function`` by ``plan``, after ``extras``.

    None where it takes any number of arguments, or has a parameter whose name begins with two
    underscores, as the names of the made function do: such a function is recorded in another way.
    """
    signature = Signature(function, extras)
    if signature.is_variable or any(name.startswith("__") for name in signature.fixed):
        return None
    texts = {
        "PARAMETERS": signature.parameters,
        "ARGUMENTS": signature.arguments,
        "USED": signature.used,
        "ARE_PLAIN": signature.plain,
    }
    source = re.sub(r"\b[A-Z]+(_[A-Z]+)?\b", lambda found: texts[found[0]], _SOURCE)
    names = {"__function": function, "__plan": plan, "__name": plan.name, "__kind": plan.type}
    known = {**_NAMES, **signature.names, **names, "__fits": _nothing_fits}
    known["__learn"] = _learner(known)
    return define("call", source, known)


def _nothing_fits(made: Mapping[str, object]) -> bool:
    return False


def _learner(names: dict[str, object]) -> Callable[[Mapping[str, object]], None]:
    """Return what takes in what a function returned: most return the same keys each time."""
    left = MAX_SHAPES

    def learn(made: Mapping[str, object]) -> None:
        nonlocal left
        if left and 0 < len(made) <= MAX_KEYS and are_public(made):
            left -= 1
            names["__fits"] = plain_values(made)

    return learn
