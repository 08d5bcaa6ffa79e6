import pyoxigraph as ox
import pytest

from aitia.errors import ValidationError
from aitia.validation.incremental import Incremental
from aitia.validation.profiles import of_triples

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"


def profile(turtle):
    quads = ox.parse((HEAD + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in quads])


class Asked:
    """Answers from a store, and counts the rows."""

    def __init__(self, turtle):
        self.store = ox.Store()
        self.store.extend(ox.parse((HEAD + turtle).encode(), format=ox.RdfFormat.TURTLE))
        self.rows = 0

    def __call__(self, text):
        for row in self.store.query(text):
            self.rows += 1
            yield tuple(map(str, row))


MADE = "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:class ex:D ] ."


def test_what_points_at_a_node_is_judged_with_it():
    asked = Asked("ex:a a ex:C ; ex:p ex:b . ex:c a ex:C ; ex:p ex:d .")
    report = Incremental(profile(MADE)).validate(asked, ["<urn:x:b>"])
    assert [(r.focus, r.value) for r in report.results] == [("urn:x:a", "urn:x:b")]


def test_other_nodes_are_not_fetched():
    many = " ".join(f"ex:c{i} a ex:C ; ex:p ex:d{i} ." for i in range(5000))
    asked = Asked(f"ex:a a ex:C ; ex:p ex:b . {many}")
    Incremental(profile(MADE)).validate(asked, ["<urn:x:a>"])
    assert asked.rows < 10


def test_without_bounds_all_is_fetched():
    shapes = profile(
        "ex:S sh:targetClass ex:C ; sh:sparql [ sh:select"
        " 'SELECT $this WHERE { $this ?p ?o . ?o ?q ?r }' ] ."
    )
    asked = Asked("ex:a a ex:C ; ex:p ex:b . ex:b ex:q ex:r . ex:c a ex:C ; ex:p ex:b .")
    report = Incremental(shapes).validate(asked, ["<urn:x:a>"])
    assert [r.focus for r in report.results] == ["urn:x:a"]


def test_shapes_that_are_not_compiled_are_refused():
    shapes = profile("ex:S sh:targetNode ex:a ; sh:pattern '(?=x)x' .")
    with pytest.raises(ValidationError, match="judge the whole graph"):
        Incremental(shapes)
