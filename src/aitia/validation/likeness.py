"""Which groups of statements the shapes cannot tell from one another.

A run has many tasks that differ in nothing that any constraint looks at: other times, other
values of the same kind. Each group of statements about one node, and about the nodes below it, has
a *key*: what is left of it when all that does not matter is left out. Of two groups with one key
either both conform or neither does, so one need only be judged. What matters is read from the
shapes (see ``needs``): of a literal its datatype, whether it is of that, and on which side of the
bounds it lies; of a node elsewhere its classes, and whether it is the same as another; the order
of two values that are compared; and the whole text where a constraint asks for more.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from aitia.validation.hierarchy import closure
from aitia.validation.lexical import XSD
from aitia.validation.needs import Needs, needs_of
from aitia.validation.profiles import Profile
from aitia.validation.statements import Statement, look

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

MOST_FORMS = 20_000
"""Most forms of a group that are kept; a group of another form has no key."""

_DATE_TIME, _INTEGER, _DOUBLE = f"{XSD}dateTime", f"{XSD}integer", f"{XSD}double"
_INSTANT = re.compile(
    r'"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d'
    rf'(?:\.\d*[1-9])?Z"\^\^<{re.escape(_DATE_TIME)}>',
    re.ASCII,
)
_NUMBER = re.compile(
    rf'"-?\d+(?:"\^\^<({re.escape(_INTEGER)})>'
    rf'|(?:\.\d+)?(?:e[+-]?\d+)?"\^\^<({re.escape(_DOUBLE)})>)',
    re.ASCII,
)
_NUMERIC = frozenset(XSD + name for name in ("integer", "double", "nonNegativeInteger", "decimal"))

Elsewhere = Callable[[str, bool], str]
"""Returns what is known of a node outside a group, as text; empty when its class is not known.

