"""The Python interpreter, as a software package."""

from __future__ import annotations

import sys
from typing import NamedTuple

_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "rustpython": "RustPython"}
_STAGES = {"alpha": "a", "beta": "b", "candidate": "rc", "final": ""}


class Package(NamedTuple):
    """A piece of software by its package URL (purl)."""

    purl: str
    name: str
    version: str


def interpreter() -> Package:
    """Return the implementation of Python that runs here, such as ``pkg:generic/cpython@3.11.7``.

    The version is that of the implementation, which for PyPy is not that of the language.
    """
    found = sys.implementation
    number = ".".join(map(str, found.version[:3]))
    stage = _STAGES[found.version.releaselevel]
    version = f"{number}{stage}{found.version.serial}" if stage else number
    purl = f"pkg:generic/{found.name}@{version}"
    return Package(purl, _NAMES.get(found.name, found.name), version)
