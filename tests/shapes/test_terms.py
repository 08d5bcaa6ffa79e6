"""Terms of the ontology's namespace that do not exist are refused, with the nearest that does."""

from __future__ import annotations

import pytest

from aitia.validation.engine import validate
from aitia.validation.profiles import Profile, load

AITIA = "https://w3id.org/aitia/ns#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def line(predicate: str, term: str) -> bytes:
    return f"<urn:x:a> <{predicate}> {term} <urn:x:g> .\n".encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            line(AITIA + "coreCont", '"8"'),
            "The property aitia:coreCont is not in the ontology; did you mean aitia:coreCount?",
        ),
        (
            line(TYPE, f"<{AITIA}TrainigRun>"),
            "The class aitia:TrainigRun is not in the ontology; did you mean aitia:TrainingRun?",
        ),
        (
            line(AITIA + "zzzz", "<urn:x:b>"),
            "The property aitia:zzzz is not in the ontology; see: aitia terms",
        ),
        (
            line(AITIA + "Dataset", "<urn:x:b>"),
            "The property aitia:Dataset is not in the ontology; see: aitia terms",
        ),
    ],
)
def test_an_unknown_term(data: bytes, says: str, profile: Profile) -> None:
    (result,) = validate(data, profile).results
    assert result.message == says
    assert result.focus == "urn:x:a"
    assert result.severity == "must"
    assert result.fix


def test_terms_of_others_are_left_alone(profile: Profile) -> None:
    data = line("https://schema.org/nmae", '"x"') + line(TYPE, "<http://xmlns.com/foaf/0.1/Agnet>")
    assert validate(data, profile).results == ()


def test_unknown_terms_are_a_must() -> None:
    data = line(AITIA + "learningrate", '"0.1"')
    assert validate(data, load(("should", "may"))).results == ()
