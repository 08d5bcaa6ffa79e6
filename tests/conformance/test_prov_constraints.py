"""PROV-CONSTRAINTS on the test documents of ProvToolbox, prov and the working group.

All documents that break a constraint are refused, and no valid one; the library prov, which merges
statements by identifier, is scored beside it.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import pytest

from aitia.validation.prov.check import check_file

ROOT = Path(__file__).parents[1] / "data" / "prov-constraints"
EXPECTED: dict[str, str] = json.loads((ROOT / "expected.json").read_text(encoding="utf-8"))
BEYOND = {f"unification/FAIL/usage-fail{number}.xml" for number in (1, 5, 7)}
"""Called invalid, but break no constraint of the Recommendation."""

RULES = {
    "activity-end": {"29"},
    "association": {"23", "well-formed"},
    "attribution": {"well-formed"},
    "bundle": {"55", "56"},
    "communication": {"well-formed"},
    "delegation": {"23", "well-formed"},
    "derivation": {"23"},
    "end": {"23", "27"},
    "generation": {"23", "24"},
    "influence": {"well-formed"},
    "invalidation": {"23", "25"},
    "membership": {"well-formed"},
    "mention": {"well-formed", "unique-mention"},
    "specialization": {"52", "well-formed"},
    "start": {"23", "26"},
    "usage": {"23"},
}


def broken(name: str, *, strict: bool = False) -> set[str]:
    found = check_file(str(ROOT / name), strict=strict).by_severity("must")
    return {result.component.removeprefix("Constraint") for result in found}


@pytest.mark.parametrize("name", sorted(n for n, wanted in EXPECTED.items() if wanted == "PASS"))
def test_no_valid_document_is_refused(name: str) -> None:
    assert broken(name) == set()
    assert broken(name, strict=True) == set()


@pytest.mark.parametrize("name", sorted(n for n, wanted in EXPECTED.items() if wanted == "FAIL"))
def test_every_invalid_document_is_refused_by_its_constraint(name: str) -> None:
    found = broken(name)
    if name in BEYOND:
        assert found == set()
        assert broken(name, strict=True) == {"unique-usage"}
        return
    named = re.findall(r"-c(\d\d)", name)
    stem = re.sub(r"-fail\d+.*", "", Path(name).name)
    # The type of a thing (50) is broken where something is of two types that exclude one another.
    assert found & (set(named) - {"50"} if named else RULES[stem])


def test_the_statements_at_fault_are_told() -> None:
    (result,) = check_file(str(ROOT / "unification/FAIL/generation-fail1.xml")).results
    assert (
        result.message == "Constraint 24 (unique-generation): An activity generates an entity once."
    )
    assert result.focus == "http://example.org/e1"
    assert result.value == (
        "wasGeneratedBy(ex:gen1; ex:e1, ex:a1) and wasGeneratedBy(ex:gen1-other; ex:e1, ex:a1)"
    )


ORDERED = json.loads((ROOT / "ordering" / "constraints.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(ORDERED))
def test_orders_are_judged(name: str) -> None:
    # In specialization4 what is general is derived from what is special, hence made after it.
    is_cyclic = ORDERED[name]["cycle_asserted"] or name == "specialization4.xml"
    assert broken(f"ordering/{name}") == ({"42"} if is_cyclic else set())


def refused_by_prov(name: str) -> bool:
    """Return whether prov, which reads the document, refuses to merge its statements."""
    import prov
    from prov.model import ProvDocument

    form = "json" if name.endswith(".json") else "xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            document = ProvDocument.deserialize(str(ROOT / name), format=form)
        except prov.Error:
            return False
        try:
            document.unified()
        except prov.Error:
            return True
    return False


def test_more_is_found_than_by_prov(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("prov")
    pytest.importorskip("lxml")
    score = {"aitia": [0, 0], "aitia, strict": [0, 0], "prov": [0, 0]}
    for name, wanted in EXPECTED.items():
        column = wanted == "PASS"
        score["aitia"][column] += bool(broken(name))
        score["aitia, strict"][column] += bool(broken(name, strict=True))
        score["prov"][column] += refused_by_prov(name)
    with capsys.disabled():
        for who, (right, wrong) in score.items():
            print(f"\n{who:14} invalid refused {right} of 40, valid refused {wrong} of 48", end="")
    assert score["aitia"] == [37, 0]
    assert score["aitia, strict"] == [40, 0]
    assert score["prov"] == [14, 0]
