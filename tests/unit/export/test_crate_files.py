"""Files for a crate: only those that are still what was recorded."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.export.crate_files import (
    Copied,
    copy_files,
    file_entity,
    local_path,
    media_type,
)
from aitia.export.facts import Facts
from aitia.export.selection import Statement

NS = "https://w3id.org/aitia/ns#"
THING = "urn:x:file"


def facts(path: Path | str, content: bytes) -> Facts:
    locator = path.as_uri() if isinstance(path, Path) else path
    said = {"sha256": sha256(content).hexdigest(), "locator": locator}
    return Facts(
        Statement(ox.NamedNode(THING), ox.NamedNode(NS + name), ox.Literal(value))
        for name, value in said.items()
    )


def test_a_file_that_is_as_recorded_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "my data ü.csv"
    path.write_bytes(b"a,b\n")
    crate = tmp_path / "crate"
    crate.mkdir()
    found = copy_files(facts(path, b"a,b\n"), [THING, "urn:x:unknown"], str(crate), 100)
    digest = sha256(path.read_bytes()).hexdigest()
    inside = f"data/{digest[:12]}/my data ü.csv"
    assert found == {THING: Copied(inside, 4, "text/csv")}
    assert (crate / inside).read_bytes() == b"a,b\n"
    assert found[THING].identifier == inside.replace(" ", "%20").replace("ü", "%C3%BC")


@pytest.mark.parametrize(
    ("recorded", "limit", "why"),
    [(b"a,b\n", 3, "too large"), (b"other", 100, "changed since")],
)
def test_a_file_that_is_not_copied(tmp_path: Path, recorded: bytes, limit: int, why: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n")
    crate = tmp_path / "crate"
    crate.mkdir()
    assert copy_files(facts(path, recorded), [THING], str(crate), limit) == {}, why
    assert list(crate.iterdir()) == []


def test_what_is_no_file_here_is_not_copied(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "gone", "s3://bucket/x", "file://other.host/etc/passwd"):
        assert copy_files(facts(place, b""), [THING], str(tmp_path), 100) == {}


@pytest.mark.parametrize(
    ("locator", "path"),
    [
        ("file:///a/b%20c", "/a/b c"),
        ("file://localhost/a", "/a"),
        ("file:///caf%E9", "/caf\udce9"),
        ("file://host/a", None),
        ("https://host/a", None),
        ("/a/b", None),
    ],
)
def test_paths_of_locators(locator: str, path: str | None) -> None:
    assert local_path(locator) == path


def test_media_types() -> None:
    assert media_type("x.TRIG") == "application/trig"
    assert media_type("x.json") == "application/json"
    assert media_type("x.unheard-of") == "application/octet-stream"


def test_the_description_of_a_file() -> None:
    assert file_entity(Copied("data/a b.csv", 4, "text/csv"), "a b", {"sha256": "00"}) == {
        "@id": "data/a%20b.csv",
        "@type": "File",
        "name": "a b",
        "contentSize": "4",
        "encodingFormat": "text/csv",
        "sha256": "00",
    }
