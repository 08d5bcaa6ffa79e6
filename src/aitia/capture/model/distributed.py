"""Trainings by several processes of PyTorch at once: their ranks, and what these have in common.

Each rank is a training of its own in the run, with a journal of its own. Where every rank keeps the
same weights, they are one model, which the first rank makes. What is named by its content, such as
architecture, data and configuration, is one in any case.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from typing import Any

from aitia.records.values import Value

_RUNS = 32
_SHARDED = ("FullyShardedDataParallel", "FSDPModule")


class Replicas:
    """The models that all ranks of a job have in common, in the order of their trainings."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def model(self, run: str, root: Any) -> tuple[str | None, bool]:
        """Return the id of the model that all ranks share, and whether this rank makes it.

        The id is None for a module that is of this process alone. Ranks run the same program, so
        that the order in which they train is the same.
        """
        known = ranks()
        if not is_replicated(root) or int(str(known.get("world_size", 1))) < 2:
            return None, True
        count = self._counts[run] = self._counts.get(run, 0) + 1
        while len(self._counts) > _RUNS:
            self._counts.popitem(last=False)
        return f"urn:uuid:{run}#shared-model-{count}", known["rank"] == 0


def is_replicated(root: Any) -> bool:
    """Return whether each process keeps the same weights as the others."""
    return any(cls.__name__ == "DistributedDataParallel" for cls in type(root).__mro__)


def is_sharded(root: Any) -> bool:
    """Return whether this process has only a part of the weights."""
    classes = {type(module) for module in root.modules()}
    return any(base.__name__ in _SHARDED for cls in classes for base in cls.__mro__)


def ranks() -> dict[str, Value]:
    """Return which rank this process is, of how many, once PyTorch's processes form a group."""
    distributed: Any = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return {}
    return {
        "rank": int(distributed.get_rank()),
        "world_size": int(distributed.get_world_size()),
        "backend": str(distributed.get_backend()),
    }


def of_rank() -> str:
    """Return what tells the choices of this rank from those of the first; empty for that."""
    rank = os.environ.get("RANK", "0")
    return f" of rank {rank}" if rank.isdecimal() and rank != "0" else ""
