"""What is known of one run, by layer: for ``aitia show``, ``aitia diff`` and the run's page.

Everything is read by SPARQL over the run's own bundles, so the size of the rest does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple

from aitia.query import metrics
from aitia.query.classes import ancestors, module
from aitia.query.metrics import Metric
from aitia.query.values import to_python
from aitia.query.wording import short_iri
from aitia.store.port import Row, Store, Term
from aitia.vocabulary import literals
from aitia.vocabulary.iris import expand
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
    unread: int = 0
    """Metrics that are not among them, as there are too many."""


def bundles(store: Store, run: str) -> list[str]:
    """Return the graphs that speak of the run with this IRI."""
    text = (
        f"{_PREFIXES} SELECT ?graph {{ ?graph a aitia:CaptureBundle ; "
        f"aitia:aboutSubject {literals.iri(run)} }}"
    )
    return sorted({value.value for (value,) in store.select(text).rows if value})


def facts(store: Store, run: str, *, most: int = MOST) -> Facts:
    """Return what the store knows of the run with this IRI, with so many of its metrics."""
    reader = _Reader(store, run, bundles(store, run))
    labels = reader.subjects()
    found, unread = metrics.read(reader.rows, labels, most)
    return Facts(
        run=run,
        head=reader.head(),
        layers=reader.layers(),
        settings=reader.settings(labels),
        activities=reader.activities(),
        metrics=found,
        contents=reader.contents(),
        notes=reader.notes(),
        unread=unread,
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

    def _is_content(self, kind: str) -> bool:
        """Return whether things of this class are files, data sets or models of the run."""
        return "aitia:Artifact" in self.above[kind] and module(kind, self.above) != "platform"

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
        told = ((s, n, v) for s, n, v in self.rows(where, "?s ?name ?v") if s and n)
        # Put in order here, for the engine looks the texts up again with each comparison.
        for subject, name, value in nsmallest(MOST, told, lambda row: (row[0].value, row[1].value)):
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

    def contents(self) -> list[Content]:
        """Return the files, data sets and models that were used or made."""
        kinds = [kind for kind in self.above if self._is_content(kind)]
        classes = " ".join(literals.iri(expand(kind)) for kind in ("aitia:Artifact", *kinds))
        # From what is kept of all: tasks use and make far more, of which most are plain values.
        where = (
            f"VALUES ?type {{ {classes} }} ?e a ?type . "
            "BIND(EXISTS { ?e prov:wasGeneratedBy ?maker } AS ?made) "
            "FILTER(?made || EXISTS { ?user prov:used ?e }) "
            "OPTIONAL { ?e rdfs:label ?label } OPTIONAL { ?e aitia:locator ?locator } "
            "OPTIONAL { ?e aitia:sha256 ?sha } OPTIONAL { ?e aitia:byteSize ?bytes }"
        )
        found: dict[str, Content] = {}
        select = "DISTINCT ?e ?type ?made ?label ?locator ?sha ?bytes"
        for entity, kind, made, label, locator, sha, size in self.rows(where, select):
            assert entity is not None
            assert kind is not None
            before = found.get(entity.value)
            found[entity.value] = Content(
                iri=entity.value,
                label=label.value if label else short_iri(entity.value),
                type=self._leaf(before.type if before else None, short_iri(kind.value)),
                made=to_python(made) is True,
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


def _shown(term: Term | None) -> object:
    value = to_python(term)
    return short_iri(str(value)) if term is not None and term.kind == "iri" else value


def _local(term: Term) -> str:
    return term.value.rpartition("#")[2]


def _index(thing: Thing) -> float:
    place = dict(thing.facts).get("layerIndex")
    return float(place) if isinstance(place, (int, float)) else 0.0
