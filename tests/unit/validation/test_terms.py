from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from aitia.validation.lexical import XSD
from aitia.validation.terms import decode, encode, native

NAMES = [
    "integer",
    "nonNegativeInteger",
    "byte",
    "decimal",
    "double",
    "float",
    "boolean",
    "dateTime",
]
TEXTS = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["true", "1", "01", "-0", "1.0", "1e3", "2026-05-04T24:00:00Z"]),
    st.sampled_from(["2026-05-04T10:00:00+00:00", "2026-05-04T10:00:00.10Z", "abc", ""]),
)


@given(text=TEXTS, name=st.sampled_from(NAMES))
def test_a_store_gives_back_what_was_encoded(text: str, name: str) -> None:
    literal = ox.Literal(text, datatype=ox.NamedNode(XSD + name))
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), encode(literal)))
    (quad,) = store
    back = decode(quad.object)
    assert isinstance(back, ox.Literal)
    assert back.datatype == literal.datatype
    if name not in ("double", "float"):
        assert back == literal
    else:
        assert back.value == text or float(back.value) == float(text)


def test_the_value_of_an_encoded_literal_can_be_compared() -> None:
    literal = encode(ox.Literal("007", datatype=ox.NamedNode(XSD + "nonNegativeInteger")))
    store = ox.Store()
    query = f"SELECT ?v WHERE {{ VALUES ?v {{ {literal} 'x' }} FILTER({native('?v')} > 6.5) }}"
    assert [row["v"] for row in store.query(query)] == [literal]


def test_other_terms_stay() -> None:
    for term in (
        ox.NamedNode("urn:a"),
        ox.BlankNode("b"),
        ox.Literal("a"),
        ox.Literal("a", language="en"),
    ):
        assert encode(term) == term
        assert decode(term) == term
