"""The questions for a reader are asked in terms that matter to that reader."""

from __future__ import annotations

import re

import pytest

from aitia.query.catalog import load
from aitia.vocabulary.stakeholders import STAKEHOLDERS, terms_for
from aitia.vocabulary.terms import MODULES

QUESTIONS = load()


def terms(text: str) -> set[str]:
    """Return the terms of the ontology that a query names, comments aside."""
    code = re.sub(r"(?m)^\s*#.*$", "", text)
    return set(re.findall(r"\baitia:\w+", code)) & MODULES.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_terms_of_a_question_matter_to_its_readers(name: str) -> None:
    question = QUESTIONS[name]
    foreign = {
        reader: sorted(unread)
        for reader in question.audience
        if (unread := terms(question.text) - terms_for(reader))
    }
    assert foreign == {}, "say aitia:mattersTo of these terms, or ask for other readers"


def test_every_reader_has_questions() -> None:
    asked = {reader for question in QUESTIONS.values() for reader in question.audience}
    assert asked == set(STAKEHOLDERS)
