"""Every export of any run comes back as what the store holds."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st
from prov.model import ProvDocument

from aitia.export.jsonld import write_jsonld
from aitia.export.linkeddata import write_nquads, write_trig, write_turtle
from aitia.export.provjson import write_provjson
from aitia.export.provmodel import model
from aitia.export.selection import Selection, select
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import (
    Associated,
    Attributed,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Member,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Specialised,
    Started,
    Used,
    decode,
    encode,
)
from aitia.records.values import to_value
from aitia.store.canonical import canonical
from aitia.store.oxigraph import OxigraphStore

RUN = "8e077096-e943-4091-9833-1649ddf057c8"
T0 = 1_790_000_000_000_000_000
Write = Callable[[Selection, io.BytesIO], int]


def made(kind: Callable[..., Any], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return records with these fields; st.builds would draw the others as well."""
    return st.tuples(*parts).map(lambda drawn: kind(*drawn))


TEXTS = st.text(max_size=20)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8
)
TIMES = st.integers(0, 10**12).map(lambda n: T0 + n)
TASKS = st.sampled_from(["1", "2", "3"])
THINGS = st.sampled_from(
    ["e1", "e2", "ni:///sha-256;abc", "pkg:pypi/x@1", "https://example.org/a b"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
VALUES = JSON.map(to_value) | st.binary(max_size=4).map(to_value)
ARGUMENTS = st.dictionaries(NAMES, VALUES | THINGS.map(Ref), max_size=3)
MAYBE = st.none()
STATUSES = st.sampled_from(["Completed", "Failed", "Interrupted"])
KINDS = st.sampled_from(["aitia:TaskRun", "aitia:TrainingRun", "aitia:Inference"])
RECORDS = st.one_of(
    made(Started, TASKS, TEXTS, TIMES, KINDS, st.just("") | TASKS, ARGUMENTS),
    made(Ended, TASKS, MAYBE | TIMES, STATUSES, MAYBE | TEXTS, ARGUMENTS),
    made(
        Entity,
        THINGS,
        st.sampled_from(["aitia:Dataset", "aitia:Model", "aitia:CaptureAdapter", "prov:Person"]),
        MAYBE | TEXTS,
        MAYBE,
        st.fixed_dictionaries(
            {},
            optional={
                "aitia:byteSize": st.integers(0, 2**70),
                "aitia:locator": TEXTS,
                "aitia:arrayShape": VALUES,
                "rdfs:comment": TEXTS,
            },
        ),
    ),
    made(Used, TASKS, THINGS, MAYBE | NAMES, MAYBE | TIMES, st.just("aitia:trainedOn")),
    made(Generated, THINGS, TASKS, MAYBE | NAMES, MAYBE | TIMES),
    made(Derived, THINGS, THINGS, MAYBE | TASKS),
    made(Attributed, THINGS, THINGS, MAYBE | NAMES),
    made(Associated, TASKS, THINGS, MAYBE | THINGS, MAYBE | NAMES),
    made(Specialised, THINGS, THINGS),
    made(Member, THINGS, THINGS),
    made(Informed, TASKS, TASKS),
    made(Setting, TASKS, NAMES, VALUES),
    made(Points, TASKS, NAMES, st.lists(st.floats(), min_size=1, max_size=7).map(tuple)),
)
RUNS = st.lists(RECORDS, max_size=12)


def stored(records: list[Record]) -> OxigraphStore:
    """Keep a run as ingest would: through the codec, mapped, in a bundle."""
    whole = [RunStarted(RUN, "run", T0), *records, RunEnded(T0 + 10**13)]
    mapper = Mapper(RUN, Origin("aitia", "0.1.0"))
    triples = []
    for i, record in enumerate(whole):
        triples += mapper.map(decode(encode(record)), "", i)
    triples += [*mapper.finish(alive=False), *mapper.describe("00" * 32)]
    store = OxigraphStore(None)
    store.replace({mapper.graph: to_nquads(triples, mapper.graph)})
    return store


def written(write: Write, store: OxigraphStore) -> bytes:
    out = io.BytesIO()
    write(select(store), out)
    return out.getvalue()


def reread(data: bytes, form: ox.RdfFormat) -> bytes:
    return canonical(ox.serialize(list(ox.parse(data, form)), format=ox.RdfFormat.N_QUADS) or b"")


@settings(max_examples=60, deadline=None)
@given(RUNS)
def test_linked_data_comes_back_as_it_was(records: list[Record]) -> None:
    store = stored(records)
    (bundle,) = select(store).bundles
    held = canonical(store.dump(bundle))
    assert reread(written(write_nquads, store), ox.RdfFormat.N_QUADS) == held
    assert reread(written(write_trig, store), ox.RdfFormat.TRIG) == held
    assert reread(written(write_jsonld, store), ox.RdfFormat.JSON_LD) == held
    triples = {str(q.triple) for q in ox.parse(held, ox.RdfFormat.N_QUADS)}
    turtle = ox.parse(written(write_turtle, store), ox.RdfFormat.TURTLE)
    assert {str(q.triple) for q in turtle} == triples


@settings(max_examples=40, deadline=None)
@given(RUNS)
def test_prov_json_comes_back_with_all_elements_and_relations(records: list[Record]) -> None:
    store = stored(records)
    text = written(write_provjson, store).decode()
    document = ProvDocument.deserialize(content=text, format="json")
    (bundle,) = document.bundles
    expected = model(select(store).statements(select(store).bundles[0]))
    found = bundle.get_records()
    elements = {(_kind(r), r.identifier.uri) for r in found if r.is_element()}
    assert elements == {(e.kind, e.iri) for e in expected.elements}
    relations = [_arguments(r) for r in found if r.is_relation()]
    assert sorted(relations) == sorted((r.subject, r.object) for r in expected.relations)


def _kind(record: Any) -> str:
    return type(record).__name__.removeprefix("Prov").lower()


def _arguments(record: Any) -> tuple[str, str]:
    first, second = [value.uri for _, value in record.formal_attributes[:2]]
    return first, second
