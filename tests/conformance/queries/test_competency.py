"""The matrix of questions: every one that was asked is answered, and the page says so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.query.catalog import load
from aitia.validation.engine import validate
from aitia.validation.profiles import load as profile

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ASKED = tomllib.loads((ROOT / "queries/competency.toml").read_text(encoding="utf-8"))["question"]
CASES = [c for p in sorted(HERE.glob("manifest*.json")) for c in json.loads(p.read_text())]


def test_the_page_is_what_the_tool_writes() -> None:
    tool = str(ROOT / "tools" / "questions.py")
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_forty_competency_questions_are_asked() -> None:
    assert [q["id"] for q in ASKED if q["id"].startswith("CQ")] == [f"CQ{n}" for n in range(1, 41)]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked["id"])
def test_a_question_is_answered_on_a_fixture_and_not_on_another(asked: dict[str, str]) -> None:
    files = [name for name, question in load().items() if asked["id"] in question.answers]
    assert files
    for name in files:
        mine = [case for case in CASES if case["question"] == name]
        assert any(case["expected"] is not None for case in mine), name
        assert any(case["expected"] is None for case in mine), name


def test_what_the_demonstration_was_asked_is_in_the_library() -> None:
    told = json.loads((ROOT / "tools/questions-demo.json").read_text(encoding="utf-8"))
    assert set(told) <= {name for name, question in load().items() if question.answers}
    assert sum(lacks is None for lacks in told.values()) >= 30


def test_the_page_counts_what_it_lists() -> None:
    page = (ROOT / "docs/reference/questions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| CQ\d+ \|.*\| (yes|no) \| [^|]+ \|$", page, re.MULTILINE)
    assert rows == ["yes"] * 40


@pytest.mark.parametrize("name", ["clinic", "calm"])
def test_a_fixture_keeps_the_rules(name: str) -> None:
    quads = ox.parse(path=str(HERE / f"fixtures/{name}.trig"), format=ox.RdfFormat.TRIG)
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert validate(data, profile(("must",))).results == ()


def test_what_nearly_answers_does_not() -> None:
    decoys = {case["question"] for case in CASES if case["fixture"] == "calm.trig"}
    assert len(decoys) >= 25
