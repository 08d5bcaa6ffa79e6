"""Compiles shapes to a plan of SPARQL queries that judges whole sets of nodes at once.

A shape is used in two roles: *report*, where its violations are results, and *check*, where it
only matters whether a node conforms, because another shape refers to it. Each use is an instance.
Focus nodes flow from shapes to the shapes they refer to; failures flow back, lowest shapes first.
SHACL leaves recursive shapes undefined (§3.4.3), so the order always exists; recursive shapes and
anything outside SHACL Core and plain SPARQL constraints are declined with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from aitia.validation.conformance import Failing, is_small, small
from aitia.validation.constraints import Context, pieces
from aitia.validation.paths import Path, needed, sparql
from aitia.validation.plan import Branch, Group, Plan, Select, Spread
from aitia.validation.prebinding import SHAPES, asks_for_shapes, for_all
from aitia.validation.shapes import Shape, Shapes, references
from aitia.validation.terms import BASE, FAILS, FOCUS, SHAPES_GRAPH, held

REPORT, CHECK = "report", "check"
Use = tuple[str, str]


class Source(NamedTuple):
    """Where focus nodes come from: a class, or another instance, perhaps along a path."""

    cls: str = ""
    use: Use | None = None
    path: Path | None = None


@dataclass(slots=True)
class Instance:
    """One shape in one role."""

    shape: Shape
    role: str
    id: str
    sources: list[Source] = field(default_factory=list)
    targeted: bool = False
    key: str = ""
    height: int = 0


def declined(shapes: Shapes) -> dict[str, str]:
    """Return, for each shape with targets that the compiler must leave to another engine, why."""
    found = {}
    for root in shapes.roots():
        reached = shapes.reached(root.key)
        reasons = sorted({reason for key in reached for reason in shapes.shapes[key].unsupported})
        graph = {key: list(references(shapes.shapes[key])) for key in reached}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError:
            reasons.append("shapes that refer to themselves")
        if reasons:
            found[root.key] = ", ".join(reasons)
    return found


class Compiler:
    """Builds the plan of one set of shapes."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.declined = declined(shapes)
        self.instances: dict[Use, Instance] = {}
        self.ids = {key: f"{BASE}s{number}" for number, key in enumerate(shapes.shapes)}
        self.classes: set[str] = set()
        self.asks_for_shapes = False
        self.branches: list[Branch] = []
        self.spreads: list[Spread] = []

    def plan(self) -> Plan:
        """Return the plan."""
        nodes: list[tuple[str, NamedNode | Literal]] = []
        by_end: dict[str, dict[str, list[str]]] = {"subjects": {}, "objects": {}}
        for root in self.shapes.roots():
            if root.key in self.declined:
                continue
            instance = self.use(root.key, REPORT)
            for target in root.targets:
                if target.kind == "class":
                    self.classes.add(target.term.value)
                    self.feed(instance, Source(cls=target.term.value))
                    continue
                instance.targeted = True
                if target.kind == "node":
                    nodes.append((instance.id, target.term))
                else:
                    by_end[target.kind].setdefault(target.term.value, []).append(instance.id)
        ordered = self.ordered()
        for instance in ordered:
            self.place(instance)
        for instance in reversed(ordered):
            self.measure(instance)
        stages = self.stages(ordered)
        return Plan(
            classes=frozenset(self.classes),
            nodes=tuple(nodes),
            subjects={iri: tuple(keys) for iri, keys in by_end["subjects"].items()},
            objects={iri: tuple(keys) for iri, keys in by_end["objects"].items()},
            spreads=tuple(self.spreads),
            stages=stages,
            branches=tuple(self.branches),
            declined=self.declined,
            shapes_graph=self.shapes.triples if self.asks_for_shapes else (),
        )

    def use(self, key: str, role: str) -> Instance:
        """Return the instance of a shape in a role, made on first use with all it refers to."""
        found = self.instances.get((key, role))
        if found is None:
            shape = self.shapes.shapes[key]
            found = self.instances[key, role] = Instance(shape, role, f"{self.ids[key]}{role[0]}")
            if not shape.deactivated:
                self.expand(found)
        return found

    def feed(self, instance: Instance, source: Source) -> None:
        """Add a source of focus nodes."""
        if source not in instance.sources:
            instance.sources.append(source)

    def expand(self, instance: Instance) -> None:
        """Make the instances that this one refers to."""
        here = (instance.shape.key, instance.role)
        for shape in self.parts(instance):
            path = shape.path
            for constraint in shape.constraints:
                for key in constraint.shapes:
                    if is_small(self.shapes, key):
                        continue
                    self.feed(self.use(key, CHECK), Source(use=here, path=path))
            for key in self.nested(instance, shape):
                if instance.role == CHECK and is_small(self.shapes, key):
                    continue
                self.feed(self.use(key, instance.role), Source(use=here, path=path))

    def parts(self, instance: Instance) -> Iterator[Shape]:
        """Yield the shapes whose constraints are judged as one with the instance.

        In the check role those are also its property shapes: one failing fails the whole.
        """
        yield instance.shape
        if instance.role == CHECK and instance.shape.path is None:
            for key in instance.shape.properties:
                if not self.shapes.shapes[key].deactivated:
                    yield self.shapes.shapes[key]

    def nested(self, instance: Instance, shape: Shape) -> tuple[str, ...]:
        """Return the property shapes under ``shape`` that are instances of their own."""
        own_part = instance.role == CHECK and shape is instance.shape and shape.path is None
        return () if own_part else shape.properties

    def ordered(self) -> list[Instance]:
        """Return the instances such that each comes after its sources."""
        graph = {
            use: [source.use for source in instance.sources if source.use is not None]
            for use, instance in self.instances.items()
        }
        return [self.instances[use] for use in TopologicalSorter(graph).static_order()]

    def place(self, instance: Instance) -> None:
        """Decide which set holds the focus nodes of an instance."""
        shared: list[tuple[str, bool]] = []
        walked: list[tuple[str, Path]] = []
        again = instance.role == REPORT
        for source in instance.sources:
            if source.use is None:
                shared.append((source.cls, False))
            elif source.path is None:
                shared.append((self.instances[source.use].key, again))
            else:
                walked.append((self.instances[source.use].key, source.path))
        alone = len(shared) == 1 if again else len(set(shared)) == 1
        if alone and not walked and not instance.targeted:
            instance.key = shared[0][0]
            return
        shared.sort(key=lambda pair: pair[1])
        instance.key = here = instance.id
        self.spreads += [Spread(key, "", frozenset(), here, more) for key, more in shared]
        self.spreads += [
            Spread(key, sparql(path), needed(path), here, again) for key, path in walked
        ]

    def measure(self, instance: Instance) -> None:
        """Set the height: one more than that of the highest shape it refers to."""
        for source in instance.sources:
            if source.use is not None:
                parent = self.instances[source.use]
                parent.height = max(parent.height, instance.height + 1)

    def stages(self, ordered: list[Instance]) -> tuple[tuple[Group, ...], ...]:
        """Return the groups of queries: checks by height, then reports."""
        found: dict[int, dict[str, tuple[list[Branch], list[Select]]]] = defaultdict(
            lambda: defaultdict(lambda: ([], []))
        )
        last = 1 + max((instance.height for instance in ordered), default=0)
        for instance in ordered:
            if instance.shape.deactivated:
                continue
            level = instance.height if instance.role == CHECK else last
            branches, selects = found[level][instance.key]
            for shape in self.parts(instance):
                self.compile(instance, shape, branches, selects)
        return tuple(
            tuple(
                Group(key, tuple(b), tuple(s))
                for key, (b, s) in sorted(found[level].items())
                if b or s
            )
            for level in sorted(found)
        )

    def compile(
        self, instance: Instance, shape: Shape, branches: list[Branch], selects: list[Select]
    ) -> None:
        """Add the branches of one shape to those of its group."""
        focus = held(FOCUS, instance.key, "?this")
        fails = self.ids[instance.shape.key] if instance.role == CHECK else ""
        context = Context(shape, focus, self.fails)
        for constraint in shape.constraints:
            if constraint.kind == "sparql":
                options = constraint.options
                text = options["select"].replace("$PATH", context.path())
                bound = focus
                if asks_for_shapes(text):
                    self.asks_for_shapes = True
                    bound += f" VALUES (?{' ?'.join(SHAPES)}) {{ ({SHAPES_GRAPH} <{shape.key}>) }}"
                selects.append(Select(for_all(text, bound), options["message"], shape, fails))
                continue
            for piece in pieces(context, constraint):
                self.classes |= piece.classes
                text = f"{{ {focus} {piece.text} BIND({len(self.branches)} AS ?branch) }}"
                branch = Branch(
                    len(self.branches),
                    instance.key,
                    text,
                    piece.guard,
                    piece.component,
                    piece.has_value,
                    shape,
                    fails,
                )
                self.branches.append(branch)
                branches.append(branch)
        if instance.role == CHECK:
            self.check_nested(instance, context, branches)

    def check_nested(self, instance: Instance, context: Context, branches: list[Branch]) -> None:
        """Add that a shape fails when a property shape nested in it fails at one of its values."""
        shape = context.shape
        for key in self.nested(instance, shape):
            failing = self.fails(key, "?value")
            self.classes |= failing.classes
            text = (
                f"{{ {context.focus} {context.values()} FILTER({failing.expression}) "
                f"BIND({len(self.branches)} AS ?branch) }}"
            )
            fails = self.ids[instance.shape.key]
            branch = Branch(
                len(self.branches), instance.key, text, context.guard(), "", False, shape, fails
            )
            self.branches.append(branch)
            branches.append(branch)

    def fails(self, key: str, variable: str) -> Failing:
        """Return that a node fails a shape."""
        if is_small(self.shapes, key):
            return small(self.shapes, key, variable)
        return Failing(f"EXISTS {{ {held(FAILS, self.ids[key], variable)} }}")


def compile_shapes(shapes: Shapes) -> Plan:
    """Return the plan that judges a graph by ``shapes``."""
    return Compiler(shapes).plan()
