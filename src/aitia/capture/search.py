"""What a run says of the search that it is: how settings are chosen, which, and from what.

``aitia.run("search", sampler="random", space={"lr": "loguniform(1e-4, 0.1)", "width": [8, 16]})``
makes an experiment of the runs inside it: whoever reads them knows that these settings were drawn
regardless of everything else, and that others were not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from aitia.capture.guard import guarded
from aitia.records.prov import Entity, Setting, Used
from aitia.records.values import text, type_name
from aitia.vocabulary.iris import SCHEME

if TYPE_CHECKING:
    from aitia.capture.run import Run

MOST = 500
"""Characters of a distribution that are kept; of a longer one the first, and a digest."""

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class Search(NamedTuple):
    """How the settings of a run, or of the runs inside it, are chosen.

    Attributes
    ----------
    sampler:
        A name such as ``random``, ``grid``, ``bayesian``, ``evolution``, ``manual``, or the object
        or class of a library that chooses.
    space:
        What it chooses, and from what: a mapping of names of settings to distributions or lists
        of values, or the names alone.
    """

    sampler: object = None
    space: object = None


NOT_SAID = Search()


@guarded("search")
def tell(run: Run, search: Search) -> None:
    """Record how the settings are chosen; what cannot be understood is said in a note."""
    if search.sampler is None:
        if search.space is not None:
            _doubt(run, "a space without sampler=…: nobody can know how it was searched")
        return
    from aitia.vocabulary import strategies

    name = _name(search.sampler)
    run.emit(Setting(run.base, "sampler", text(name)))
    found = strategies.strategy(name)
    if found is None:
        known = ", ".join(strategies.NAMES)
        _doubt(run, f"no sampler is known as {name!r}, so that nothing counts as drawn at random; "
               f"known are {known} and the names of libraries' classes")  # fmt: skip
    else:
        concept = found.concept.replace("scheme:", SCHEME, 1)
        run.emit(Used(run.base, concept, relation="aitia:samplingStrategy"))
    for setting, source in _dimensions(run, search.space):
        dimension = run.mint()
        drawn = {} if source is None else {"aitia:drawnFrom": source}
        run.emit(Entity(dimension, "aitia:SearchDimension", setting, attributes=drawn))
        run.emit(Used(run.base, dimension, relation="aitia:searchedOver"))


def _doubt(run: Run, message: str) -> None:
    run.note("sampler", message)
    run.recorder.warn("sampler", message)


def _name(sampler: object) -> str:
    if isinstance(sampler, str):
        return sampler
    return sampler.__name__ if isinstance(sampler, type) else type(sampler).__name__


def _dimensions(run: Run, space: object) -> list[tuple[str, str | None]]:
    """Return the settings of a space and what each is drawn from, None where that is not told."""
    if space is None:
        return []
    if isinstance(space, Mapping):
        return [(text(str(name)), distribution(source)) for name, source in space.items()]
    names = [space] if isinstance(space, str) else space
    if isinstance(names, Iterable):
        return [(text(str(name)), None) for name in names]
    _doubt(run, f"space is a {type_name(space)}, and not a mapping of settings to distributions")
    return []


def distribution(source: object) -> str:
    """Return in words what a setting is drawn from.

    >>> distribution([8, 16, 32]), distribution("loguniform(1e-4, 0.1)")
    ('one of 8, 16, 32', 'loguniform(1e-4, 0.1)')

    Parameters
    ----------
    source:
        A text, values to choose from, a distribution of SciPy with its arguments, or any object
        whose representation says what it is, such as a distribution of Optuna.
    """
    if isinstance(source, str):
        told = source
    elif isinstance(source, (list, tuple, range, set, frozenset)):
        values = sorted(map(str, source)) if isinstance(source, (set, frozenset)) else source
        told = f"one of {', '.join(map(str, values))}"
    elif hasattr(source, "dist") and hasattr(source, "args"):
        named = getattr(source, "kwds", {})
        given = [*map(str, source.args), *(f"{name}={value}" for name, value in named.items())]
        told = f"{source.dist.name}({', '.join(given)})"
    elif isinstance(source, type) or hasattr(source, "__qualname__"):
        told = str(getattr(source, "__qualname__", source))
    else:
        told = _ADDRESS.sub("", str(source))
    if len(told) <= MOST:
        return text(told)
    from hashlib import sha256

    digest = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{text(told[:MOST])}… ({len(told)} characters, SHA-256 {digest}…)"
