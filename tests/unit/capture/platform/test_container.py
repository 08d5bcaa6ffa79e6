from __future__ import annotations

from pathlib import Path

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.platform import container
from aitia.capture.platform.container import ContainerAdapter, Image
from aitia.capture.redaction import Redactor
from aitia.records import Entity, Used
from aitia.testing.scope import RecordingScope
from aitia.vocabulary.iris import content_iri

DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"CONTAINER_IMAGE": "reg.example/a/b:1"}, Image("reg.example/a/b:1", None)),
        (
            {"AITIA_CONTAINER_IMAGE": f"reg.example/a/b@sha256:{DIGEST}", "CI_JOB_IMAGE": "x"},
            Image("reg.example/a/b", DIGEST),
        ),
        ({"CI_JOB_IMAGE": "b:1", "IMAGE_DIGEST": f"sha256:{DIGEST}"}, Image("b:1", DIGEST)),
        ({"APPTAINER_CONTAINER": "/home/ada/torch.sif"}, Image("/home/ada/torch.sif", None)),
    ],
)
def test_image_is_what_the_environment_says(
    tmp_path: Path, environ: dict[str, str], expected: Image | None
) -> None:
    assert container.find(environ, str(tmp_path)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", None),
        ('engine="podman-4.9"\nimage="docker.io/library/python:3.11"\n', None),
        (f'image="python:3.11"\nimageid="sha256:{DIGEST}"\n', DIGEST),
    ],
)
def test_podman_says_which_image_when_it_may(
    tmp_path: Path, content: str, expected: str | None
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.containerenv").write_text(content)
    found = container.find({}, str(tmp_path))
    assert (found is None) is (content == "")
    if found is not None:
        assert found.digest == expected


def start(
    pseudonyms: Pseudonyms, identity: Identity, root: Path, *, nested: bool = False
) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter = ContainerAdapter(pseudonyms, identity, Redactor(identity), root=str(root))
    adapter.start(scope)
    adapter.stop(scope)
    return scope


@pytest.fixture
def inside(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> Identity:
    for name in (*container.VARIABLES, "IMAGE_DIGEST"):
        monkeypatch.delenv(name, raising=False)
    return identity._replace(container="docker")


def test_run_outside_of_containers_says_nothing(
    pseudonyms: Pseudonyms, identity: Identity, tmp_path: Path
) -> None:
    scope = start(pseudonyms, identity, tmp_path)
    assert (scope.lines, scope.notes) == ([], [])


def test_unnamed_image_is_noted_once(
    pseudonyms: Pseudonyms, inside: Identity, tmp_path: Path
) -> None:
    scope = start(pseudonyms, inside, tmp_path)
    assert scope.lines == []
    assert [kind for kind, _, _ in scope.notes] == ["container"]
    assert start(pseudonyms, inside, tmp_path, nested=True).notes == []


def test_image_with_digest_is_named_by_its_content(
    pseudonyms: Pseudonyms, inside: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTAINER_IMAGE", f"ada:pw@reg.example/lab/torch@sha256:{DIGEST}")
    scope = start(pseudonyms, inside, tmp_path)
    image = scope.records[0]
    assert isinstance(image, Entity)
    assert (image.id, image.digest) == (content_iri(DIGEST), DIGEST)
    assert (image.type, image.label) == ("aitia:ContainerImage", "reg.example/lab/torch")
    assert Used("", image.id, relation="aitia:insideContainer") in scope.records
    inner = start(pseudonyms, inside, tmp_path, nested=True)
    assert inner.records == scope.records


def test_image_without_digest_is_that_of_this_container_alone(
    pseudonyms: Pseudonyms, inside: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTAINER_IMAGE", "torch:latest")
    first = start(pseudonyms, inside, tmp_path).records[0]
    second = start(pseudonyms, inside._replace(host="other"), tmp_path).records[0]
    assert isinstance(first, Entity)
    assert isinstance(second, Entity)
    assert first.label == second.label == "torch:latest"
    assert first.id != second.id


def test_path_of_an_image_names_no_user(
    pseudonyms: Pseudonyms, inside: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPTAINER_CONTAINER", "/home/ada/images/torch.sif")
    scope = start(pseudonyms, inside, tmp_path)
    image = scope.records[0]
    assert isinstance(image, Entity)
    assert image.label == "torch.sif"
    assert image.attributes == {"aitia:locator": "~/images/torch.sif"}
