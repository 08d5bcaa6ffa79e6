import pyoxigraph as ox

from aitia.validation.profiles import load, of_triples
from aitia.validation.reach import Reach

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"


def reach(turtle, below=None):
    quads = ox.parse((HEAD + turtle).encode(), format=ox.RdfFormat.TURTLE)
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads]
    return Reach(of_triples(triples).shapes, below or {})


def test_a_path_is_a_chain_of_steps():
    found = reach(
        "ex:S sh:targetNode ex:a ; sh:property ex:P ."
        "ex:P sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ."
    )
    ((first,), _) = found.steps(found.start("urn:x:S"))
    assert (first.predicate, first.is_inverse) == ("urn:x:p", False)
    ((second,), _) = found.steps(first.state)
    assert (second.predicate, second.is_inverse) == ("urn:x:q", True)
    assert found.steps(second.state) == ((), False)


def test_a_closed_shape_needs_all():
    found = reach("ex:S sh:targetNode ex:a ; sh:closed true .")
    assert found.steps(found.start("urn:x:S")) == ((), True)


def test_properties_below_are_walked_too():
    found = reach(
        "ex:S sh:targetNode ex:a ; sh:property ex:P . ex:P sh:path ex:p ; sh:minCount 1 .",
        {"urn:x:p": ["urn:x:q"]},
    )
    steps, _ = found.steps(found.start("urn:x:S"))
    assert [step.predicate for step in steps] == ["urn:x:p", "urn:x:q"]


def test_a_query_without_bounds_is_known():
    text = (
        "ex:S sh:targetNode ex:a ; sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?o }' ] ."
    )
    found = reach(text)
    found.start("urn:x:S")
    assert found.boundless == {"urn:x:S"}


def test_all_shapes_of_aitia_have_bounds():
    profile = load()
    found = Reach(profile.shapes, {})
    for root in profile.shapes.roots():
        found.start(root.key)
    assert found.boundless == set()
