"""PROV-JSON, read back by the ``prov`` library and compared with what the graph says."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from prov.constants import PROV_ROLE, XSD
from prov.model import Literal, ProvBundle, ProvDocument, ProvUsage

from aitia.export.provjson import Names, write_provjson
from aitia.export.selection import select
from aitia.records import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Invalidated,
    Member,
    Points,
    Ref,
    RunEnded,
    RunStarted,
    Specialised,
    Started,
    Typed,
    Used,
)
from aitia.store.oxigraph import OxigraphStore

RUN = "8e077096-e943-4091-9833-1649ddf057c8"
T0 = 1_790_000_000_123_456_000
RECORDS = [
    RunStarted(RUN, "a run", T0),
    Started("1", "load", T0 + 1_000, used={"n": 3, "name": "x", "ratio": 0.5, "on": True}),
    Ended("1", T0 + 2_000, generated={"table": Ref("e1"), "rows": 150}),
    Started("2", "train", T0 + 3_000, type="aitia:TrainingRun", used={"table": Ref("e1")}),
    Used("2", "d", role="training", time=T0 + 4_000, relation="aitia:trainedOn"),
    Points("2", "loss", [1.0, Typed("NaN", "xsd:double")], steps=[0, 1]),
    Generated("m", "2", role="model", time=T0 + 5_000),
    Ended("2", None, "Failed", "boom"),
    Entity("d", "aitia:Dataset", "data", attributes={"aitia:byteSize": 7}),
    Entity("m", "aitia:Model", "model"),
    Derived("m", "d", activity="2"),
    Attributed("m", "p", role="author"),
    Associated("2", "p", plan="plan", role="boss"),
    Delegated("p", "q", activity="2"),
    Specialised("m", "m0"),
    Member("all", "m"),
    Informed("2", "1"),
    Invalidated("m", "1", time=T0 + 6_000),
    RunEnded(T0 + 7_000),
]
QUERIES = {
    "ProvUsage": ("?a prov:used ?b", "prov:activity", "prov:entity"),
    "ProvGeneration": (
        "{ ?a prov:wasGeneratedBy ?b } UNION { ?b aitia:hasLearningCurve ?a }",
        *("prov:entity", "prov:activity"),
    ),
    "ProvDerivation": ("?a prov:wasDerivedFrom ?b", "prov:generatedEntity", "prov:usedEntity"),
    "ProvAttribution": ("?a prov:wasAttributedTo ?b", "prov:entity", "prov:agent"),
    "ProvAssociation": ("?a prov:wasAssociatedWith ?b", "prov:activity", "prov:agent"),
    "ProvDelegation": ("?a prov:actedOnBehalfOf ?b", "prov:delegate", "prov:responsible"),
    "ProvSpecialization": (
        *("?a prov:specializationOf ?b", "prov:specificEntity", "prov:generalEntity"),
    ),
    "ProvMembership": ("?a prov:hadMember ?b", "prov:collection", "prov:entity"),
    "ProvCommunication": ("?a prov:wasInformedBy ?b", "prov:informed", "prov:informant"),
    "ProvInvalidation": ("?a prov:wasInvalidatedBy ?b", "prov:entity", "prov:activity"),
}


@pytest.fixture
def text(store: OxigraphStore, keep: Callable[..., str]) -> str:
    keep(RECORDS)
    keep(RECORDS[:1], recorder="flowcept")
    out = io.BytesIO()
    write_provjson(select(store), out)
    return out.getvalue().decode()


@pytest.fixture
def document(text: str) -> ProvDocument:
    return ProvDocument.deserialize(content=text, format="json")


def bundle(document: ProvDocument, end: str = "#bundle") -> ProvBundle:
    (found,) = (b for b in document.bundles if b.identifier.uri.endswith(end))
    return found


def records(found: ProvBundle, kind: str) -> list[Any]:
    return [record for record in found.get_records() if type(record).__name__ == kind]


def argument(record: Any, name: str) -> str:
    return next(value.uri for key, value in record.formal_attributes if str(key) == name)


@pytest.mark.parametrize("kind", QUERIES)
def test_the_relations_are_those_of_the_graph(
    store: OxigraphStore, document: ProvDocument, kind: str
) -> None:
    pattern, first, second = QUERIES[kind]
    rows = store.select(f"SELECT ?a ?b {{ {pattern} }}", graphs=[select(store).bundles[0]]).rows
    said = {(a.value, b.value) for a, b in rows if a and b}
    held = records(bundle(document), kind)
    assert said
    assert {(argument(r, first), argument(r, second)) for r in held} == said
    # Only relations with a node of their own can be told apart, so only they may occur twice.
    bare = Counter((argument(r, first), argument(r, second)) for r in held if not r.identifier)
    assert set(bare.values()) <= {1}


def test_elements_have_their_kinds(document: ProvDocument) -> None:
    found = bundle(document)
    for kind, names in {
        "ProvActivity": {RUN, f"{RUN}#1", f"{RUN}#2"},
        "ProvAgent": {f"{RUN}#p", f"{RUN}#q"},
        "ProvEntity": {f"{RUN}#d", f"{RUN}#m", f"{RUN}#m0", f"{RUN}#plan", f"{RUN}#1/setting/n"},
    }.items():
        held = {record.identifier.uri for record in records(found, kind)}
        assert {f"urn:uuid:{name}" for name in names} <= held


def test_bundles_are_bundles(document: ProvDocument) -> None:
    assert {b.identifier.uri for b in document.bundles} == {
        f"urn:uuid:{RUN}#bundle",
        f"urn:uuid:{RUN}#bundle-flowcept",
    }
    assert {
        (str(value), record.identifier.uri)
        for record in document.get_records()
        for value in record.get_attribute("prov:type")
    } == {("prov:Bundle", b.identifier.uri) for b in document.bundles}


def test_times_roles_and_qualified_arguments(document: ProvDocument) -> None:
    found = bundle(document)
    activity = next(a for a in records(found, "ProvActivity") if a.identifier.uri.endswith("#1"))
    assert activity.get_startTime() == datetime.fromtimestamp(1_790_000_000, UTC).replace(
        microsecond=123457
    )
    assert activity.get_endTime().microsecond == 123458
    roles: dict[str, str] = {}
    for record in found.get_records():
        for role in record.get_attribute(PROV_ROLE) if not record.is_element() else ():
            roles[type(record).__name__ + str(role)] = str(role)
    assert {"ProvUsagerole:training", "ProvGenerationrole:model"} <= roles.keys()
    assert {"ProvAttributionrole:author", "ProvAssociationrole:boss"} <= roles.keys()
    (association,) = (r for r in records(found, "ProvAssociation") if argument(r, "prov:plan"))
    assert argument(association, "prov:plan").endswith("#plan")
    (delegation,) = records(found, "ProvDelegation")
    assert argument(delegation, "prov:activity").endswith("#2")
    assert any(
        argument(r, "prov:activity").endswith("#2")
        for r in records(found, "ProvDerivation")
        if len(r.formal_attributes) > 2
    )
    usage = next(r for r in records(found, "ProvUsage") if r.get_attribute(PROV_ROLE) and _time(r))
    assert _time(usage).microsecond == 123460


def _time(record: ProvUsage) -> datetime | None:
    return next((value for key, value in record.formal_attributes if str(key) == "prov:time"), None)


def test_literals_keep_their_type(text: str, document: ProvDocument) -> None:
    found = bundle(document)
    values = {
        record.identifier.uri.rpartition("/")[2]: next(
            iter(record.get_attribute("aitia:settingValue"))
        )
        for record in records(found, "ProvEntity")
        if record.get_attribute("aitia:settingValue")
    }
    # The library has no Python type for xsd:integer, which has no bounds.
    assert values == {"n": Literal("3", XSD["integer"]), "name": "x", "ratio": 0.5, "on": True}
    last = json.loads(text)["bundle"][f"uuid:{RUN}#bundle"]["entity"]["run:2/series/loss"]
    assert last["aitia:lastValue"] == {"$": "NaN", "type": "xsd:double"}
    assert last["aitia:inlineValues"] == {"$": '[1.0,"NaN"]', "type": "rdf:JSON"}


def test_what_prov_writes_again_is_the_same_document(document: ProvDocument) -> None:
    text = document.serialize(format="json")
    again = ProvDocument.deserialize(content=text, format="json")
    # NaN is not equal to itself, so documents are compared as text.
    assert again.serialize(format="json") == text
    assert again.serialize(format="provn") == document.serialize(format="provn")


def test_the_same_bytes_each_time(store: OxigraphStore, text: str) -> None:
    out = io.BytesIO()
    count = write_provjson(select(store), out)
    assert out.getvalue().decode() == text
    held = json.loads(text)["bundle"].values()
    kinds = [kind for container in held for kind in container if kind != "prefix"]
    assert "used" in kinds
    assert count == sum(len(c[kind]) for c in held for kind in c if kind != "prefix")


@pytest.mark.parametrize(
    ("iri", "name", "base"),
    [
        (f"urn:uuid:{RUN}#1/out/x", "run:1/out/x", f"urn:uuid:{RUN}#"),
        (f"urn:uuid:{RUN}", f"uuid:{RUN}", "urn:uuid:"),
        ("ni:///sha-256;abc", "ni:abc", "ni:///sha-256;"),
        ("pkg:pypi/numpy@2.1", "pkg:pypi/numpy@2.1", "pkg:"),
        ("https://w3id.org/aitia/ns#Model", "aitia:Model", "https://w3id.org/aitia/ns#"),
        ("https://example.org/a/b", "ns1:b", "https://example.org/a/"),
        ("https://example.org/a/", "ns1:a/", "https://example.org/"),
        ("swh:1:rev:abc", "ns1:abc", "swh:1:rev:"),
        ("https://w3id.org/aitia/ns#", "ns1:ns#", "https://w3id.org/aitia/"),
    ],
)
def test_names(iri: str, name: str, base: str) -> None:
    names = Names(RUN)
    assert names(iri) == name
    assert names.used == {name.partition(":")[0]: base}
    assert names(iri) == name
