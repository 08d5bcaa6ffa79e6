"""Linked data: N-Quads, TriG and Turtle, the same bytes for the same statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import pyoxigraph as ox

from aitia.export.selection import Selection, Statement
from aitia.query.classes import prefixes
from aitia.vocabulary.terms import NAMESPACES


def write_nquads(selection: Selection, out: BinaryIO) -> int:
    """Write N-Quads, one statement per line, sorted; return how many statements.

    For graphs without blank nodes, as Aitia makes them, sorting the lines of several bundles
    together gives their RDFC-1.0 canonical form.
    """
    count = 0
    for bundle, statements in selection:
        name = ox.NamedNode(bundle)
        quads = [ox.Quad(s.subject, s.predicate, s.object, name) for s in statements]
        data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        out.write(b"".join(sorted(data.splitlines(keepends=True))))
        count += len(quads)
    return count


def write_trig(selection: Selection, out: BinaryIO) -> int:
    """Write TriG, one block per bundle; return how many statements."""
    names = {**NAMESPACES, **prefixes(selection.store)}
    out.write(_prefixes(names))
    count = 0
    for bundle, statements in selection:
        name = ox.NamedNode(bundle)
        quads = [ox.Quad(s.subject, s.predicate, s.object, name) for s in statements]
        out.write(b"\n" + _spaced(_body(quads, ox.RdfFormat.TRIG, names)))
        count += len(quads)
    return count


def write_turtle(selection: Selection, out: BinaryIO) -> int:
    """Write Turtle, all bundles as one graph; return how many statements."""
    names = {**NAMESPACES, **prefixes(selection.store)}
    out.write(_prefixes(names))
    statements = selection.union()
    triples = [ox.Triple(s.subject, s.predicate, s.object) for s in statements]
    out.write(b"\n" + _spaced(_body(triples, ox.RdfFormat.TURTLE, names)))
    return len(triples)


def _prefixes(names: Mapping[str, str]) -> bytes:
    # The serializer writes its prefixes in an order of its own, which changes by process.
    lines = [f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(names.items())]
    return "".join(lines).encode()


def _body(
    statements: list[ox.Quad] | list[ox.Triple], kind: ox.RdfFormat, names: dict[str, str]
) -> bytes:
    text = ox.serialize(statements, format=kind, prefixes=names) or b""
    lines = text.splitlines(keepends=True)
    while lines and lines[0].startswith(b"@prefix"):
        del lines[0]
    return b"".join(lines)


def _spaced(text: bytes) -> bytes:
    """Put an empty line after each subject; line breaks inside literals are escaped."""
    return text.replace(b" .\n", b" .\n\n").replace(b"\n\n}", b"\n}")


__all__ = ["Statement", "write_nquads", "write_trig", "write_turtle"]
