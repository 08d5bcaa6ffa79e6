"""Who and where, without saying so: pseudonyms for hosts, users and devices.

A name is replaced by a keyed digest (BLAKE2b, RFC 7693). The key lies beside the journals and is
never recorded, so the same machine has the same pseudonym in all runs of one project, and nobody
without the key can test whether a given name stands behind it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

KEY_FILE = "pseudonym.key"
KEY_BYTES = 32

_GENERIC_HOSTS = frozenset({"", "localhost", "localhost.localdomain", "debian", "ubuntu", "vm"})
_CGROUP_MARKS = (
    ("kubepods", "kubernetes"),
    ("docker", "docker"),
    ("libpod", "podman"),
    ("containerd", "containerd"),
    ("/lxc", "lxc"),
)


class Pseudonyms:
    """Names to pseudonyms, under one key.

    Parameters
    ----------
    key:
        The secret of the project, ``KEY_BYTES`` long.
    shared:
        Whether other runs of the project have the same key.
    """

    def __init__(self, key: bytes, *, shared: bool = True) -> None:
        self._key = key
        self.shared = shared

    def code(self, kind: str, *facts: object) -> str:
        """Return 12 hexadecimal digits that stand for ``facts``, a thing of the kind ``kind``."""
        return self._digest(kind, facts)[:6].hex()

    def label(self, kind: str, *facts: object) -> str:
        """Return a pseudonym to read, such as ``node-3f2a9c41b7d0``."""
        return f"{kind}-{self.code(kind, *facts)}"

    def iri(self, kind: str, *facts: object) -> str:
        """Return a ``urn:uuid`` of version 8 (RFC 9562 §5.8) that stands for ``facts``."""
        raw = bytearray(self._digest("iri/" + kind, facts))
        raw[6] = raw[6] & 0x0F | 0x80
        raw[8] = raw[8] & 0x3F | 0x80
        digits = raw.hex()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return "urn:uuid:" + "-".join(parts)

    def _digest(self, kind: str, facts: tuple[object, ...]) -> bytes:
        text = "\0".join((kind, *map(str, facts)))
        return blake2b(
            text.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16
        ).digest()


def load(directory: str) -> Pseudonyms:
    """Return the pseudonyms of the project whose data lie in ``directory``, making a key if needed.

    When no key can be read or kept there, the pseudonyms are good for this process alone, and
    ``shared`` says so.
    """
    path = os.path.join(directory, KEY_FILE)
    try:
        return Pseudonyms(_read_key(path) or _make_key(path))
    except OSError:
        return Pseudonyms(os.urandom(KEY_BYTES), shared=False)


def _read_key(path: str) -> bytes | None:
    try:
        with open(path, "rb") as handle:
            key = handle.read(KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(key) != KEY_BYTES:
        raise OSError(f"{path} holds {len(key)} bytes, not {KEY_BYTES}")
    return key


def _make_key(path: str) -> bytes:
    """Write a fresh key, or return the one that another process wrote first.

    The key is written aside and linked into place whole, so that no process reads half of it.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    aside = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    key = os.urandom(KEY_BYTES)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
    finally:
        os.close(handle)
    try:
        os.link(aside, path)
    except FileExistsError:
        key = _read_key(path) or key
    except OSError:
        # A file system without hard links: the last writer of a race wins, and is read back.
        os.replace(aside, path)
        return _read_key(path) or key
    os.unlink(aside)
    return key


class Identity(NamedTuple):
    """The names that must not be recorded, and the pseudonyms that stand for them."""

    host: str
    user: str
    home: str
    node_key: tuple[str, ...]
    node_label: str
    user_label: str
    container: str | None


def identify(
    pseudonyms: Pseudonyms,
    *,
    root: str = "/",
    environ: Mapping[str, str] | None = None,
    node_label: str | None = None,
    user_label: str | None = None,
) -> Identity:
    """Return who runs this process and where.

    Parameters
    ----------
    pseudonyms:
        Makes the labels.
    root:
        Where ``/proc`` and ``/etc`` are looked for.
    environ:
        The environment; the process's own when not given.
    node_label, user_label:
        What to call the host and the user instead, where they want to be named.
    """
    env = os.environ if environ is None else environ
    host = host_name()
    container = container_runtime(root, env)
    user, home = _user(env), _home(env)
    node_key = _node_key(host, container, root)
    return Identity(
        host=host,
        user=user,
        home=home,
        node_key=node_key,
        node_label=node_label or pseudonyms.label("node", *node_key),
        user_label=user_label or pseudonyms.label("user", user),
        container=container,
    )


def host_name() -> str:
    """Return the name of this host."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "localhost")


def short_name(host: str) -> str:
    """Return a host name without its domain, as resource managers write it."""
    return host.partition(".")[0].lower()


def node_key_of(host: str) -> tuple[str, ...]:
    """Return what names the node ``host`` of a cluster."""
    return (short_name(host),)


def _node_key(host: str, container: str | None, root: str) -> tuple[str, ...]:
    """Return what names this node.

    A cluster's nodes go by their host name alone, so that the nodes of an allocation, known by
    name, are the same ones. A container's host name is made up, so there the boot of the kernel
    stands for the host. A name that many machines have needs the machine's own id.
    """
    if container not in (None, "apptainer"):
        boot = _first_line(root, "proc/sys/kernel/random/boot_id")
        if boot:
            return ("boot", boot)
    if short_name(host) in _GENERIC_HOSTS:
        return (short_name(host), _first_line(root, "etc/machine-id"))
    return node_key_of(host)


def _user(env: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "USERNAME"):
        if env.get(name):
            return env[name]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""


def _home(env: Mapping[str, str]) -> str:
    home = env.get("HOME") or env.get("USERPROFILE") or os.path.expanduser("~")
    return "" if home in ("/", "~") else home.rstrip("/\\")


def container_runtime(root: str = "/", environ: Mapping[str, str] | None = None) -> str | None:
    """Return the kind of container that this process runs in, or None when it sees none."""
    env = os.environ if environ is None else environ
    if env.get("APPTAINER_CONTAINER") or env.get("SINGULARITY_CONTAINER"):
        return "apptainer"
    if env.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if os.path.exists(os.path.join(root, "run/.containerenv")):
        return "podman"
    if os.path.exists(os.path.join(root, ".dockerenv")):
        return "docker"
    groups = _text(root, "proc/self/cgroup")
    for mark, runtime in _CGROUP_MARKS:
        if mark in groups:
            return runtime
    return env.get("container") or None


def _text(root: str, path: str) -> str:
    try:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as handle:
            return handle.read(65536)
    except OSError:
        return ""


def _first_line(root: str, path: str) -> str:
    return _text(root, path).partition("\n")[0].strip()
