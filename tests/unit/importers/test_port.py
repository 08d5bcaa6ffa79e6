"""Identities of imported things: the same for the same thing, and telling nothing."""

from __future__ import annotations

from uuid import UUID

from aitia.capture.identity import Pseudonyms as ProjectPseudonyms
from aitia.importers.port import FilePseudonyms, Pseudonyms, minted

DIGEST, OTHER = "0f" * 32, "f0" * 32


def test_a_uuid_keeps_its_name_and_anything_else_gets_one() -> None:
    known = "8e077096-e943-4091-9833-1649ddf057c8"
    assert minted("x", "workflow", known.upper()) == known
    made = minted("x", "workflow", "run 7")
    assert UUID(made).version == 5
    assert made == minted("x", "workflow", "run 7")
    others = {minted("y", "workflow", "run 7"), minted("x", "task", "run 7")}
    assert made not in others


def test_file_pseudonyms_depend_on_the_file_and_the_fact() -> None:
    names, others = FilePseudonyms(DIGEST), FilePseudonyms(OTHER)
    assert names.code("node", "a") == FilePseudonyms(DIGEST).code("node", "a")
    assert len({names.code("node", "a"), names.code("node", "b"), others.code("node", "a")}) == 3
    assert names.label("node", "a") == f"node-{names.code('node', 'a')}"
    assert "secret-host" not in names.label("node", "secret-host")
    found = UUID(names.iri("node", "a").removeprefix("urn:uuid:"))
    assert (found.version, found.variant) == (8, "specified in RFC 4122")


def test_the_pseudonyms_of_a_project_will_do() -> None:
    project: Pseudonyms = ProjectPseudonyms(b"k" * 32)
    assert project.iri("node", "a") != FilePseudonyms(DIGEST).iri("node", "a")
