from __future__ import annotations

from pathlib import Path

import pytest

from aitia.errors import NotFoundError, ResourceError
from aitia.query.catalog import load, parse

TEXT = """#+ title: Things
#+ question: Which things are there?
#+ for: [data scientist, auditor]
#+ parameters:
#+   name: {type: string, default: UNDEF, description: a name}
#+   least: {type: integer, example: 3, description: a number}
#+ columns:
#+   thing: the thing
SELECT ?thing WHERE {
  VALUES ?name { UNDEF }
  VALUES ?least { 3 }
  ?thing <urn:name> ?name ; <urn:count> ?n FILTER(?n >= ?least)
}
ORDER BY ?thing
"""


def test_a_header_is_read() -> None:
    question = parse(TEXT, name="things", family="lineage")
    assert question.title == "Things"
    assert question.audience == ("data scientist", "auditor")
    assert question.columns == {"thing": "the thing"}
    name, least = question.parameters.values()
    assert (name.type, name.default, name.required) == ("string", "UNDEF", False)
    assert (least.type, least.example, least.required) == ("integer", 3, True)
    assert question.text == TEXT


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        ("#+ title: Things\n", "", "no title"),
        ("#+ question: Which things are there?\n", "", "no question"),
        ("#+ columns:\n#+   thing: the thing\n", "", "describes no columns"),
        ("type: string", "type: text", "no type"),
        ("default: UNDEF, ", "", "not one of default and example"),
        ("example: 3", "example: 3, default: 4", "not one of default and example"),
        ("#+ title: Things", "#+ title: [", "not YAML"),
        ("#+ for:", "#+ answers: [W8, why]\n#+ for:", "'why', which is no competency question"),
    ],
)
def test_a_faulty_header_is_refused(line: str, replacement: str, message: str) -> None:
    assert line in TEXT
    with pytest.raises(ResourceError, match=message):
        parse(TEXT.replace(line, replacement), name="things")


def test_a_header_says_which_competency_questions_are_answered() -> None:
    assert parse(TEXT, name="things").answers == ()
    named = TEXT.replace("#+ for:", "#+ answers: [CQ16, W8, Q3, R1]\n#+ for:")
    assert parse(named, name="things").answers == ("CQ16", "W8", "Q3", "R1")


def test_a_text_without_a_header_is_refused() -> None:
    with pytest.raises(ResourceError, match="no header"):
        parse("SELECT * WHERE { ?s ?p ?o }", name="bare")


def test_the_library_is_found_by_name_and_by_family() -> None:
    catalog = load()
    assert catalog["best-run"].family == "model"
    assert catalog["model/best-run"] is catalog["best-run"]
    assert len(catalog) == len(list(catalog)) == sum(map(len, catalog.families().values()))


def test_a_name_that_is_not_there_gets_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="best-run"):
        load()["best-runs"]
    with pytest.raises(NotFoundError):
        load()["system/best-run"]


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    for family in ("mine", "yours"):
        (tmp_path / family).mkdir()
    (tmp_path / "mine" / "things.rq").write_text(TEXT)
    assert load(str(tmp_path))["things"].family == "mine"
    load.cache_clear()
    (tmp_path / "yours" / "things.rq").write_text(TEXT)
    with pytest.raises(ResourceError, match="have one name"):
        load(str(tmp_path))
