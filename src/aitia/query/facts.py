"""What is known of one run, by layer: for ``aitia show``, ``aitia diff`` and the run's page.

Everything is read by SPARQL over the run's own bundles, so the size of the rest does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aitia.query.classes import ancestors, module
from aitia.query.values import to_python
from aitia.query.wording import natural, short_iri
from aitia.store.port import Row, Store, Term
from aitia.vocabulary import literals
from aitia.vocabulary.iris import QUANTITY, expand
from aitia.vocabulary.terms import AITIA

LAYERS = ("application", "model", "platform", "system", "causal")

MANY = 40
"""More things of one class than this are counted, not described."""

MOST = 50_000
"""Most settings, and most series, that are read of one run."""

_PREFIXES = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_APART = frozenset(
    {"aitia:LearningCurve", "aitia:CaptureBundle", "aitia:CaptureNote", "aitia:CaptureAdapter"}
)


class Thing(NamedTuple):
    """A recorded thing, or so many things of one class; ``facts`` pairs attributes with values."""

    iri: str
    type: str
    label: str
    facts: tuple[tuple[str, object], ...] = ()
    many: int = 1


class Metric(NamedTuple):
    """A quantity of a subject: its summary, and its points where they lie in the graph."""

    iri: str
    subject: str
    quantity: str
    kind: str
    last: float | None
    best: float | None
    least: float | None
    most: float | None
    points: int
    unit: str | None
    curve: str | None
    values: tuple[float, ...]


class Activity(NamedTuple):
    """All tasks of one name and class: how many, how they ended, how long they took together."""

    name: str
    type: str
    times: int
    seconds: float | None
    statuses: tuple[str, ...]


class Content(NamedTuple):
    """A file or data set that was used or made."""

    iri: str
    label: str
    type: str
    made: bool
    locator: str | None
    sha256: str | None
    bytes: int | None


class Note(NamedTuple):
    """What capture could not see, or had to drop."""

    kind: str
    text: str
    times: int


class Facts(NamedTuple):
    """Everything that is shown of one run."""

    run: str
    head: Mapping[str, object]
    layers: Mapping[str, Sequence[Thing]]
    settings: Mapping[str, Mapping[str, object]]
    activities: Sequence[Activity]
    metrics: Sequence[Metric]
    contents: Sequence[Content]
    notes: Sequence[Note]


def bundles(store: Store, run: str) -> list[str]:
    """Return the graphs that speak of the run with this IRI."""
    text = (
        f"{_PREFIXES} SELECT ?graph {{ ?graph a aitia:CaptureBundle ; "
        f"aitia:aboutSubject {literals.iri(run)} }}"
    )
    return sorted({value.value for (value,) in store.select(text).rows if value})


def facts(store: Store, run: str) -> Facts:
    """Return what the store knows of the run with this IRI."""
    reader = _Reader(store, run, bundles(store, run))
    labels = reader.subjects()
    return Facts(
        run=run,
        head=reader.head(),
        layers=reader.layers(),
        settings=reader.settings(labels),
        activities=reader.activities(),
        metrics=reader.metrics(labels),
        contents=reader.contents(),
        notes=reader.notes(),
    )


class _Reader:
    """Reads one run; each method is one query."""

    def __init__(self, store: Store, run: str, graphs: Sequence[str]) -> None:
        self.store = store
        self.run = run
        self.graphs = graphs
        self.above = ancestors(store)

    def _leaf(self, before: str | None, kind: str) -> str:
        """Return the narrower of two classes of one thing."""
        return before if before is not None and kind in self.above.get(before, ()) else kind

    def _is_thing(self, kind: str) -> bool:
        """Return whether things of this class are described under their layer."""
        lineage = {kind, *self.above.get(kind, ())}
        layered = module(kind, self.above) in LAYERS
        return layered and not _APART & lineage and AITIA.Execution not in lineage

    def _is_platform(self, kind: str) -> bool:
        return module(kind, self.above) == "platform"

    def rows(self, where: str, select: str, tail: str = "") -> Iterator[Row]:
        """Return the solutions of a pattern in the graphs at hand; none without a graph."""
        if not self.graphs:
            return iter(())
        text = f"{_PREFIXES} SELECT {select} WHERE {{ {where} }} {tail}"
        return self.store.select(text, graphs=self.graphs).rows

    def head(self) -> dict[str, object]:
        """Return the attributes of the run itself."""
        where = f"{literals.iri(self.run)} ?p ?o FILTER(isLiteral(?o) || ?p = aitia:status)"
        found: dict[str, object] = {}
        for prop, value in self.rows(where, "?p ?o"):
            if prop is not None:
                found[_local(prop)] = _shown(value)
        return found

    def layers(self) -> dict[str, list[Thing]]:
        """Return the things of each layer, activities and numbers apart."""
        counts = self.rows(
            "?thing a ?type", "?type (COUNT(DISTINCT ?thing) AS ?n)", "GROUP BY ?type"
        )
        many: dict[str, int] = {
            short_iri(kind.value): int(n.value) for kind, n in counts if kind and n
        }
        layers: dict[str, list[Thing]] = {layer: [] for layer in LAYERS}
        few = [kind for kind, n in many.items() if self._is_thing(kind) and n <= MANY]
        for thing in self._described(few):
            layers[module(thing.type, self.above)].append(thing)
        for kind, n in sorted(many.items()):
            if self._is_thing(kind) and n > MANY:
                layers[module(kind, self.above)].append(Thing("", kind, "", many=n))
        return {layer: things for layer, things in layers.items() if things}

    def _described(self, kinds: Iterable[str]) -> list[Thing]:
        where = (
            f"VALUES ?type {{ {' '.join(literals.iri(expand(k)) for k in sorted(kinds))} }} "
            "?thing a ?type . OPTIONAL { ?thing ?p ?o FILTER(isLiteral(?o)) }"
        )
        types: dict[str, str] = {}
        about: dict[str, list[tuple[str, object]]] = {}
        for thing, kind, prop, value in self.rows(where, "?thing ?type ?p ?o"):
            assert thing is not None
            assert kind is not None
            types[thing.value] = self._leaf(types.get(thing.value), short_iri(kind.value))
            pairs = about.setdefault(thing.value, [])
            if prop is not None and (_local(prop), to_python(value)) not in pairs:
                pairs.append((_local(prop), to_python(value)))
        things = []
        for iri, pairs in about.items():
            named = dict(pairs)
            label = str(named.get("label", short_iri(iri)))
            rest = sorted((p, v) for p, v in pairs if p != "label")
            things.append(Thing(iri, types[iri], label, tuple(rest)))
        full = {thing.label for thing in things if thing.facts}
        # What others specialise says nothing beyond its name, which they bear too.
        told = [thing for thing in things if thing.facts or thing.label not in full]
        return sorted(told, key=lambda t: (t.type, _index(t), t.label, t.iri))

    def subjects(self) -> dict[str, str]:
        """Return the names of the activities and of what has settings of its own."""
        where = (
            "{ ?s prov:startedAtTime ?t } UNION { ?s aitia:hasSetting ?x } "
            "OPTIONAL { ?s rdfs:label ?name }"
        )
        found = {}
        for subject, name in self.rows(where, "DISTINCT ?s ?name"):
            if subject is not None:
                found[subject.value] = name.value if name else short_iri(subject.value)
        often = Counter(found.values())
        return {
            iri: name if often[name] == 1 else f"{name} [{short_iri(iri).partition('#')[2] or iri}]"
            for iri, name in found.items()
        }

    def settings(self, labels: Mapping[str, str]) -> dict[str, dict[str, object]]:
        """Return the settings of each subject; the run's own come under the empty name."""
        where = "?s aitia:hasSetting ?x . ?x aitia:settingName ?name ; aitia:settingValue ?v"
        found: dict[str, dict[str, object]] = {}
        tail = f"ORDER BY ?s ?name LIMIT {MOST}"
        for subject, name, value in self.rows(where, "?s ?name ?v", tail):
            assert subject is not None
            assert name is not None
            key = "" if subject.value == self.run else labels.get(subject.value, subject.value)
            found.setdefault(key, {})[name.value] = _shown(value)
        return found

    def activities(self) -> list[Activity]:
        """Return the tasks by name and class, in the order in which they first began."""
        where = (
            "?task prov:startedAtTime ?t ; a ?type ; rdfs:label ?name . "
            f"FILTER(?task != {literals.iri(self.run)}) "
            "OPTIONAL { ?task aitia:durationSeconds ?d } OPTIONAL { ?task aitia:status ?status }"
        )
        select = (
            "?name ?type (COUNT(DISTINCT ?task) AS ?n) (SUM(?d) AS ?seconds) "
            '(GROUP_CONCAT(DISTINCT STR(?status); separator=" ") AS ?how) (MIN(?t) AS ?first)'
        )
        found = []
        for name, kind, n, spent, how, _ in self.rows(
            where, select, "GROUP BY ?name ?type ORDER BY ?first"
        ):
            if name is None or kind is None or n is None:
                continue
            statuses = tuple(
                sorted(iri.rpartition("#")[2] for iri in (how.value if how else "").split())
            )
            seconds = to_python(spent)
            took = float(seconds) if isinstance(seconds, (int, float)) else None
            found.append(Activity(name.value, short_iri(kind.value), int(n.value), took, statuses))
        return found

    def metrics(self, labels: Mapping[str, str]) -> list[Metric]:
        """Return series and single measurements, by subject and quantity."""
        where = (
            "?m aitia:measuresQuantity ?q ; aitia:aboutSubject ?s ; a ?type . "
            "OPTIONAL { ?m aitia:numericValue ?one } OPTIONAL { ?m aitia:lastValue ?last } "
            "OPTIONAL { ?m aitia:bestValue ?best } OPTIONAL { ?m aitia:minimum ?least } "
            "OPTIONAL { ?m aitia:maximum ?most } OPTIONAL { ?m aitia:pointCount ?n } "
            "OPTIONAL { ?m aitia:curveType ?curve } OPTIONAL { ?m aitia:inlineValues ?values } "
            "OPTIONAL { ?q aitia:unitCode ?unit }"
        )
        select = "?m ?s ?q ?type ?one ?last ?best ?least ?most ?n ?curve ?values ?unit"
        rows = self.rows(where, select, f"ORDER BY ?s ?q LIMIT {MOST}")
        found = [_metric(row, labels) for row in rows]
        return sorted(found, key=lambda m: (natural(m.subject), m.quantity, m.iri))

    def contents(self) -> list[Content]:
        """Return the files, data sets and models that were used or made."""
        where = (
            "{ ?task prov:used ?e BIND(false AS ?made) } UNION "
            "{ ?e prov:wasGeneratedBy ?task BIND(true AS ?made) } ?e a ?type . "
            "OPTIONAL { ?e rdfs:label ?label } OPTIONAL { ?e aitia:locator ?locator } "
            "OPTIONAL { ?e aitia:sha256 ?sha } OPTIONAL { ?e aitia:byteSize ?bytes }"
        )
        found: dict[str, Content] = {}
        select = "DISTINCT ?e ?type ?made ?label ?locator ?sha ?bytes"
        for entity, kind, made, label, locator, sha, size in self.rows(where, select):
            assert entity is not None
            assert kind is not None
            name = short_iri(kind.value)
            if "aitia:Artifact" not in (name, *self.above.get(name, ())) or self._is_platform(name):
                continue
            was_made = to_python(made) is True
            before = found.get(entity.value)
            found[entity.value] = Content(
                iri=entity.value,
                label=label.value if label else short_iri(entity.value),
                type=self._leaf(before.type if before else None, name),
                made=was_made or bool(before and before.made),
                locator=locator.value if locator else None,
                sha256=sha.value if sha else None,
                bytes=int(size.value) if size else None,
            )
        return sorted(found.values(), key=lambda c: (c.made, c.label, c.iri))

    def notes(self) -> list[Note]:
        """Return what capture said of its own blind spots."""
        where = (
            "?note a aitia:CaptureNote ; aitia:noteKind ?kind ; rdfs:comment ?text ; "
            "aitia:noteCount ?n"
        )
        found = [
            Note(kind.value, text.value, int(n.value))
            for kind, text, n in self.rows(where, "?kind ?text ?n")
            if kind and text and n
        ]
        return sorted(set(found))


