from __future__ import annotations

from aitia.validation.facts import Facts, Guard, kinds_from
from aitia.validation.lexical import XSD
from aitia.validation.statements import ILL, IRI

A, B = "<urn:a>", "<urn:b>"


def facts() -> Facts:
    found = Facts()
    found.add(A, "<urn:p>", XSD + "nonNegativeInteger")
    found.add(A, "<urn:q>", IRI)
    found.add(A, "<urn:q>", ILL)
    return found


def test_a_missing_property_rules_violations_out() -> None:
    assert facts().permit(Guard(frozenset({"urn:p"})), None)
    assert not facts().permit(Guard(frozenset({"urn:p", "urn:z"})), None)


def test_too_many_values_need_a_property_that_repeats() -> None:
    assert facts().permit(Guard(repeats="urn:q"), None)
    assert not facts().permit(Guard(repeats="urn:p"), None)


def test_a_missing_value_needs_a_focus_node_without_the_property() -> None:
    assert not facts().permit(Guard(lacks="urn:p"), {A})
    assert facts().permit(Guard(lacks="urn:p"), {A, B})
    assert facts().permit(Guard(lacks="urn:p"), None)


def test_a_wrong_kind_needs_a_value_of_another() -> None:
    kinds = kinds_from(0)
    assert kinds is not None
    assert not facts().permit(Guard(beside=("urn:p", kinds)), None)
    assert facts().permit(Guard(beside=("urn:q", kinds)), None)
    assert kinds_from(7) is None
