"""Look for pitfalls in the ontology, and write ``docs/reference/ontology-quality.md``, or check it.

Each pitfall is a query in ``ontology/quality/`` that finds it: no row, no pitfall.

Usage: python tools/ontology_quality.py [--check]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY = ROOT / "ontology"
QUALITY = ONTOLOGY / "quality"
TARGET = ROOT / "docs/reference/ontology-quality.md"
BASE = "https://w3id.org/aitia/"
SHORT = {
    "aitia:": f"{BASE}ns#",
    "prov:": "http://www.w3.org/ns/prov#",
    "owl:": "http://www.w3.org/2002/07/owl#",
    "dcterms:": "http://purl.org/dc/terms/",
    "bibo:": "http://purl.org/ontology/bibo/",
    "xsd:": "http://www.w3.org/2001/XMLSchema#",
}


class Pitfall(NamedTuple):
    """A query that finds one kind of defect."""

    name: str
    title: str
    after: str
    level: str
    text: str


class Finding(NamedTuple):
    """One row of a pitfall's query."""

    pitfall: str
    focus: str
    detail: str


def pitfalls() -> list[Pitfall]:
    """Return all pitfalls, by name."""
    found = []
    for path in sorted(QUALITY.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = dict(line[3:].split(": ", 1) for line in text.splitlines() if line[:3] == "#+ ")
        found.append(Pitfall(path.stem, head["title"], head["after"], head["level"], text))
    return found


def allowed() -> dict[tuple[str, str], str]:
    """Return the reason for each finding that is meant to be, by pitfall and focus."""
    with (QUALITY / "allowed.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["pitfall"], row["focus"]): row["reason"] for row in rows}


def files() -> Iterator[tuple[str, Path]]:
    """Yield each file of the ontology with the graph it is loaded into: its own IRI."""
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        yield BASE + ("all" if path.stem == "aitia" else path.stem), path
    for folder, part in (("taxonomies", "scheme"), ("alignments", "align")):
        for path in sorted((ONTOLOGY / folder).glob("*.ttl")):
            yield f"{BASE}{part}/{path.stem}", path
    yield "http://www.w3.org/ns/prov-o#", ONTOLOGY / "imports/prov-o.ttl"


def load() -> ox.Store:
    """Return the whole ontology, one named graph a file."""
    store = ox.Store()
    for name, path in files():
        store.load(path=str(path), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(name))
    return store


def short(term: object) -> str:
    """Return a term for reading."""
    if isinstance(term, ox.Literal):
        return term.value
    text = term.value if isinstance(term, ox.NamedNode) else "a blank node"
    for prefix, namespace in SHORT.items():
        if text.startswith(namespace):
            return prefix + text[len(namespace) :]
    return text


def look(store: ox.Store, pitfall: Pitfall) -> list[Finding]:
    """Return what one pitfall's query finds."""
    rows = store.query(pitfall.text, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return [Finding(pitfall.name, short(row["focus"]), short(row["detail"])) for row in rows]


def survey(store: ox.Store) -> dict[str, list[Finding]]:
    """Return all findings, by pitfall."""
    return {pitfall.name: look(store, pitfall) for pitfall in pitfalls()}


def unexpected(found: dict[str, list[Finding]]) -> list[Finding]:
    """Return the findings that no reason allows."""
    reasons = allowed()
    return [
        one for rows in found.values() for one in rows if (one.pitfall, one.focus) not in reasons
    ]


def page(store: ox.Store) -> str:
    """Return the page, from what is found now."""
    found, reasons = survey(store), allowed()
    head = (QUALITY / "README.md").read_text(encoding="utf-8")
    lines = [head.rstrip(), "", "## What is looked for", ""]
    lines += ["| pitfall | after | level | found | allowed |", "|---|---|---|---|---|"]
    for pitfall in pitfalls():
        rows = found[pitfall.name]
        meant = sum((one.pitfall, one.focus) in reasons for one in rows)
        lines.append(
            f"| {pitfall.title} (`{pitfall.name}`) | {pitfall.after} | {pitfall.level}"
            f" | {len(rows) - meant} | {meant or ''} |"
        )
    lines += ["", "## What is allowed, and why", "", "| pitfall | term | reason |", "|---|---|---|"]
    lines += [f"| `{name}` | `{focus}` | {why} |" for (name, focus), why in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is fresh; say what no reason allows."""
    store = load()
    wrong = unexpected(survey(store))
    for one in wrong:
        print(f"{one.pitfall}: {one.focus} ({one.detail})")
    text = page(store)
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print(f"stale: {TARGET.relative_to(ROOT)}. next: python tools/ontology_quality.py")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
