from __future__ import annotations

from aitia.validation.paths import (
    Alternative,
    Inverse,
    Predicate,
    Repeat,
    Sequence,
    display,
    needed,
    sparql,
)

A, B = Predicate("urn:a"), Predicate("urn:b")


def test_sparql() -> None:
    assert sparql(A) == "<urn:a>"
    assert sparql(Inverse(Sequence((A, B)))) == "^((<urn:a>/<urn:b>))"
    assert sparql(Repeat(Alternative((A, Inverse(B))), "*")) == "((<urn:a>|^(<urn:b>)))*"


def test_what_a_path_needs() -> None:
    assert needed(Sequence((A, Inverse(B)))) == {"urn:a", "urn:b"}
    assert needed(Alternative((A, B))) == frozenset()
    assert needed(Repeat(A, "+")) == {"urn:a"}
    assert needed(Repeat(A, "*")) == frozenset()


def test_a_property_is_shown_bare() -> None:
    assert display(A) == "urn:a"
    assert display(Inverse(A)) == "^(<urn:a>)"
