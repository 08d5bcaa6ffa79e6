from __future__ import annotations

from typing import Any

import pytest

from aitia.query.lineage import Node, downstream, upstream
from aitia.store.oxigraph import OxigraphStore

RUN = "urn:uuid:11111111-2222-4333-8444-555555555555"
DATA = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
PREFIXES = """@prefix : <urn:x:> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def made_of(turtle: str) -> OxigraphStore:
    """Return a store of one graph."""
    import pyoxigraph as ox

    quads = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    graph = ox.NamedNode("urn:g")
    placed = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads]
    store = OxigraphStore()
    store.replace({"urn:g": ox.serialize(placed, format=ox.RdfFormat.N_QUADS)})
    return store


def shape(node: Node) -> Any:
    """Return a tree as nested tuples of relations and the last letters of ids."""
    mark = "*" if node.again else "…" if node.cut else ""
    here = f"{node.relation}:{node.id.rpartition(':')[2]}{mark}"
    return (here, *map(shape, node.children)) if node.children else here


CHAIN = """
:model a aitia:Model ; prov:wasGeneratedBy :fit ; prov:wasDerivedFrom :train .
:fit a aitia:TrainingRun ; prov:used :train , :lr ; prov:wasInformedBy :split .
:lr a aitia:ParameterSetting .
:train a aitia:Dataset ; prov:wasGeneratedBy :split ; prov:wasDerivedFrom :raw .
:split a aitia:TaskRun ; prov:used :raw .
:raw a aitia:Dataset ; prov:wasDerivedFrom :page .
:page a aitia:Artifact .
"""


def test_a_chain_is_told_once_by_its_activities() -> None:
    assert shape(upstream(made_of(CHAIN), "urn:x:model")) == (
        ":model",
        (
            "wasGeneratedBy:fit",
            (
                "used:train",
                ("wasGeneratedBy:split", ("used:raw", "wasDerivedFrom:page")),
            ),
        ),
    )


def test_the_other_way_round() -> None:
    assert shape(downstream(made_of(CHAIN), "urn:x:page")) == (
        ":page",
        (
            "hadDerivation:raw",
            ("wasUsedBy:split", ("generated:train", ("wasUsedBy:fit", "generated:model"))),
        ),
    )


def test_what_is_deeper_than_asked_for_is_marked() -> None:
    store = made_of(CHAIN)
    assert shape(upstream(store, "urn:x:model", depth=1)) == (":model", "wasGeneratedBy:fit…")
    assert shape(upstream(store, "urn:x:model", depth=0)) == ":model…"
    tree = upstream(store, "urn:x:model", depth=5)
    assert [node.cut for node in tree.walk()] == [False] * 6
    assert shape(upstream(store, "urn:x:page", depth=1)) == ":page"


def test_cycles_end() -> None:
    store = made_of(
        ":a a aitia:Artifact ; prov:wasDerivedFrom :b . "
        ":b a aitia:Artifact ; prov:wasDerivedFrom :a , :b ."
    )
    assert shape(upstream(store, "urn:x:a")) == (
        ":a",
        ("wasDerivedFrom:b", "wasDerivedFrom:a*", "wasDerivedFrom:b*"),
    )


def test_shared_inputs_are_opened_once_nearest_to_the_root() -> None:
    store = made_of(
        """:out a aitia:Artifact ; prov:wasGeneratedBy :join .
        :join a aitia:TaskRun ; prov:used :left , :raw .
        :left a aitia:Artifact ; prov:wasGeneratedBy :clean .
        :clean a aitia:TaskRun ; prov:used :raw .
        :raw a aitia:Dataset ; prov:wasDerivedFrom :page . :page a aitia:Artifact ."""
    )
    assert shape(upstream(store, "urn:x:out")) == (
        ":out",
        (
            "wasGeneratedBy:join",
            ("used:left", ("wasGeneratedBy:clean", "used:raw*")),
            ("used:raw", "wasDerivedFrom:page"),
        ),
    )


def test_curves_and_measurements_do_not_rest_on_the_tree() -> None:
    store = made_of(
        """:fit a aitia:TrainingRun . :model a aitia:Model ; prov:wasGeneratedBy :fit .
        :curve a aitia:LearningCurve ; prov:wasGeneratedBy :fit .
        :score a aitia:Measurement ; prov:wasGeneratedBy :fit ."""
    )
    assert shape(downstream(store, "urn:x:fit")) == (":fit", "generated:model")


def test_a_run_rests_on_what_its_tasks_used_from_outside(keep: Any) -> None:
    store = keep(r_11111111_2222_4333_8444_555555555555={"name": "first", "fits": 1})
    tree = upstream(store, RUN)
    assert [(child.relation, child.role, child.label) for child in tree.children] == [
        ("used", "", "node-1"),
        ("used", "data", "digits.npz"),
    ]
    outputs = {child.label for child in downstream(store, RUN).children}
    assert {"training split", "model-0.npz"} <= outputs


def test_nodes_say_what_they_are(keep: Any) -> None:
    store = keep(r_11111111_2222_4333_8444_555555555555={"name": "first", "fits": 1})
    tree = upstream(store, f"{RUN}#m0")
    assert (tree.kind, tree.type, tree.label, tree.run) == (
        "entity",
        "aitia:Model",
        "model-0.npz",
        RUN,
    )
    (fit,) = tree.children
    assert (fit.kind, fit.type, fit.label, fit.run) == (
        "activity",
        "aitia:TrainingRun",
        "fit 0",
        RUN,
    )
    assert fit.time is not None
    assert fit.children[0].role == "X"
    assert [node.label for node in tree.walk()] == [
        *("model-0.npz", "fit 0", "training split", "split", "digits.npz"),
    ]


def test_what_is_not_described_has_its_iri_for_a_label() -> None:
    store = made_of(":a prov:wasDerivedFrom :b .")
    tree = upstream(store, "urn:x:a")
    assert (tree.label, tree.kind, tree.type) == ("urn:x:a", "entity", "")
    assert tree.children[0].label == "urn:x:b"


def test_the_walk_takes_two_queries_a_level() -> None:
    class Counting(OxigraphStore):
        asked = 0

        def select(self, *args: Any, **options: Any) -> Any:
            self.asked += 1
            return super().select(*args, **options)

    steps = " ".join(
        f":e{i} a aitia:Artifact ; prov:wasDerivedFrom :e{i + 1} , :f{i + 1} ."
        f":f{i + 1} a aitia:Artifact ." for i in range(8)
    )  # fmt: skip
    made = made_of(steps)
    store = Counting()
    store.replace({"urn:g": made.dump("urn:g")})
    store.asked = 0
    assert len(list(upstream(store, "urn:x:e0").walk())) == 17
    assert store.asked == 20


@pytest.mark.parametrize("hostile", ["urn:x:a> } ?s ?p ?o . { <urn:x:b", "urn:x:\n"])
def test_a_hostile_iri_is_no_query(hostile: str) -> None:
    tree = upstream(made_of(CHAIN), hostile)
    assert tree.children == ()
