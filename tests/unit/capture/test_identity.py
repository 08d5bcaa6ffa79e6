from __future__ import annotations

import os
import threading
from pathlib import Path
from uuid import UUID

import pytest

from aitia.capture import identity
from aitia.capture.identity import KEY_BYTES, KEY_FILE, Pseudonyms


def test_same_key_gives_same_pseudonym_and_another_key_another(tmp_path: Path) -> None:
    first, again = identity.load(str(tmp_path)), identity.load(str(tmp_path))
    assert first.shared
    assert again.label("node", "laptop") == first.label("node", "laptop")
    other = identity.load(str(tmp_path / "other"))
    assert other.label("node", "laptop") != first.label("node", "laptop")


def test_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    identity.load(str(tmp_path))
    path = tmp_path / KEY_FILE
    assert len(path.read_bytes()) == KEY_BYTES
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == [KEY_FILE]


def test_many_threads_agree_on_one_key(tmp_path: Path) -> None:
    labels: list[str] = []

    def load() -> None:
        labels.append(identity.load(str(tmp_path)).label("node", "x"))

    threads = [threading.Thread(target=load) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(labels) == 16
    assert len(set(labels)) == 1


def test_unwritable_directory_gives_pseudonyms_of_this_process_alone(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    assert not identity.load(str(blocked)).shared


def test_damaged_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    assert not identity.load(str(tmp_path)).shared
    assert (tmp_path / KEY_FILE).read_bytes() == b"short"


def test_iri_is_a_uuid_of_version_8_and_kinds_are_apart() -> None:
    names = Pseudonyms(b"k" * KEY_BYTES)
    found = UUID(names.iri("node", "a").removeprefix("urn:uuid:"))
    assert (found.version, found.variant) == (8, "specified in RFC 4122")
    assert names.iri("node", "a") != names.iri("gpu", "a")
    assert names.iri("node", "a", "b") != names.iri("node", "ab")
    assert names.code("node", "a") not in names.iri("node", "a").replace("-", "")


@pytest.mark.parametrize(
    ("files", "environ", "expected"),
    [
        ({}, {}, None),
        ({".dockerenv": ""}, {}, "docker"),
        ({"run/.containerenv": 'image="x"'}, {}, "podman"),
        ({"proc/self/cgroup": "0::/kubepods/burstable/pod1\n"}, {}, "kubernetes"),
        ({"proc/self/cgroup": "4:memory:/docker/9f0c\n"}, {}, "docker"),
        ({"proc/self/cgroup": "0::/lxc.payload.box\n"}, {}, "lxc"),
        ({"proc/self/cgroup": "0::/user.slice/session-1.scope\n"}, {}, None),
        ({}, {"container": "systemd-nspawn"}, "systemd-nspawn"),
        ({".dockerenv": ""}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes"),
        ({}, {"APPTAINER_CONTAINER": "/images/a.sif"}, "apptainer"),
    ],
)
def test_container_is_recognised(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str], expected: str | None
) -> None:
    plant(tmp_path, files)
    assert identity.container_runtime(str(tmp_path), environ) == expected


def plant(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture
def names() -> Pseudonyms:
    return Pseudonyms(b"k" * KEY_BYTES)


def test_node_of_a_cluster_goes_by_its_short_host_name(
    tmp_path: Path, names: Pseudonyms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "host_name", lambda: "GPU07.cluster.example")
    found = identity.identify(names, root=str(tmp_path), environ={"USER": "ada", "HOME": "/h/ada"})
    assert found.node_key == identity.node_key_of("gpu07")
    assert found.node_label == names.label("node", "gpu07")
    assert (found.user, found.home) == ("ada", "/h/ada")


def test_container_is_named_by_the_boot_of_its_kernel_not_by_its_made_up_name(
    tmp_path: Path, names: Pseudonyms, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, {".dockerenv": "", "proc/sys/kernel/random/boot_id": "b-1\n"})
    found = []
    for host in ("0a1b2c", "3d4e5f"):
        monkeypatch.setattr(identity, "host_name", lambda host=host: host)
        found.append(identity.identify(names, root=str(tmp_path), environ={}).node_label)
    assert found[0] == found[1] == names.label("node", "boot", "b-1")


def test_host_with_a_name_that_many_have_goes_by_its_machine_id(
    tmp_path: Path, names: Pseudonyms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "host_name", lambda: "localhost")
    labels = set()
    for machine in ("m1", "m2"):
        plant(tmp_path, {"etc/machine-id": machine + "\n"})
        labels.add(identity.identify(names, root=str(tmp_path), environ={}).node_label)
    assert len(labels) == 2


def test_who_wants_to_be_named_is_named(tmp_path: Path, names: Pseudonyms) -> None:
    found = identity.identify(
        names, root=str(tmp_path), environ={"USER": "ada"}, node_label="lab-1", user_label="Ada L."
    )
    assert (found.node_label, found.user_label) == ("lab-1", "Ada L.")


def test_user_without_environment_comes_from_the_password_file(
    tmp_path: Path, names: Pseudonyms
) -> None:
    pwd = pytest.importorskip("pwd")
    expected = pwd.getpwuid(os.getuid()).pw_name
    assert identity.identify(names, root=str(tmp_path), environ={}).user == expected
