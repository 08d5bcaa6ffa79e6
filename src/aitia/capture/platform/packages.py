"""The installed packages, as one software environment named by its content.

Names and versions come from the names of the ``.dist-info`` folders on ``sys.path``; a metadata
file is opened only where the folder's name lacks the version. Two runs with the same packages used
the same environment, wherever they ran.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from aitia.capture.platform import kept
from aitia.capture.platform.python import Package, interpreter
from aitia.records.codec import encode
from aitia.records.masking import masked
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Member, Record, Used
from aitia.vocabulary.iris import content_iri, slug
from aitia.vocabulary.terms import AITIA

FRAMEWORKS = frozenset(
    (
        *(
            "torch",
            "tensorflow",
            "tensorflow-cpu",
            "tensorflow-gpu",
            "keras",
            "jax",
            "flax",
            "mxnet",
        ),
        *(
            "scikit-learn",
            "xgboost",
            "lightgbm",
            "catboost",
            "paddlepaddle",
            "onnxruntime",
            "fastai",
        ),
        *("transformers", "lightning", "pytorch-lightning", "accelerate", "deepspeed", "timm"),
        *(
            "sentence-transformers",
            "diffusers",
            "peft",
            "trl",
            "vllm",
            "tinygrad",
            "mlx",
            "chainer",
        ),
        *("torch-geometric", "dgl", "ultralytics", "stable-baselines3", "autogluon", "pycaret"),
        *("spacy", "statsmodels", "causal-learn", "haiku", "dm-haiku", "optax", "equinox"),
    )
)
"""Distributions that build and train models."""

_RUNS_OF_MARKS = re.compile(r"[-_.]+")


class Environment(NamedTuple):
    """A set of packages; ``digest`` is the SHA-256 of their sorted purls, one a line."""

    digest: str
    packages: tuple[Package, ...]

    @property
    def iri(self) -> str:
        """The IRI of the environment, which follows from its content alone."""
        return content_iri(self.digest)

    @property
    def label(self) -> str:
        """How many packages there are, and for which interpreter."""
        python = interpreter()
        return f"{len(self.packages)} packages for {python.name} {python.version}"


_known: dict[tuple[str, ...], Environment] = {}


def environment(paths: Sequence[str] | None = None, prefix: str | None = None) -> Environment:
    """Return the environment of this process; what was read once is kept.

    Parameters
    ----------
    paths:
        Where packages are looked for: ``sys.path`` when not given.
    prefix:
        Where a conda environment keeps its list: ``sys.prefix`` when not given.
    """
    key = (sys.prefix if prefix is None else prefix, *(sys.path if paths is None else paths))
    found = _known.get(key)
    if found is None:
        found = _known[key] = _read(key[1:], key[0])
    return found


def _read(paths: Sequence[str], prefix: str) -> Environment:
    packages = {interpreter()}
    seen: set[str] = set()
    for path in dict.fromkeys(paths):
        here = {package for package in distributions(path or ".") if package.name not in seen}
        seen |= {package.name for package in here}
        packages |= here
    packages |= set(conda_packages(prefix))
    ordered = tuple(sorted(packages))
    lines = "".join(f"{package.purl}\n" for package in ordered)
    return Environment(sha256(lines.encode()).hexdigest(), ordered)


def distributions(folder: str) -> Iterator[Package]:
    """Yield the Python packages that are installed in one folder of ``sys.path``."""
    for entry in _names(folder):
        stem, dot, kind = entry.rpartition(".")
        if not dot or kind not in ("dist-info", "egg-info") or stem.startswith("~"):
            continue
        name, _, version = stem.partition("-")
        if kind == "egg-info":
            # An egg's name goes on with the Python version, and may lack its own.
            version = version.partition("-py")[0] or _stated_version(folder, entry)
        if name and version:
            yield _pypi(name, version)


def _pypi(name: str, version: str) -> Package:
    plain = _RUNS_OF_MARKS.sub("-", name).lower()
    return Package(f"pkg:pypi/{slug(plain)}@{slug(version)}", plain, version)


def _stated_version(folder: str, entry: str) -> str:
    for path in (os.path.join(folder, entry, "PKG-INFO"), os.path.join(folder, entry)):
        try:
            with open(path, encoding="utf-8", errors="replace") as handle:
                for line in handle.read(8192).splitlines():
                    if line.startswith("Version:"):
                        return line.removeprefix("Version:").strip()
        except OSError:
            continue
    return ""


def conda_packages(prefix: str) -> Iterator[Package]:
    """Yield the packages of a conda environment, by the names of the files in ``conda-meta``."""
    for entry in _names(os.path.join(prefix, "conda-meta")):
        parts = entry.removesuffix(".json").rsplit("-", 2)
        if entry.endswith(".json") and len(parts) == 3:
            name, version, build = parts
            purl = f"pkg:conda/{slug(name)}@{slug(version)}?build={slug(build)}"
            yield Package(purl, name, version)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


class PackagesAdapter:
    """Records the software environment of a run.

    Parameters
    ----------
    directory:
        Where what is recorded of it is kept for other runs; empty for nowhere.
    """

    name = "packages"

    def __init__(self, directory: str = "") -> None:
        self._directory = directory

    def start(self, scope: Scope) -> None:
        """Record the environment; its members only when no run around this one did."""
        write = getattr(scope, "write", None)
        if scope.nested or not self._directory or write is None:
            for record in _records(environment(), with_members=not scope.nested):
                scope.emit(record)
        else:
            write(self._lines())

    def stop(self, scope: Scope) -> None:
        """Do nothing: what is installed while a run goes on is not followed."""

    def _lines(self) -> bytes:
        wanted = kept.key(sys.path, sys.prefix)
        lines = kept.load(self._directory, wanted)
        if lines is None:
            found = environment()
            lines = b"".join(encode(masked(one)) for one in _records(found, with_members=True))
            kept.save(self._directory, wanted, lines)
        return lines


def _records(found: Environment, *, with_members: bool) -> Iterator[Record]:
    yield Entity(found.iri, AITIA.SoftwareEnvironment, found.label, found.digest)
    yield Used("", found.iri, relation=AITIA.usedEnvironment)
    for package in found.packages if with_members else ():
        kind = AITIA.MLFramework if package.name in FRAMEWORKS else AITIA.SoftwarePackage
        facts = {AITIA.packageUrl: package.purl, AITIA.versionLabel: package.version}
        yield Entity(package.purl, kind, package.name, attributes=facts)
        yield Member(found.iri, package.purl)
