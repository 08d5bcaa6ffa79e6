import pyoxigraph as ox

from aitia.validation.incremental import Incremental
from aitia.validation.neighbourhood import Neighbourhood
from aitia.validation.profiles import of_triples

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"
SHAPES = (
    "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ( ex:p ex:q ) ; sh:nodeKind sh:IRI ] ."
)
DATA = "ex:a ex:p ex:b . ex:b ex:q ex:c ; ex:r ex:d . ex:c ex:q ex:e . ex:z ex:q ex:a ."


def parsed(turtle):
    return list(ox.parse((HEAD + turtle).encode(), format=ox.RdfFormat.TURTLE))


def test_what_is_fetched_is_what_the_shapes_walk():
    shapes = of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in parsed(SHAPES)])
    store = ox.Store()
    store.extend(parsed(DATA))

    def ask(text):
        return [tuple(map(str, row)) for row in store.query(text)]

    near = Neighbourhood(ask, shapes, Incremental(shapes).reach, ["<urn:x:a>"])
    assert near.wanted == ["<urn:x:a>", "<urn:x:z>"]
    assert near.shapes == {"<urn:x:a>": ["urn:x:S"], "<urn:x:z>": []}
    assert set(near.statements) == {
        ("<urn:x:a>", "<urn:x:p>", "<urn:x:b>"),
        ("<urn:x:b>", "<urn:x:q>", "<urn:x:c>"),
        ("<urn:x:z>", "<urn:x:q>", "<urn:x:a>"),
    }
