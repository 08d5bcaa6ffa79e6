"""Refuse that a released term of the ontology is gone, or add what a release brings.

``ontology/released.txt`` lists every term of every release. A term that is listed stays declared;
one that is no longer to be used says ``owl:deprecated true`` and ``dcterms:isReplacedBy``.

Usage: python tools/released.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

ONTOLOGY = Path(__file__).resolve().parent.parent / "ontology"
RELEASED = ONTOLOGY / "released.txt"
BASE = "https://w3id.org/aitia/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DEPRECATED = "http://www.w3.org/2002/07/owl#deprecated"
HEAD = "# Every term of every release, by tools/released.py. A line is added, never removed.\n"


def triples(folder: Path) -> Iterable[ox.Triple]:
    """Yield what the modules and the taxonomies say."""
    for path in (*sorted(folder.glob("*.ttl")), *sorted((folder / "taxonomies").glob("*.ttl"))):
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            yield quad.triple


def declared(said: Iterable[ox.Triple]) -> set[str]:
    """Return the terms below the base that have a type or are marked as deprecated."""
    return {
        one.subject.value
        for one in said
        if isinstance(one.subject, ox.NamedNode)
        and one.subject.value.startswith(BASE)
        and (one.predicate.value == TYPE or says_deprecated(one))
    }


def says_deprecated(one: ox.Triple) -> bool:
    """Return whether a triple marks its subject as deprecated."""
    return (
        one.predicate.value == DEPRECATED
        and isinstance(one.object, ox.Literal)
        and one.object.value in ("true", "1")
    )


def released() -> set[str]:
    """Return the terms that were released."""
    lines = RELEASED.read_text(encoding="utf-8").splitlines() if RELEASED.exists() else []
    return {line for line in lines if line and not line.startswith("#")}


def removed(folder: Path = ONTOLOGY) -> list[str]:
    """Return the released terms that ``folder`` no longer declares."""
    return sorted(released() - declared(triples(folder)))


def main(arguments: list[str]) -> int:
    """Say which released terms are gone; without --check also add the terms that are new."""
    gone = removed()
    for term in gone:
        print(
            f"{term} was released and is gone. expected it declared, or marked owl:deprecated. "
            "next: declare it again with owl:deprecated true and dcterms:isReplacedBy"
        )
    if gone:
        return 1
    if "--check" not in arguments:
        lines = sorted(released() | declared(triples(ONTOLOGY)))
        RELEASED.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
