"""Write ``ontology/alignments/*.ttl`` from the SSSOM tables beside them, or check them.

The page ``docs/reference/alignments.md`` is written from the same tables.

Usage: python tools/alignments.py [--check]
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent.parent / "ontology/alignments"
PAGE = FOLDER.parent.parent / "docs/reference/alignments.md"
ENDING = ".sssom.tsv"
TYPES = {
    "owl class": "owl:Class",
    "owl object property": "owl:ObjectProperty",
    "owl data property": "owl:DatatypeProperty",
}
AXIOMS = ("rdfs:subClassOf", "rdfs:subPropertyOf")
PREDICATES = (
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:relatedMatch",
    "skos:narrowMatch",
    "skos:broadMatch",
    *AXIOMS,
)
ANNOTATIONS = (
    "dcterms:title",
    "dcterms:description",
    "dcterms:creator",
    "dcterms:license",
    "dcterms:source",
)


class Alignment(NamedTuple):
    """One SSSOM table: what its header says, its prefixes, its rows."""

    header: dict[str, str]
    prefixes: dict[str, str]
    rows: list[dict[str, str]]


def read(path: Path) -> Alignment:
    """Return one SSSOM table; its header is YAML in comments, every value a quoted string."""
    text = path.read_text(encoding="utf-8").splitlines()
    head = [line[1:] for line in text if line.startswith("#")]
    header: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    block = ""
    for line in head:
        key, _, value = line.partition(":")
        if not line.startswith(" "):
            block = key
            if value.strip():
                header[key] = json.loads(value)
        elif block == "curie_map":
            prefixes[key.strip()] = json.loads(value)
    rows = list(csv.DictReader(text[len(head) :], delimiter="\t", quoting=csv.QUOTE_NONE))
    return Alignment(header, prefixes, rows)


def found() -> dict[str, dict[str, str]]:
    """Return where each foreign term was looked up, by CURIE."""
    with (FOLDER / "verified.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["term"]: row for row in rows}


def expand(curie: str, prefixes: dict[str, str]) -> str:
    """Return the IRI of a CURIE."""
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local


def turtle(alignment: Alignment, looked_up: dict[str, dict[str, str]]) -> str:
    """Return the alignment as an ontology that imports nothing and declares what it uses."""
    header, prefixes = alignment.header, alignment.prefixes
    lines = ["# Written by tools/alignments.py from the SSSOM table beside it: do not edit."]
    named = {p: i for p, i in prefixes.items() if p != "semapv"}
    named["dcterms"] = "http://purl.org/dc/terms/"
    lines += [f"@prefix {prefix}: <{iri}> ." for prefix, iri in sorted(named.items())]
    iri = header["mapping_set_id"]
    version = header["mapping_set_version"]
    lines += [
        "",
        f"<{iri}> a owl:Ontology ;",
        f"    owl:versionIRI <{iri.replace('/aitia/', f'/aitia/{version}/')}> ;",
        f'    owl:versionInfo "{version}" ;',
        f'    dcterms:title "{header["mapping_set_title"]}"@en ;',
        f'    dcterms:description "Version: {header["object_source_version"]}. '
        f'{header["comment"]}"@en ;',
        '    dcterms:creator "Aitia" ;',
        f"    dcterms:license <{header['license']}> ;",
        f"    dcterms:source <{header['object_source']}> .",
        "",
    ]
    used = sorted({row["predicate_id"] for row in alignment.rows} - set(AXIOMS))
    lines += [f"{name} a owl:AnnotationProperty ." for name in (*ANNOTATIONS, *used)]
    for row in alignment.rows:
        lines += statements(row, prefixes, looked_up)
    return "\n".join(lines) + "\n"


def statements(
    row: dict[str, str], prefixes: dict[str, str], looked_up: dict[str, dict[str, str]]
) -> list[str]:
    """Return one row as Turtle; what could not be verified says so beside it."""
    subject, predicate = row["subject_id"], row["predicate_id"]
    target, kind = f"<{expand(row['object_id'], prefixes)}>", TYPES[row["subject_type"]]
    lines = ["", f"{subject} a {kind} ;", f"    {predicate} {target} ."]
    if predicate in AXIOMS:
        lines.append(f"{target} a {kind} .")
    if row["found"] == "unverified":
        why = looked_up[row["object_id"]]
        lines += [
            "[] a owl:Axiom ;",
            f"    owl:annotatedSource {subject} ;",
            f"    owl:annotatedProperty {predicate} ;",
            f"    owl:annotatedTarget {target} ;",
            f'    rdfs:comment "Unverified. {why["in"]}, {why["version"]}."@en .',
        ]
    return lines


def page(alignments: dict[str, Alignment], looked_up: dict[str, dict[str, str]]) -> str:
    """Return the page: what the README says, the vocabularies, every mapping."""
    lines = [(FOLDER / "README.md").read_text(encoding="utf-8").rstrip(), ""]
    lines += ["## Vocabularies", ""]
    lines += ["| file | vocabulary | version | mappings | unverified |", "|---|---|---|---|---|"]
    for name, (header, _, rows) in alignments.items():
        title = header["mapping_set_title"].removeprefix("Aitia ontology, aligned with ")
        doubtful = sum(row["found"] == "unverified" for row in rows)
        lines.append(
            f"| `{name}` | [{title}]({header['object_source']}) | {header['object_source_version']}"
            f" | {len(rows)} | {doubtful or ''} |"
        )
    lines += ["", "## Mappings", "", "| term | mapping | foreign term | found in |"]
    lines += ["|---|---|---|---|"]
    every = [row for alignment in alignments.values() for row in alignment.rows]
    for row in sorted(every, key=lambda row: (row["subject_id"], row["object_id"])):
        where = looked_up[row["object_id"]]
        doubt = "**unverified**: " if row["found"] == "unverified" else ""
        lines.append(
            f"| `{row['subject_id']}` | `{row['predicate_id']}` | `{row['object_id']}`"
            f" | {doubt}{where['in']}, {where['version']} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the Turtle files and the page, or with --check say which are not as the tables say."""
    looked_up = found()
    names = {path.name.removesuffix(ENDING): path for path in sorted(FOLDER.glob(f"*{ENDING}"))}
    alignments = {name: read(path) for name, path in names.items()}
    made = {FOLDER / f"{name}.ttl": turtle(one, looked_up) for name, one in alignments.items()}
    made[PAGE] = page(alignments, looked_up)
    stale = []
    for target, text in made.items():
        if "--check" not in arguments:
            target.write_text(text, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(target.name)
    if stale:
        print(f"stale: {', '.join(stale)}. next: python tools/alignments.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
