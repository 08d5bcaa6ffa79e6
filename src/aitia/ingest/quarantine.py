"""Refused records: kept with their reasons, so that nothing is lost and everything is said."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from aitia.ingest.triples import COMMENT, LABEL, A, Triple, below, node, term
from aitia.vocabulary import literals

MAX_RAW = 4096
"""Longest part of a refused line that is kept in the graph, in bytes; the journal keeps all."""


class Refused(NamedTuple):
    """One refused line: where it lies, what it says, why it was refused, by which shapes."""

    run: str
    segment: str
    number: int
    raw: bytes
    reasons: tuple[str, ...]
    shapes: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the refused line as text, cut to ``MAX_RAW`` bytes."""
        kept = self.raw[:MAX_RAW].decode("utf-8", "backslashreplace").rstrip("\n")
        return kept if len(self.raw) <= MAX_RAW else kept + "…[cut]"


def triples(refused: Refused) -> Iterator[Triple]:
    """Yield the node of one refused line."""
    root = node(f"urn:uuid:{refused.run}")
    key = sha256(f"{refused.segment}:{refused.number}".encode() + refused.raw).hexdigest()[:16]
    here = below(root, "refused", key)
    yield here, A, term("aitia:QuarantinedRecord")
    yield here, LABEL, literals.quote(f"{refused.segment} line {refused.number}")
    yield here, term("aitia:recordText"), literals.quote(refused.text())
    yield here, term("aitia:aboutSubject"), root
    for reason in refused.reasons:
        yield here, COMMENT, literals.quote(reason)
    for shape in refused.shapes:
        yield here, term("dcterms:conformsTo"), literals.iri(shape)
