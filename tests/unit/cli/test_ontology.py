from pathlib import Path

import pytest
from click.testing import CliRunner

from aitia.cli.main import command

MODULE = """@prefix lab: <https://example.org/lab#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/lab> a owl:Ontology .
lab:Plate a owl:Class ; rdfs:subClassOf prov:Entity .
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lab.ttl").write_text(MODULE)
    (tmp_path / "aitia.toml").write_text('[ontology]\nextensions = ["lab.ttl"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_extensions_of_the_project_are_checked(project: Path) -> None:
    done = CliRunner().invoke(command, ["ontology", "check", "--fast"])
    assert done.exit_code == 0, done.output
    assert "lab: <https://example.org/lab#>, 1 classes" in done.output
    assert "full reasoning was not done" in done.output


def test_without_java_the_note_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    done = CliRunner().invoke(command, ["ontology", "check", "lab.ttl"])
    assert done.exit_code == 0, done.output
    assert "full reasoning was not done: " in done.output


def test_a_contradiction_is_refused_in_words(project: Path) -> None:
    with (project / "lab.ttl").open("a") as handle:
        handle.write("lab:Odd a owl:Class ; rdfs:subClassOf lab:Plate , prov:Activity .\n")
    done = CliRunner().invoke(command, ["ontology", "check", "lab.ttl"])
    assert done.exit_code == 1
    assert "lab:Odd can have no members" in done.output
    assert "prov:Activity and prov:Entity are disjoint" in done.output


def test_nothing_to_check_says_how_to_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["ontology", "check"])
    assert done.exit_code == 0
    assert "no extensions" in done.output
