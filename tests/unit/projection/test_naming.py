from __future__ import annotations

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.projection.naming import MOST_LEVELS, names
from aitia.projection.table import FeatureTable
from aitia.records import Entity, RunEnded, RunStarted
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

RUN = "00000000-0000-0000-0000-000000000001"
DIGITS, OTHER = content_iri("a" * 64), content_iri("b" * 64)


def store() -> OxigraphStore:
    records = [
        RunStarted(RUN, "net", 1),
        Entity(DIGITS, "aitia:Dataset", "digits"),
        Entity(OTHER, "aitia:Dataset"),
        RunEnded(2),
    ]
    mapper = Mapper(RUN, Origin("aitia", "0.1.0"))
    triples = [t for i, record in enumerate(records) for t in mapper.map(record, "", i)]
    triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
    kept = OxigraphStore()
    kept.replace({mapper.graph: to_nquads(triples, mapper.graph)})
    return kept


def test_contents_are_called_by_their_recorded_names() -> None:
    table = FeatureTable.of(
        {"data": [DIGITS, OTHER, None], "kind": ["a", "b", "c"], "n": [1, 2, 3]}
    )
    assert names(store(), table) == ((DIGITS, "digits"),)


def test_a_table_without_contents_asks_nothing() -> None:
    assert names(OxigraphStore(), FeatureTable.of({"kind": ["a"], "n": [1]})) == ()


def test_more_contents_than_anyone_compares_are_not_named() -> None:
    many = [DIGITS, *(content_iri(f"{i:064x}") for i in range(MOST_LEVELS))]
    assert names(store(), FeatureTable.of({"data": many})) == ()
    assert names(store(), FeatureTable.of({"data": many[:-1]})) == ((DIGITS, "digits"),)
