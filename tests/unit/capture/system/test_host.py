from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.system.host import HostAdapter, Node, Place
from aitia.records import Entity, Ref, Setting, Specialised, Used
from aitia.testing.scope import RecordingScope

FakeHost = Callable[[Mapping[str, str]], str]


def start(node: Node, *, nested: bool = False, places: tuple[Place, ...] = ()) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter = HostAdapter(node, places)
    adapter.start(scope)
    adapter.stop(scope)
    return scope


def entities(scope: RecordingScope, kind: str) -> list[Entity]:
    return [r for r in scope.records if isinstance(r, Entity) and r.type == kind]


def test_run_ran_on_a_node_with_its_facts(node: Node) -> None:
    scope = start(node)
    (state,) = entities(scope, "aitia:ComputeNode")
    (host,) = entities(scope, "aitia:ComputeResource")
    assert Used("", state.id, relation="aitia:ranOn") in scope.records
    assert state.label == node.identity.node_label
    assert state.attributes["aitia:memoryBytes"] == 16384000 * 1024
    assert state.attributes["aitia:coreCount"] == node.machine.cores
    assert state.attributes["aitia:serialOrUuid"] == node.pseudonyms.code("node", "gpu07")
    assert Specialised(state.id, host.id) in scope.records
    assert (host.label, host.attributes) == (node.identity.node_label, {})


def test_each_processor_package_is_part_of_the_node(node: Node) -> None:
    processors = entities(start(node), "aitia:Processor")
    assert len(processors) == 2
    assert len({p.id for p in processors}) == 2
    for processor in processors:
        assert processor.attributes["aitia:componentOf"] == Ref(node.iri)
        assert processor.attributes["aitia:modelName"] == "Intel(R) Xeon(R) Gold 6248"


def test_limits_are_settings_of_the_run(
    fake_host: FakeHost, pseudonyms: Pseudonyms, identity: Identity
) -> None:
    root = fake_host(
        {
            "sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n",
            "sys/fs/cgroup/user.slice/memory.max": "1073741824\n",
        }
    )
    records = start(Node(pseudonyms, identity, root=root)).records
    assert Setting("", "system.usable_cores", 0.5) in records
    assert Setting("", "system.memory_limit_bytes", 1 << 30, "By") in records


def test_nested_run_repeats_the_node_without_its_parts(node: Node) -> None:
    scope = start(node, nested=True)
    assert scope.records == [node.entity, Used("", node.iri, relation="aitia:ranOn")]
    assert scope.notes == []


def test_upgrade_makes_another_state_of_the_same_host(
    fake_host: FakeHost, pseudonyms: Pseudonyms, identity: Identity
) -> None:
    before = Node(pseudonyms, identity, root=fake_host({}))
    assert before.machine.memory == 16384000 * 1024
    after = Node(pseudonyms, identity, root=fake_host({"proc/meminfo": "MemTotal: 8 kB\n"}))
    assert before.iri != after.iri
    assert before.host_iri == after.host_iri


def test_container_is_said(node: Node, pseudonyms: Pseudonyms, identity: Identity) -> None:
    inside = Node(pseudonyms, identity._replace(container="docker"), root=node.root)
    assert inside.iri != node.iri
    found = entities(start(inside), "aitia:ComputeNode")[0]
    assert found.attributes["aitia:containerRuntime"] == "docker"


def test_file_systems_of_the_folders_are_used(node: Node, tmp_path: Path) -> None:
    scope = start(
        node,
        places=(
            Place("working directory", str(tmp_path)),
            Place("records", str(tmp_path)),
            Place("gone", str(tmp_path / "none")),
        ),
    )
    storages = entities(scope, "aitia:StorageSystem")
    assert len(storages) == 1
    (storage,) = storages
    assert storage.attributes["aitia:capacityBytes"] > 0
    assert storage.attributes["aitia:fileSystemType"] == "ext4"
    assert storage.attributes["aitia:componentOf"] == Ref(node.iri)
    roles = [r.role for r in scope.records if isinstance(r, Used) and r.entity == storage.id]
    assert roles == ["working directory", "records"]


def test_shared_file_system_is_the_same_one_from_every_host(
    fake_host: FakeHost, pseudonyms: Pseudonyms, identity: Identity, tmp_path: Path
) -> None:
    mounts = f"27 1 0:1 / {tmp_path} rw - nfs4 nas.example:/export rw\n"
    root = fake_host({"proc/self/mountinfo": mounts})
    places = (Place("records", str(tmp_path)),)
    found = []
    for key in ("gpu07", "gpu08"):
        node = Node(pseudonyms, identity._replace(node_key=(key,)), root=root)
        found += entities(start(node, places=places), "aitia:StorageSystem")
    assert found[0] == found[1]
    assert "aitia:componentOf" not in found[0].attributes
    assert b"nas.example" not in b"".join(start(node, places=places).lines)


@pytest.mark.parametrize(("shared", "notes"), [(True, 0), (False, 1)])
def test_pseudonyms_that_hold_for_one_process_are_noted(
    identity: Identity, fake_host: FakeHost, shared: bool, notes: int
) -> None:
    names = Pseudonyms(b"k" * 32, shared=shared)
    scope = start(Node(names, identity, root=fake_host({})))
    assert [kind for kind, _, _ in scope.notes] == ["pseudonym"] * notes
