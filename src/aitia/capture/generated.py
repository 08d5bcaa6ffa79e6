"""The recording function of a plain function, made for its signature: the hot path of all capture.

It takes the parameters of the user's function, so Python itself binds them, once, and nothing is
packed into a tuple. Tasks of plain values are written here; whatever else comes is left to
``capture.activity``, which lays out the same two records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from sys import exception
from types import FunctionType

import orjson

from aitia.capture import clock
from aitia.capture.activity import Plan, begin_slowly, fail, finish_task
from aitia.capture.binding import Signature, define
from aitia.capture.context import HERE, outside
from aitia.capture.guard import CATCH, fault
from aitia.capture.plain import MAX_PARTS
from aitia.records.masking import public_names
from aitia.records.values import MAX_TEXT

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
            __run.write(__data)
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
        __data = __refused
        __special = __run.kinds or __run.loose or __run.epoch != __mine[2]
        if not __special and __names.issuperset(__made):
            for __value in __made.values():
                if __type(__value) is __float:
                    if __value - __value != 0.0:
                        break
                elif __type(__value) is __str:
                    if __value not in __known and not __harmless(__value):
                        break
                elif __type(__value) not in __plain:
                    break
            else:
                __time = {_NOW}
                __line = {{"k": "end", "n": __task, "t": __time, "g": __made}}
                try:
                    __data = __dumps(__line, None, __newline)
                except __TypeError:
                    pass
        if __len(__data) <= {MAX_TEXT} and 0 < __len(__made) <= {MAX_PARTS}:
            __run.write(__data)
        else:
            __finish(__mine, __result)
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
    "__names": public_names,
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
    return define("call", source, {**_NAMES, **signature.names, **names})
