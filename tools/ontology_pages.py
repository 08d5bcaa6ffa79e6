"""Write ``docs/reference/ontology.md`` and its diagrams from the ontology, or check them.

Usage: python tools/ontology_pages.py [--check]
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from aitia.query.drawing import Edge, Node, draw
from aitia.vocabulary.scopes import NAMES
from aitia.vocabulary.terms import ANCESTORS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/ontology.md"
IMAGES = ROOT / "docs/images/ontology"
MODULES = ("core", "system", "platform", "model", "application", "causal")
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
MATTERS = "https://w3id.org/aitia/ns#mattersTo"
TITLE = "http://purl.org/dc/terms/title"
ABSTRACT = "http://purl.org/dc/terms/abstract"
SHORT = {
    "https://w3id.org/aitia/ns#": "",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    RDFS: "rdfs:",
    OWL: "owl:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://purl.org/dc/terms/": "dcterms:",
    "https://schema.org/": "schema:",
}
KINDS = (("prov:Activity", "activity"), ("prov:Agent", "agent"), ("prov:Entity", "entity"))
PROPERTIES = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
MOST = 2
"""Most properties that one line of a diagram names; the page lists all."""

Facts = dict[str, dict[str, list[str]]]


class Term(NamedTuple):
    """What the page tells of a class or property."""

    name: str
    supers: list[str]
    domains: list[str]
    ranges: list[str]
    definition: str
    readers: list[str]


class Module(NamedTuple):
    """What the page tells of a module."""

    title: str
    abstract: str
    classes: list[Term]
    properties: list[Term]


def short(iri: str) -> str:
    """Return an IRI for reading; terms of the ontology go without a prefix."""
    for namespace, prefix in SHORT.items():
        if iri.startswith(namespace):
            return prefix + iri[len(namespace) :]
    return iri


def facts(path: Path) -> Facts:
    """Return what one file says of its named subjects, unions written out."""
    triples = [q.triple for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    by: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for one in triples:
        by[one.subject][one.predicate.value].append(one.object)

    def members(node: object) -> list[str]:
        if isinstance(node, ox.NamedNode | ox.Literal):
            return [node.value]
        rdf = TYPE.removesuffix("type")
        found = [m for part in by[node][OWL + "unionOf"] for m in members(part)]
        for part in by[node][rdf + "first"] + by[node][rdf + "rest"]:
            found += [m for m in members(part) if m != rdf + "nil"]
        return found

    return {
        subject.value: {name: [v for o in objects for v in members(o)] for name, objects in
                        list(said.items())}
        for subject, said in list(by.items())
        if isinstance(subject, ox.NamedNode)
    }  # fmt: skip


def term(iri: str, said: dict[str, list[str]]) -> Term:
    """Return one term."""
    supers = said.get(RDFS + "subClassOf", []) + said.get(RDFS + "subPropertyOf", [])
    return Term(
        short(iri),
        sorted(short(one) for one in supers),
        sorted(short(one) for one in said.get(RDFS + "domain", [])),
        sorted(short(one) for one in said.get(RDFS + "range", [])),
        " ".join(said.get(DEFINITION, [])),
        sorted(NAMES[one][0] for one in said.get(MATTERS, []) if one in NAMES),
    )


def module(name: str) -> Module:
    """Return one module."""
    known = facts(ROOT / f"ontology/{name}.ttl")
    head = known[f"https://w3id.org/aitia/{name}"]
    own = {iri: said for iri, said in known.items() if "/aitia/ns#" in iri}

    def of(*kinds: str) -> list[Term]:
        wanted = {OWL + kind for kind in kinds}
        found = [term(iri, said) for iri, said in own.items() if wanted & set(said.get(TYPE, []))]
        return sorted(found, key=lambda one: one.name.lower())

    return Module(head[TITLE][0], head[ABSTRACT][0], of("Class"), of(*PROPERTIES))


def read() -> dict[str, Module]:
    """Return all modules by name."""
    return {name: module(name) for name in MODULES}


def kind(name: str) -> str:
    """Return how a class is drawn: as what PROV says it is."""
    term_name = name if ":" in name else f"aitia:{name}"
    above = {term_name, *ANCESTORS.get(term_name, [])}
    return next((shape for parent, shape in KINDS if parent in above), "variable")


def related(one: Module) -> list[Edge]:
    """Return the lines between classes of a module that its properties draw."""
    names = {term.name for term in one.classes}
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for prop in one.properties:
        for source in names & set(prop.domains):
            for target in names & set(prop.ranges) - {source}:
                between[source, target].append(prop.name)
    return [Edge(*ends, label=listed(props), note=", ".join(props)) for ends, props in
            sorted(between.items())]  # fmt: skip


def listed(names: list[str]) -> str:
    """Return the names for a line, the last of them counted if they are many."""
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" +{more}" if more > 0 else "")


def diagram(one: Module) -> str:
    """Return the picture of a module: its classes, what they specialise, what relates them."""
    names = [term.name for term in one.classes]
    above = [(parent, term.name) for term in one.classes for parent in term.supers if parent]
    nodes = [Node(name, name, kind(name), strong=True) for name in names]
    outer = sorted({parent for parent, _ in above} - set(names))
    nodes += [Node(name, name, kind(name)) for name in outer]
    special = [Edge(*ends, dashed=True, head="none", tail="arrow", note="is a") for ends in above]
    key = [
        (Edge("", "", dashed=True, head="none", tail="arrow"), "the right is a kind of the left"),
        (Edge("", ""), "a property of the left has the right as value"),
    ]
    title = f"{one.title}: classes, thick if its own; boxes are activities, houses agents"
    return draw(nodes, special + related(one), title=title, key=key) + "\n"


def cell(text: str) -> str:
    """Return text that a cell of a table can hold."""
    return text.replace("|", "\\|").replace("\n", " ")


def code(names: list[str]) -> str:
    """Return names as code."""
    return ", ".join(f"`{name}`" for name in names)


def section(name: str, one: Module) -> list[str]:
    """Return the lines of one module."""
    lines = ["", f"## {name}", "", f"**{one.title}.** {one.abstract}", ""]
    lines += [f"![Classes of {name}](../images/ontology/{name}.svg)", ""]
    lines += ["| class | is a | definition | matters to |", "|---|---|---|---|"]
    for row in one.classes:
        lines.append(
            f"| `{row.name}` | {code(row.supers)} | {cell(row.definition)}"
            f" | {', '.join(row.readers)} |"
        )
    lines += ["", "| property | of | value | definition | matters to |", "|---|---|---|---|---|"]
    for row in one.properties:
        lines.append(
            f"| `{row.name}` | {code(row.domains)} | {code(row.ranges)} | {cell(row.definition)}"
            f" | {', '.join(row.readers)} |"
        )
    return lines


def page(modules: dict[str, Module]) -> str:
    """Return the page."""
    classes = sum(len(one.classes) for one in modules.values())
    properties = sum(len(one.properties) for one in modules.values())
    lines = [
        "# The ontology",
        "",
        f"{classes} classes and {properties} properties in {len(modules)} modules, on PROV-O. Terms"
        " without a prefix are in `https://w3id.org/aitia/ns#`,",
        "which does not resolve yet (`docs/w3id/`). Written from `ontology/*.ttl` by"
        " `python tools/ontology_pages.py`.",
        "",
        "`make ontology` builds Turtle, JSON-LD, N-Triples, RDF/XML, OWL/XML, functional syntax and"
        " pages into `build/ontology/`.",
        "What changed from version to version is in `ontology/CHANGELOG.md`.",
        "",
        "In the diagrams boxes are activities, rounded shapes entities, houses agents; a thick rim"
        " marks a class of the module itself.",
        "A dashed line says *is a*, a full line names the properties that lead from one class to"
        " another.",
    ]
    for name, one in modules.items():
        lines += section(name, one)
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page and the diagrams, or with --check say which are not as the ontology says."""
    modules = read()
    made = {IMAGES / f"{name}.svg": diagram(one) for name, one in modules.items()}
    made[PAGE] = page(modules)
    stale = []
    for target, text in made.items():
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(str(target.relative_to(ROOT)))
    if stale:
        print(f"stale: {', '.join(stale)}. next: python tools/ontology_pages.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