def _metric(row: Row, labels: Mapping[str, str]) -> Metric:
    here, subject, quantity, kind, one, last, best, least, most, n, curve, values, unit = row
    assert here is not None
    assert subject is not None
    assert quantity is not None
    single = _number(one)
    return Metric(
        iri=here.value,
        subject=labels.get(subject.value, subject.value),
        quantity=quantity.value.removeprefix(QUANTITY),
        kind=short_iri(kind.value) if kind else "",
        last=single if single is not None else _number(last),
        best=_number(best),
        least=_number(least),
        most=_number(most),
        points=int(n.value) if n else 1,
        unit=unit.value if unit else None,
        curve=curve.value.rpartition("#")[2] if curve else None,
        values=_points(values),
    )


def _points(term: Term | None) -> tuple[float, ...]:
    items = to_python(term)
    numbers = map(literals.to_float, items if isinstance(items, list) else ())
    return tuple(number for number in numbers if number is not None)


def _number(term: Term | None) -> float | None:
    value = to_python(term)
    return float(value) if isinstance(value, (int, float)) else None


def _shown(term: Term | None) -> object:
    value = to_python(term)
    return short_iri(str(value)) if term is not None and term.kind == "iri" else value


def _local(term: Term) -> str:
    return term.value.rpartition("#")[2]


def _index(thing: Thing) -> float:
    place = dict(thing.facts).get("layerIndex")
    return float(place) if isinstance(place, (int, float)) else 0.0
