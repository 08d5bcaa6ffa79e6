"""Derivations that follow from data passing through tasks.

PROV-DM §5.2.1: usage and generation by one activity do not by themselves imply derivation. They do
here under one condition, which capture guarantees: the inputs and outputs of a task are the
arguments that a function was called with and the objects that it returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

from aitia.ingest.triples import A, Triple, below, term


class Dataflow:
    """Collects which task used and generated what, and yields what follows."""

    def __init__(self) -> None:
        self._used: dict[str, set[str]] = defaultdict(set)
        self._generated: dict[str, set[str]] = defaultdict(set)

    def used(self, activity: str, entity: str) -> None:
        """Note that ``activity`` used ``entity``."""
        self._used[activity].add(entity)

    def generated(self, activity: str, entity: str) -> None:
        """Note that ``activity`` generated ``entity``."""
        self._generated[activity].add(entity)

    def triples(self) -> Iterator[Triple]:
        """Yield derivations between inputs and outputs, and communication between tasks."""
        makers = defaultdict(set)
        for activity, entities in self._generated.items():
            for entity in entities:
                makers[entity].add(activity)
        for activity in sorted(self._used):
            for entity in sorted(self._used[activity]):
                for maker in sorted(makers.get(entity, ())):
                    if maker != activity:
                        yield activity, term("prov:wasInformedBy"), maker
        for activity in sorted(self._generated):
            if not _is_task(activity):
                continue
            for output in sorted(self._generated[activity]):
                for source in sorted(self._used.get(activity, ())):
                    if source != output:
                        yield from _derivation(output, source, activity)


def _is_task(activity: str) -> bool:
    # A run uses and generates all that its tasks do: only a single task ties outputs to inputs.
    return "#" in activity


def _derivation(output: str, source: str, activity: str) -> Iterator[Triple]:
    key = sha256(f"{output}|{source}".encode()).hexdigest()[:12]
    here = below(activity, "derivation", key)
    yield output, term("prov:wasDerivedFrom"), source
    yield output, term("prov:qualifiedDerivation"), here
    yield here, A, term("prov:Derivation")
    yield here, term("prov:entity"), source
    yield here, term("prov:hadActivity"), activity
