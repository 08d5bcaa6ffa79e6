from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from aitia.capture.platform.python import Package, interpreter


class Version(tuple[int, ...]):
    releaselevel = "final"
    serial = 0


class Candidate(Version):
    releaselevel = "candidate"
    serial = 2


def implementation(name: str, kind: type[Version] = Version) -> SimpleNamespace:
    return SimpleNamespace(name=name, version=kind((7, 3, 17)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (implementation("cpython"), Package("pkg:generic/cpython@7.3.17", "CPython", "7.3.17")),
        (implementation("pypy"), Package("pkg:generic/pypy@7.3.17", "PyPy", "7.3.17")),
        (
            implementation("cpython", Candidate),
            Package("pkg:generic/cpython@7.3.17rc2", "CPython", "7.3.17rc2"),
        ),
    ],
)
def test_interpreter_is_a_package(
    monkeypatch: pytest.MonkeyPatch, found: SimpleNamespace, expected: Package
) -> None:
    monkeypatch.setattr(sys, "implementation", found)
    assert interpreter() == expected


def test_this_interpreter() -> None:
    assert interpreter().version == ".".join(map(str, sys.implementation.version[:3]))
