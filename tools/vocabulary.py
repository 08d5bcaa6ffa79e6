"""Write what is generated from the ontology, or check it.

``vocabulary/terms.py``, ``vocabulary/scopes.py`` and ``ontology/context.jsonld``.

Usage: python tools/vocabulary.py [--check]
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
TERMS = ROOT / "src/aitia/vocabulary/terms.py"
SCOPES = ROOT / "src/aitia/vocabulary/scopes.py"
CONTEXT = ROOT / "ontology/context.jsonld"
MODULES = ("core", "system", "platform", "model", "application", "causal")

NAMESPACES = {
    "aitia": "https://w3id.org/aitia/ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "scheme": "https://w3id.org/aitia/scheme/",
    "role": "https://w3id.org/aitia/role/",
    "quantity": "https://w3id.org/aitia/quantity/",
}
RDF, RDFS, OWL = NAMESPACES["rdf"], NAMESPACES["rdfs"], NAMESPACES["owl"]


def curie(iri: str) -> str:
    """Return the CURIE of an IRI in a known namespace, else the IRI."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


class Terms:
    """What the generator reads from the Turtle files."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.supers: dict[str, set[str]] = defaultdict(set)
        self.ranges: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.matters: dict[str, set[str]] = defaultdict(set)
        for name in MODULES:
            self.read(ROOT / f"ontology/{name}.ttl", name)
        self.read(ROOT / "ontology/imports/prov-o.ttl", "prov")

    def read(self, path: Path, module: str) -> None:
        """Add the terms of one file."""
        for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            subject, predicate, obj = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(obj, ox.NamedNode):
                continue
            term = curie(subject.value)
            if not term.startswith(("aitia:", "prov:")):
                continue
            if predicate == RDF + "type":
                self.kinds[term].add(curie(obj.value))
                self.modules.setdefault(term, module)
            elif predicate in (RDFS + "subClassOf", RDFS + "subPropertyOf"):
                self.supers[term].add(curie(obj.value))
            elif predicate == RDFS + "range":
                self.ranges[term] = curie(obj.value)
            elif curie(predicate) == "aitia:mattersTo":
                self.matters[obj.value].add(term)

    def of(self, *kinds: str) -> list[str]:
        """Return the terms that have one of these types, sorted."""
        return sorted(term for term, have in self.kinds.items() if have & set(kinds))

    @property
    def classes(self) -> list[str]:
        """All classes."""
        return self.of("owl:Class")

    @property
    def objects(self) -> list[str]:
        """All object properties."""
        return self.of("owl:ObjectProperty")

    @property
    def datas(self) -> list[str]:
        """All data properties."""
        return self.of("owl:DatatypeProperty")

    def ancestors(self, term: str) -> list[str]:
        """Return all superclasses or superproperties of ``term`` in the two namespaces."""
        seen: set[str] = set()
        todo = [term]
        while todo:
            for parent in self.supers[todo.pop()]:
                if parent not in seen and parent.startswith(("aitia:", "prov:")):
                    seen.add(parent)
                    todo.append(parent)
        return sorted(seen)


def terms_module(terms: Terms) -> str:
    """Return the text of terms.py."""
    lines = [
        '"""The terms of the ontology, by tools/vocabulary.py from ontology/: do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from aitia.vocabulary.lookup import Namespace",
        "",
        "NAMESPACES: dict[str, str] = " + json.dumps(NAMESPACES, indent=4),
        "",
    ]
    for prefix, doc in (
        ("aitia", "The Aitia ontology"),
        ("prov", "PROV-O, W3C Recommendation 30 April 2013"),
    ):
        lines += [
            "",
            f"class {prefix.upper()}(metaclass=Namespace):",
            f'    """{doc}, as CURIEs."""',
            "",
        ]
        names = [
            t
            for t in sorted(terms.kinds)
            if t.startswith(prefix + ":") and t.split(":")[1].isidentifier()
        ]
        lines += [f'    {term.split(":")[1]} = "{term}"' for term in names]
    table = {
        "CLASSES": ("frozenset[str]", terms.classes),
        "OBJECT_PROPERTIES": ("frozenset[str]", terms.objects),
        "DATA_PROPERTIES": ("frozenset[str]", terms.datas),
        "INDIVIDUALS": ("frozenset[str]", terms.of("owl:NamedIndividual")),
    }
    for name, (kind, values) in table.items():
        lines += ["", f"{name}: {kind} = frozenset("]
        lines += ["    " + json.dumps(values, indent=8).replace("\n]", "\n    ]"), ")"]
    maps = {
        "RANGES": {t: terms.ranges[t] for t in sorted(terms.datas) if t in terms.ranges},
        "MODULES": {t: terms.modules[t] for t in sorted(terms.modules) if t.startswith("aitia:")},
    }
    for name, mapping in maps.items():
        lines += ["", f"{name}: dict[str, str] = " + json.dumps(mapping, indent=4)]
    ancestors = {t: terms.ancestors(t) for t in terms.classes + terms.objects + terms.datas}
    lines += ["", "ANCESTORS: dict[str, list[str]] = " + json.dumps(ancestors, indent=4)]
    return "\n".join(lines) + "\n"


