"""The arguments of a call by name, without looking at a signature on each call.

For each decorated function a small function of the same signature is made once, which returns the
arguments as a dict, and whether all of them are plain. Calling it is how Python itself binds
arguments, defaults included. Arguments that are named like secrets are masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FunctionType
from typing import cast

from aitia.records.masking import masked_text
from aitia.records.secrets import (
    MASK,
    harmless,
    is_harmless,
    is_secret,
    is_secret_name,
)

Bound = tuple[Mapping[str, object], bool]
Binder = Callable[..., Bound]

MAX_EXTRA = 64
"""Most items of ``*args`` that are recorded."""

MADE = "<aitia>"
"""The file name of functions that are made for a signature."""

_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08


def _told(name: str, item: object) -> object:
    return MASK if is_secret(name, item) else item


_PLAIN = frozenset({int, bool})
_NAMES: Mapping[str, object] = {
    "__plain": _PLAIN,
    "__type": type,
    "__float": float,
    "__str": str,
    "__known": harmless,
    "__harmless": is_harmless,
    "__told": _told,
}
_TEST = (
    "((__kind_of := __type({0})) in __plain or __kind_of is __float and {1} - {1} == 0.0"
    " or __kind_of is __str and ({1} in __known or __harmless({1})))"
)
_FINITE = "(__type({0}) is not __float or {0} - {0} == 0.0)"
"""What is plain of a value that is masked unless it is a number."""


def are_plain(values: Iterable[object]) -> bool:
    """Return whether orjson writes all values as records hold them.

    It does not so for None, which it writes as null like NaN and infinities (the numbers whose
    difference from themselves is not 0), for containers, and for subclasses of plain types; and
    records hold no text with a secret in it.
    """
    for value in values:
        if type(value) is float:
            if value - value != 0.0:
                return False
        elif type(value) is str:
            if value not in harmless and not is_harmless(value):
                return False
        elif type(value) not in _PLAIN:
            return False
    return True


def plain_values(names: Iterable[str]) -> Callable[[Mapping[str, object]], bool]:
    """Return a test whether a dict has exactly these keys, and values that are plain."""
    asked = list(names)
    tests = [_TEST.format(f"__item := __items[{name!r}]", "__item") for name in asked]
    lines = (
        "def fits(__items):",
        "    try:",
        f"        return __len(__items) == {len(asked)} and {' and '.join(tests)}",
        "    except __KeyError:",
        "        return False",
    )
    known = {**_NAMES, "__len": len, "__KeyError": KeyError}
    return cast("Callable[[Mapping[str, object]], bool]", define("fits", "\n".join(lines), known))


def binder(function: Callable[..., object], extras: Mapping[str, object]) -> Binder:
    """Return a function that returns the arguments of ``function`` by name, after ``extras``.

    The first argument of a method is left out.
    """
    if isinstance(function, FunctionType):
        return _compiled(function, extras)

    def bind(*args: object, **kwargs: object) -> Bound:
        used = dict(extras)
        used.update((f"arg{index}", item) for index, item in enumerate(args[:MAX_EXTRA]))
        used.update(masked_arguments(kwargs))
        return used, are_plain(used.values())

    return bind


def _compiled(function: FunctionType, extras: Mapping[str, object]) -> Binder:
    signature = Signature(function, extras)
    body = f"{signature.used}, {signature.plain}"
    if signature.is_variable:
        args, kwargs = signature.args, signature.kwargs
        signature.names["__more"] = _more
        body = f"__more({signature.used}, {args!r}, {args or '()'}, {kwargs or '{}'})"
    made = define("bind", f"def bind({signature.parameters}): return {body}", signature.names)
    return cast("Binder", made)


def define(name: str, source: str, names: dict[str, object]) -> FunctionType:
    """Return the function ``name`` that ``source`` defines, where ``names`` mean what they say."""
    exec(compile(source, MADE, "exec"), names)
    made = names.pop(name)
    assert isinstance(made, FunctionType)
    return made


class Signature:
    """The texts that a function of the same signature is made of.

    Attributes
    ----------
    parameters:
        The parameters with their defaults.
    arguments:
        The arguments of a call that hands all parameters on; for fixed parameters only.
    used:
        A dict of the recorded arguments by name, after ``extras``.
    plain:
        The test whether all values of that dict are of plain types.
    args, kwargs:
        The names of ``*args`` and ``**kwargs``, empty where there is none.
    names:
        What the names in these texts mean; they begin with two underscores.
    """

    def __init__(self, function: FunctionType, extras: Mapping[str, object]) -> None:
        code = function.__code__
        last = code.co_argcount + code.co_kwonlyargcount
        self.names: dict[str, object] = dict(_NAMES)
        self.args, self.kwargs = _variable(code, last)
        self.parameters = _parameters(function, self.names)
        self.fixed = code.co_varnames[:last]
        positional, keyword = self.fixed[: code.co_argcount], self.fixed[code.co_argcount :]
        self.arguments = ", ".join([*positional, *(f"{name}={name}" for name in keyword)])
        shown = self.fixed[1:] if _is_method(function) else self.fixed
        doubtful = {name for name in shown if is_secret_name(name)}
        before = {name: item for name, item in extras.items() if name not in shown}
        self.names.update((f"__x{index}", item) for index, item in enumerate(before.values()))
        items = [f"{name!r}: __x{index}" for index, name in enumerate(before)]
        items += [
            f"{name!r}: {f'__told({name!r}, {name})' if name in doubtful else name}"
            for name in shown
        ]
        self.used = "{" + ", ".join(items) + "}"
        tests = [(_FINITE if name in doubtful else _TEST).format(name, name) for name in shown]
        self.plain = " and ".join(tests) or "True" if are_plain(before.values()) else "False"

    @property
    def is_variable(self) -> bool:
        """Whether there are parameters that take any number of arguments."""
        return bool(self.args or self.kwargs)


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
            namespace[f"__d{index}"] = defaults[name]
            part = f"{name}=__d{index}"
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
    used.update(masked_arguments(kwargs))
    return used, are_plain(used.values())


def masked_arguments(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return arguments by name; those that are named like secrets are masked."""
    return {masked_text(name): _told(name, item) for name, item in arguments.items()}
