"""A window of a large run: the tasks that are judged together, and what they depend on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from aitia.ingest.forms import Group, Said
from aitia.ingest.gate import Mapped
from aitia.ingest.triples import A, Triple
from aitia.validation.likeness import Likeness

MOST_KEYS = 100_000
"""Most keys of tasks that conformed which are kept; tasks of other kinds are judged each time."""


class Held(NamedTuple):
    """What is held of a task: its triples, each with its record; ``pointing`` are of other nodes.

    Those point at the task in a way that shapes follow back.
    """

    told: list[tuple[int, Triple]]
    pointing: list[Triple]


class Like(NamedTuple):
    """A task that is in a window only as one like another: the texts of its form, and records."""

    texts: list[str]
    at: tuple[int, int]


class Window:
    """The triples of tasks that are judged together.

    Of tasks of one group only the first is there with its triples.
    """

    def __init__(self) -> None:
        self.triples: list[Triple] = []
        self.pointing: list[Triple] = []
        self.task_of: dict[str, str] = {}
        self._told: dict[str, list[tuple[int, Triple]]] = {}
        self._follows: dict[str, list[Triple]] = {}
        self._sources: dict[str, dict[str, list[int]]] = {}
        self._groups: dict[Group, tuple[str, list[Like]]] = {}
        self._others = 0

    def __len__(self) -> int:
        return len(self.triples) + self._others

    def join(self, group: Group, one: Like) -> None:
        """Take a task of a group: with its triples when it is the first."""
        found = self._groups.get(group)
        if found is None:
            form, where, _ = group
            task = f"{one.texts[0]}>"
            self._groups[group] = task, []
            self.add_said(task, form.said(one.texts, where, one.at))
        else:
            found[1].append(one)
            self._others += group[0].count

    def add_said(self, task: str, said: Said) -> None:
        """Take a task of which nothing else is told."""
        self.add(task, Held(said.told, []), said.follows, said.sources)

    def part(self, apart: Callable[[str], bool]) -> dict[str, str]:
        """Take in with their triples those that are like a task which ``apart`` is true of.

        Returns the task that each of them is like.
        """
        parted = {}
        for group, (first, others) in list(self._groups.items()):
            if others and apart(first):
                form, where, _ = group
                for one in others:
                    task = f"{one.texts[0]}>"
                    self.add_said(task, form.said(one.texts, where, one.at))
                    parted[task] = first
                del self._groups[group]
        return parted

    def nquads(self) -> Iterator[bytes]:
        """Yield what is said of the tasks that are here only as ones like others."""
        for (form, where, _), (_, others) in self._groups.items():
            said = "".join([form.nquads(one.texts, where) for one in others])
            yield said.encode("utf-8", "backslashreplace")

    def add(
        self,
        task: str,
        held: Held,
        follows: list[Triple],
        sources: dict[str, list[int]],
    ) -> None:
        """Take a task: what was told of it, what follows, and the records that this rests on."""
        self._told[task], self._follows[task], self._sources[task] = held.told, follows, sources
        self.pointing += held.pointing
        for triple in (*(triple for _, triple in held.told), *follows):
            self.triples.append(triple)
            self.task_of[triple[0]] = task

    @property
    def tasks(self) -> Iterable[str]:
        """The tasks, in the order in which they were settled."""
        return self._told.keys()

    def of(self, task: str) -> list[Triple]:
        """Return all that is said of a task and what is below it, each statement once."""
        told = (triple for _, triple in self._told[task])
        return list(dict.fromkeys((*told, *self._follows[task])))

    def outside(self) -> set[str]:
        """Return the nodes that are pointed at and not described here."""
        return {v for _, p, v in self.triples if v[0] == "<" and p != A} - self.task_of.keys()

    def points_at_unknown(self, task: str, known: Callable[[str], set[str]]) -> bool:
        """Return whether a task points at a thing whose class is not known yet."""
        return any(
            value.startswith(("<urn:uuid:", "<ni:"))
            and value not in self.task_of
            and not known(value)
            for _, (_, _, value) in self._told[task]
        )

    def without(self, tasks: set[str]) -> list[Triple]:
        """Return all triples but those of some tasks."""
        if not tasks:
            return self.triples
        return [triple for triple in self.triples if self.task_of[triple[0]] not in tasks]

    def hand_over(self, task: str, rest: Mapped) -> None:
        """Add what is held of a task to what is judged at the end."""
        for index, triple in self._told[task]:
            rest.add(index, (triple,))
        rest.triples += self._follows[task]
        rest.sources.update(self._sources[task])


class Surroundings:
    """A window with what is known of the nodes beside it.

    Parameters
    ----------
    window:
        The tasks.
    context:
        What is known of nodes outside the window, by node.
    likeness:
        What the shapes look at.
    """

    def __init__(
        self, window: Window, context: Mapping[str, list[Triple]], likeness: Likeness
    ) -> None:
        self.window = window
        told = [triple for triples in context.values() for triple in triples]
        self.near = {subject for subject, _, _ in (*told, *window.pointing)}
        self.context = context
        self._likeness = likeness
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._pointing: dict[str, list[Triple]] = defaultdict(list)
        self._digests: dict[str, str] = {}
        inverse = likeness.inverse
        for triple in dict.fromkeys((*window.triples, *window.pointing, *told)):
            subject, predicate, value = triple
            if predicate == A:
                self._classes[subject].add(value)
            elif predicate in inverse and value in window.task_of:
                task = window.task_of[value]
                if window.task_of.get(subject) != task:
                    self._pointing[task].append(triple)

    def key(self, task: str) -> bytes | None:
        """Return the key of a task: tasks with one key conform together, or do not."""
        statements = self.window.of(task)
        return self._likeness.key(task, statements, self._elsewhere, self._pointing.get(task, ()))

    def _elsewhere(self, node: str, more: bool) -> str:
        classes = self._classes.get(node)
        if not classes:
            return ""
        return self._digest(node) if more else " ".join(sorted(classes))

    def _digest(self, node: str) -> str:
        """Return a digest of all that is said of a node, and of those that this leads to.

        What leads back to itself has none.
        """
        found = self._digests.get(node)
        if found is None:
            self._digests[node] = ""
            found = self._digests[node] = self._digested(node)
        return found

    def _digested(self, node: str) -> str:
        task = self.window.task_of.get(node)
        told = self.context.get(node, ()) if task is None else self.window.of(task)
        parts = []
        for subject, predicate, value in sorted(set(told)):
            parts.append(f"{subject} {predicate} {value}")
            if predicate in self._likeness.links and self._leads_on(value, node, task):
                further = self._digest(value)
                if not further:
                    return ""
                parts.append(further)
        whole = "\n".join(parts).encode("utf-8", "backslashreplace")
        return blake2b(whole, digest_size=16).hexdigest()

    def _leads_on(self, value: str, node: str, task: str | None) -> bool:
        """Return whether more is known of a node than that another one, or its task, points at."""
        own = value == node or (task is not None and self.window.task_of.get(value) == task)
        return value in self._classes and not own

    def statements(self, chosen: Iterable[str]) -> list[Triple]:
        """Return what judging some tasks of the window depends on."""
        found: dict[Triple, None] = {}
        for task in self._together(chosen):
            found.update(dict.fromkeys(self.window.of(task)))
            found.update(dict.fromkeys(self._pointing.get(task, ())))
        for _, predicate, value in list(found):
            if value[0] == "<" and predicate != A:
                found.update(dict.fromkeys(self._described(value)))
        return list(found)

    def _described(self, node: str) -> Iterator[Triple]:
        if node in self.context:
            yield from self.context[node]
        elif node in self._classes:
            yield from ((node, A, kind) for kind in self._classes[node])

    def _together(self, chosen: Iterable[str]) -> Iterator[str]:
        """Yield tasks, and those that some constraint on them may look at."""
        seen = set(chosen)
        todo = list(seen)
        task_of, links = self.window.task_of, self._likeness.links
        while todo:
            task = todo.pop()
            yield task
            ways = [value for _, p, value in self.window.of(task) if p in links]
            ways += [subject for subject, _, _ in self._pointing.get(task, ())]
            for node in ways:
                other = task_of.get(node)
                if other is not None and other not in seen:
                    seen.add(other)
                    todo.append(other)


class Chosen:
    """The tasks of a window that are judged, and those that are like others; each with its key."""

    def __init__(self) -> None:
        self.judged: dict[str, bytes | None] = {}
        self.alike: dict[str, bytes] = {}


class Alike:
    """The keys of tasks that were judged: whether they conformed."""

    def __init__(self) -> None:
        self._conforming: set[bytes] = set()
        self._faulty: set[bytes] = set()

    def choose(self, around: Surroundings) -> Chosen:
        """Return which tasks of a window to judge: of those with one key, the first."""
        chosen, here = Chosen(), set()
        for task in around.window.tasks:
            key = around.key(task)
            if key is None or key in self._faulty:
                chosen.judged[task] = key
            elif key in here or key in self._conforming:
                chosen.alike[task] = key
            else:
                here.add(key)
                chosen.judged[task] = key
        return chosen

    def add(self, judged: Mapping[str, bytes | None], faulty: Iterable[str]) -> None:
        """Take note of which tasks conformed."""
        wrong = set(faulty)
        for task, key in judged.items():
            if key is None:
                continue
            if task in wrong:
                self._faulty.add(key)
                self._conforming.discard(key)
            elif key not in self._faulty and len(self._conforming) < MOST_KEYS:
                self._conforming.add(key)

    def conforms(self, key: bytes | None) -> bool:
        """Return whether tasks with this key are known to conform."""
        return key in self._conforming
