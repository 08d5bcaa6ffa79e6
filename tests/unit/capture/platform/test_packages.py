from __future__ import annotations

import hashlib
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from aitia.capture.platform import packages
from aitia.capture.platform.packages import PackagesAdapter, environment
from aitia.capture.platform.python import interpreter
from aitia.records import Entity, Member, Used
from aitia.testing.scope import RecordingScope
from aitia.vocabulary.iris import content_iri


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_known", {})


def site(folder: Path, *names: str) -> str:
    for name in names:
        (folder / name).mkdir(parents=True)
    return str(folder)


def purls(*paths: str, prefix: str = "/none") -> list[str]:
    found = environment(list(paths), prefix).packages
    return [package.purl for package in found if package != interpreter()]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("numpy-2.1.0.dist-info", "pkg:pypi/numpy@2.1.0"),
        ("scikit_learn-1.5.dist-info", "pkg:pypi/scikit-learn@1.5"),
        ("Zope.Interface-6.0.dist-info", "pkg:pypi/zope-interface@6.0"),
        ("torch-2.3.0+cu121.dist-info", "pkg:pypi/torch@2.3.0%2Bcu121"),
        ("odd-1!2.0.dist-info", "pkg:pypi/odd@1%212.0"),
        ("old-1.0-py3.11.egg-info", "pkg:pypi/old@1.0"),
        ("~umpy-2.1.0.dist-info", None),
        ("numpy", None),
        ("numpy.libs", None),
        ("broken.dist-info", None),
    ],
)
def test_package_url_comes_from_the_name_of_the_folder(
    tmp_path: Path, folder: str, expected: str | None
) -> None:
    assert purls(site(tmp_path, folder)) == ([] if expected is None else [expected])


def test_version_that_the_name_lacks_is_read(tmp_path: Path) -> None:
    path = site(tmp_path, "dev.egg-info")
    (tmp_path / "dev.egg-info/PKG-INFO").write_text("Metadata-Version: 2.1\nVersion: 0.3\n")
    assert purls(path) == ["pkg:pypi/dev@0.3"]


def test_first_folder_on_the_path_wins(tmp_path: Path) -> None:
    first = site(tmp_path / "a", "numpy-2.1.0.dist-info")
    second = site(tmp_path / "b", "numpy-1.26.0.dist-info", "six-1.0.dist-info")
    assert purls(first, second) == ["pkg:pypi/numpy@2.1.0", "pkg:pypi/six@1.0"]


def test_path_entries_that_are_no_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "stdlib.zip").write_text("")
    assert purls(str(tmp_path / "stdlib.zip"), str(tmp_path / "none")) == []


def test_conda_environment(tmp_path: Path) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    (meta / "cuda-nvcc-12.4.0-h1234_0.json").write_text("{}")
    (meta / "history").write_text("")
    assert purls(prefix=str(tmp_path)) == ["pkg:conda/cuda-nvcc@12.4.0?build=h1234_0"]


def test_environment_is_named_by_its_content_wherever_it_lies(tmp_path: Path) -> None:
    here = site(tmp_path / "a", "numpy-2.1.0.dist-info", "six-1.0.dist-info")
    there = site(tmp_path / "b", "six-1.0.dist-info", "numpy-2.1.0.dist-info")
    lines = sorted([interpreter().purl, "pkg:pypi/numpy@2.1.0", "pkg:pypi/six@1.0"])
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    for folder in (here, there):
        assert environment([folder], "/none").digest == digest
    assert environment([here], "/none").iri == content_iri(digest)
    other = site(tmp_path / "c", "numpy-2.1.1.dist-info", "six-1.0.dist-info")
    assert environment([other], "/none").digest != digest


def test_environment_is_read_once(tmp_path: Path) -> None:
    path = site(tmp_path, "numpy-2.1.0.dist-info")
    first = environment([path], "/none")
    site(tmp_path, "six-1.0.dist-info")
    assert environment([path], "/none") is first


def test_this_environment_is_what_the_standard_library_sees() -> None:
    expected = {
        (re.sub(r"[-_.]+", "-", d.metadata["Name"]).lower(), d.version) for d in distributions()
    }
    found = {(p.name, p.version) for p in environment().packages if p.purl.startswith("pkg:pypi")}
    assert found == expected


def start(*, nested: bool = False) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter = PackagesAdapter()
    adapter.start(scope)
    adapter.stop(scope)
    return scope


def test_run_used_the_environment_with_its_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site(tmp_path, "torch-2.3.0.dist-info", "six-1.0.dist-info")
    monkeypatch.setattr(sys, "path", [path])
    monkeypatch.setattr(sys, "prefix", "/none")
    found = environment()
    records = start().records
    python = interpreter()
    assert records[:2] == [
        Entity(
            found.iri,
            "aitia:SoftwareEnvironment",
            f"3 packages for {python.name} {python.version}",
            found.digest,
        ),
        Used("", found.iri, relation="aitia:usedEnvironment"),
    ]
    members = [r.entity for r in records if isinstance(r, Member)]
    assert members == [python.purl, "pkg:pypi/six@1.0", "pkg:pypi/torch@2.3.0"]
    types = {r.id: r.type for r in records if isinstance(r, Entity)}
    assert types["pkg:pypi/torch@2.3.0"] == "aitia:MLFramework"
    assert types["pkg:pypi/six@1.0"] == "aitia:SoftwarePackage"
    (torch,) = (r for r in records if isinstance(r, Entity) and r.label == "torch")
    assert torch.attributes == {
        "aitia:packageUrl": "pkg:pypi/torch@2.3.0",
        "aitia:versionLabel": "2.3.0",
    }


def test_nested_run_repeats_no_package() -> None:
    records = start(nested=True).records
    assert [type(r) for r in records] == [Entity, Used]
    assert isinstance(records[0], Entity)
    assert (records[0].id, records[0].digest) == (environment().iri, environment().digest)
