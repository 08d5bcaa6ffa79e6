import json
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from aitia.server import pages
from aitia.server.app import LONGEST_BODY

RUN = "0b9c1f0e-1111-4222-8333-444455556666"
OTHER = "1c9c1f0e-2222-4222-8333-444455556666"
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(HTMLParser):
    """A page as its text and links; refuses tags that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(html)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "a":
            self.links.append(known["href"])
        self.loads += [known[k] for k in ("src", "data") if k in known]
        if tag == "link":
            self.loads.append(known["href"])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def _page(client, path, status=200) -> Page:
    found = client.get(path, headers={"accept": "text/html"})
    assert found.status_code == status, found.text
    assert found.headers["content-type"].startswith("text/html")
    return Page(found.text)


def test_the_runs_are_listed_with_links(client):
    page = _page(client, "/")
    assert {f"/runs/{RUN}", f"/runs/{OTHER}"} <= set(page.links)
    text = " ".join(page.text)
    assert "a <b>wide</b> sweep" in text
    assert "Completed" in text
    assert "accuracy" in text


def test_every_link_of_every_page_leads_somewhere(client):
    seen, waiting = set(), ["/", f"/runs/{RUN}", "/sparql"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("#"):
            continue
        seen.add(path)
        found = client.get(path, headers={"accept": "text/html"})
        assert found.status_code == 200, path
        if found.headers["content-type"].startswith("text/html"):
            waiting += Page(found.text).links
    assert {f"/runs/{OTHER}.json", f"/runs/{OTHER}.ttl", f"/runs/{OTHER}.svg"} <= seen


@pytest.mark.parametrize("path", ["/", f"/runs/{RUN}", "/sparql", "/runs/zz"])
def test_no_page_asks_another_host_for_anything(client, path):
    found = client.get(path, headers={"accept": "text/html"})
    assert set(Page(found.text).loads) <= {"data:,"}
    assert "<script" not in found.text
    assert "default-src 'none'" in found.headers["content-security-policy"]


def test_a_run_is_shown_with_metrics_lineage_settings_and_layers(client):
    page = _page(client, f"/runs/{RUN}")
    text = " ".join(page.text)
    for part in ("sweep", "seed = 7", "digits.npz", "1.23 MB", "<model-0>", "2 files were read"):
        assert part in text, part
    assert "training split → fit 0 (X)" in text
    html = client.get(f"/runs/{RUN}").text
    assert html.count('class="spark"') == 4
    assert html.count('class="lost"') == 5


def test_a_run_by_name_or_first_characters(client):
    for name in ("sweep", "0b9c", RUN):
        assert client.get(f"/runs/{name}.json").json()["run"]["id"] == RUN


def test_the_twin_of_the_list(client):
    found = client.get("/runs.json").json()
    assert found["total"] == 2
    assert {run["id"] for run in found["runs"]} == {RUN, OTHER}
    assert found["runs"][0]["best"]["accuracy"] > 0.9


def test_the_twins_of_a_run(client):
    facts = client.get(f"/runs/{RUN}.json").json()["facts"]
    assert facts["settings"][""]["seed"] == 7
    assert "NaN" in json.dumps(facts["metrics"])
    svg = client.get(f"/runs/{RUN}.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert ET.fromstring(svg.text).tag.endswith("svg")
    turtle = client.get(f"/runs/{RUN}.ttl")
    quads = list(ox.parse(turtle.content, format=ox.RdfFormat.TURTLE))
    assert len(quads) > 100
    assert not any(OTHER in quad.subject.value for quad in quads)


def test_many_tasks_are_drawn_as_few(client):
    lineage = client.get(f"/runs/{OTHER}.json").json()["lineage"]
    labels = {node["label"] for node in lineage["nodes"]}
    assert {"fit × 30", "digits.npz", "split"} <= labels


def test_an_unknown_run_says_what_to_do(client):
    page = _page(client, "/runs/zz", status=404)
    assert "No run 'zz'" in " ".join(page.text)
    found = client.get("/runs/zz.json")
    assert found.status_code == 404
    assert found.json()["next"] == "aitia ls"


def test_long_lists_have_pages(client, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 1)
    first, second = _page(client, "/"), _page(client, "/?page=1")
    assert "/?page=1" in first.links
    assert "/?page=0" in second.links
    for odd in ("-1", "zz", "99999999999999999999", "7"):
        assert client.get(f"/?page={odd}").status_code == 200


def test_an_empty_store_says_how_to_begin(client_of):
    from aitia.reader import Graph
    from aitia.store.oxigraph import OxigraphStore

    with Graph(OxigraphStore()) as graph:
        client = client_of(graph, "http://localhost")
        assert "aitia run python train.py" in client.get("/").text
        assert client.get("/runs/last").status_code == 404


def test_another_name_for_this_machine_is_refused(graph, client_of):
    assert client_of(graph, "http://evil.example").get("/").status_code == 400


def test_a_query_in_a_browser_is_a_page_with_its_answer(client):
    text = "SELECT ?name { ?r a aitia:WorkflowRun ; rdfs:label ?name } ORDER BY ?name"
    page = client.get("/sparql", params={"query": text}, headers={"accept": "text/html,*/*;q=0.8"})
    assert "<td>sweep</td>" in page.text
    assert "&lt;b&gt;wide" in page.text
    broken = client.get(
        "/sparql", params={"query": "SELECT </textarea>"}, headers={"accept": "text/html"}
    )
    assert broken.status_code == 400
    assert "SELECT &lt;/textarea&gt;" in broken.text


def test_a_program_gets_results(client):
    found = client.get("/sparql", params={"query": "SELECT (1 AS ?x) {}"})
    assert found.headers["content-type"] == "application/sparql-results+json"
    assert found.json()["results"]["bindings"][0]["x"]["value"] == "1"


def test_a_body_that_is_too_long_is_refused(client):
    body = b"ASK {} #" + b"x" * LONGEST_BODY
    found = client.post(
        "/sparql", content=body, headers={"content-type": "application/sparql-query"}
    )
    assert found.status_code == 413


def test_updates_are_refused(client):
    found = client.post("/sparql", data={"update": "CLEAR ALL"})
    assert found.status_code == 403
    assert "only answers queries" in found.text
    assert client.get("/runs.json").json()["total"] == 2
