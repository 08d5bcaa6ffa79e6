from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.validation.lexical import XSD
from aitia.validation.statements import BLANK, ILL, IRI, Looked, lines, look, of_quads, parse_quads
from aitia.validation.terms import EXACT, encode

LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<urn:a>", IRI),
        ("_:b", BLANK),
        ('"plain"', XSD + "string"),
        ('"a\\"^^<b"', XSD + "string"),
        ('"hallo"@de', LANGUAGE),
        (f'"1.5"^^<{XSD}double>', XSD + "double"),
        (f'"x"^^<{XSD}double>', ILL),
        ('"x"^^<urn:own>', "urn:own"),
        (f'"2026-02-30T00:00:00Z"^^<{XSD}dateTime>', ILL),
    ],
)
def test_the_kind_of_an_object(text: str, kind: str) -> None:
    assert look(text).kind == kind


@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        ("01", XSD + "integer"),
        ("1", XSD + "integer"),
        ("5", XSD + "nonNegativeInteger"),
        ("1.50", XSD + "double"),
        ("NaN", XSD + "double"),
        ('say "\\ \n', XSD + "string"),
        (" ", XSD + "token"),
        ("a\tb", XSD + "normalizedString"),
        ("x", "urn:own"),
    ],
)
def test_what_is_held_is_what_a_term_is_encoded_as(value: str, datatype: str) -> None:
    term = ox.Literal(value, datatype=ox.NamedNode(datatype))

    assert look(str(term)).held == str(encode(term))


def test_an_escaped_value_is_judged_as_what_it_stands_for() -> None:
    assert look(f'"a\\tb"^^<{XSD}normalizedString>') == Looked(
        ILL, f'"a\\tb"^^<{EXACT}{XSD}normalizedString>'
    )


def test_statements_are_read_and_written() -> None:
    data = b'<urn:a> <urn:p> "x" <urn:g> .\n_:b <urn:p> <urn:c> .\n'

    statements = of_quads(parse_quads(data))

    assert statements == [("<urn:a>", "<urn:p>", '"x"'), ("_:b", "<urn:p>", "<urn:c>")]
    assert lines(statements[:1], "<urn:h>") == '<urn:a> <urn:p> "x" <urn:h> .\n'
