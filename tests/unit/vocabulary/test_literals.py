from __future__ import annotations

import math

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitia.records import Typed
from aitia.vocabulary import literals


def parsed(text: str) -> ox.Literal:
    (quad,) = ox.parse(f"<a:s> <a:p> {text} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_text_survives_quoting(text: str) -> None:
    assert parsed(literals.quote(text)).value == text


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_text_makes_an_iri_that_parses(text: str) -> None:
    (quad,) = ox.parse(
        f"{literals.iri('urn:x:' + text)} <a:p> <a:o> .".encode(), format=ox.RdfFormat.N_TRIPLES
    )
    assert isinstance(quad.subject, ox.NamedNode)


@given(st.floats())
def test_any_double_survives(number: float) -> None:
    literal = parsed(literals.double(number))
    assert literal.datatype.value == literals.XSD + "double"
    back = literals.to_float(literal.value)
    if back is None:
        back = float(literal.value)
    assert back == number or (math.isnan(back) and math.isnan(number))


@pytest.mark.parametrize(
    ("nanoseconds", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_477_353_123_456_789, "2026-11-23T23:42:33.123456789Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
    ],
)
def test_times_are_utc_with_nanoseconds(nanoseconds: int, expected: str) -> None:
    assert parsed(literals.date_time(nanoseconds)).value == expected


def test_json_keeps_what_json_lacks_as_words() -> None:
    literal = parsed(literals.json_literal([1.5, math.nan, {"a": -math.inf}]))
    assert literal.value == '[1.5,"NaN",{"a":"-INF"}]'
    assert literal.datatype.value == literals.RDF + "JSON"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, 1.0),
        (3, 3.0),
        ("INF", math.inf),
        ("12", None),
        ("low", None),
        (None, None),
        (Typed("-INF", "xsd:double"), -math.inf),
        (Typed(str(2**80), "xsd:integer"), float(2**80)),
        (Typed("x", "xsd:string"), None),
    ],
)
def test_what_is_a_number(value: object, expected: float | None) -> None:
    assert literals.to_float(value) == expected
