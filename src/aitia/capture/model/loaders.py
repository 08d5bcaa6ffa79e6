"""Which data a PyTorch network is trained on: those of the loader that gave its first batch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from weakref import ReferenceType, ref

from aitia.capture.describe import Description
from aitia.capture.digests import CAP, ContentHasher
from aitia.capture.guard import guarded
from aitia.capture.model.shapes import Trace, tensors
from aitia.errors import ValueNotRecordableError
from aitia.records.values import Json, Value


class Loaders:
    """The data set of which a loader gave a batch last, and what its first batch was like."""

    def __init__(self) -> None:
        self._iterator: ReferenceType[Any] | None = None
        self._dataset: Callable[[], Any] | None = None
        self._shapes: list[tuple[int, ...]] = []
        self._chosen: dict[str, Value] = {}
        self._workers = 0

    @guarded("torch")
    def gave(self, loader: Any, batch: Any) -> None:
        """Note that the iterator of a loader gave a batch."""
        # The batches of one iterator are alike, so each step costs a look at who it is.
        if self._iterator is not None and self._iterator() is loader:
            return
        self._iterator = ref(loader)
        self._dataset = _weak(loader)
        self._shapes = [tuple(map(int, tensor.shape)) for tensor in tensors(batch)]
        self._workers = int(getattr(loader, "_num_workers", 0))
        batches: Any = getattr(loader, "_index_sampler", None)
        sampler = getattr(batches, "sampler", batches)
        name = type(sampler).__name__
        self._chosen = {"sampler": name, "shuffle": name == "RandomSampler"}
        if isinstance(getattr(batches, "drop_last", None), bool):
            self._chosen["drop_last"] = batches.drop_last

    def dataset(self, trace: Trace | None) -> Any:
        """Return the data set whose batch ``trace`` saw; None when it was another batch."""
        return self._dataset() if self._dataset is not None and self._gave(trace) else None

    def choices(self, trace: Trace | None) -> dict[str, Value]:
        """Return how the loader whose batch ``trace`` saw makes its batches."""
        return dict(self._chosen) if self._gave(trace) else {}

    def execution(self, trace: Trace | None) -> dict[str, Value]:
        """Return by how many processes the batch was loaded that ``trace`` saw."""
        return {"num_workers": self._workers} if self._gave(trace) else {}

    def _gave(self, trace: Trace | None) -> bool:
        return trace is not None and trace.shape in self._shapes


def _weak(loader: Any) -> Callable[[], Any]:
    """Return what gives the data set of a loader's iterator, without keeping it alive."""
    try:
        return ref(loader._dataset)
    except TypeError:
        # A list, for one, cannot be referred to weakly.
        owner = ref(loader)
        return lambda: getattr(owner(), "_dataset", None)


def describe_dataset(obj: object, cap: int = CAP) -> Description:
    """Describe a data set of PyTorch; one that is made of tensors has their digest."""
    name = type(obj).__name__
    attributes: dict[str, Value | list[Value]] = {}
    try:
        size = len(obj)  # type: ignore[arg-type]
    except TypeError:
        # It is iterated, and does not know how much there is.
        return Description("aitia:Dataset", name)
    attributes["aitia:arrayShape"] = Json([size])
    return Description(
        "aitia:Dataset", f"{name} of {size} items", _digest(obj, cap), attributes, (id(obj), size)
    )


def _digest(obj: object, cap: int) -> str | None:
    parts = getattr(obj, "tensors", None)
    if type(obj).__name__ != "TensorDataset" or not isinstance(parts, tuple):
        return None
    if any(t.device.type != "cpu" for t in parts) or "numpy" not in sys.modules:
        return None
    hasher = ContentHasher(cap)
    try:
        for tensor in parts:
            hasher.part("tensor", str(tensor.dtype).encode())
            hasher.array(tensor.detach().numpy())
    except (ValueNotRecordableError, TypeError, RuntimeError):
        # PyTorch refuses to hand some tensors to numpy.
        return None
    return hasher.hexdigest()
