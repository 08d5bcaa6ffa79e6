"""Write ``docs/reference/prov-constraints.md`` from the rules and the test documents, or check it.

Usage: python tools/prov_constraints.py [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from aitia.validation.prov.check import check_file
from aitia.validation.prov.rules import FOLDER, Rule, load

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/reference/prov-constraints.md"
CORPUS = ROOT / "tests/data/prov-constraints"
HEAD = f"""# PROV-CONSTRAINTS

Written by `tools/prov_constraints.py` from the rules and the test documents; do not edit.

`aitia validate --prov-constraints [FILE]` says whether statements can be true together by
[PROV-CONSTRAINTS](https://www.w3.org/TR/prov-constraints/) (W3C Recommendation, 2013): each graph
of the store, or the instances of a document in PROV-JSON, PROV-XML, PROV-N or RDF with PROV-O. The
rules are queries in `{FOLDER}/`, run in Oxigraph over the statements as nodes; Python makes one
what uniqueness says is one, and looks for cycles in the order of events. A report names the
constraint, and the statements at fault in PROV-N; of an impossible order, each step.

An optional place that is left empty is something unknown, but for the plan of an association, the
activity of a delegation, and the activity, generation and usage of a derivation, where it says that
there is none. The place of who is responsible in a delegation may be empty too: the test documents
have it so, PROV-DM has not.
"""
ELSEWHERE = {
    "1-4": ("definitions", "applied as documents are read"),
    "6": (
        "generation-use-communication-inference",
        "nothing follows but what 33, 34, 37 and 50 say of the generation and the usage",
    ),
    "16-18": (
        "alternate-reflexive, -transitive, -symmetric",
        "nothing follows but that entities are entities, which 50 says",
    ),
    "19": ("specialization-transitive", "a path in the queries of 21, 45, 46 and 52"),
    "50": ("typing", "the places of each type in the query of 55"),
}


def rules() -> list[str]:
    """Return the table of the rules."""
    lines = ["## Rules", "", "| number | name | what it says, or where it is | query |"]
    lines.append("|---|---|---|---|")
    rows = [
        (_order(key), f"| {key} | {name} | {how} | |") for key, (name, how) in ELSEWHERE.items()
    ]
    rows += [(_order(rule.number), _row(rule)) for rule in load()]
    return [*lines, *(row for _, row in sorted(rows))]


def _order(number: str) -> int:
    head = number.partition("-")[0]
    return int(head) if head.isdigit() else 99


def _row(rule: Rule) -> str:
    stem = f"{int(rule.number):02d}-{rule.name}" if rule.number.isdigit() else rule.name
    number = rule.number if rule.number.isdigit() else ""
    says = f"{rule.says} Only with `--strict`." if rule.is_beyond else rule.says
    return f"| {number} | {rule.name} | {says} | `{rule.family}/{stem}.rq` |"


def scores() -> list[str]:
    """Return the table of the test documents, and the score."""
    expected: dict[str, str] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
    rows, right, beyond, wrong = [], 0, 0, 0
    for name, wanted in sorted(expected.items()):
        report, strict = (check_file(str(CORPUS / name), strict=mode) for mode in (False, True))
        broken = sorted({result.component.removeprefix("Constraint") for result in report.results})
        also = "" if report.conforms == strict.conforms else " (only with `--strict`: unique-usage)"
        told = ", ".join(broken) or "none"
        rows.append(f"| {name} | {'valid' if wanted == 'PASS' else 'invalid'} | {told}{also} |")
        right += wanted == "FAIL" and not report.conforms
        beyond += wanted == "FAIL" and not strict.conforms
        wrong += wanted == "PASS" and not (report.conforms and strict.conforms)
    invalid = sum(wanted == "FAIL" for wanted in expected.values())
    return [
        "## Test documents",
        "",
        "Half of those of ProvToolbox, prov and the working group (`tests/data/prov-constraints`).",
        "",
        f"- refused of {invalid} called invalid: {right}; with `--strict`: {beyond}. "
        "prov 3.2.3, which merges statements by identifier, refuses 14.",
        f"- refused of {len(expected) - invalid} called valid: {wrong}.",
        "- The three between these numbers have an activity use an entity twice, under two names "
        "or at two times. No constraint of the Recommendation forbids that, and provenance of real "
        "runs has it; `--strict` does.",
        "",
        "| document | called | constraints broken |",
        "|---|---|---|",
        *rows,
    ]


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *rules(), "", *scores(), ""])


def main(words: list[str]) -> int:
    """Write the page, or say whether it is fresh."""
    text = page()
    if "--check" in words:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET.relative_to(ROOT)} is stale; run: python tools/prov_constraints.py")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
