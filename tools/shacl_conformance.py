"""Write ``docs/reference/shacl.md``: the W3C test suites, test by test, or check it.

Usage: python tools/shacl_conformance.py [--check]
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/reference/shacl.md"
SUITE = "tests/conformance/test_w3c_shacl.py"
HEAD = """# SHACL

Written by `tools/shacl_conformance.py` from a run of the W3C test suites; do not edit.

`aitia validate` compiles shapes to SPARQL, for any shapes (`--shapes`) and any RDF file. What the
compiler declines is judged by pyshacl, if that is installed, and the report says so: recursive
shapes, constraint components of one's own, SHACL-JS, regular expressions beyond XPath's, and
SPARQL constraints with LIMIT, OFFSET or an aggregate not grouped by `$this`. `--engine pyshacl`
judges all by it.

`aitia validate --node IRI` (`Graph.validate_nodes`) judges some nodes, and those that point at
them, in a store of whatever size: each shape is an automaton over properties, and only what it can
walk to from these nodes is fetched, by SPARQL. What it finds is what judging the whole graph finds
of them. Not judged is what a change can break further off: a node that reaches a touched one only
by a longer path. `aitia validate --endpoint URL` judges what a SPARQL endpoint holds.

A result is compared by focus node, path, value, component, source shape and severity, as often as
it is listed. Both engines are also compared on shapes and graphs made by chance
(`tests/differential/`).
"""
ENGINES = {"component": "pyshacl"}


def outcomes() -> dict[str, dict[str, str]]:
    """Run the suites, and return the outcome of each test by its part."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", SUITE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found: dict[str, dict[str, str]] = {}
    for line in done.stdout.splitlines():
        told = re.match(r"(PASSED|FAILED|SKIPPED|ERROR) \S+::test_(?:core|sparql)\[(\S+)\]", line)
        if told:
            suite, _, name = told[2].partition("/")
            found.setdefault(suite, {})[name] = told[1].lower()
    return found


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for suite, tests in outcomes().items():
        passed = sum(outcome == "passed" for outcome in tests.values())
        parts.append(f"## W3C suite, {suite}: {passed} of {len(tests)}\n")
        parts.append("| test | outcome | judged by |\n|---|---|---|")
        for name, outcome in sorted(tests.items()):
            engine = ENGINES.get(name.partition("/")[0], "compiled")
            parts.append(f"| {name} | {outcome} | {engine} |")
        parts.append("")
    return "\n".join(parts)


def main(words: list[str]) -> int:
    """Write the page, or say whether it is fresh."""
    text = page()
    if "--check" in words:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET.relative_to(ROOT)} is stale; run: python tools/shacl_conformance.py")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
