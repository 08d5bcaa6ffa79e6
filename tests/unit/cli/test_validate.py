import json

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix ex: <http://example.org/> .
ex:Named a sh:NodeShape ; sh:targetClass aitia:Dataset ; sh:property [
  sh:path ex:licence ; sh:minCount 1 ; sh:message "A dataset must have a licence." ] .
"""
DATA = """
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix ex: <http://example.org/> .
ex:a a aitia:Dataset . ex:b a aitia:Dataset ; ex:licence ex:cc0 .
"""


def test_the_report_is_by_run(aitia):
    shown = aitia("validate").stdout
    assert " slow" in shown
    assert "rule: shape:" in shown


def test_one_run_only(aitia):
    found = aitia.json("validate", "--run", "slow")
    assert [name.split()[1] for name in found] == ["slow"]
    report = next(iter(found.values()))
    assert report["conforms"]
    assert {r["severity"] for r in report["results"]} <= {"should", "may"}


def test_a_file_with_shapes_of_ones_own(aitia):
    (aitia.folder / "s.ttl").write_text(SHAPES, encoding="utf-8")
    (aitia.folder / "d.ttl").write_text(DATA, encoding="utf-8")
    shown = aitia("validate", "d.ttl", "--shapes", "s.ttl", code=1).stdout
    assert "A dataset must have a licence." in shown
    assert "http://example.org/a" in shown
    assert "http://example.org/b" not in shown


def test_the_reference_engine_agrees(aitia):
    (aitia.folder / "s.ttl").write_text(SHAPES, encoding="utf-8")
    (aitia.folder / "d.ttl").write_text(DATA, encoding="utf-8")
    words = ("validate", "d.ttl", "--shapes", "s.ttl")
    compiled = aitia.json(*words, code=1)["d.ttl"]["results"]
    reference = aitia.json(*words, "--engine", "pyshacl", code=1)["d.ttl"]["results"]
    assert [r["focus"] for r in compiled] == [r["focus"] for r in reference]


def test_the_store_with_shapes_of_ones_own(aitia):
    (aitia.folder / "s.ttl").write_text(SHAPES, encoding="utf-8")
    found = aitia.json("validate", "--shapes", "s.ttl", "--run", "fast", code=1)
    results = [r for report in found.values() for r in report["results"]]
    assert {r["message"] for r in results} == {"A dataset must have a licence."}


def test_shapes_of_ones_own_beside_those_of_aitia(aitia):
    (aitia.folder / "s.ttl").write_text(SHAPES, encoding="utf-8")
    words = ("validate", "--run", "fast")
    own = {r["message"] for r in _results(aitia.json(*words))}
    both = _results(aitia.json(*words, "--shapes", "s.ttl", "--with-own", code=1))
    assert {r["message"] for r in both} == own | {"A dataset must have a licence."}
    assert "--with-own needs --shapes" in aitia("validate", "--with-own", code=2).stderr


def _results(reports):
    return [result for report in reports.values() for result in report["results"]]


def test_a_file_that_is_not_rdf(aitia):
    (aitia.folder / "d.ttl").write_text("this is not turtle", encoding="utf-8")
    assert "d.ttl cannot be read" in aitia.refused("validate", "d.ttl")
    assert "a name that ends in .ttl" in aitia.refused("validate", "data.csv")


def test_an_unknown_run(aitia):
    assert "no run 'zz'" in aitia.refused("validate", "--run", "zz")


def test_the_store_keeps_the_constraints_of_prov(aitia):
    shown = aitia("validate", "--prov-constraints").stdout
    assert "all rules" in shown


def test_a_document_that_breaks_a_constraint_of_prov(aitia):
    thing = {"ex:x": {}}
    document = {"prefix": {"ex": "http://example.org/"}, "entity": thing, "activity": thing}
    (aitia.folder / "d.json").write_text(json.dumps(document), encoding="utf-8")
    shown = aitia("validate", "--prov-constraints", "d.json", code=1).stdout
    assert "Constraint 55 (entity-activity-disjoint)" in shown
    assert "entity(ex:x) and activity(ex:x)" in shown


def test_options_without_effect_are_refused(aitia):
    assert "needs --prov-constraints" in aitia.refused("validate", "--strict", code=2)
    told = aitia.refused("validate", "--prov-constraints", "--node", "urn:x", code=2)
    assert "whole graphs" in told


def test_one_node_alone(aitia):
    whole = aitia.json("validate", "--run", "slow")
    about = next(r["focus"] for report in whole.values() for r in report["results"])
    (report,) = aitia.json("validate", "--run", "slow", "--node", about).values()
    assert about in {result["focus"] for result in report["results"]}
    assert len(report["results"]) < sum(len(one["results"]) for one in whole.values())
    assert "runs" not in aitia("validate", "--node", "urn:x:nothing").stdout


def test_an_endpoint_that_does_not_answer(aitia):
    assert "127.0.0.1:9" in aitia.refused("validate", "--endpoint", "http://127.0.0.1:9/query")
