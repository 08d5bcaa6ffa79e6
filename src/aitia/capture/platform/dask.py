"""Observes Dask: the tasks of a graph, whether threads, processes or a cluster run them.

A cluster is observed from both sides. Each worker records the tasks that it runs, and is at them
while it does, so that what a task does belongs to it; the scheduler records which task waited for
which. Both name a task by its key and the number of its run, which only grows: of a graph with
more tasks than are recorded, the rest is counted by the prefix of their keys.

``dask scheduler --preload aitia.capture.platform.dask`` and the same for ``dask worker`` observe
a cluster that was started elsewhere, where ``AITIA_RUN`` names the run to join.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from aitia.capture.digests import CAP
from aitia.capture.guard import Caught, attempt
from aitia.capture.imports import forget, when_imported
from aitia.capture.patches import Patches
from aitia.capture.platform import carry, dask_cluster
from aitia.capture.platform.carry import Place
from aitia.capture.platform.dask_local import LocalScheduler
from aitia.records.ports import Scope

_PATIENCE = 5.0
"""Longest wait, in seconds, for a cluster to take the plugins of a run that its client is in."""


class DaskAdapter:
    """Observes the clients of this process and what they compute, and local schedulers."""

    name = "dask"

    def __init__(self, cap: int = CAP) -> None:
        self._patches = Patches()
        self._scope: Scope | None = None
        self._brought: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
        self._local = LocalScheduler()
        self._hooks: dict[str, Callable[[Any], None]] = {
            "distributed.client": self._wrap_client,
            "dask.local": self._local.start,
        }

    def start(self, scope: Scope) -> None:
        """Have clients bring the plugins to their cluster, now or when they are imported."""
        self._scope = scope
        for name, hook in self._hooks.items():
            when_imported(name, hook)

    def leave(self, scope: Scope) -> None:
        """Say what was only counted."""
        for name, count in dask_cluster.counted.pop(scope.run, {}).items():
            text = f"runs of {name} beyond {dask_cluster.MAX_TASKS} are only counted"
            scope.note("dask", text, count)

    def stop(self, scope: Scope) -> None:
        """Take the wrappers away."""
        for hook in self._hooks.values():
            forget(hook)
        self._patches.undo()
        self._local.stop()

    def _wrap_client(self, module: Any) -> None:
        owner = module.Client
        for name, wrap in (("_start", self._started), ("_graph_to_futures", self._annotated)):
            original = getattr(owner, name, None)
            if original is not None:
                self._patches.replace(owner, name, wrap(original))

    def _started(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def _start(client: Any, *args: Any, **kwargs: Any) -> Any:
            result = await function(client, *args, **kwargs)
            place = attempt("dask", carry.here)
            if place is not None and getattr(client, "status", "") == "running":
                await self._bring(client, place)
            return result

        return _start

    async def _bring(self, client: Any, place: Place) -> None:
        """Bring the plugins of a run to the cluster of a client, once."""
        brought = self._brought.setdefault(client, set())
        if place.run in brought:
            return
        brought.add(place.run)
        with Caught() as caught:
            await _register(client, place)
        if caught.error is not None and not isinstance(caught.error, Exception):
            raise caught.error
        if caught.error is not None and self._scope is not None:
            told = f"a Dask cluster did not take the plugins: {type(caught.error).__name__}"
            self._scope.note("blind", told)

    def _annotated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def _graph_to_futures(client: Any, *args: Any, **kwargs: Any) -> Any:
            dask = sys.modules.get("dask")
            place = attempt("dask", carry.here)
            if dask is None or place is None:
                return function(client, *args, **kwargs)
            if place.run not in self._brought.get(client, ()) and not client.asynchronous:
                # The client is older than the run.
                wait = {"callback_timeout": _PATIENCE}
                attempt("dask", client.sync, self._bring, client, place, **wait)
            with dask.annotate(**{dask_cluster.PARENT: place.activity}):
                return function(client, *args, **kwargs)

        return _graph_to_futures


async def _register(client: Any, place: Place) -> None:
    """Bring both plugins to a cluster of which every process can load them."""
    token = str((await client.scheduler.identity())["id"])
    name = dask_cluster.name(place.run)
    scheduler = dask_cluster.SchedulerSide(place, token).plugin()
    await client._register_scheduler_plugin(plugin=scheduler, name=name, idempotent=True)
    worker = dask_cluster.WorkerSide(place, token).plugin()
    await client._register_worker_plugin(plugin=worker, name=name, idempotent=True)


async def dask_setup(service: Any) -> None:
    """Observe a scheduler or a worker that loads this module before it starts."""
    if "AITIA_RUN" not in os.environ:
        return
    # Only a process that Python was not prepared for, by ``aitia run``, has not joined yet.
    import_module("aitia.recorder")
    place = carry.here()
    if place is None:
        return
    name = dask_cluster.name(place.run)
    if type(service).__name__ == "Scheduler":
        plugin = dask_cluster.SchedulerSide(place, str(service.id)).plugin()
        await plugin.start(service)
        service.add_plugin(plugin, name=name, idempotent=True)
    elif hasattr(service, "plugin_add"):
        token = str((await service.scheduler.identity())["id"])
        await service.plugin_add(dask_cluster.WorkerSide(place, token).plugin(), name=name)
