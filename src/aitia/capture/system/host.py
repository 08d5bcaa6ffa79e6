"""The node that a run is on: operating system, processor, cores, memory, file systems.

A node's IRI stands for the machine in one state, so that an upgrade makes another node and no run
is said to have had the new kernel. All states are specialisations of the node that goes by the
pseudonym of the host, and carry the pseudonym as ``aitia:serialOrUuid``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.system import machine, storage
from aitia.capture.system.machine import Machine
from aitia.capture.system.storage import Storage
from aitia.records.ports import Scope
from aitia.records.prov import Attributes, Entity, Setting, Specialised, Used
from aitia.records.values import Ref, Value
from aitia.vocabulary.terms import AITIA


class Place(NamedTuple):
    """A folder that matters to a run, and what it is for."""

    role: str
    path: str


class Node:
    """This host as an entity, read once and shared by the adapters that speak of it.

    Parameters
    ----------
    pseudonyms, identity:
        What the host is called.
    root:
        Where ``/proc`` and its like are.
    """

    def __init__(self, pseudonyms: Pseudonyms, identity: Identity, *, root: str = "/") -> None:
        self.pseudonyms = pseudonyms
        self.identity = identity
        self.root = root
        self.label = identity.node_label

    @cached_property
    def machine(self) -> Machine:
        """The facts about the host."""
        return machine.read(self.root)

    @cached_property
    def host_iri(self) -> str:
        """The IRI of the host, whatever its state."""
        return self.pseudonyms.iri("node", *self.identity.node_key)

    @cached_property
    def iri(self) -> str:
        """The IRI of the host in the state that it is in now."""
        facts = self.machine
        state = (facts.operating_system, facts.processor, facts.cores, facts.memory)
        names = (*self.identity.node_key, self.identity.container)
        return self.pseudonyms.iri("node-state", *names, *state)

    @cached_property
    def entity(self) -> Entity:
        """The record of the node."""
        facts = self.machine
        attributes: dict[str, Value | list[Value]] = {
            AITIA.operatingSystem: facts.operating_system,
            AITIA.instructionSet: facts.instruction_set,
            AITIA.coreCount: facts.cores,
            AITIA.serialOrUuid: self.pseudonyms.code("node", *self.identity.node_key),
        }
        if facts.memory is not None:
            attributes[AITIA.memoryBytes] = facts.memory
        if self.identity.container is not None:
            attributes[AITIA.containerRuntime] = self.identity.container
        return Entity(self.iri, AITIA.ComputeNode, self.label, attributes=attributes)


class HostAdapter:
    """Records the node that a run is on, its processors, and the file systems of its folders.

    Parameters
    ----------
    node:
        This host.
    places:
        Folders whose file systems are recorded: the working directory and the data directory.
    """

    name = "host"

    def __init__(self, node: Node, places: tuple[Place, ...] = ()) -> None:
        self.node = node
        self.places = places
        self._storage: Mapping[Place, Storage] | None = None

    def start(self, scope: Scope) -> None:
        """Record the node, and its parts unless a run around this one did."""
        node = self.node
        scope.emit(node.entity)
        scope.emit(Used("", node.iri, relation=AITIA.ranOn))
        if scope.nested:
            return
        # Of the host as such nothing is known but its name, so it is no node to compare with.
        scope.emit(Entity(node.host_iri, AITIA.ComputeResource, node.label))
        scope.emit(Specialised(node.iri, node.host_iri))
        self._processors(scope)
        self._limits(scope)
        for found in dict.fromkeys(self._storages().values()):
            self._file_system(scope, found)
        if not node.pseudonyms.shared:
            scope.note(
                "pseudonym",
                "the key of the pseudonyms cannot be kept in the data directory: hosts and users "
                "of this run cannot be matched with those of other runs",
            )

    def stop(self, scope: Scope) -> None:
        """Do nothing: what a host is does not change during a run."""

    def _processors(self, scope: Scope) -> None:
        facts = self.node.machine
        # A virtual machine may show each of its processors as a package of its own.
        packages = facts.packages if facts.packages <= 8 else 1
        for index in range(packages):
            attributes: Attributes = {
                AITIA.componentOf: Ref(self.node.iri),
                AITIA.modelName: facts.processor,
                AITIA.coreCount: facts.cores // packages,
                AITIA.instructionSet: facts.instruction_set,
            }
            iri = f"{self.node.iri}#processor-{index}"
            scope.emit(Entity(iri, AITIA.Processor, facts.processor, attributes=attributes))

    def _limits(self, scope: Scope) -> None:
        facts = self.node.machine
        scope.emit(Setting("", "system.usable_cores", facts.usable_cores))
        if facts.memory_limit is not None:
            scope.emit(Setting("", "system.memory_limit_bytes", facts.memory_limit, "By"))

    def _storages(self) -> Mapping[Place, Storage]:
        if self._storage is None:
            found = {place: storage.of_path(place.path, self.node.root) for place in self.places}
            self._storage = {place: item for place, item in found.items() if item is not None}
        return self._storage

    def _file_system(self, scope: Scope, found: Storage) -> None:
        owner = () if found.shared else self.node.identity.node_key
        iri = self.node.pseudonyms.iri("storage", *owner, *found)
        attributes: dict[str, Value | list[Value]] = {
            AITIA.capacityBytes: found.capacity,
            AITIA.fileSystemType: found.kind,
            AITIA.serialOrUuid: self.node.pseudonyms.code("storage", *owner, found.source),
        }
        if not found.shared:
            attributes[AITIA.componentOf] = Ref(self.node.iri)
        scope.emit(Entity(iri, AITIA.StorageSystem, found.kind, attributes=attributes))
        for place, held_by in self._storages().items():
            if held_by == found:
                scope.emit(Used("", iri, role=place.role))


def places(directory: str) -> tuple[Place, ...]:
    """Return the folders of a run whose records go to ``directory``."""
    try:
        here = os.getcwd()
    except OSError:
        return (Place("records", directory),)
    return (Place("working directory", here), Place("records", directory))
