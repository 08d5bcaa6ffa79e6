from __future__ import annotations

import pytest

from aitia.validation.lexical import RDF_JSON, XSD, is_well_typed

GOOD = {
    "boolean": ["true", "0"],
    "integer": ["0", "-7", "+7", "007", "9" * 60],
    "nonNegativeInteger": ["0", "-0", "9" * 60],
    "positiveInteger": ["1", "+1"],
    "negativeInteger": ["-1", "-" + "9" * 60],
    "byte": ["-128", "127"],
    "unsignedLong": ["18446744073709551615"],
    "decimal": ["1", "-1.5", ".5", "1."],
    "double": ["1", "1e5", "-1.5E-3", "NaN", "INF", "-INF", "+INF"],
    "dateTime": [
        "2026-05-04T10:00:00",
        "2026-05-04T10:00:00.123456789Z",
        "2024-02-29T24:00:00+14:00",
        "-0004-02-29T00:00:00Z",
        "12026-01-01T00:00:00Z",
    ],
    "date": ["2026-05-04", "2000-02-29Z"],
    "time": ["10:00:00", "24:00:00"],
    "gYear": ["2026", "-0045"],
    "gMonthDay": ["--02-29"],
    "duration": ["P1Y", "-P1DT2H", "PT0.5S"],
    "dayTimeDuration": ["P1D", "PT1H"],
    "yearMonthDuration": ["P1Y2M"],
    "hexBinary": ["", "0aF0"],
    "base64Binary": ["", "AA==", "YWJj"],
    "language": ["en", "de-CH"],
    "token": ["", "a b"],
    "NCName": ["a1", "été"],
    "anyURI": ["anything at all"],
}
BAD = {
    "boolean": ["True", "yes", ""],
    "integer": ["1.0", "", "1e3", " 1", "١"],
    "nonNegativeInteger": ["-1", "-" + "9" * 60],
    "positiveInteger": ["0"],
    "negativeInteger": ["0", "9" * 60],
    "byte": ["128", "c"],
    "unsignedLong": ["18446744073709551616", "-1"],
    "decimal": ["1e3", ".", "NaN"],
    "double": ["abc", "nan", "inf", "1e", ""],
    "dateTime": [
        "2026-05-04",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-05-04T25:00:00Z",
        "2026-05-04T10:00:00+15:00",
        "yesterday",
    ],
    "date": ["1900-02-29", "2026-04-31"],
    "time": ["24:00:01"],
    "gYear": ["26"],
    "duration": ["P", "PT", "1Y"],
    "dayTimeDuration": ["P1Y"],
    "hexBinary": ["0"],
    "base64Binary": ["A"],
    "language": ["toolonglanguage"],
    "token": [" a", "a  b"],
    "NCName": ["1a", "a:b"],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in GOOD.items() for t in texts])
def test_in_the_lexical_space(name: str, text: str) -> None:
    assert is_well_typed(text, XSD + name)


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in BAD.items() for t in texts])
def test_outside_the_lexical_space(name: str, text: str) -> None:
    assert not is_well_typed(text, XSD + name)


def test_json() -> None:
    assert is_well_typed('[1,"NaN",{"a":null}]', RDF_JSON)
    assert not is_well_typed("[1,", RDF_JSON)
    assert not is_well_typed("[NaN]", RDF_JSON)
    assert not is_well_typed("[" + "1," * 100, RDF_JSON)


def test_unknown_datatypes_take_anything() -> None:
    assert is_well_typed("?", "urn:x:mine")
