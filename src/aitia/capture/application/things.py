"""What is said of agents and decisions, held in the hand to say more of it later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from aitia.capture import plain as plain_values
from aitia.capture.application.exchange import canonical, digest, known_in, plain
from aitia.capture.application.keeping import keeping
from aitia.capture.context import here
from aitia.capture.guard import attempt
from aitia.capture.run import Run
from aitia.capture.subject import setting_value
from aitia.records.values import Ref, Value, text, type_name

LONGEST_VALUE = 64
"""A text of more characters is no label; it is kept only where prompts are."""


class Thing:
    """A decision, prediction, review or other thing that was recorded.

    ``id`` is its IRI, empty where no run was open; ``basis`` the predictions that it rests on.
    """

    def __init__(self, type: str, run: Run | None = None) -> None:
        self.type = type
        self.id = "" if run is None else run.absolute(run.mint())
        self.name = ""
        self.basis: list[str] = []


def settle(thing: Thing, record: Callable[..., None], *facts: Any) -> None:
    """Record a thing where this is called, by ``record(run, place, thing, *facts)``."""
    found = here()
    if found is not None:
        attempt("agents", _settle, (found[0], found[1]), thing, record, facts)


def _settle(
    place: tuple[Run, str], thing: Thing, record: Callable[..., None], facts: tuple[Any, ...]
) -> None:
    run = place[0]
    thing.id = run.absolute(run.mint())
    run.bind(thing, thing.id)
    record(run, place[1], thing, *facts)


def name_of(run: Run, obj: object) -> str | None:
    """Return the id of an entity that an object stands for; None for a plain value.

    A text stands for the answer of a model or tool that it is.
    """
    if isinstance(obj, Thing):
        return obj.id or None
    if isinstance(obj, str):
        return known_in(run.id).said(obj)
    if type(obj) in plain_values.PLAIN or type(obj) in plain_values.CONTAINERS:
        return None
    found = run.refer(obj)
    return found.id if isinstance(found, Ref) else None


def names_of(run: Run, objects: object) -> list[str]:
    """Return the ids of what one object or several stand for; others are noted."""
    found = []
    for obj in _each(objects):
        name = name_of(run, obj)
        if name is None:
            run.note("not-a-thing", f"a value of type {type_name(obj)} named no thing of this run")
        elif name not in found:
            found.append(name)
    return found


def _each(objects: object) -> Iterator[object]:
    if isinstance(objects, (list, tuple, set, frozenset)):
        yield from objects
    elif objects is not None:
        yield objects


def is_prediction(run: Run, name: str, objects: object) -> bool:
    """Return whether the entity ``name``, among what ``objects`` stand for, is a prediction."""
    for obj in _each(objects):
        if isinstance(obj, Thing) and obj.id == name:
            return obj.type == "aitia:Prediction"
    return name in known_in(run.id).answers


def value_of(run: Run, obj: object) -> Value:
    """Return a value as it may be kept: a long text only where prompts are kept."""
    if not isinstance(obj, str):
        return setting_value(obj)
    kept = keeping(run.id)
    if kept.prompts or len(obj) <= LONGEST_VALUE:
        return text(kept.redactor.text(obj))
    return f"sha256:{digest(obj.encode('utf-8', 'replace'))}"


def attributes_of(run: Run, obj: object, *, size: bool = True) -> dict[str, Value | list[Value]]:
    """Return what an entity says of a text or of data: its digest, and itself where it may."""
    data = obj.encode("utf-8", "replace") if isinstance(obj, str) else canonical(plain(obj))
    found: dict[str, Value | list[Value]] = {}
    if size:
        found = {"aitia:sha256": digest(data), "aitia:byteSize": len(data)}
    if isinstance(obj, (bool, int, float)):
        found["prov:value"] = setting_value(obj)
    else:
        kept = keeping(run.id).text(obj if isinstance(obj, str) else data.decode())
        if kept is not None:
            found["prov:value"] = kept
    return found
