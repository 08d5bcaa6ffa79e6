"""Process Run Crates: what the profile requires, read back by the ``rocrate`` library."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rocrate.rocrate import ROCrate

from aitia.errors import ExportError
from aitia.export.rocrate import CONTEXT, METADATA, PROFILE, CrateOptions, write_rocrate
from aitia.export.selection import select
from aitia.records import Ended, Entity, Ref, RunEnded, RunStarted, Started
from aitia.store.canonical import canonical
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

RUN = "8e077096-e943-4091-9833-1649ddf057c8"
T0 = 1_790_000_000_000_000_000
WHEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def full(store: OxigraphStore, keep: Callable[..., str], tmp_path: Path) -> OxigraphStore:
    from hashlib import sha256

    data = tmp_path / "train.csv"
    data.write_bytes(b"a,b\n1,2\n")
    digest = sha256(data.read_bytes()).hexdigest()
    place = {"aitia:locator": data.as_uri(), "aitia:byteSize": 8}
    keep(
        [
            RunStarted(RUN, "sweep", T0),
            Entity(content_iri(digest), "aitia:Dataset", "train.csv", digest, place),
            Started("1", "fit", T0 + 1, used={"data": Ref(content_iri(digest)), "lr": 0.1}),
            Entity("m", "aitia:Model", "model"),
            Ended("1", T0 + 2, generated={"model": Ref("m")}),
            RunEnded(T0 + 3),
        ]
    )
    return store


def written(store: OxigraphStore, folder: Path, **options: Any) -> dict[str, dict[str, Any]]:
    write_rocrate(select(store), str(folder), CrateOptions(published=WHEN, **options))
    graph = json.loads((folder / METADATA).read_bytes())["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph)
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {found for item in value for found in references(item)}
    if isinstance(value, dict):
        return {value["@id"]} if value.keys() == {"@id"} else references(list(value.values()))
    return set()


def test_what_the_profile_requires(full: OxigraphStore, tmp_path: Path) -> None:
    found = written(full, tmp_path / "crate")
    assert json.loads((tmp_path / "crate" / METADATA).read_bytes())["@context"] == CONTEXT
    descriptor, root = found[METADATA], found["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert root["name"] == "Provenance of sweep"
    assert root["description"]
    assert root["datePublished"] == "2026-11-24T07:30:00+00:00"
    assert root["conformsTo"] == {"@id": PROFILE}
    assert found[PROFILE]["@type"] == "CreativeWork"
    tools = {"SoftwareApplication", "SoftwareSourceCode"}
    told = [e for e in found.values() if e["@type"] in ("CreateAction", "ActivateAction")]
    assert {action["@id"] for action in told} == references(root["mentions"])
    assert len(told) == 2
    for action in told:
        assert found[action["instrument"]["@id"]]["@type"] in tools


def test_every_reference_is_described(full: OxigraphStore, tmp_path: Path) -> None:
    found = written(full, tmp_path / "crate")
    known = {"https://w3id.org/ro/crate/1.1", *found}
    assert {r for e in found.values() for r in references(list(e.values()))} <= known


def test_every_file_is_there_and_listed(full: OxigraphStore, tmp_path: Path) -> None:
    found = written(full, tmp_path / "crate")
    files = {entity["@id"] for entity in found.values() if entity["@type"] == "File"}
    held = {
        str(path.relative_to(tmp_path / "crate"))
        for path in (tmp_path / "crate").rglob("*")
        if path.is_file()
    }
    assert files | {METADATA} == held
    assert references(found["./"]["hasPart"]) == files
    assert any(name.endswith("/train.csv") for name in files)
    for name in files:
        size = (tmp_path / "crate" / name).stat().st_size
        assert found[name]["contentSize"] == str(size)


def test_the_whole_provenance_is_inside(full: OxigraphStore, tmp_path: Path) -> None:
    written(full, tmp_path / "crate")
    quads = list(ox.parse(path=str(tmp_path / "crate" / "provenance.trig")))
    again = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    assert canonical(again) == canonical(full.dump(select(full).bundles[0]))
    document = json.loads((tmp_path / "crate" / "provenance.prov.json").read_bytes())
    assert len(document["bundle"]) == 1


def test_the_rocrate_library_reads_it(full: OxigraphStore, tmp_path: Path) -> None:
    written(full, tmp_path / "crate", licence="https://spdx.org/licenses/CC-BY-4.0")
    crate = ROCrate(str(tmp_path / "crate"))
    assert crate.root_dataset["license"]["name"] == "CC-BY-4.0"
    task = crate.dereference(f"urn:uuid:{RUN}#1")
    assert task.type == "CreateAction"
    assert task["instrument"]["name"] == "fit"
    assert [entity["name"] for entity in task["object"]] == ["train.csv", "lr"]
    assert task["object"][0].type == "File"
    assert task["result"]["name"] == "model"


def test_without_a_licence_it_says_so(full: OxigraphStore, tmp_path: Path) -> None:
    found = written(full, tmp_path / "crate")
    licence = found[found["./"]["license"]["@id"]]
    assert licence["name"] == "No licence was chosen"
    assert licence["description"]


def test_large_files_stay_out(full: OxigraphStore, tmp_path: Path) -> None:
    found = written(full, tmp_path / "crate", largest_file=7)
    assert not (tmp_path / "crate" / "data").exists()
    (data,) = (e for e in found.values() if e.get("name") == "train.csv")
    assert (data["@type"], data["contentSize"]) == ("CreativeWork", "8")
    assert data["@id"].startswith("ni:///sha-256;")


def test_an_empty_folder_will_do_and_a_full_one_will_not(
    full: OxigraphStore, tmp_path: Path
) -> None:
    folder = tmp_path / "crate"
    folder.mkdir()
    written(full, folder)
    with pytest.raises(ExportError, match="holds 4 files already"):
        written(full, folder)


def test_a_target_that_cannot_be(full: OxigraphStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="cannot be written"):
        written(full, tmp_path / "file")
    with pytest.raises(ExportError, match="there is no folder"):
        written(full, tmp_path / "a" / "b")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "train.csv"}


def test_the_same_crate_each_time(full: OxigraphStore, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    written(full, one)
    written(full, two)
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()
