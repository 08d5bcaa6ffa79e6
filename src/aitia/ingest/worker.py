"""The process that makes graphs and judges windows for an ingester.

``python -m aitia.ingest.worker`` reads one job a line on standard input, and answers each on
standard output: a line of JSON, followed by as many bytes as that line says. It never opens the
store.
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import orjson

from aitia.errors import AitiaError
from aitia.ingest.build import Builder, Built
from aitia.ingest.journals import Journal
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.quarantine import Refused
from aitia.journal.clocks import from_data
from aitia.journal.reader import Segment
from aitia.validation.engine import validate_statements
from aitia.validation.extensions import load as load_extensions
from aitia.validation.profiles import load
from aitia.validation.report import Report, Result


def job(kind: str, *content: object) -> bytes:
    """Return the line of a job: ``build`` of a journal, or ``check`` of statements."""
    return dump([kind, *content]) + b"\n"


def dump(data: object) -> bytes:
    """Return data as JSON, named tuples as arrays."""
    return orjson.dumps(data, default=tuple)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer jobs until there are no more; the first line says for what they are."""
    root, paths = orjson.loads(source.readline())
    extensions = load_extensions(paths)
    profile = load().extended(extensions)
    builder = Builder(root, profile, Lexicon(extensions) if extensions else ONTOLOGY)
    for line in source:
        kind, content = orjson.loads(line)
        head: Any
        body = b""
        try:
            if kind == "build":
                head, body = pack(builder.build(to_journal(content)))
            else:
                statements = [(s, p, o) for s, p, o in content]
                head = list(validate_statements(statements, profile).results)
        except AitiaError as error:
            kind, head = "error", str(error)
        target.write(dump([kind, head, len(body)]) + b"\n")
        target.write(body)
        target.flush()


def to_journal(content: list[Any]) -> Journal:
    """Return a journal as it was before it was sent."""
    run, recorder, segments, alive, extensions = content
    return Journal(run, recorder, tuple(map(_segment, segments)), alive, tuple(extensions))


def _segment(fields: list[Any]) -> Segment:
    return Segment(*fields)._replace(clues=from_data(fields[-1]))


def to_report(head: list[Any]) -> Report:
    """Return the report that an answer to ``check`` holds."""
    return Report(tuple(Result(*one) for one in head))


def pack(built: Built) -> tuple[list[Any], bytes]:
    """Return what was built as JSON data and the bytes beside it."""
    raws = [refused.raw for refused in built.refused]
    refused = [[r.run, r.segment, r.number, len(r.raw), r.reasons, r.shapes] for r in built.refused]
    named = [[name, len(data)] for name, data in built.graphs.items()]
    counts = built.records, built.quads
    head = [named, *counts, refused, built.results, built.problems, built.parts, built.scratch]
    return head, b"".join([*built.graphs.values(), *raws])


def unpack(head: list[Any], body: bytes) -> Built:
    """Return what :func:`pack` was given."""
    named, records, quads, refused, results, problems, parts, scratch = head
    at = 0

    def take(length: int) -> bytes:
        nonlocal at
        at += length
        return body[at - length : at]

    graphs = {name: take(length) for name, length in named}
    kept = [
        Refused(run, segment, number, take(length), tuple(reasons), tuple(shapes))
        for run, segment, number, length, reasons, shapes in refused
    ]
    told = [(run, Result(*result)) for run, result in results]
    return Built(graphs, records, quads, kept, told, problems, tuple(parts), scratch)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
