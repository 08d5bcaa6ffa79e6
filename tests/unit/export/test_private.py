from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.export.private import without_home

ANY_URI = ox.NamedNode("http://www.w3.org/2001/XMLSchema#anyURI")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("file:///home/ada/x.csv", "file:~/x.csv"),
        ("file:///home/grace/a/x.csv", "file:///home/***/a/x.csv"),
        ("file:///Users/grace/x.csv", "file:///Users/***/x.csv"),
        ("file:/home/grace", "file:/home/***"),
        ("file:data/home/grace/x.csv", "file:data/home/grace/x.csv"),
        ("file:///data/x.csv", "file:///data/x.csv"),
        ("https://host/home/grace", "https://host/home/grace"),
    ],
)
def test_no_user_is_named(place: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert without_home(ox.NamedNode(place)) == ox.NamedNode(expected)
    literal = ox.Literal(place, datatype=ANY_URI)
    assert without_home(literal) == ox.Literal(expected, datatype=ANY_URI)
