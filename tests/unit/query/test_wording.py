from datetime import UTC, datetime

import pytest

from aitia.query import wording


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (64.0, "64"),
        (0.123456, "0.1235"),
        (1e-5, "1e-05"),
        (123456.7, "123457"),
        (6.02e23, "6.02e+23"),
        (float("nan"), "NaN"),
        (float("-inf"), "-∞"),
    ],
)
def test_number(value, expected):
    assert wording.number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (0.0005, "0.5 ms"),
        (0.9999, "1 s"),
        (12.44, "12.4 s"),
        (119.9, "2 min 0 s"),
        (185.2, "3 min 5 s"),
        (7800.0, "2 h 10 min"),
    ],
)
def test_seconds(value, expected):
    assert wording.seconds(value) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_999, "1 MB"),
        (1_234_567, "1.23 MB"),
        (5 * 10**18, "5e+03 PB"),
    ],
)
def test_size(count, expected):
    assert wording.size(count) == expected


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://www.w3.org/ns/prov#used", "prov:used"),
        ("ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk", "ni:f4OxZX_x"),
        ("urn:uuid:0b9c1f0e-1111-4222-8333-444455556666", "0b9c1f0e"),
        ("urn:uuid:0b9c1f0e-1111-4222-8333-444455556666#12", "0b9c1f0e#12"),
        ("https://example.org/x", "https://example.org/x"),
    ],
)
def test_short_iri(iri, expected):
    assert wording.short_iri(iri) == expected


def test_json_has_no_number_that_json_lacks():
    data = {"a": (float("nan"), float("inf")), 1: datetime(2026, 1, 2, tzinfo=UTC), "big": 2**70}
    assert wording.plain(data) == {
        "a": ["NaN", "INF"],
        "1": "2026-01-02T00:00:00+00:00",
        "big": str(2**70),
    }
    assert '"NaN"' in wording.to_json(data)


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (2048, "byteSize", "2.05 kB"),
        (32, "batchSize", "32"),
        (0.5, "cpuSeconds", "500 ms"),
        ([360, 64], "arrayShape", "360 × 64"),
        (True, "hasUncommittedChanges", "yes"),
        ({"x": [1, None]}, "columnSchema", "x: 1, "),
    ],
)
def test_attribute(value, name, expected):
    assert wording.attribute(value, name) == expected
