"""The addresses of the ontology, asked of a real Apache that reads docs/w3id/.htaccess."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME = "https://aitia.example/ontology/"
MODULES = Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    APACHE is None or not (MODULES / "mod_rewrite.so").is_file(),
    reason="no Apache with mod_rewrite: the redirects cannot be asked for (Debian: apache2-bin)",
)
CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{folder}/apache.pid"
ErrorLog "{folder}/error.log"
LoadModule mpm_event_module "{modules}/mod_mpm_event.so"
LoadModule authz_core_module "{modules}/mod_authz_core.so"
LoadModule headers_module "{modules}/mod_headers.so"
LoadModule rewrite_module "{modules}/mod_rewrite.so"
DocumentRoot "{folder}/www"
{user}
<Directory "{folder}/www">
  AllowOverride All
  Require all granted
</Directory>
"""
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
PROTEGE = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
    "*/*;q=0.3"
)
RDFLIB = (
    "application/rdf+xml,text/turtle,text/n3,application/n-triples,application/ld+json;q=0.9,"
    "text/html;q=0.5"
)
ACCEPTED = {
    "text/turtle": "ttl",
    "application/rdf+xml": "rdf",
    "application/owl+xml": "owx",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "text/html": "html",
    "*/*": "ttl",
    "": "ttl",
    "image/png": "ttl",
    FIREFOX: "html",
    CHROMIUM: "html",
    PROTEGE: "rdf",
    JENA: "ttl",
    RDFLIB: "rdf",
    "application/ld+json, text/turtle;q=0.5": "jsonld",
    "text/turtle;q=0.5, application/ld+json": "jsonld",
    "text/turtle;q=0.3, application/rdf+xml;q=0.7, text/html;q=0.5": "rdf",
    "text/html;q=0, application/n-triples;q=0.1": "nt",
    "text/turtle;charset=utf-8;q=0.2,application/ld+json;profile=x;q=0.25": "ttl",
    "text/turtle ; q=0.2 , application/n-triples ; q=0.8": "nt",
    "text/html;q=0.0, */*": "ttl",
    "application/n-triples;q=1.0, text/turtle;q=0.9": "nt",
    "Text/HTML": "html",
    "text/html+more": "ttl",
}
PATHS = {
    "all": "all",
    "ns": "all",
    "": "all",
    "model": "model",
    "0.1.0/model": "model",
    "0.1.0/all": "all",
    "role/trainer": "all",
    "quantity/power": "all",
}
WITHOUT_PAGE = ["scheme/optimizer", "scheme/learning-curve-type", "align/p-plan"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    assert APACHE is not None
    folder: Path = tmp_path_factory.mktemp("apache")
    for part in (folder, *folder.parents[:2]):  # Apache gives up being root before it reads
        part.chmod(0o755)
    (folder / "www/aitia").mkdir(parents=True)
    shutil.copy(ROOT / "docs/w3id/.htaccess", folder / "www/aitia/.htaccess")
    number = free_port()
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    configuration = folder / "apache.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=number, modules=MODULES, user=user)
    )
    server = subprocess.Popen([APACHE, "-X", "-f", str(configuration)])
    try:
        until = time.monotonic() + 20
        while not answers(number):
            assert server.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < until, "Apache did not answer"
            time.sleep(0.05)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def ask(port: int, path: str, accept: str | None) -> tuple[int, str, str]:
    """Return the status, where Apache leads to below the home, and what the answer varies by."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(
        "GET", f"/aitia/{path}", headers={} if accept is None else {"Accept": accept}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    place = answer.headers.get("Location", "")
    return answer.status, place.removeprefix(HOME), answer.headers.get("Vary", "")


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_asked_for_is_what_is_given(port: int, path: str, accept: str) -> None:
    wanted = f"{PATHS[path]}.{ACCEPTED[accept]}"
    assert ask(port, path, accept) == (303, wanted, "Accept")


@pytest.mark.parametrize("path", WITHOUT_PAGE)
@pytest.mark.parametrize("release", ["", "0.1.0/"])
def test_what_has_no_page_and_no_owl_xml_is_given_as_a_graph(
    port: int, path: str, release: str
) -> None:
    instead = {"html": "ttl", "owx": "rdf"}
    for accept, ending in ACCEPTED.items():
        status, place, _ = ask(port, release + path, accept)
        assert (status, place) == (303, f"{path}.{instead.get(ending, ending)}"), accept


def test_every_document_has_an_address(port: int) -> None:
    ontology = ROOT / "ontology"
    names = [f"scheme/{path.stem}" for path in (ontology / "taxonomies").glob("*.ttl")]
    names += [f"align/{path.stem}" for path in (ontology / "alignments").glob("*.ttl")]
    names += [path.stem for path in ontology.glob("*.ttl") if path.stem != "aitia"]
    assert len(names) > 40
    for name in names:
        for accept in ("text/turtle", "application/ld+json"):
            ending = ACCEPTED[accept]
            assert ask(port, name, accept)[:2] == (303, f"{name}.{ending}")


def test_no_accept_header_is_turtle(port: int) -> None:
    assert ask(port, "ns", None)[:2] == (303, "all.ttl")


def test_the_context_is_given_whatever_is_accepted(port: int) -> None:
    for accept in ("application/ld+json", "text/html", "*/*"):
        assert ask(port, "context.jsonld", accept)[:2] == (303, "context.jsonld")


@pytest.mark.parametrize("path", ["nothing/at/all", "scheme/", "align/../model/x", "9.9.9/model"])
def test_what_is_not_there_is_not_found(port: int, path: str) -> None:
    assert ask(port, path, "text/turtle")[0] in (400, 404)
