from aitia.validation.prov.check import check, check_nquads
from aitia.validation.prov.statements import Instance, Statement

EX = "http://example.org/"
PROV = "http://www.w3.org/ns/prov#"


def judged(*told, strict=False):
    statements = [
        Statement(kind, "", {name: EX + value for name, value in values.items()})
        for kind, values in told
    ]
    return check([Instance("", tuple(statements), {"ex": EX})], strict=strict)


def derived(new, old):
    return "wasDerivedFrom", {"generatedEntity": new, "usedEntity": old}


def test_a_derivation_in_a_circle_is_told_step_by_step():
    things = [("wasGeneratedBy", {"entity": name, "activity": "a" + name}) for name in "xyz"]
    report = judged(*things, derived("y", "x"), derived("z", "y"), derived("x", "z"))
    (result,) = report.results
    assert result.component == "Constraint42"
    assert result.value.count("; then ") == 2
    assert "wasDerivedFrom(ex:x, ex:z)" in result.value
    assert "by inference" not in result.value


def test_a_member_of_nothing_at_all():
    empty = Statement("entity", EX + "c", {}, (PROV + "EmptyCollection",))
    member = Statement("hadMember", "", {"collection": EX + "c", "entity": EX + "e"})
    (result,) = check([Instance("", (empty, member), {"ex": EX})]).results
    assert result.component == "Constraint56"
    assert result.value == "hadMember(ex:c, ex:e) and entity(ex:c)"


def test_a_statement_without_what_it_must_have():
    (result,) = judged(("hadMember", {"collection": "c"})).results
    assert result.value == "hadMember(ex:c), which has no entity"


def test_two_bundles_of_one_name():
    one = Instance(EX + "b", (Statement("entity", EX + "e", {}),))
    assert [r.component for r in check([one, one]).results] == ["bundle-names"]


def test_bundles_do_not_bear_on_one_another():
    entity = Instance(EX + "b", (Statement("entity", EX + "e", {}),))
    activity = Instance(EX + "c", (Statement("activity", EX + "e", {}),))
    assert check([entity, activity]).conforms
    (result,) = check([Instance("", entity.statements + activity.statements)]).results
    assert result.component == "Constraint55"


def test_prov_o_is_judged_graph_by_graph():
    line = f"<{EX}e> <{PROV}specializationOf> <{EX}e> <{EX}g> .\n"
    (result,) = check_nquads(line.encode(), {"ex": EX}).results
    assert result.component == "Constraint52"


def test_a_second_usage_is_wrong_only_when_asked_for():
    uses = [
        Statement("used", EX + name, {"activity": EX + "a", "entity": EX + "e"}) for name in "uv"
    ]
    instance = Instance("", tuple(uses))
    assert check([instance]).conforms
    assert not check([instance], strict=True).conforms
