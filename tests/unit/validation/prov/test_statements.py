from aitia.validation.prov.statements import Statement, compact, distinct, missing

EX = "http://example.org/"


def test_a_statement_is_told_in_prov_n():
    one = Statement("wasGeneratedBy", EX + "g", {"entity": EX + "e", "time": "2026-01-01T00:00:00"})
    assert one.text({"ex": EX}) == "wasGeneratedBy(ex:g; ex:e, -, 2026-01-01T00:00:00)"
    assert Statement("entity", EX + "e", {}).text({"ex": EX}) == "entity(ex:e)"


def test_what_a_statement_lacks():
    assert missing(Statement("hadMember", "", {"collection": EX + "c"})) == ["entity"]
    assert missing(Statement("used", "", {"activity": EX + "a"})) == []


def test_a_name_without_a_prefix_stays():
    assert compact("urn:x", {"ex": EX}) == "urn:x"


def test_statements_are_kept_once():
    one = Statement("entity", EX + "e", {})
    assert distinct([one, Statement("entity", EX + "e", {}), one]) == (one,)
