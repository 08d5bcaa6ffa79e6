"""The chain of a journal's segments, as the graph tells it: seals, and what each follows on.

The chain is written as the records are, by the process that writes them: the header of a segment
carries the digest of the seal of the segment before. A bundle itself is made again from its
journal at will, so that a chain of bundles would prove nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aitia.errors import SealError
from aitia.ingest.triples import LABEL, A, Triple, below, note, term
from aitia.journal.reader import Segment, link, matches_seal, verify
from aitia.vocabulary import literals


class Link(NamedTuple):
    """One segment: digest of its seal, None while it has none; what is wrong with its bytes."""

    segment: Segment
    digest: str | None
    damage: str | None
    problem: str | None


def check(segment: Segment) -> Link:
    """Check a segment against its seal and the chain, as ``aitia fsck`` does."""
    problem = damage = None
    try:
        verify(segment)
    except SealError as error:
        problem = str(error)
        damage = _damage(segment)
    return Link(segment, link(segment), damage, problem)


def _damage(segment: Segment) -> str | None:
    """Return what is wrong with the segment itself, whatever came before it."""
    try:
        matches_seal(segment)
    except SealError:
        return "the records are not those that the seal was made of"
    return None


def triples(links: Iterable[Link], root: str, agent: str) -> Iterator[Triple]:
    """Yield the segments of a bundle about the run ``root``, recorded by ``agent``."""
    for one in links:
        name = os.path.basename(one.segment.path)
        here = below(root, "segment", name.removesuffix(".jsonl"))
        yield here, A, term("aitia:JournalSegment")
        yield here, LABEL, literals.quote(name)
        yield here, term("aitia:aboutSubject"), root
        yield here, term("prov:wasAttributedTo"), agent
        if one.digest is not None:
            yield here, term("aitia:sha256"), literals.quote(one.digest)
        if one.segment.previous is not None:
            previous = literals.quote(one.segment.previous)
            yield here, term("aitia:previousBundleDigest"), previous
        if one.damage is not None:
            noted = below(here, "damage")
            yield from note(noted, "damaged", (one.damage, 1), here)
            yield noted, term("prov:wasAttributedTo"), agent


def bundle(here: str, root: str, name: str, digest: str) -> Iterator[Triple]:
    """Yield what a bundle of the recorder ``name`` is, and the digest of its records."""
    yield here, A, term("aitia:CaptureBundle")
    yield here, LABEL, literals.quote(f"recorded by {name}")
    yield here, term("aitia:aboutSubject"), root
    yield here, term("aitia:sha256"), literals.quote(digest)


def recorder(agent: str, name: str, version: str) -> Iterator[Triple]:
    """Yield what the recorder is that a bundle is attributed to."""
    yield agent, A, term("aitia:CaptureAdapter")
    yield agent, LABEL, literals.quote(name)
    yield agent, term("aitia:versionLabel"), literals.quote(version)
