"""What kind of thing an object is: a registry of describers, one per type.

An adapter registers a describer for the types that it knows, under their full names, so that no
library is imported for it::

    register("numpy.ndarray", describe_array)

A describer must be cheap: it runs when the object first passes a task, in the user's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from aitia.records.values import Value, type_name


class Description(NamedTuple):
    """The entity that stands for an object.

    ``digest`` is the SHA-256 of its content in hexadecimal, which names the entity wherever the
    same content is met; without one it has an id of its own in the run. ``stamp`` is anything
    cheap that changes when the content does: an object whose stamp has changed since it was last
    met is described again, as another entity.
    """

    type: str = "aitia:Artifact"
    label: str | None = None
    digest: str | None = None
    attributes: Mapping[str, Value | list[Value]] = {}
    stamp: Hashable = None


Describer = Callable[[object], "Description | None"]
"""Describes an object, or declines with None."""

_describers: dict[str, Describer] = {}
_stamps: dict[str, Callable[[object], Hashable]] = {}
_found: dict[type, str | None] = {}


def register(
    name: str, describer: Describer, *, stamp: Callable[[object], Hashable] | None = None
) -> None:
    """Describe objects of the type of this full name, and of its subclasses, by ``describer``.

    ``name`` is the module and qualified name of the class where it is defined, such as
    ``pandas.core.frame.DataFrame``. ``stamp`` computes the stamp alone, for an object that was
    described before.
    """
    _describers[name] = describer
    if stamp is not None:
        _stamps[name] = stamp
    _found.clear()


def is_described(cls: type) -> bool:
    """Return whether a describer is registered for objects of ``cls``."""
    return _name_of(cls) is not None


def describe(obj: object) -> Description:
    """Return the description of ``obj``; without a describer, an Artifact with its type's name."""
    name = _name_of(type(obj))
    description = _describers[name](obj) if name is not None else None
    return description or Description(label=type_name(obj))


def stamp_of(obj: object) -> Hashable:
    """Return the stamp of ``obj`` as it is now; None when its type has none."""
    name = _name_of(type(obj))
    stamp = _stamps.get(name) if name is not None else None
    return None if stamp is None else stamp(obj)


def _name_of(cls: type) -> str | None:
    """Return the registered name that fits ``cls`` best: its own, else of the nearest base."""
    try:
        return _found[cls]
    except KeyError:
        names = (f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__)
        found = next((name for name in names if name in _describers), None)
        _found[cls] = found
        return found
