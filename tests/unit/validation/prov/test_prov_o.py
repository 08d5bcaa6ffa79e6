import pyoxigraph as ox

from aitia.validation.prov.prov_o import instances_of

TURTLE = """
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://example.org/> .
@prefix aitia: <https://w3id.org/aitia/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:g1 { ex:a a aitia:TaskRun ; prov:used ex:e ;
  prov:startedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime ;
  prov:qualifiedUsage ex:u . ex:u a prov:Usage ; prov:entity ex:e ; prov:hadRole ex:r . }
ex:g2 { ex:e a prov:Plan ; prov:wasRevisionOf ex:f . }
ex:g3 { ex:e ex:unknown ex:f . }
"""


def test_graphs_are_read_as_instances():
    quads = list(ox.parse(TURTLE.encode(), ox.RdfFormat.TRIG))
    one, two = instances_of(quads, {"ex": "http://example.org/"})
    told = {statement.text(one.prefixes) for statement in one.statements}
    assert told == {
        "activity(ex:a, 2026-01-01T00:00:00Z)",
        "used(ex:a, ex:e)",
        "used(ex:u; ex:a, ex:e)",
    }
    assert {s.text(two.prefixes) for s in two.statements} == {
        "entity(ex:e)",
        "wasDerivedFrom(ex:e, ex:f)",
    }
