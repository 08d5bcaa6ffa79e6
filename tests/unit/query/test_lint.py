from __future__ import annotations

import pytest

from aitia.query.catalog import parse
from aitia.query.lint import lint

GOOD = """#+ title: Things
#+ question: Which things are there?
#+ for: [auditor]
#+ parameters:
#+   name: {type: string, default: x, description: a name}
#+ columns: {thing: the thing, n: how many}
PREFIX aitia: <https://w3id.org/aitia/ns#>
SELECT ?thing (COUNT(?other) AS ?n)
WHERE {
  VALUES ?name { "x" }
  ?thing aitia:settingName ?name ; ?p ?other
}
GROUP BY ?thing
HAVING(COUNT(?other) > 1)
ORDER BY ?n ?thing
"""


def faults(old: str = "", new: str = "") -> str:
    assert old in GOOD
    return "; ".join(lint(parse(GOOD.replace(old, new), name="things")))


def test_a_good_question_has_no_fault() -> None:
    assert faults() == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HAVING(COUNT(?other) > 1)", "HAVING(?n > 1)", "alias ?n"),
        ("HAVING(COUNT(?other) > 1)", "HAVING (COUNT(?other) > 1) (?n < 3)", "alias ?n"),
        ("HAVING(COUNT(?other) > 1)", "having( ABS( ?n ) > 1 )", "alias ?n"),
        ("n: how many", "m: how many", "selects thing, n"),
        ("default: x", "default: y", "differ in the value of name"),
        (", description: a name", "", "no description"),
        ('  VALUES ?name { "x" }\n', "", "no line"),
        ("WHERE {\n", "WHERE {\n  VALUES ?p { <urn:p> }\n", "parameter p is not described"),
        ("ORDER BY ?n ?thing\n", "", "no ORDER BY"),
        ("#+ for: [auditor]\n", "", "for whom"),
        ("[auditor]", "[auditor, methodologist]", "for 'methodologist', but readers are data"),
        ("[auditor]", "[Auditor]", "for 'Auditor'"),
        ("[auditor]", "[auditor]\n#+ answers: [CQ41]", "answers CQ41, which"),
        ("PREFIX aitia: <https://w3id.org/aitia/ns#>\n", "", "not SPARQL"),
        ("SELECT ?thing (COUNT(?other) AS ?n)", "SELECT ?thing ?n", "not SPARQL"),
    ],
)
def test_each_fault_is_named(old: str, new: str, message: str) -> None:
    assert message in faults(old, new)


def test_an_alias_in_a_comment_or_a_constant_block_is_no_fault() -> None:
    assert faults("HAVING(", "# HAVING(?n > 1)\nHAVING(") == ""
    assert faults("WHERE {\n", "WHERE {\n  VALUES (?p) { (<urn:p>) }\n") == ""


def test_another_form_is_refused() -> None:
    text = "#+ title: t\n#+ question: q\n#+ columns: {a: b}\nASK { ?s ?p ?o }\n"
    assert lint(parse(text, name="ask")) == ["it is not a SELECT"]
