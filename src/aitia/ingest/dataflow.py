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
        self._makers: dict[str, set[str]] = defaultdict(set)
        self._inputs: dict[str, set[str]] = defaultdict(set)
        self._outputs: dict[str, set[str]] = defaultdict(set)

    def used(self, activity: str, entity: str, *, argument: bool) -> None:
        """Note that ``activity`` used ``entity``, perhaps as an argument of its function."""
        self._used[activity].add(entity)
        if argument:
            self._inputs[activity].add(entity)

    def generated(self, activity: str, entity: str, *, returned: bool) -> None:
        """Note that ``activity`` generated ``entity``, perhaps as what its function returned."""
        self._makers[entity].add(activity)
        if returned:
            self._outputs[activity].add(entity)

    def triples(self, training: set[str]) -> Iterator[Triple]:
        """Yield derivations between inputs and outputs, and communication between tasks.

        Parameters
        ----------
        training:
            The training runs: what they generated rests on their inputs, returned or not.
        """
        for entity, makers in self._makers.items():
            for maker in makers & training:
                self._outputs[maker].add(entity)
        for activity, entities in sorted(self._used.items()):
            makers = {maker for entity in entities for maker in self._makers.get(entity, ())}
            for maker in sorted(makers - {activity}):
                yield activity, term("prov:wasInformedBy"), maker
        for activity, outputs in sorted(self._outputs.items()):
            for output in sorted(outputs):
                for source in sorted(self._inputs.get(activity, set()) - {output}):
                    yield from _derivation(output, source, activity)


def _derivation(output: str, source: str, activity: str) -> Iterator[Triple]:
    key = sha256(f"{output}|{source}".encode()).hexdigest()[:12]
    here = below(activity, "derivation", key)
    yield output, term("prov:wasDerivedFrom"), source
    yield output, term("prov:qualifiedDerivation"), here
    yield here, A, term("prov:Derivation")
    yield here, term("prov:entity"), source
    yield here, term("prov:hadActivity"), activity
