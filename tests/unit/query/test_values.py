from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from aitia.query.values import to_python
from aitia.store.port import Term
from aitia.vocabulary.literals import RDF, XSD


@pytest.mark.parametrize(
    ("lexical", "datatype", "expected"),
    [
        ("3", XSD + "integer", 3),
        ("3", XSD + "nonNegativeInteger", 3),
        (str(10**40), XSD + "integer", 10**40),
        ("0.5", XSD + "double", 0.5),
        ("1.50", XSD + "decimal", 1.5),
        ("-INF", XSD + "double", -math.inf),
        ("true", XSD + "boolean", True),
        ("0", XSD + "boolean", False),
        ("2026-05-01T10:00:00Z", XSD + "dateTime", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        (
            "2026-05-01T10:00:00.123456789+02:00",
            XSD + "dateTime",
            datetime(2026, 5, 1, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
        ),
        ("2026-05-01", XSD + "date", date(2026, 5, 1)),
        ("[1, null]", RDF + "JSON", [1, None]),
        ("text", None, "text"),
        ("x", "urn:own-type", "x"),
    ],
)
def test_a_literal_becomes_its_python_value(
    lexical: str, datatype: str | None, expected: object
) -> None:
    found = to_python(Term("literal", lexical, datatype))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("lexical", "datatype"),
    [
        ("many", XSD + "integer"),
        ("half", XSD + "double"),
        ("yes", XSD + "boolean"),
        ("soon", XSD + "dateTime"),
        ("-0001-01-01T00:00:00Z", XSD + "dateTime"),
        ("[", RDF + "JSON"),
    ],
)
def test_what_does_not_fit_its_type_stays_text(lexical: str, datatype: str) -> None:
    assert to_python(Term("literal", lexical, datatype)) == lexical


def test_nan_is_nan_and_nothing_is_none() -> None:
    assert math.isnan(to_python(Term("literal", "NaN", XSD + "double")))
    assert to_python(None) is None
    assert to_python(Term("iri", "urn:x")) == "urn:x"
