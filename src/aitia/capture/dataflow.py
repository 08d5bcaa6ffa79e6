"""Which object came from which task: the links that make lineage without a word from the user.

Python gives the id of a freed object to the next one, so a link holds only while a weak reference
says that the object is alive. What cannot be referred to weakly is not followed, and said so in a
Note: a missing edge is better than a false one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from aitia.capture import plain
from aitia.capture.describe import Description, describe, is_described, stamp_of
from aitia.capture.guard import attempt
from aitia.records.prov import Derived, Entity
from aitia.records.values import Json, Ref, Value, text, type_name
from aitia.vocabulary.iris import content_iri

if TYPE_CHECKING:
    from aitia.capture.run import Run

PLAIN, CONTAINERS = plain.PLAIN, plain.CONTAINERS


class Link:
    """One object that is an entity.

    ``entity`` is its id in the run and process ``origin``; ``born`` the id of the task that
    was begun last when it was first met; ``made`` tells whether a task is known to have made it.
    """

    __slots__ = ("born", "description", "entity", "made", "origin", "ref", "runs")

    def __init__(
        self,
        reference: ReferenceType[object],
        entity: str,
        origin: tuple[str, str],
        description: Description | None,
        born: str,
    ) -> None:
        self.ref = reference
        self.entity = entity
        self.origin = origin
        self.description = description
        self.born = born
        self.made = False
        self.runs: set[str] = set()

    def name(self, run: Run) -> str:
        """Return the entity's id as a record of ``run`` names it."""
        if self.origin == (run.id, run.scope) or ":" in self.entity:
            return self.entity
        uuid, scope = self.origin
        return (
            f"urn:uuid:{uuid}#{scope}.{self.entity}" if scope else f"urn:uuid:{uuid}#{self.entity}"
        )


class Links:
    """All objects of this process that are entities and alive."""

    def __init__(self) -> None:
        self._links: dict[int, Link] = {}

    def __len__(self) -> int:
        return len(self._links)

    def find(self, obj: object) -> Link | None:
        """Return the link of ``obj``; None when it was never met."""
        link = self._links.get(id(obj))
        return link if link is not None and link.ref() is obj else None

    def bind(self, run: Run, obj: object, entity: str) -> Link | None:
        """Link ``obj`` to an entity that was recorded already, as made by a task."""
        link = self._link(run, obj, entity, None)
        if link is not None:
            link.made = True
            link.runs.add(run.id)
            stamp = attempt("describe", stamp_of, obj)
            if stamp is not None:
                link.description = Description(stamp=stamp)
        return link

    def refer(self, run: Run, obj: object) -> Value:
        """Return how a record names ``obj``; its entity is recorded the first time."""
        if obj is None:
            return Json(None)
        if type(obj) in PLAIN:
            return _scalar(obj)
        link = self.find(obj)
        if link is None:
            if not is_described(type(obj)):
                found = attempt("dataflow", plain.value, obj)
                if found is not None:
                    return found
            link = self._new(run, obj)
        elif _changed(link, obj):
            link = self._new(run, obj)
        return plain.opaque(obj) if link is None else self._ref(run, link)

    def inputs(self, run: Run, used: Mapping[str, object]) -> dict[str, Value]:
        """Return the inputs of a task as values and references, containers looked into."""
        found: dict[str, Value] = {}
        for name, obj in used.items():
            for part, item in _parts(name, obj):
                found[part] = self.refer(run, item)
        return found

    def outputs(self, run: Run, task: str, result: object) -> dict[str, Value]:
        """Return what a task returned as values and references to what it made."""
        found: dict[str, Value] = {}
        for name, obj in _results(result):
            item = _scalar(obj) if type(obj) in PLAIN else self._made(run, task, obj)
            if item is not None:
                found[name] = item
        return found

    def _made(self, run: Run, task: str, obj: object) -> Value | None:
        """Return how a task names what it returned; None for what it did not make itself."""
        link = self.find(obj)
        if link is None:
            item = self.refer(run, obj)
            link = self.find(obj)
            if link is not None:
                link.made = True
            return item
        if run.began_since(task, link.born):
            # First met inside this task: made by one of its parts, or by itself before the parts.
            if link.made:
                return None
            link.made = True
            return self._ref(run, link)
        return self._version(run, task, obj, link)

    def _version(self, run: Run, task: str, obj: object, old: Link) -> Value | None:
        """Return the entity of an object that existed before the task that now returns it.

        What has a stamp tells whether it was changed. Of anything else the task is taken to have
        made a new version, derived from the old one; it did return it.
        """
        known = old.description
        if known is not None and known.stamp is not None and not _changed(old, obj):
            return None
        link = self._new(run, obj)
        if link is None or link.name(run) == old.name(run):
            return None
        link.made = True
        run.emit(Derived(link.name(run), old.name(run), task))
        return self._ref(run, link)

    def _new(self, run: Run, obj: object) -> Link | None:
        description = attempt("describe", describe, obj) or Description(label=type_name(obj))
        entity = content_iri(description.digest) if description.digest else run.mint()
        return self._link(run, obj, entity, description)

    def _link(
        self, run: Run, obj: object, entity: str, description: Description | None
    ) -> Link | None:
        key = id(obj)
        try:
            reference = ref(obj, lambda dead: self._forget(key, dead))
        except TypeError:
            run.note("unlinked", f"objects of type {type_name(obj)} cannot be followed")
            return None
        link = Link(reference, entity, (run.id, run.scope), description, run.last_task)
        self._links[key] = link
        return link

    def _forget(self, key: int, dead: ReferenceType[object]) -> None:
        link = self._links.get(key)
        if link is not None and link.ref is dead:
            del self._links[key]

    def _ref(self, run: Run, link: Link) -> Ref:
        name = link.name(run)
        if run.id not in link.runs:
            link.runs.add(run.id)
            told = link.description or Description()
            run.emit(Entity(name, told.type, told.label, told.digest, told.attributes))
        return Ref(name)


