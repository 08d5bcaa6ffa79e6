import pytest
from pyoxigraph import Store

from aitia.validation.prov.rules import INFERENCE, load, of_family

UNSAID = {6, 16, 17, 18, 50}
"""Of these nothing follows that another rule does not say (50 is part of 55)."""


def test_every_inference_and_constraint_is_there():
    numbers = {int(rule.number) for rule in load() if rule.number.isdigit()}
    assert numbers | UNSAID | {19} == set(range(5, 57))


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.name)
def test_a_rule_is_sparql(rule):
    store = Store()
    if rule.family == INFERENCE:
        store.update(rule.text)
    else:
        assert list(store.query(rule.text)) == []


def test_only_one_order_is_strict():
    assert [rule.number for rule in load() if rule.is_strict] == ["42"]


def test_a_rule_says_where_it_is_defined():
    rule = next(rule for rule in of_family("uniqueness") if rule.number == "24")
    assert rule.iri == "https://www.w3.org/TR/prov-constraints/#unique-generation"
    assert rule.title == "Constraint 24 (unique-generation)"
