"""The arguments of a call by name, without looking at a signature on each call.

For each decorated function a small function of the same signature is made once, which returns the
arguments as a dict, and whether all of them are plain. Calling it is how Python itself binds
arguments, defaults included. Arguments that are named like secrets are masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FunctionType

from aitia.records.secrets import MASK, is_secret_name

Bound = tuple[Mapping[str, object], bool]
Binder = Callable[..., Bound]

MAX_EXTRA = 64
"""Most items of ``*args`` that are recorded."""

_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08


_PLAIN = frozenset({int, str, bool})

_NAMES: Mapping[str, object] = {
    "__aitia_plain": _PLAIN,
    "__aitia_type": type,
    "__aitia_float": float,
}
_TEST = (
    "(__aitia_type({0}) in __aitia_plain"
    " or __aitia_type({0}) is __aitia_float and {0} - {0} == 0.0)"
)


def are_plain(values: Iterable[object]) -> bool:
    """Return whether orjson writes all values as records hold them.

    It does not so for None, which it writes as null like NaN and infinities (the numbers whose
    difference from themselves is not 0), for containers, and for subclasses of plain types.
    """
    for value in values:
        if type(value) is float:
            if value - value != 0.0:
                return False
        elif type(value) not in _PLAIN:
            return False
    return True


def binder(function: Callable[..., object], extras: Mapping[str, object]) -> Binder:
    """Return a function that returns the arguments of ``function`` by name, after ``extras``.

    The first argument of a method is left out.
    """
    if isinstance(function, FunctionType):
        return _compiled(function, extras)

    def bind(*args: object, **kwargs: object) -> Bound:
        used = dict(extras)
        used.update((f"arg{index}", item) for index, item in enumerate(args[:MAX_EXTRA]))
        used.update(_masked(kwargs))
        return used, are_plain(used.values())

    return bind


def _compiled(function: FunctionType, extras: Mapping[str, object]) -> Binder:
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    last = code.co_argcount + code.co_kwonlyargcount
    keyword = code.co_varnames[code.co_argcount : last]
    shown = list(positional[1:] if _is_method(function) else positional) + list(keyword)
    fixed = {name: item for name, item in extras.items() if name not in shown}
    namespace: dict[str, object] = {**_NAMES, "__aitia_more": _more}
    namespace.update((f"__aitia_x{index}", item) for index, item in enumerate(fixed.values()))
    items = [f"{name!r}: __aitia_x{index}" for index, name in enumerate(fixed)]
    secret = {name for name in shown if is_secret_name(name)}
    items.extend(f"{name!r}: {MASK!r}" if name in secret else f"{name!r}: {name}" for name in shown)
    body = "{" + ", ".join(items) + "}"
    args, kwargs = _variable(code, last)
    if args or kwargs:
        body = f"__aitia_more({body}, {args!r}, {args or '()'}, {kwargs or '{}'})"
    else:
        open_names = [name for name in shown if name not in secret]
        tests = (
            [_TEST.format(name) for name in open_names] if are_plain(fixed.values()) else ["False"]
        )
        body = f"{body}, {' and '.join(tests) or 'True'}"
    source = f"def bind({_parameters(function, namespace)}): return {body}"
    exec(compile(source, "<arguments>", "exec"), namespace)
    made = namespace["bind"]
    assert isinstance(made, FunctionType)
    return made


def _parameters(function: FunctionType, namespace: dict[str, object]) -> str:
    """Return the text of the parameters; their defaults are put into ``namespace``."""
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    last = code.co_argcount + code.co_kwonlyargcount
    defaults = dict(zip(positional[::-1], (function.__defaults__ or ())[::-1], strict=False))
    defaults.update(function.__kwdefaults__ or {})
    args, kwargs = _variable(code, last)
    parts = []
    for index, name in enumerate(code.co_varnames[:last]):
        if index == code.co_argcount:
            parts.append("*" + args)
        part = name
        if name in defaults:
            namespace[f"__aitia_d{index}"] = defaults[name]
            part = f"{name}=__aitia_d{index}"
        parts.append(part)
        if index == code.co_posonlyargcount - 1:
            parts.append("/")
    if args and last == code.co_argcount:
        parts.append("*" + args)
    if kwargs:
        parts.append("**" + kwargs)
    return ", ".join(parts)


def _variable(code: CodeType, last: int) -> tuple[str, str]:
    """Return the names of ``*args`` and ``**kwargs``, empty where there is none."""
    names = iter(code.co_varnames[last:])
    args = next(names) if code.co_flags & _VAR_POSITIONAL else ""
    return args, next(names) if code.co_flags & _VAR_KEYWORD else ""


def _is_method(function: FunctionType) -> bool:
    first = function.__code__.co_varnames[:1]
    owner = function.__qualname__.rpartition(".")[0]
    return first in (("self",), ("cls",)) and bool(owner) and not owner.endswith("<locals>")


def _more(
    used: dict[str, object], name: str, args: tuple[object, ...], kwargs: dict[str, object]
) -> Bound:
    for index, item in enumerate(args[:MAX_EXTRA]):
        used[f"{name}[{index}]"] = item
    used.update(_masked(kwargs))
    return used, are_plain(used.values())


def _masked(arguments: Mapping[str, object]) -> dict[str, object]:
    return {name: MASK if is_secret_name(name) else item for name, item in arguments.items()}
