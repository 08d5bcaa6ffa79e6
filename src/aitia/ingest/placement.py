"""On which node each task ran: the one that its process, or another of its host, described.

A process says of the run, not of each task, on which node it is; and a process that joins a run
on a host that is described already says nothing. So the node of a task follows from the segment
that its start lies in. Where that leaves a choice, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from aitia.ingest.triples import Triple, term

RAN_ON = "aitia:ranOn"
NODE = "aitia:ComputeNode"


class Origin(NamedTuple):
    """Who wrote a journal: the recorder's name and version, and the host of each scope."""

    recorder: str
    version: str
    hosts: Mapping[str, str] = MappingProxyType({})


class Placement:
    """What is known of nodes and tasks; ``hosts`` names the host of each scope."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        self._hosts = hosts
        self._nodes: dict[str, str] = {}
        self._tasks: dict[str, set[str]] = {}
        self._said: dict[str, set[str]] = {}
        self._of_scope: dict[str, set[str]] = {}
        self._of_host: dict[str, set[str]] = {}

    def node(self, here: str, label: str | None) -> None:
        """Learn that a thing is a node, and what it is called."""
        self._nodes[here] = label or self._nodes.get(here, "")

    def nodes(self, host: str) -> set[str]:
        """Return the nodes that processes of a host said the run ran on: one, or none."""
        return self._of_host.get(host, set()) & self._nodes.keys()

    def called(self, host: str) -> str:
        """Return what a host is called: by the label of its node, or by how files name it."""
        labels = {self._nodes[node] for node in self.nodes(host)} - {""}
        return labels.pop() if len(labels) == 1 else f"the host {host}"

    def is_node(self, here: str) -> bool:
        """Return whether a thing is known to be a node."""
        return here in self._nodes

    def host_of(self, device: str) -> bool:
        """Return whether a process said that the run ran on this thing, node or not."""
        return any(device in devices for devices in self._of_host.values())

    def scopes(self, task: str) -> set[str]:
        """Return the processes that began a task."""
        return self._tasks.get(task, set())

    def began(self, task: str, scope: str) -> None:
        """Learn that a process began a task."""
        self._tasks.setdefault(task, set()).add(scope)

    def ran_on(self, activity: str, device: str, scope: str, root: str) -> None:
        """Learn what a process said that the run, or a task, ran on."""
        if activity != root:
            self._said.setdefault(activity, set()).add(device)
            return
        self._of_scope.setdefault(scope, set()).add(device)
        self._of_host.setdefault(self._host(scope), set()).add(device)

    def settle(self, task: str) -> Iterator[Triple]:
        """Yield the node of a task, unless it names one itself."""
        said = self._said.get(task, set())
        for scope in self._tasks.get(task, ()):
            if said & self._nodes.keys():
                continue
            node = self.of(scope)
            if node:
                yield task, term(RAN_ON), node

    def of(self, scope: str) -> str:
        """Return the node that a process ran on; empty when that is not known, or not clear."""
        near = self._of_scope.get(scope, set()) & self._nodes.keys()
        nodes = near or self.nodes(self._host(scope))
        return next(iter(nodes)) if len(nodes) == 1 else ""

    def forget(self, task: str) -> None:
        """Forget a task."""
        self._said.pop(task, None)
        self._tasks.pop(task, None)

    def _host(self, scope: str) -> str:
        return self._hosts.get(scope, scope)
