import csv
import io
import json
from itertools import pairwise

import pyoxigraph as ox
import pytest

from aitia.server import results
from aitia.store.port import Solutions, Term

ROWS = [
    (Term("iri", "http://example.org/a?b=c&d"), Term("literal", 'say "hi",\n<&>\tdone')),
    (Term("literal", "chat", None, "fr"), Term("literal", "NaN", "http://x#double")),
    (Term("bnode", "b0"), None),
]


def _solutions():
    return Solutions(("x", "y"), iter(ROWS))


def _read(data: bytes, form: ox.QueryResultsFormat):
    found = ox.parse_query_results(data, format=form)
    return [[None if term is None else term.value for term in row] for row in found]


@pytest.mark.parametrize(
    ("media", "form"),
    [
        (results.JSON, ox.QueryResultsFormat.JSON),
        (results.XML, ox.QueryResultsFormat.XML),
    ],
)
def test_results_are_read_back_by_another_implementation(media, form):
    found = _read(b"".join(results.SELECT_FORMATS[media](_solutions())), form)
    expected = [[None if t is None else t.value for t in row] for row in ROWS]
    assert found == expected


def test_tsv_has_terms_as_in_turtle():
    lines = b"".join(results.to_tsv(_solutions())).decode().splitlines()
    assert lines[0] == "?x\t?y"
    assert lines[1] == ('<http://example.org/a?b=c&d>\t"say \\"hi\\",\\n<&>\\tdone"')
    assert lines[2] == '"chat"@fr\t"NaN"^^<http://x#double>'
    assert lines[3] == "_:b0\t"


def test_csv_has_values_alone():
    rows = list(
        csv.reader(io.StringIO(b"".join(results.to_csv(_solutions())).decode(), newline=""))
    )
    assert rows == [
        ["x", "y"],
        ["http://example.org/a?b=c&d", 'say "hi",\n<&>\tdone'],
        ["chat", "NaN"],
        ["_:b0", ""],
    ]


def test_json_keeps_languages_and_datatypes():
    found = json.loads(b"".join(results.to_json(_solutions())))["results"]["bindings"]
    assert found[1]["x"] == {"type": "literal", "value": "chat", "xml:lang": "fr"}
    assert found[1]["y"]["datatype"] == "http://x#double"
    assert list(found[2]) == ["x"]


def test_a_character_that_xml_has_not_does_not_break_it():
    bell = Solutions(("x",), iter([(Term("literal", "a\x07b\ufffe"),)]))
    assert _read(b"".join(results.to_xml(bell)), ox.QueryResultsFormat.XML) == [["a\ufffdb\ufffd"]]


@pytest.mark.parametrize("media", results.ASK_FORMATS)
@pytest.mark.parametrize("value", [True, False])
def test_boolean(media, value):
    form = ox.QueryResultsFormat.XML if "xml" in media else ox.QueryResultsFormat.JSON
    assert bool(ox.parse_query_results(results.boolean(value, media), format=form)) is value


@pytest.mark.parametrize("media", list(results.graph_formats()))
def test_triples_in_every_format_are_the_same(media):
    source = b'<http://x/a> <https://w3id.org/aitia/ns#status> "\\u00E9"@fr .\n'
    found = ox.parse(results.triples(source, media), format=results.graph_formats()[media])
    expected = ox.parse(source, format=ox.RdfFormat.N_TRIPLES)
    assert {str(quad.triple) for quad in found} == {str(quad.triple) for quad in expected}


def test_turtle_names_only_the_prefixes_it_uses_in_order():
    source = b"<http://x/a> <http://www.w3.org/ns/prov#used> <https://w3id.org/aitia/ns#Model> .\n"
    head = results.triples(source, "text/turtle").decode().splitlines()[:2]
    assert [line.split()[1] for line in head] == ["aitia:", "prov:"]


def test_turtle_is_made_of_parts_with_each_prefix_declared_once() -> None:
    run = "<urn:uuid:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    parts = [
        f"{run} <https://w3id.org/aitia/ns#WorkflowRun> .\n".encode(),
        f'<urn:uuid:1> <http://www.w3.org/ns/prov#value> "a\\nb" .\n{run} <urn:x> .\n'.encode(),
        b"",
    ]
    made = b"".join(results.turtle(parts))
    assert made.count(b"@prefix aitia:") == made.count(b"@prefix prov:") == 1
    read = {quad.triple for quad in ox.parse(made, format=ox.RdfFormat.TURTLE)}
    assert read == {
        quad.triple for quad in ox.parse(b"".join(parts), format=ox.RdfFormat.N_TRIPLES)
    }


@pytest.mark.parametrize("media", ["application/rdf+xml", "application/ld+json", "text/turtle"])
@pytest.mark.parametrize("cuts", [[], [0, 3], [0, 1, 2, 2, 3]], ids=len)
def test_triples_in_parts_are_the_same_as_at_once(media, cuts):
    lines = [
        b'<http://e.org/a> <http://e.org/p> "1 < 2 & [3]" .\n',
        b"<http://e.org/a> <http://e.org/p> _:b .\n",
        b'_:b <http://e.org/p> "x"@en .\n',
    ]
    parts = [b"".join(lines[i:j]) for i, j in pairwise(cuts)]
    form = results.graph_formats()[media]
    found = b"".join(results.graph_parts(iter(parts), media))
    read = ox.Dataset(ox.parse(found, format=form))
    wanted = ox.Dataset(ox.parse(b"".join(parts), format=ox.RdfFormat.N_TRIPLES))
    for one in (read, wanted):
        one.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert read == wanted
    assert len(read) == (3 if cuts else 0)
