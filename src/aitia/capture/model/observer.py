"""What the adapters of this layer have in common: saying things once, data sets, models."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from aitia.capture.describe import is_described
from aitia.capture.digests import CAP, content_digest
from aitia.capture.model import architecture
from aitia.capture.model.architecture import Architecture
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Record
from aitia.records.values import Json, Ref, type_name
from aitia.vocabulary.iris import content_iri

_RUNS = 32
_MAX_LEAVES = 50_000


class Observer:
    """Records about models, each thing once a run.

    Parameters
    ----------
    scope:
        The run that is current where a call is made.
    cap:
        Most bytes hashed for one model or data set.
    """

    def __init__(self, scope: Scope, cap: int = CAP) -> None:
        self.scope = scope
        self.cap = cap
        self._told: OrderedDict[str, set[str]] = OrderedDict()

    def tell(self, thing: str, records: Iterable[Record]) -> None:
        """Write ``records``, which describe ``thing``, unless this was done in this run."""
        run = self.scope.run
        told = self._told.setdefault(run, set())
        self._told.move_to_end(run)
        while len(self._told) > _RUNS:
            self._told.popitem(last=False)
        if thing not in told:
            told.add(thing)
            for record in records:
                self.scope.emit(record)

    def architecture(self, found: Architecture) -> str:
        """Record an architecture, and return its id."""
        here, records = architecture.records(found)
        self.tell(here, records)
        return here

    def model(
        self, label: str, sha: str | None, structure: str | None, here: str | None = None
    ) -> str:
        """Record a model of the architecture ``structure``, and return its id."""
        here = here or (content_iri(sha) if sha else self.scope.mint())
        attributes = {} if structure is None else {"aitia:hasArchitecture": Ref(structure)}
        self.tell(here, [Entity(here, "aitia:Model", label, sha, attributes)])
        return here

    def dataset(self, obj: Any) -> str | None:
        """Return the id of the data set that ``obj`` is, or None for what is no data."""
        if obj is None or isinstance(obj, (str, bytes, int, float)):
            return None
        if isinstance(obj, (list, tuple)):
            return self._listed(obj)
        found = self.scope.refer(obj)
        if not isinstance(found, Ref):
            return None
        if not is_described(type(obj)):
            # It was recorded as an artifact of whatever kind; being learnt from makes it data.
            self.tell(found.id, [Entity(found.id, "aitia:Dataset", type_name(obj))])
        return found.id

    def _listed(self, items: list[Any] | tuple[Any, ...]) -> str:
        """Return the id of data that a list holds, perhaps a list of rows."""
        shape = [len(items)]
        if items and isinstance(items[0], (list, tuple)):
            shape.append(len(items[0]))
        leaves = shape[0] * (shape[1] if len(shape) > 1 else 1)
        sha = content_digest(items, self.cap) if leaves <= _MAX_LEAVES else None
        here = content_iri(sha) if sha else self.scope.mint()
        label = f"list {'×'.join(map(str, shape))}"
        facts = {"aitia:arrayShape": Json(shape)}
        self.tell(here, [Entity(here, "aitia:Dataset", label, sha, facts)])
        return here
