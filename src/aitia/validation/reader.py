"""Reads shapes from RDF triples (SHACL §2, §4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from aitia.validation.graph import RDF, Graph, is_true, key_of, read_path
from aitia.validation.prebinding import asks_for_shapes, refusal
from aitia.validation.shapes import SH, Constraint, Shape, Shapes, Target, Term
from aitia.validation.wellformed import check

CLASS_TYPES = frozenset(
    {"http://www.w3.org/2000/01/rdf-schema#Class", "http://www.w3.org/2002/07/owl#Class"}
)
SIMPLE = (
    "class",
    "datatype",
    "nodeKind",
    "minCount",
    "maxCount",
    "minExclusive",
    "minInclusive",
    "maxExclusive",
    "maxInclusive",
    "minLength",
    "maxLength",
    "uniqueLang",
    "equals",
    "disjoint",
    "lessThan",
    "lessThanOrEquals",
    "hasValue",
)
LISTED = ("in", "languageIn")
LOGICAL_LISTS = ("and", "or", "xone")
LOGICAL = ("not", "node")
TARGETS = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjects",
    "targetObjectsOf": "objects",
}
SILENT = (
    "name",
    "description",
    "order",
    "group",
    "defaultValue",
    "severity",
    "message",
    "deactivated",
    "flags",
    "ignoredProperties",
    "path",
    "property",
    "qualifiedMinCount",
    "qualifiedMaxCount",
    "qualifiedValueShapesDisjoint",
    "rule",
    # Of a SPARQL constraint, which may be the node of its shape.
    "select",
    "prefixes",
)
KNOWN = frozenset(
    (
        *SILENT,
        *SIMPLE,
        *LISTED,
        *LOGICAL_LISTS,
        *LOGICAL,
        *TARGETS,
        "pattern",
        "closed",
        "qualifiedValueShape",
        "sparql",
    )
)
BEYOND_XPATH = re.compile(r"\(\?[=!<:]|\\[1-9]|\\b|\\B")


class Reader:
    """Reads all shapes that are reachable from the shapes with targets."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.graph = Graph(triples)
        self.shapes: dict[str, Shape] = {}
        self.read_keys: set[str] = set()
        self.custom = {
            path.value
            for component in list(self.graph.by_subject)
            for node in self.graph.all(component, "parameter")
            for path in self.graph.all(node, "path")
            if isinstance(path, NamedNode)
        }

    def read(self) -> Shapes:
        """Return the shapes.

        Raises
        ------
        ValidationError
            When the graph is not well-formed SHACL.
        """
        for node in list(self.graph.by_subject):
            if any(self.targets(node)):
                self.add(node)
        return Shapes(dict(sorted(self.shapes.items())), self.graph.triples)

    def add(self, node: Term) -> str:
        """Read the shape at ``node`` and all it refers to; return its key."""
        key = key_of(node)
        if key in self.read_keys:
            return key
        self.read_keys.add(key)
        graph, path = self.graph, self.graph.one(node, "path")
        severity = graph.one(node, "severity")
        self.shapes[key] = Shape(
            key=key,
            path=None if path is None else read_path(graph, path),
            targets=tuple(self.targets(node)),
            severity=severity.value if isinstance(severity, NamedNode) else SH + "Violation",
            message=graph.text(node, "message"),
            name=graph.text(node, "name"),
            fix=graph.text(node, "description"),
            deactivated=is_true(graph.one(node, "deactivated")),
            constraints=tuple(
                check(key, constraint, has_path=path is not None)
                for constraint in self.constraints(node)
            ),
            properties=tuple(self.add(child) for child in graph.all(node, "property")),
            unsupported=tuple(self.unsupported(node)),
        )
        return key

    def targets(self, node: Term) -> Iterator[Target]:
        """Yield the targets of the shape at ``node``."""
        about = self.graph.by_subject[node]
        for name, kind in TARGETS.items():
            for term in about.get(SH + name, []):
                if isinstance(term, (NamedNode, Literal)):
                    yield Target(kind, term)
        types = {key_of(term) for term in about.get(RDF + "type", [])}
        shape_types = {SH + "NodeShape", SH + "PropertyShape"}
        if types & CLASS_TYPES and types & shape_types and isinstance(node, NamedNode):
            yield Target("class", node)

    def unsupported(self, node: Term) -> Iterator[str]:
        """Yield what the compiler cannot do of the shape at ``node``."""
        for predicate in self.graph.by_subject[node]:
            if predicate in self.custom:
                yield f"the custom constraint component of <{predicate}>"
            elif predicate.startswith(SH) and predicate[len(SH) :] not in KNOWN:
                yield f"sh:{predicate[len(SH) :]}"
        for pattern in self.graph.all(node, "pattern"):
            if isinstance(pattern, Literal) and BEYOND_XPATH.search(pattern.value):
                yield f"the regular expression {pattern.value!r}"
        for constraint in self.graph.all(node, "sparql"):
            text = self.graph.text(constraint, "select")
            if not text:
                yield "a SPARQL constraint that is no SELECT"
            elif asks_for_shapes(text) and not isinstance(node, NamedNode):
                yield "a SPARQL constraint about a shape without a name"
            elif reason := refusal(text):
                yield reason

    def constraints(self, node: Term) -> Iterator[Constraint]:
        """Yield the constraints of the shape at ``node``."""
        graph = self.graph
        for kind in SIMPLE:
            for term in graph.all(node, kind):
                if kind != "uniqueLang" or term == Literal(True):
                    yield Constraint(kind, (term,))
        for kind in LISTED:
            for head in graph.all(node, kind):
                yield Constraint(kind, graph.members(head))
        for pattern in graph.all(node, "pattern"):
            yield Constraint("pattern", (pattern,), options={"flags": graph.text(node, "flags")})
        if is_true(graph.one(node, "closed")):
            yield Constraint("closed", tuple(self.allowed(node)))
        yield from self.logical(node)
        yield from self.qualified(node)
        for constraint in graph.all(node, "sparql"):
            if not is_true(graph.one(constraint, "deactivated")):
                yield self.sparql(constraint)

    def logical(self, node: Term) -> Iterator[Constraint]:
        """Yield the constraints that refer to whole shapes (SHACL §4.6, §4.7.1)."""
        graph = self.graph
        for kind in LOGICAL:
            for other in graph.all(node, kind):
                yield Constraint(kind, shapes=(self.add(other),))
        for kind in LOGICAL_LISTS:
            for head in graph.all(node, kind):
                yield Constraint(kind, shapes=tuple(self.add(part) for part in graph.members(head)))

    def qualified(self, node: Term) -> Iterator[Constraint]:
        """Yield the constraints of ``sh:qualifiedValueShape`` (SHACL §4.7.3)."""
        graph = self.graph
        siblings = (
            self.siblings(node) if is_true(graph.one(node, "qualifiedValueShapesDisjoint")) else []
        )
        for value_shape in graph.all(node, "qualifiedValueShape"):
            others = [self.add(other) for other in siblings if other != value_shape]
            for kind in ("qualifiedMinCount", "qualifiedMaxCount"):
                for count in graph.all(node, kind):
                    yield Constraint(kind, (count,), (self.add(value_shape), *others))

    def siblings(self, node: Term) -> list[Term]:
        """Return the qualified value shapes of the property shapes beside ``node``."""
        found: dict[Term, None] = {}
        for about in self.graph.by_subject.values():
            beside = about.get(SH + "property", [])
            if node in beside:
                for other in beside:
                    found.update(dict.fromkeys(self.graph.all(other, "qualifiedValueShape")))
        return list(found)

    def allowed(self, node: Term) -> Iterator[Term]:
        """Yield the properties that a closed shape permits."""
        for child in self.graph.all(node, "property"):
            yield from self.graph.all(child, "path")
        ignored = self.graph.one(node, "ignoredProperties")
        if ignored is not None:
            yield from self.graph.members(ignored)

    def sparql(self, node: Term) -> Constraint:
        """Return a SPARQL constraint with the prefixes it declares (SHACL §5.2, §5.3)."""
        graph = self.graph
        prefixes: dict[str, str] = {}
        todo = list(graph.all(node, "prefixes"))
        seen: set[Term] = set()
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            todo.extend(graph.all(here, "http://www.w3.org/2002/07/owl#imports"))
            for declaration in graph.all(here, "declare"):
                prefixes[graph.text(declaration, "prefix")] = graph.text(declaration, "namespace")
        head = "".join(
            f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted(prefixes.items())
        )
        text = head + graph.text(node, "select")
        return Constraint(
            "sparql", options={"select": text, "message": graph.text(node, "message")}
        )


def read_shapes(triples: Iterable[Triple]) -> Shapes:
    """Return the shapes in ``triples``; see :meth:`Reader.read`."""
    return Reader(triples).read()
