"""What is kept of the packages is found again only for the same packages, and only whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aitia.capture.platform import kept, packages
from aitia.capture.platform.packages import PackagesAdapter
from aitia.records import Record, decode
from aitia.testing.scope import RecordingScope


class Writing(RecordingScope):
    """A scope that takes lines as a run does."""

    def write(self, lines: bytes) -> None:
        for line in lines.splitlines():
            self.emit(decode(line))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    (folder / "six-1.0.dist-info").mkdir(parents=True)
    (folder / "dev.egg-info").mkdir()
    (folder / "dev.egg-info/PKG-INFO").write_text("Version: 0.3\n")
    monkeypatch.setattr(sys, "path", [str(folder), str(tmp_path)])
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return folder


@pytest.fixture
def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def describe(directory: str = str(tmp_path)) -> list[Record]:
        monkeypatch.setattr(packages, "_known", {})
        scope = Writing()
        PackagesAdapter(directory).start(scope)
        return scope.records

    return describe


def test_the_same_is_recorded_with_and_without_what_is_kept(site, described, tmp_path):
    plain = described("")
    first = described()
    assert (tmp_path / kept.FILE).exists()
    again = described()
    assert plain == first == again
    assert len(plain) == 8


def test_what_is_kept_is_what_is_recorded(site, described, tmp_path, monkeypatch):
    first = described()
    monkeypatch.setattr(packages, "environment", lambda: pytest.fail("was read again"))
    assert described() == first


@pytest.mark.parametrize(
    "change",
    [
        lambda site: (site / "new-2.0.dist-info").mkdir(),
        lambda site: (site / "six-1.0.dist-info").rename(site / "six-1.1.dist-info"),
        lambda site: (site / "dev.egg-info/PKG-INFO").write_text("Version: 0.4.1\n"),
        lambda site: (
            (site.parent / "prefix/conda-meta").mkdir(parents=True)
            or (site.parent / "prefix/conda-meta/blas-1-0.json").touch()
        ),
    ],
)
def test_other_packages_are_read(site, described, change):
    first = described()
    change(site)
    changed = described()
    assert changed != first
    assert changed == described("")


def test_other_folders_without_packages_are_the_same(site, tmp_path):
    (tmp_path / "scripts").mkdir()
    one = kept.key([str(site)], "/none")
    assert kept.key([str(tmp_path / "scripts"), str(site)], "/none") == one


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"", lambda data: b"\xff"])
def test_what_is_not_whole_is_not_taken(site, described, tmp_path, damage):
    first = described()
    path = tmp_path / kept.FILE
    path.write_bytes(damage(path.read_bytes()))
    assert described() == first
    assert kept.load(str(tmp_path), kept.key(sys.path, sys.prefix)) is not None


def test_a_folder_that_cannot_be_written_is_passed_over(site, described, tmp_path):
    assert described(str(tmp_path / "missing")) == described("")
