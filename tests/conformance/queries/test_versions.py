"""Versions are ordered by the question as PEP 440 orders them, in two engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from packaging.version import Version

from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")

QUESTION = load()["vulnerable-package"]
RELEASES = [
    "0",
    "1",
    "1.0.0",
    "1.2",
    "1.2.0.0.3",
    "1.10",
    "1!0.9",
    "20240131123456.1",
    "2.3.4.5.6.7",
]
SUFFIXES = ["", ".dev0", "a", "a1", "alpha2.dev3", "b2", "-beta10", "rc1", ".pre2", "rc1.post2"]
SUFFIXES += [".post1", "-1", ".post1.dev2", ".rev3", "+cu118", "RC2"]
VERSIONS = [release + suffix for release, suffix in product(RELEASES, SUFFIXES)]
BOUNDS = [
    ("0", "1!0"),
    ("1.2rc1", "1.2.post1"),
    ("1.2", "1.10"),
    ("1.0a1", "1"),
    ("1.2.0.0.3", "9"),
]
BOUNDS += [("20240131123456.0.9", "1!0.9"), ("2.3.4.5.6.7.dev1", "2.3.4.5.6.7.1")]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("versions") / "versions.trig"
    items = [
        f'<urn:x:p{i}> a aitia:SoftwarePackage ; rdfs:label "p" ; aitia:versionLabel "{version}" .'
        f" <urn:x:env> prov:hadMember <urn:x:p{i}> ."
        for i, version in enumerate(VERSIONS)
    ]
    path.write_text(
        "@prefix aitia: <https://w3id.org/aitia/ns#> . @prefix prov: <http://www.w3.org/ns/prov#> ."
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<urn:x:g> {\n"
        "<urn:x:run> aitia:usedEnvironment <urn:x:env> .\n" + "\n".join(items) + "\n}\n"
    )
    return path


@cache
def embedded(path: Path) -> OxigraphStore:
    store = OxigraphStore()
    quads = ox.parse(path=str(path), format=ox.RdfFormat.TRIG)
    store.replace({"urn:x:g": ox.serialize(quads, format=ox.RdfFormat.N_QUADS)})
    return store


def public(version: str) -> Version:
    return Version(Version(version).public)


@pytest.mark.parametrize(("first", "after"), BOUNDS)
def test_a_range_holds_the_versions_of_pep_440(
    graph: Path, second_engine: Callable[[Path], Any], first: str, after: str
) -> None:
    wanted = [v for v in VERSIONS if Version(first) <= public(v) < Version(after)]
    assert wanted
    assert len(wanted) < len(VERSIONS)
    bounds = {"from": first, "below": after}
    for store in (embedded(graph), second_engine(graph)):
        found = [row[3] for row in ask(store, QUESTION, **bounds)]
        assert sorted(found) == sorted(wanted)
        assert [public(v) for v in found] == sorted(public(v) for v in found)


@pytest.mark.parametrize("odd", ["", "main", "v", "rc1", "+1"])
def test_what_is_no_version_bounds_nothing(graph: Path, odd: str) -> None:
    assert list(ask(embedded(graph), QUESTION, **{"from": "0", "below": odd})) == []