def stakeholders() -> dict[str, list[str]]:
    """Return the names of each stakeholder by IRI, the preferred one first."""
    path = ROOT / "ontology/taxonomies/stakeholder.ttl"
    found: dict[str, list[str]] = defaultdict(list)
    skos = NAMESPACES["skos"]
    triples = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    for wanted in ("prefLabel", "altLabel"):
        for triple in triples:
            subject, name = triple.subject, triple.object
            if triple.predicate.value == skos + wanted and isinstance(subject, ox.NamedNode):
                found[subject.value].append(name.value)
    return found


def scopes_module(terms: Terms) -> str:
    """Return the text of scopes.py."""
    lines = [
        '"""For whom the terms matter, by tools/vocabulary.py from ontology/: do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "NAMES: dict[str, tuple[str, ...]] = {",
    ]
    scopes = []
    for iri, names in stakeholders().items():
        told = ", ".join(map(json.dumps, names))
        lines.append(f"    {json.dumps(iri)}: ({told},),")
        wrapped = textwrap.fill(" ".join(sorted(terms.matters[iri])), 96, break_on_hyphens=False)
        scopes += [f"    {json.dumps(names[0])}: {chr(34) * 3}", wrapped, f"{chr(34) * 3},"]
    lines += ["}", '"""The names of each stakeholder, the preferred one first."""', ""]
    lines += ["TERMS: dict[str, str] = {", *scopes, "}"]
    lines.append('"""The terms that matter to each stakeholder, parted by white space."""')
    return "\n".join(lines) + "\n"


def formatted(text: str) -> str:
    """Return Python as the linter formats it."""
    config = str(ROOT / "pyproject.toml")
    command = [sys.executable, "-m", "ruff", "format", "--no-cache", "--config", config, "-"]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout


def context_document(terms: Terms) -> str:
    """Return the JSON-LD context."""
    context: dict[str, object] = {"@version": 1.1, **NAMESPACES}
    for term in terms.objects:
        context[term.split(":")[1]] = {"@id": term, "@type": "@id"}
    for term in terms.datas:
        kind = terms.ranges.get(term, "")
        entry: dict[str, str] = {"@id": term}
        if kind.startswith("xsd:") and kind != "xsd:string":
            entry["@type"] = kind
        context[term.split(":")[1]] = entry
    for term in terms.classes:
        context.setdefault(term.split(":")[1], term)
    return json.dumps({"@context": context}, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the generated files, or with --check say whether they are fresh."""
    terms = Terms()
    stale = []
    written = {
        TERMS: formatted(terms_module(terms)),
        SCOPES: formatted(scopes_module(terms)),
        CONTEXT: context_document(terms),
    }
    for path, text in written.items():
        if "--check" in arguments:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}. expected the terms of ontology/. next: make vocabulary")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
