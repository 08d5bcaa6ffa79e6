"""Build what is published of the ontology, into ``build/ontology/``.

Each module, the merged ontology (``all``), each taxonomy and each alignment as Turtle, JSON-LD,
N-Triples and RDF/XML; modules and the merged ontology also as a page by pyLODE and, where a JDK
is, as OWL/XML and functional syntax by the OWL API that owlready2 brings.

Usage: python tools/ontology.py [FOLDER]
"""

from __future__ import annotations

import importlib.util
import logging
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY = ROOT / "ontology"
TARGET = ROOT / "build/ontology"
MODULES = ("core", "system", "platform", "model", "application", "causal")
BASE = "https://w3id.org/aitia/"
WHOLE = ox.NamedNode(BASE + "all")
PROV = ox.NamedNode("http://www.w3.org/ns/prov-o#")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
OWL = "http://www.w3.org/2002/07/owl#"
IMPORTS = ox.NamedNode(OWL + "imports")
HEADER = ox.NamedNode(OWL + "Ontology")
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
}
PREFIXES = {
    "aitia": BASE + "ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "owl": OWL,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "vann": "http://purl.org/vocab/vann/",
    "bibo": "http://purl.org/ontology/bibo/",
    "stakeholder": BASE + "scheme/stakeholder#",
}


def parse(path: Path) -> list[ox.Triple]:
    """Return the triples of a Turtle file."""
    quads = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def merged() -> list[ox.Triple]:
    """Return all modules as one ontology, which imports PROV-O alone."""
    triples = [one for name in (*MODULES, "aitia") for one in parse(ONTOLOGY / f"{name}.ttl")]
    headers = {one.subject for one in triples if one.predicate == TYPE and one.object == HEADER}
    kept = [one for one in triples if one.subject not in headers - {WHOLE}]
    kept = [one for one in kept if one.predicate != IMPORTS]
    return [*kept, ox.Triple(WHOLE, IMPORTS, PROV)]


def documents() -> Iterator[tuple[str, list[ox.Triple]]]:
    """Yield what is published: its name below the base, and its triples."""
    for name in MODULES:
        yield name, parse(ONTOLOGY / f"{name}.ttl")
    yield "all", merged()
    for folder, part in (("taxonomies", "scheme"), ("alignments", "align")):
        for path in sorted((ONTOLOGY / folder).glob("*.ttl")):
            yield f"{part}/{path.stem}", parse(path)


def canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    """Return a graph with its blank nodes named by what is said of them."""
    graph = ox.Dataset(quads)
    graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return graph


def serialise(target: Path, name: str, triples: list[ox.Triple]) -> None:
    """Write one document in every format, and read it back: all say the same graph."""
    meant = canonical(ox.Quad(*triple) for triple in triples)
    for ending, form in FORMATS.items():
        path = target / f"{name}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        prefixes = None if ending == "nt" else PREFIXES
        ox.serialize(triples, str(path), form, prefixes=prefixes)
        again = canonical(ox.parse(path=str(path), format=form))
        if again != meant:
            raise SystemExit(
                f"{path} says another graph, of {len(again)} triples. expected the {len(meant)} "
                f"that were written. next: look for what {form} cannot say in {name}"
            )


def page(target: Path, name: str) -> None:
    """Write the page of one document that is built, by pyLODE."""
    # The wheel reads its own version from a pyproject.toml that it does not carry.
    version = types.ModuleType("pylode.version")
    version.__dict__["__version__"] = metadata.version("pylode")
    sys.modules["pylode.version"] = version
    from pylode.profiles.ontpub import OntPub

    path = target / f"{name}.html"
    OntPub(ontology=str(target / f"{name}.ttl")).make_html(destination=path)
    path.write_text(anchored(path.read_text(encoding="utf-8")), encoding="utf-8")


def anchored(html: str) -> str:
    """Give each term an anchor by its own name, so that its IRI leads to it.

    pyLODE makes the anchors from labels in lower case; a browser looks for the fragment of the IRI.
    """
    pattern = re.compile(r"<code>" + re.escape(PREFIXES["aitia"]) + r"(\w+)</code>")
    taken = set(re.findall(r'id="([^"]*)"', html))

    def anchor(found: re.Match[str]) -> str:
        if found[1] in taken:
            return found[0]
        taken.add(found[1])
        return f'<a id="{found[1]}"></a>{found[0]}'

    return pattern.sub(anchor, html)


def pages(target: Path) -> str:
    """Write a page for each module and the whole, and say what came of it."""
    if importlib.util.find_spec("pylode") is None:
        return "no pages: pyLODE is not installed. next: pip install 'aitia[pages]'"
    logging.disable(logging.INFO)
    for name in (*MODULES, "all"):
        page(target, name)
    return f"{len(MODULES) + 1} pages by pyLODE"


def owl(target: Path) -> str:
    """Write OWL/XML and functional syntax by the OWL API, and say what came of it."""
    found = importlib.util.find_spec("owlready2")
    if shutil.which("javac") is None or found is None or found.origin is None:
        return "no OWL/XML and functional syntax: they need a JDK and owlready2"
    jar = Path(found.origin).parent / "hermit/HermiT.jar"
    prov = target / "prov-o.rdf"
    quads = ox.parse(path=str(ONTOLOGY / "imports/prov-o.ttl"), format=ox.RdfFormat.TURTLE)
    ox.serialize((quad.triple for quad in quads), str(prov), ox.RdfFormat.RDF_XML)
    program = str(ROOT / "tools/OwlSyntaxes.java")
    command = ["java", "-cp", str(jar), program, str(target), *MODULES, "all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    prov.unlink()
    if done.returncode:
        return f"no OWL/XML and functional syntax: {done.stderr.strip()[-800:]}"
    return f"{len(MODULES) + 1} ontologies in OWL/XML and functional syntax"


def build(target: Path) -> int:
    """Write every document in every format; return how many documents there are."""
    if target.exists():
        shutil.rmtree(target)
    number = 0
    for name, triples in documents():
        serialise(target, name, triples)
        number += 1
    shutil.copyfile(ONTOLOGY / "context.jsonld", target / "context.jsonld")
    return number


def main(arguments: list[str]) -> int:
    """Build into the folder that is named, else into build/ontology."""
    target = Path(arguments[0]) if arguments else TARGET
    print(f"{build(target)} documents in {', '.join(FORMATS)}: {target}")
    print(pages(target))
    print(owl(target))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
