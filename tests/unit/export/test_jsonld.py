"""JSON-LD: compact by Aitia's terms, readable alone, and lossless for two independent readers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from aitia.export.jsonld import Context, write_jsonld
from aitia.export.selection import select
from aitia.records import Ended, Entity, Points, RunEnded, RunStarted, Setting, Started, Typed
from aitia.store.canonical import canonical
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.literals import XSD

RUN = "8e077096-e943-4091-9833-1649ddf057c8"
AITIA = "https://w3id.org/aitia/ns#"
RECORDS = [
    RunStarted(RUN, "grüße", 1_790_000_000_123_456_789),
    Started("1", "train", 1_790_000_001_000_000_000, type="aitia:TrainingRun", used={"lr": 0.1}),
    Points("1", "loss", [1.0, Typed("NaN", "xsd:double"), 0.1], steps=[0, 1, 2]),
    Setting("1", "huge", Typed(str(2**80), "xsd:integer")),
    Setting("1", "flag", True),
    Setting("1", "count", -7),
    Setting("1", "word", "-7"),
    Entity("d", "aitia:Dataset", "d", attributes={"aitia:byteSize": 2**60, "aitia:locator": "x:y"}),
    Ended("1", None, attributes={"aitia:statusInferred": True}),
    RunEnded(1_790_000_002_000_000_000),
]


@pytest.fixture
def document(store: OxigraphStore, keep: Callable[..., str]) -> bytes:
    keep(RECORDS)
    keep(RECORDS[:1], recorder="other")
    out = io.BytesIO()
    write_jsonld(select(store), out)
    return out.getvalue()


def dumped(store: OxigraphStore) -> bytes:
    return b"".join(store.dump(bundle) for bundle in select(store).bundles)


def nodes(document: bytes) -> dict[str, dict[str, Any]]:
    return {node["@id"]: node for node in json.loads(document)["@graph"][0]["@graph"]}


def test_oxigraph_reads_the_same_quads(store: OxigraphStore, document: bytes) -> None:
    quads = ox.serialize(
        list(ox.parse(document, ox.RdfFormat.JSON_LD)), format=ox.RdfFormat.N_QUADS
    )
    assert canonical(quads or b"") == canonical(dumped(store))


def test_rdflib_reads_the_same_quads(
    store: OxigraphStore, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rdflib

    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    found = rdflib.Dataset()
    found.parse(data=document, format="json-ld")
    lines = "".join(
        f"{s.n3()} {p.n3()} {_n3(o)} <{g}> .\n" for s, p, o, g in found.quads((None,) * 4) if g
    )
    assert canonical(lines.encode()) == canonical(dumped(store))


def _n3(term: Any) -> str:
    import rdflib

    if isinstance(term, rdflib.Literal):
        return str(
            ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD + "string")))
        )
    return str(term.n3())


def test_terms_are_short_and_values_are_plain(document: bytes) -> None:
    found = nodes(document)
    train = found[f"urn:uuid:{RUN}#1"]
    assert train["@type"] == "TrainingRun"
    assert train["rdfs:label"] == "train"
    assert train["partOfExecution"] == f"urn:uuid:{RUN}"
    assert train["statusInferred"] is True
    assert found[f"urn:uuid:{RUN}#d"]["byteSize"] == {"@value": str(2**60), "@type": "xsd:integer"}
    settings = {
        name: found[f"urn:uuid:{RUN}#1/setting/{name}"]["settingValue"]
        for name in ("flag", "count", "word", "lr", "huge")
    }
    assert settings == {
        "flag": True,
        "count": -7,
        "word": "-7",
        "lr": {"@value": "0.1", "@type": "xsd:double"},
        "huge": {"@value": str(2**80), "@type": "xsd:integer"},
    }
    curve = found[f"urn:uuid:{RUN}#1/series/loss"]
    assert (curve["mean"], curve["pointCount"]) == ("0.55", 3)
    assert curve["inlineValues"] == {"@value": '[1.0,"NaN",0.1]', "@type": "rdf:JSON"}


def test_the_context_holds_what_is_used_and_no_more(document: bytes) -> None:
    text = document.decode()
    context = json.loads(text)["@context"]
    body = json.dumps(json.loads(text)["@graph"])
    assert context["@version"] == 1.1
    for name in context:
        assert name == "@version" or name in body or f"{name}:" in json.dumps(context)
    assert "kernelSize" not in context


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(kind))


@pytest.mark.parametrize(
    ("predicate", "value", "entry"),
    [
        (AITIA + "mean", literal("1.0", XSD + "double"), ("mean", "1.0")),
        (AITIA + "mean", ox.Literal("high"), ("aitia:mean", "high")),
        (AITIA + "status", ox.NamedNode(AITIA + "Failed"), ("status", "aitia:Failed")),
        (AITIA + "status", ox.Literal("Failed"), ("aitia:status", "Failed")),
        (AITIA + "pointCount", literal("7", XSD + "integer"), ("pointCount", 7)),
        (
            AITIA + "pointCount",
            literal("7", XSD + "nonNegativeInteger"),
            ("pointCount", {"@value": "7", "@type": "xsd:nonNegativeInteger"}),
        ),
        (
            AITIA + "pointCount",
            literal("007", XSD + "integer"),
            ("pointCount", {"@value": "007", "@type": "xsd:integer"}),
        ),
        (
            "http://example.org/p",
            ox.Literal("hallo", language="de"),
            ("http://example.org/p", {"@value": "hallo", "@language": "de"}),
        ),
        ("http://example.org/p", ox.BlankNode("b"), ("http://example.org/p", {"@id": "_:b"})),
        (
            AITIA + "settingValue",
            ox.NamedNode("ni:///sha-256;x"),
            ("settingValue", {"@id": "ni:///sha-256;x"}),
        ),
        (
            AITIA + "settingValue",
            literal("1", XSD + "boolean"),
            ("settingValue", {"@value": "1", "@type": "xsd:boolean"}),
        ),
    ],
)
def test_values_that_do_not_fit_their_term_keep_their_type(
    predicate: str, value: Any, entry: tuple[str, Any]
) -> None:
    assert Context.load().entry(predicate, value) == entry