def _scalar(obj: object) -> Value:
    """Return the value of an object of a plain type other than None."""
    return text(obj) if isinstance(obj, str) else obj  # type: ignore[return-value]


def _changed(link: Link, obj: object) -> bool:
    known = link.description
    if known is None or known.stamp is None:
        return False
    return attempt("describe", stamp_of, obj) != known.stamp


def _parts(name: str, obj: object) -> Iterator[tuple[str, object]]:
    """Yield an input, or its items when it is a container that holds things with an identity."""
    items = _items(obj)
    if items is None or not any(_is_thing(item) for _, item in items):
        yield name, obj
        return
    for key, item in items:
        yield f"{name}[{key}]", item


def _results(result: object) -> Iterator[tuple[str, object]]:
    """Yield the outputs by name: the items of a mapping or tuple, or the one result."""
    if result is None:
        return
    items = _items(result)
    if items is None or (type(result) is list and not any(_is_thing(item) for _, item in items)):
        yield "result", result
        return
    pattern = "%s" if type(result) is dict else "result[%s]"
    for key, item in items:
        if item is not None:
            yield pattern % key, item


def _items(obj: object) -> list[tuple[str, object]] | None:
    """Return the items of a container that is looked into, or None for anything else."""
    if type(obj) not in CONTAINERS or not obj or len(obj) > plain.MAX_PARTS:  # type: ignore[arg-type]
        return None
    if isinstance(obj, dict):
        if not all(type(key) in PLAIN for key in obj):
            return None
        return [(text(str(key)), item) for key, item in obj.items()]
    return [(str(index), item) for index, item in enumerate(obj)]  # type: ignore[arg-type, var-annotated]


def _is_thing(obj: object) -> bool:
    cls = type(obj)
    return cls not in PLAIN and cls not in CONTAINERS


links = Links()
"""The links of this process."""
