from __future__ import annotations

from pathlib import Path

import pytest

from aitia.errors import ValidationError
from aitia.validation.engine import validate
from aitia.validation.profiles import load

MINE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:Mine> a sh:NodeShape ; sh:targetNode <urn:x:a> ;
    sh:severity sh:Warning ; sh:property <urn:x:Label> .
<urn:x:Label> sh:path <http://www.w3.org/2000/01/rdf-schema#label> ; sh:minCount 1 ;
    sh:severity sh:Warning ; sh:message "Name it."@en , "Nenne es."@de .
"""


def test_severities_are_folders() -> None:
    assert {shape.severity.rpartition("#")[2] for shape in load(("may",)).shapes.roots()} == {
        "Info"
    }
    both = load(("must", "should"))
    assert len(both.shapes.roots()) > len(load(("must",)).shapes.roots())


def test_a_profile_is_compiled_once() -> None:
    assert load(("must",)) is load(("must",))
    assert load(("should", "must")) is load(("must", "should"))


def test_files_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(MINE, encoding="utf-8")
    (result,) = validate(b"", load((), (str(path),))).results
    assert (result.severity, result.message) == ("should", "Name it.")
    assert result.focus == "urn:x:a"


def test_an_unknown_severity() -> None:
    with pytest.raises(ValidationError, match="expected one of must, should, may"):
        load(("perhaps",))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("mine.txt", MINE, "expected a name that ends in .ttl"),
        ("mine.ttl", "this is no Turtle", "cannot be read"),
        ("mine.ttl", MINE.replace("<http://www.w3.org/2000/01/rdf-schema#label>", "[]"), "path"),
    ],
)
def test_a_file_that_is_no_shapes(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match=says):
        load((), (str(path),))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        load((), (str(tmp_path / "none.ttl"),))
