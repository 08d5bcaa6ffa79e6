"""Answers in the formats of SPARQL 1.1: results as JSON, XML, CSV and TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import chain
from typing import Any

from aitia.store.port import Solutions, Term
from aitia.vocabulary.literals import iri, quote

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"

_NAMESPACE = "http://www.w3.org/2005/sparql-results#"


def to_json(solutions: Solutions) -> Iterator[bytes]:
    """Yield solutions as SPARQL 1.1 Query Results JSON, row by row."""
    import orjson

    names = solutions.variables
    comma = b'{"head":{"vars":%b},"results":{"bindings":[' % orjson.dumps(list(names))
    for row in solutions.rows:
        found = {
            name: _json_term(term)
            for name, term in zip(names, row, strict=True)
            if term is not None
        }
        yield comma + orjson.dumps(found)
        comma = b","
    yield b"]}}" if comma == b"," else comma + b"]}}"


def _json_term(term: Term) -> dict[str, str]:
    kinds = {"iri": "uri", "bnode": "bnode"}
    found = {"type": kinds.get(term.kind, "literal"), "value": term.value}
    if term.language is not None:
        found["xml:lang"] = term.language
    elif term.datatype is not None:
        found["datatype"] = term.datatype
    return found


def to_xml(solutions: Solutions) -> Iterator[bytes]:
    """Yield solutions as SPARQL Query Results XML, row by row."""
    names = solutions.variables
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_NAMESPACE}"><head>\n'.encode()
    yield "".join(f'<variable name="{escape(name)}"/>\n' for name in names).encode()
    yield b"</head><results>\n"
    for row in solutions.rows:
        bindings = (
            f'<binding name="{escape(name)}">{_xml_term(term)}</binding>'
            for name, term in zip(names, row, strict=True)
            if term is not None
        )
        yield f"<result>{''.join(bindings)}</result>\n".encode()
    yield b"</results></sparql>"


def _xml_term(term: Term) -> str:
    text = escape(_xml_text(term.value), quote=False)
    if term.kind == "iri":
        return f"<uri>{text}</uri>"
    if term.kind == "bnode":
        return f"<bnode>{text}</bnode>"
    if term.language is not None:
        return f'<literal xml:lang="{escape(term.language)}">{text}</literal>'
    if term.datatype is not None:
        return f'<literal datatype="{escape(term.datatype)}">{text}</literal>'
    return f"<literal>{text}</literal>"


def _xml_text(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 §2.2 has no form for."""
    return "".join(
        c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text
    )


def to_csv(solutions: Solutions) -> Iterator[bytes]:
    """Yield solutions as SPARQL 1.1 CSV, row by row: values alone."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    rows = (["" if term is None else _csv_term(term) for term in row] for row in solutions.rows)
    for line in chain([solutions.variables], rows):
        writer.writerow(line)
        yield target.getvalue().encode()
        target.seek(0)
        target.truncate()


def _csv_term(term: Term) -> str:
    return f"_:{term.value}" if term.kind == "bnode" else term.value


def to_tsv(solutions: Solutions) -> Iterator[bytes]:
    """Yield solutions as SPARQL 1.1 TSV, row by row: terms as in Turtle."""
    yield ("\t".join(f"?{name}" for name in solutions.variables) + "\n").encode()
    for row in solutions.rows:
        cells = ("" if term is None else _turtle_term(term) for term in row)
        yield ("\t".join(cells) + "\n").encode()


def _turtle_term(term: Term) -> str:
    if term.kind == "iri":
        return iri(term.value)
    if term.kind == "bnode":
        return f"_:{term.value}"
    if term.language is not None:
        return f"{quote(term.value)}@{term.language}"
    if term.datatype is not None:
        return f"{quote(term.value)}^^{iri(term.datatype)}"
    return quote(term.value)


SELECT_FORMATS: dict[str, Callable[[Solutions], Iterator[bytes]]] = {
    JSON: to_json,
    "application/json": to_json,
    XML: to_xml,
    "application/xml": to_xml,
    CSV: to_csv,
    TSV: to_tsv,
}


def boolean(value: bool, media: str) -> bytes:
    """Return the answer to an ASK as JSON or XML."""
    word = "true" if value else "false"
    if media.endswith("xml"):
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_NAMESPACE}"><head/>'
            f"<boolean>{word}</boolean></sparql>"
        ).encode()
    return f'{{"head":{{}},"boolean":{word}}}'.encode()


ASK_FORMATS = (JSON, "application/json", XML, "application/xml")


def graph_formats() -> dict[str, Any]:
    """Return the media types in which triples can be had, with pyoxigraph's names for them."""
    from pyoxigraph import RdfFormat

    return {
        "text/turtle": RdfFormat.TURTLE,
        "application/n-triples": RdfFormat.N_TRIPLES,
        "application/rdf+xml": RdfFormat.RDF_XML,
        "application/ld+json": RdfFormat.JSON_LD,
    }


def triples(ntriples: bytes, media: str) -> bytes:
    """Return N-Triples in another serialisation of RDF, with the vocabulary's prefixes."""
    return b"".join(graph_parts(iter([ntriples]), media))


def graph_parts(parts: Iterator[bytes], media: str) -> Iterator[bytes]:
    """Yield N-Triples that come in whole lines in another serialisation of RDF, as they come."""
    import pyoxigraph as ox

    target = graph_formats()[media]
    if target == ox.RdfFormat.N_TRIPLES:
        yield from parts
    elif target == ox.RdfFormat.TURTLE:
        yield from turtle(parts)
    else:
        yield from framed(parts, target)


def framed(parts: Iterable[bytes], target: Any) -> Iterator[bytes]:
    """Yield N-Triples that come in whole lines as RDF/XML or JSON-LD, which end as they begin.

    A subject whose triples come in several parts is described in each of them.
    """
    import pyoxigraph as ox

    between, tail = (b",", b"]") if target == ox.RdfFormat.JSON_LD else (b"", b"</rdf:RDF>")
    head = (ox.serialize([], format=target) or b"").removesuffix(tail)
    before = head
    for part in parts:
        statements = [quad.triple for quad in ox.parse(part, format=ox.RdfFormat.N_TRIPLES)]
        if statements:
            whole = ox.serialize(statements, format=target) or b""
            yield before + whole.removeprefix(head).removesuffix(tail)
            before = between
    yield (head if before is head else b"") + tail


def turtle(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield N-Triples that come in whole lines as Turtle, prefixes declared where first used."""
    import pyoxigraph as ox

    from aitia.vocabulary.terms import NAMESPACES

    declared: dict[str, str] = {}
    for part in parts:
        fresh = {
            prefix: name
            for prefix, name in NAMESPACES.items()
            if prefix not in declared and name.encode() in part
        }
        declared |= fresh
        statements = [quad.triple for quad in ox.parse(part, format=ox.RdfFormat.N_TRIPLES)]
        text = ox.serialize(statements, format=ox.RdfFormat.TURTLE, prefixes=declared) or b""
        lines = text.splitlines(keepends=True)
        # The library writes the prefixes in no order of its own, and those of earlier parts again.
        head = [f"@prefix {prefix}: <{name}> .\n".encode() for prefix, name in fresh.items()]
        yield b"".join([*sorted(head), *lines[len(declared) :]])
