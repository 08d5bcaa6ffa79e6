import pytest

from aitia.query.limited import LimitedStore
from aitia.server import protocol, results
from aitia.server.protocol import Answer, Request, negotiate
from aitia.store.oxigraph import OxigraphStore

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


@pytest.fixture
def store():
    made = OxigraphStore()
    made.replace(
        {
            "urn:g:1": b"<u:a> <u:p> 1 <urn:g:1> .\n".replace(
                b"1 <", b'"1"^^<http://www.w3.org/2001/XMLSchema#integer> <'
            ),
            "urn:g:2": b'<u:b> <u:p> "two" <urn:g:2> .\n',
        }
    )
    yield LimitedStore(made, protocol.LIMIT_SECONDS)
    made.close()


@pytest.mark.parametrize(
    ("method", "media", "url", "body"),
    [
        ("GET", "", "query=ASK%20%7B%7D", b""),
        ("POST", FORM, "", b"query=ASK+%7B%7D"),
        ("POST", DIRECT, "", b"ASK {}"),
    ],
)
def test_the_three_ways_to_ask(method, media, url, body):
    assert protocol.read(method, media, url, body, "*/*") == Request("ASK {}", (), "*/*")


def test_default_graphs_come_from_url_or_form():
    url = "default-graph-uri=u%3Aa&default-graph-uri=u%3Ab"
    found = protocol.read("POST", DIRECT, url, b"ASK {}", "")
    assert found == Request("ASK {}", ("u:a", "u:b"))


@pytest.mark.parametrize(
    ("method", "media", "url", "body", "status"),
    [
        ("GET", "", "query=ASK%7B%7D&query=ASK%7B%7D", b"", 400),
        ("GET", "", "other=1", b"", 400),
        ("POST", "text/plain", "", b"ASK {}", 415),
        ("POST", "", "", b"ASK {}", 415),
        ("POST", "application/sparql-update", "", b"CLEAR ALL", 403),
        ("POST", FORM, "", b"update=CLEAR+ALL", 403),
        ("GET", "", "query=ASK%7B%7D&named-graph-uri=u:a", b"", 400),
    ],
)
def test_what_is_refused(method, media, url, body, status):
    found = protocol.read(method, media, url, body, "")
    assert isinstance(found, Answer)
    assert found.status == status
    assert found.media.startswith("text/plain")
    assert len(found.body) > 20


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+json"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle; charset=utf-8"),
        ("DESCRIBE <u:a>", "text/turtle; charset=utf-8"),
    ],
)
def test_each_form_has_its_own_media_type(store, text, media):
    found = protocol.answer(store, Request(text))
    assert (found.status, found.media) == (200, media)


def test_the_default_graph_can_be_chosen(store):
    text = "SELECT ?s { ?s <u:p> ?o }"
    found = protocol.answer(store, Request(text, ("urn:g:2",), "text/csv"))
    assert found.body == b"s\r\nu:b\r\n"
    assert protocol.answer(store, Request(text, (), "text/csv")).body.count(b"u:") == 2


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("SELECT", 400),
        ("hello", 400),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400),
        ("CLEAR ALL", 403),
        ("PREFIX a: <u:> INSERT DATA { a:a a:b a:c }", 403),
    ],
)
def test_a_bad_query_has_a_status_and_a_sentence(store, text, status):
    found = protocol.answer(store, Request(text))
    assert found.status == status
    assert found.body.decode().strip()


def test_a_query_that_takes_too_long_is_cut_off(store):
    store.seconds = -1.0
    found = protocol.answer(store, Request("SELECT * { ?s ?p ?o }"))
    assert found.status == 503
    assert b"LIMIT" in found.body


def test_an_answer_that_cannot_be_had_in_that_form(store):
    for text in ("SELECT * {}", "ASK {}", "CONSTRUCT WHERE {}"):
        found = protocol.answer(store, Request(text, (), "image/png"))
        assert found.status == 406
        assert b"this answer can be had as" in found.body


def test_an_answer_from_a_process_of_its_own_comes_in_parts(tmp_path):
    made = OxigraphStore(tmp_path / "store")
    lines = "".join(f"<u:{i}> <u:p> <u:o> <urn:g:1> .\n" for i in range(5000))
    made.replace({"urn:g:1": lines.encode()})
    with LimitedStore(made, 30) as limited:
        text = "SELECT ?s { ?s <u:p> <u:o> }"
        for media in ("text/csv", "text/tab-separated-values", results.JSON, results.XML):
            found = protocol.answer(limited, Request(text, (), media))
            parts = list(found.parts)
            assert len(parts) > 2
            whole = protocol.answer(LimitedStore(OxigraphStore(), 30), Request(text, (), media))
            assert b"".join(parts).startswith(whole.body.rstrip()[:3])
            assert b"".join(parts).count(b"u:") == 5000
        limited.seconds = 0.3
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d FILTER(STR(?a) < STR(?c)) }"
        found = protocol.answer(limited, Request(slow))
        assert (found.status, b"stopped after" in found.body) == (503, True)
    made.close()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "a/json"),
        ("*/*", "a/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("a/json;q=0.1, text/csv", "text/csv"),
        ("a/json;q=0.5, text/csv;q=0.5", "a/json"),
        ("*/*;q=0.1, text/csv;q=0", "a/json"),
        ("text/csv;q=nonsense", None),
        ("image/png", None),
        ("a/json;q=0", None),
    ],
)
def test_negotiation(accept, expected):
    assert negotiate(accept, ["a/json", "text/csv"]) == expected


@pytest.mark.parametrize("accept", ["", "text/turtle", "application/ld+json", "image/png"])
def test_the_service_describes_itself(accept):
    found = protocol.describe("http://127.0.0.1:1/sparql", accept)
    assert found.status == 200
    assert b"http://127.0.0.1:1/sparql" in found.body
    assert b"SPARQL11Query" in found.body
