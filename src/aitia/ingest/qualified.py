"""The qualified forms of PROV relations (PROV-O §3.3): role, time, plan and activity of each."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from aitia.ingest.triples import LABEL, A, Triple, below, node, term
from aitia.vocabulary import literals
from aitia.vocabulary.iris import role_iri

_TARGET = {
    "Usage": "prov:entity",
    "Generation": "prov:activity",
    "Invalidation": "prov:activity",
    "Derivation": "prov:entity",
    "Attribution": "prov:agent",
    "Association": "prov:agent",
    "Delegation": "prov:agent",
}
_EXTRA = {
    "Derivation": "prov:hadActivity",
    "Association": "prov:hadPlan",
    "Delegation": "prov:hadActivity",
}


class Relation(NamedTuple):
    """A relation to qualify: its subject, its kind, what it points at, and what is known of it.

    The first of ``targets`` is the object of the relation, the second its plan or activity.
    """

    subject: str
    kind: str
    targets: tuple[str, ...]
    role: str | None = None
    time: int | None = None


def qualified(root: str, relation: Relation) -> Iterator[Triple]:
    """Yield the qualified form of a relation of the run ``root``, under a name that never changes.

    The name holds the digest of what distinguishes two such relations, so that a relation
    said twice is one node.
    """
    subject, kind, targets, role, time = relation
    facts = "|".join((subject, kind, *targets, role or "", str(time or "")))
    key = sha256(facts.encode()).hexdigest()[:12]
    here = below(subject if subject.startswith("<urn:uuid:") else root, kind.lower(), key)
    yield subject, term(f"prov:qualified{kind}"), here
    yield here, A, term(f"prov:{kind}")
    yield here, term(_TARGET[kind]), targets[0]
    if role is not None:
        yield here, term("prov:hadRole"), node(role_iri(role))
        yield node(role_iri(role)), A, term("prov:Role")
        yield node(role_iri(role)), LABEL, literals.quote(role)
    if time is not None:
        yield here, term("prov:atTime"), literals.date_time(time)
    for extra in targets[1:]:
        yield here, term(_EXTRA[kind]), extra
