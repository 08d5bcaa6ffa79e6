"""One run as a picture: its tasks, what they used and made, and who answered for them.

Arrows follow the data, from what was used through the task to what was made. Numbers, settings,
environments and machines are left out: the facts beside the picture say them. A run of many tasks
is drawn with the tasks of one name as one box.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aitia.query.classes import ancestors, module
from aitia.query.drawing import Edge, Node, draw
from aitia.query.wording import natural, seconds, short_iri, words
from aitia.store.port import Store
from aitia.vocabulary import literals

MOST = 40
"""Most boxes of one picture; beyond it, boxes of one name become one, and the rest is counted."""

ASKED = 1000
"""Most things whose names are looked for in other runs."""

_PREFIXES = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_FLOWS = """
SELECT DISTINCT ?from ?to ?how ?role WHERE {
  { ?to prov:used ?from BIND("used" AS ?how)
    OPTIONAL { ?to prov:qualifiedUsage ?u .
               ?u prov:entity ?from ; prov:hadRole/rdfs:label ?role } }
  UNION
  { ?to prov:wasGeneratedBy ?from BIND("made" AS ?how)
    OPTIONAL { ?to prov:qualifiedGeneration ?g .
               ?g prov:activity ?from ; prov:hadRole/rdfs:label ?role } }
  UNION
  { ?to prov:wasAssociatedWith ?from BIND("by" AS ?how) }
}
"""
_KINDS = """
SELECT ?thing ?type ?label ?began ?seconds WHERE {
  ?thing a ?type
  OPTIONAL { ?thing rdfs:label ?label }
  OPTIONAL { ?thing prov:startedAtTime ?began }
  OPTIONAL { ?thing aitia:durationSeconds ?seconds }
  FILTER NOT EXISTS { ?thing a aitia:ParameterSetting }
}
"""
_NUMBER = re.compile(r"[\s_#-]+\d+(?=(\.\w+)?$)")
_LEFT_OUT = frozenset(
    {
        "aitia:Series",
        "aitia:Measurement",
        "aitia:ParameterSetting",
        "aitia:Specification",
        "aitia:ObservableQuantity",
        "aitia:SoftwareEnvironment",
        "aitia:Software",
        "aitia:SourceRevision",
        "aitia:ContainerImage",
        "aitia:CaptureAdapter",
    }
)


class Picture(NamedTuple):
    """What is drawn, and in words what is not."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    caption: str

    def svg(self, title: str = "lineage") -> str:
        """Return the picture as the text of one ``<svg>`` element."""
        return draw(self.nodes, self.edges, title=title)


class _Flow(NamedTuple):
    source: str
    target: str
    how: str
    role: str


class _Known(NamedTuple):
    type: str
    label: str
    activity: bool
    seconds: float
    above: tuple[str, ...] = ()
    module: str = ""


def picture(store: Store, run: str, graphs: Sequence[str], *, href: str = "") -> Picture:
    """Return the lineage inside one run.

    Parameters
    ----------
    store, run, graphs:
        The run's IRI and the bundles that speak of it.
    href:
        Where a node of content leads to, with ``{}`` for its IRI; empty for nowhere.
    """
    known = _known(store, _KINDS, graphs)
    flows = _flows(store, graphs)
    unnamed = {end for f in flows for end in f[:2] if end in known and not known[end].label}
    known |= _elsewhere(store, sorted(unnamed)[:ASKED])
    flows = [flow for flow in flows if _drawn(flow, known)]
    merged, flows, shrunk = _merge(known, flows, run)
    kept = sorted(_largest(flows), key=lambda end: natural(merged[end].label))
    nodes = [_node(name, merged[name], run, href) for name in kept]
    edges = [Edge(f.source, f.target, _word(f)) for f in flows if {f.source, f.target} <= set(kept)]
    missing = len({end for f in flows for end in f[:2]}) - len(kept)
    told = ["Arrows follow the data, from what was used to what was made."]
    if shrunk:
        told.append("Tasks and results of one name are drawn as one.")
    if missing > 0:
        told.append(f"{missing} more boxes are not drawn.")
    return Picture(tuple(nodes), tuple(_distinct(edges)), " ".join(told))