When the second argument is true, more than its classes matters.
"""


class Form(NamedTuple):
    """What to take note of in groups that have the same nodes, properties and classes.

    For each statement, ``whole`` says whether a literal matters to the letter, ``linked`` whether
    more of a node matters than its classes, and ``bounds`` holds the numbers that a value is
    compared with. ``orders`` are pairs of statements whose values are compared; ``inverse`` and
    ``onward`` are as in ``Needs``.
    """

    whole: tuple[bool, ...]
    linked: tuple[bool, ...]
    bounds: tuple[tuple[float, ...], ...]
    orders: tuple[tuple[int, int], ...]
    inverse: frozenset[str]
    onward: frozenset[str]


class Likeness:
    """What the shapes of a profile look at, made ready to compare groups of statements.

    Parameters
    ----------
    profile:
        What :func:`aitia.validation.profiles.load` returned. With extensions, whose properties
        entail others, or with shapes that the compiler declines, no group has a key.
    """

    def __init__(self, profile: Profile) -> None:
        self._usable = not profile.extensions and not profile.plan.declined
        self._above = closure(profile.subclasses)
        self._targets: dict[tuple[str, str], list[Needs]] = {}
        self._forms: dict[str, Form | None] = {}
        self._all = Needs()
        for root in profile.shapes.roots() if self._usable else ():
            needs = needs_of(profile.shapes, root.key)
            self._all.add(needs)
            for target in root.targets:
                self._targets.setdefault((target.kind, target.term.value), []).append(needs)
        # A node that is a target by itself, or as the object of a property, is judged by name.
        for kind, name in self._targets:
            if kind == "node":
                self._usable = False
            elif kind == "objects":
                self._all.links.add(f"<{name}>")

    @property
    def inverse(self) -> set[str]:
        """The properties that some constraint walks backwards."""
        return self._all.inverse

    @property
    def links(self) -> set[str]:
        """The properties that some constraint walks on from."""
        return self._all.links

    def key(
        self,
        node: str,
        statements: Sequence[Statement],
        elsewhere: Elsewhere,
        pointing: Sequence[Statement] = (),
    ) -> bytes | None:
        """Return the key of what is said of a node and of those below it; None when it has none.

        Parameters
        ----------
        node:
            The node, in N-Triples syntax; ``<…/x>`` is below ``<…>``.
        statements:
            All that is said of these nodes, each statement once.
        elsewhere:
            Tells of other nodes that are pointed at.
        pointing:
            What is said of other nodes that point at these by a property in ``inverse``.
        """
        names = _Names(node)
        text = _shape(names, statements)
        form = self._form_of(text, statements)
        if form is None:
            return None
        parts = [text]
        rows = zip(statements, form.whole, form.linked, form.bounds, strict=True)
        for (_, _, value), whole, linked, bounds in rows:
            if value[0] == "<":
                parts.append(names.other(value, elsewhere, linked=linked))
            else:
                parts.append(value if whole else kind(value, bounds))
        parts += [order(statements[a][2], statements[b][2]) for a, b in form.orders]
        for subject, predicate, value in pointing:
            if predicate in form.inverse:
                said = names.other(subject, elsewhere, linked=True)
                parts.append(f"{said} {predicate} {names.own(value)}")
                names.is_known &= predicate not in form.onward
        if not names.is_known:
            return None
        data = "\n".join(parts).encode("utf-8", "backslashreplace")
        return blake2b(data, digest_size=16).digest()

    def form(self, node: str, statements: Sequence[Statement]) -> Form | None:
        """Return what to take note of in groups such as this one; None when they have no key."""
        return self._form_of(_shape(_Names(node), statements), statements)

    def _form_of(self, text: str, statements: Sequence[Statement]) -> Form | None:
        if not self._usable:
            return None
        return self._forms.get(text) or self._formed(text, statements)

    def _formed(self, text: str, statements: Sequence[Statement]) -> Form | None:
        if text in self._forms or len(self._forms) >= MOST_FORMS:
            return None
        form = self._forms[text] = self._form(statements)
        return form

    def _form(self, statements: Sequence[Statement]) -> Form | None:
        needs = Needs()
        for found in self._needs(statements):
            needs.add(found)
        if needs.opaque:
            return None
        at: dict[tuple[str, str], list[int]] = {}
        for index, (subject, predicate, _) in enumerate(statements):
            at.setdefault((subject, predicate), []).append(index)
        ordered = [
            (first, at[subject, right])
            for (subject, predicate), first in at.items()
            for left, right in needs.orders
            if predicate == left and (subject, right) in at
        ]
        return Form(
            tuple(predicate in needs.texts for _, predicate, _ in statements),
            tuple(
                predicate in needs.links or ("objects", predicate[1:-1]) in self._targets
                for _, predicate, _ in statements
            ),
            tuple(tuple(sorted(needs.bounds.get(p, ()))) for _, p, _ in statements),
            tuple((a, b) for left, right in ordered for a in left for b in right),
            frozenset(needs.inverse),
            frozenset(needs.onward),
        )

    def _needs(self, statements: Iterable[Statement]) -> Iterable[Needs]:
        """Yield what is looked at by the shapes whose targets are among the subjects."""
        seen = set()
        for _, predicate, value in statements:
            keys = [("subjects", predicate[1:-1])]
            if predicate == RDF_TYPE:
                name = value[1:-1]
                keys += [("class", one) for one in (name, *self._above.get(name, ()))]
            for key in keys:
                if key not in seen:
                    seen.add(key)
                    yield from self._targets.get(key, ())


def _shape(names: _Names, statements: Sequence[Statement]) -> str:
    """Return the nodes, properties and classes of a group as text."""
    return "\n".join(
        [
            f"{names.own(subject)} {predicate} {value if predicate == RDF_TYPE else ''}"
            for subject, predicate, value in statements
        ]
    )


class _Names:
    """Names of nodes as they are in a key: from the group's own node, or by first mention.

    ``is_known`` says whether the classes of all nodes that were asked for are.
    """

    def __init__(self, node: str) -> None:
        self._stem = node[:-1]
        self._cut = len(self._stem)
        self._others: dict[str, str] = {}
        self.is_known = True

    def own(self, node: str) -> str:
        """Return the name of a node of the group."""
        return node[self._cut :]

    def other(self, node: str, elsewhere: Elsewhere, *, linked: bool) -> str:
        """Return the name of a node that is pointed at, and what is known of it."""
        if node.startswith(self._stem) and node[self._cut] in "/>":
            return node[self._cut :]
        if not node.startswith(("<urn:uuid:", "<ni:")):
            return node
        found = self._others.get(node)
        if found is None:
            found = self._others[node] = f"{len(self._others)} {self._ask(node, elsewhere, False)}"
        return f"{node} {self._ask(node, elsewhere, True)} {found}" if linked else found

    def _ask(self, node: str, elsewhere: Elsewhere, more: bool) -> str:
        known = elsewhere(node, more)
        self.is_known &= bool(known)
        return known


def kind(text: str, bounds: tuple[float, ...]) -> str:
    """Return the kind of a literal, and where it lies among numbers."""
    # The usual forms are told apart faster than any literal.
    usual = _NUMBER.fullmatch(text)
    if usual:
        kind = usual[1] or usual[2]
    elif _INSTANT.fullmatch(text):
        kind = _DATE_TIME
    else:
        kind = look(text).kind
    if not bounds:
        return kind
    if kind not in _NUMERIC:
        return text
    number = float(text[1 : text.index('"', 1)])
    if number != number:
        return text
    return f"{kind} {bisect_left(bounds, number)} {bisect_right(bounds, number)}"


def order(left: str, right: str) -> str:
    """Return which of two values is the greater; both of them where that takes more than a look."""
    if _INSTANT.fullmatch(left) and _INSTANT.fullmatch(right):
        # In one zone and without trailing zeros, the order of texts is that of instants.
        one, two = left[: left.index("Z")], right[: right.index("Z")]
        return "<" if one < two else "=" if one == two else ">"
    return f"{left} {right}"
