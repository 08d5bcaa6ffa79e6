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
        self._users: dict[str, set[str]] = defaultdict(set)
        self._makers: dict[str, set[str]] = defaultdict(set)
        self._inputs: dict[str, set[str]] = defaultdict(set)
        self._outputs: dict[str, set[str]] = defaultdict(set)
        self._made: dict[str, set[str]] = defaultdict(set)
        self.informed: list[tuple[str, str]] | None = None
        """Pairs of activities of which the first was told by the second, where they are wanted as
        they are found; emptied by who reads them."""

    def used(self, activity: str, entity: str, *, argument: bool) -> None:
        """Note that ``activity`` used ``entity``, perhaps as an argument of its function."""
        if self.informed is not None and activity not in self._users[entity]:
            self.informed += [(activity, maker) for maker in self._makers.get(entity, ())]
        self._users[entity].add(activity)
        if argument:
            self._inputs[activity].add(entity)

    def generated(self, activity: str, entity: str, *, returned: bool) -> None:
        """Note that ``activity`` generated ``entity``, perhaps as what its function returned."""
        if self.informed is not None and activity not in self._makers[entity]:
            self.informed += [(user, activity) for user in self._users.get(entity, ())]
        self._makers[entity].add(activity)
        (self._outputs if returned else self._made)[activity].add(entity)

    def settle(self, activity: str, *, trained: bool) -> Iterator[Triple]:
        """Yield the derivations between the inputs and outputs of an activity.

        ``trained`` says that it is a training run: what it generated rests on its inputs, returned
        or not.
        """
        outputs, made = self._outputs.get(activity, set()), self._made.get(activity, set())
        inputs = self._inputs.get(activity, set())
        for output in sorted(outputs | made if trained else outputs):
            for source in sorted(inputs - {output}):
                yield from _derivation(output, source, activity)

    def forget(self, activity: str) -> None:
        """Forget the inputs and outputs of an activity, but not who told whom."""
        for held in (self._outputs, self._made, self._inputs):
            held.pop(activity, None)

    def rest(self) -> Iterator[Triple]:
        """Yield the derivations of activities that nothing else tells of, and communication."""
        for activity in sorted(self._outputs):
            yield from self.settle(activity, trained=False)
        for entity, makers in sorted(self._makers.items()):
            for activity in sorted(self._users.get(entity, ())):
                for maker in sorted(makers - {activity}):
                    yield activity, term("prov:wasInformedBy"), maker


def _derivation(output: str, source: str, activity: str) -> Iterator[Triple]:
    key = sha256(f"{output}|{source}".encode()).hexdigest()[:12]
    here = below(activity, "derivation", key)
    yield output, term("prov:wasDerivedFrom"), source
    yield output, term("prov:qualifiedDerivation"), here
    yield here, A, term("prov:Derivation")
    yield here, term("prov:entity"), source
    yield here, term("prov:hadActivity"), activity