def _known(store: Store, query: str, graphs: Sequence[str] = ()) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    above = ancestors(store)
    for thing, kind, label, began, took in store.select(_PREFIXES + query, graphs=graphs).rows:
        assert thing is not None
        assert kind is not None
        name = short_iri(kind.value)
        before = found.get(thing.value)
        if before is not None and name in above.get(before.type, ()):
            name = before.type
        found[thing.value] = _Known(
            type=name,
            label=label.value if label else "",
            activity=began is not None or "prov:Activity" in above.get(name, ()),
            seconds=float(took.value) if took else 0.0,
            above=tuple(above.get(name, ())),
            module=module(name, above),
        )
    return found


def _elsewhere(store: Store, things: Sequence[str]) -> dict[str, _Known]:
    """Return what other runs call things that this one does not name."""
    if not things:
        return {}
    return _known(store, f"{_KINDS} VALUES ?thing {{ {' '.join(map(literals.iri, things))} }}")


def _flows(store: Store, graphs: Sequence[str]) -> list[_Flow]:
    rows = store.select(_PREFIXES + _FLOWS, graphs=graphs).rows
    return sorted(
        _Flow(source.value, target.value, how.value, role.value if role else "")
        for source, target, how, role in rows
        if source and target and how
    )


def _drawn(flow: _Flow, known: dict[str, _Known]) -> bool:
    if flow.how == "by":
        agent, task = known.get(flow.source), known.get(flow.target)
        if agent is None or task is None or not task.activity:
            return False
        # The probes of the machine are told beside the picture.
        return agent.module != "system" and agent.type != "aitia:CaptureAdapter"
    thing = known.get(flow.source if flow.how == "used" else flow.target)
    task = known.get(flow.target if flow.how == "used" else flow.source)
    if thing is None or task is None or "/out/" in flow.target:
        return False
    return not {thing.type, *thing.above} & _LEFT_OUT and thing.module != "system"


def _merge(
    known: dict[str, _Known], flows: list[_Flow], run: str
) -> tuple[dict[str, _Known], list[_Flow], bool]:
    """Draw things of one class and name as one when there are too many boxes."""
    ends = {end for flow in flows for end in flow[:2]}
    if len(ends) <= MOST:
        return known, flows, False
    group = {end: f"{known[end].type} {_stem(known[end])}" for end in ends} | {run: run}
    size = Counter(group.values())
    merged: dict[str, _Known] = {}
    for end in sorted(ends):
        name, one = group[end], known[end]
        before = merged.get(name)
        total = one.seconds + (before.seconds if before else 0.0)
        label = f"{_stem(one)} × {size[name]}" if size[name] > 1 else one.label
        merged[name] = one._replace(label=label, seconds=total)
    renamed = {_Flow(group[f.source], group[f.target], f.how, f.role) for f in flows}
    return merged, sorted(renamed), True


def _stem(one: _Known) -> str:
    """Return a label without the number that tells one of many apart: ``epoch 3`` is ``epoch``."""
    return _NUMBER.sub("", one.label) or one.label or words(one.type.partition(":")[2])


def _largest(flows: Iterable[_Flow]) -> list[str]:
    """Return up to ``MOST`` boxes: those with the most lines, and their neighbours."""
    near: dict[str, list[str]] = defaultdict(list)
    for flow in flows:
        near[flow.source].append(flow.target)
        near[flow.target].append(flow.source)
    kept: dict[str, None] = {}
    for name in sorted(near, key=lambda n: (-len(near[n]), n)):
        for end in (name, *near[name]):
            if len(kept) < MOST:
                kept.setdefault(end)
    return list(kept)


def _node(name: str, one: _Known, run: str, href: str) -> Node:
    lineage = (one.type, *one.above)
    kind = "activity" if one.activity else "agent" if "prov:Agent" in lineage else "entity"
    detail = re.split(r"[:#/]", one.type)[-1]
    if one.activity and one.seconds:
        detail = f"{detail} · {seconds(one.seconds)}"
    link = href.format(literals.iri(name)[1:-1]) if href and name.startswith("ni:") else ""
    return Node(name, one.label or short_iri(name), kind, detail, link, strong=name == run)


def _word(flow: _Flow) -> str:
    return flow.role or {"used": "used", "made": "made"}.get(flow.how, "responsible for")


def _distinct(edges: Sequence[Edge]) -> list[Edge]:
    """Return one edge for each pair of ends, with all their words."""
    words: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        labels = words.setdefault((edge.source, edge.target), [])
        if edge.label not in labels:
            labels.append(edge.label)
    return [Edge(a, b, ", ".join(labels)) for (a, b), labels in words.items()]
