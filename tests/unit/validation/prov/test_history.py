from aitia.validation.prov.history import History
from aitia.validation.prov.statements import Instance, Statement

EX = "http://example.org/"


def history(*statements):
    return History(Instance("", statements, {"ex": EX}))


def generated(id_, **values):
    return Statement("wasGeneratedBy", id_, {name: EX + value for name, value in values.items()})


def test_what_is_unnamed_becomes_what_is_named():
    found = history(
        generated(EX + "g", entity="e"),
        generated(EX + "g", entity="e", activity="a"),
        generated("", entity="e", activity="a"),
    )
    assert found.normalise() == []
    ids = {row["id"].value for row in found.rows(
        "SELECT ?id WHERE { ?s a <urn:aitia:prov-dm#wasGeneratedBy> ; <urn:aitia:prov-dm#id> ?id ;"
        " <urn:aitia:prov-dm#activity> <http://example.org/a> }"
    )}  # fmt: skip
    assert ids == {EX + "g"}


def test_two_names_cannot_be_one():
    found = history(
        generated(EX + "g", entity="e", activity="a"), generated(EX + "h", entity="e", activity="a")
    )
    (broken,) = found.normalise()
    assert (broken.rule.number, broken.about) == ("24", EX + "e")


def test_equal_times_in_two_zones_are_one():
    def start(time):
        return Statement("wasStartedBy", EX + "s", {"activity": EX + "a", "time": time})

    same = history(start("2026-01-01T01:00:00+01:00"), start("2026-01-01T00:00:00Z"))
    assert same.normalise() == []
    other = history(start("2026-01-01T01:00:00+01:00"), start("2026-01-01T01:00:00Z"))
    assert other.normalise()


def test_communication_and_what_it_rests_on_do_not_go_on_for_ever():
    informed = Statement("wasInformedBy", "", {"informed": EX + "b", "informant": EX + "a"})
    back = Statement("wasInformedBy", "", {"informed": EX + "a", "informant": EX + "b"})
    assert history(informed, back).normalise() == []
