"""Write ``docs/reference/questions.md``: which questions are answered, by what, and where.

Usage: python tools/questions.py [--check | --demo FOLDER]

``--demo FOLDER`` asks the graph that ``aitia demo`` left in FOLDER, and keeps the names of what it
answered, and the terms that it lacks for the others, in ``tools/questions-demo.json`` before it
writes the page.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import aitia
from aitia.query.catalog import Question, load
from aitia.query.table import Table
from aitia.reader import Graph

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/reference/questions.md"
ANSWERED = ROOT / "tools/questions-demo.json"
MANIFESTS = ROOT / "tests/conformance/queries"
SETS = {
    "CQ": "Competency questions of the ontology",
    "W": "Questions asked of workflow systems (WORKS'25, the Flowcept agent)",
    "Q": "Questions asked of loops of agents (PROV-Agent-Loop)",
    "R": "Causes and effects of what agents did (PROV-AGENT)",
}
HELD = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?term WHERE {
  {
    SELECT DISTINCT ?used WHERE {
      ?bundle a aitia:CaptureBundle .
      GRAPH ?bundle { { ?subject ?used ?object } UNION { ?subject ?predicate ?used } }
      FILTER(ISIRI(?used) && STRSTARTS(STR(?used), STR(aitia:)))
    }
  }
  ?used (rdfs:subClassOf|rdfs:subPropertyOf)* ?term .
}
"""
HEAD = """# Questions

Written by `tools/questions.py`; do not edit.

Each question is answered by the files of `queries/` that are named beside it.
*Fixture* says whether a test asserts the rows of each of these files in two SPARQL engines, and
that there are none on a graph without the answer. *Demo* says what the graph of `aitia demo` held
when it was last asked: an answer; or all that is asked about and yet no answer (*none found*); or
no answer while it *lacks* the terms that are named, of those that the files mention. It trains
small networks on one machine, so it holds no decisions, plans, agents or queues, and energy only
where the machine lets it be read.
"""


class Asked(NamedTuple):
    """A question as it was asked, before any file answers it."""

    id: str
    text: str
    modules: tuple[str, ...]
    readers: tuple[str, ...]


def asked() -> list[Asked]:
    """Return all questions, in their order."""
    entries = tomllib.loads((ROOT / "queries/competency.toml").read_text(encoding="utf-8"))
    return [
        Asked(
            entry["id"],
            entry["text"],
            tuple(entry.get("modules", ())),
            tuple(entry.get("for", ())),
        )
        for entry in entries["question"]
    ]


def answering() -> dict[str, list[Question]]:
    """Return the files that answer each question."""
    found: dict[str, list[Question]] = {}
    for question in load(str(ROOT / "queries")).values():
        for name in question.answers:
            found.setdefault(name, []).append(question)
    return found


def on_fixtures() -> set[str]:
    """Return the files with asserted rows, and a fixture without any."""
    cases: list[dict[str, Any]] = []
    for path in sorted(MANIFESTS.glob("manifest*.json")):
        cases.extend(json.loads(path.read_text(encoding="utf-8")))
    some = {case["question"] for case in cases if case["expected"] is not None}
    return some & {case["question"] for case in cases if case["expected"] is None}


def on_demo(folder: Path) -> dict[str, list[str] | None]:
    """Return the files that ask the graph of a demonstration: None if it answers, else lacks."""
    found: dict[str, list[str] | None] = {}
    with aitia.open(folder / ".aitia") as graph:
        held = _held(graph)
        runs = [row.run for row in graph.query("runs", status="Completed")]
        data = [row.dataset for row in graph.query("best-hyperparameters")]
        given = {"left": runs[0], "right": runs[-1], "file": data[0]}
        for name, question in sorted(load(str(ROOT / "queries")).items()):
            if not question.answers:
                continue
            needed = [key for key, about in question.parameters.items() if about.required]
            rows = graph.query(name, **{key: given[key] for key in needed})
            asks = set(re.findall(r"\baitia:(\w+)", question.text))
            found[name] = None if len(rows) > 0 else sorted(asks - held)
    return found


def _held(graph: Graph) -> set[str]:
    """Return the terms of the ontology that recorded facts use, with those above them."""
    table = graph.sparql(HELD)
    assert isinstance(table, Table)
    return {row.term.partition("#")[2] for row in table}


def on_demonstration(files: list[Question], demo: dict[str, list[str] | None]) -> str:
    """Return what the graph of the demonstration held of a question."""
    held = [demo[file.name] for file in files if file.name in demo]
    lacking = [lacks for lacks in held if lacks is not None]
    if not held or len(lacking) < len(held):
        return "yes" if held else "not asked"
    terms = sorted({term for lacks in lacking for term in lacks})
    return f"lacks {', '.join(f'`{term}`' for term in terms[:3])}" if terms else "none found"


def row(
    question: Asked, files: list[Question], fixtures: set[str], demo: dict[str, list[str] | None]
) -> list[str]:
    """Return the cells of a question."""
    readers = question.readers or tuple(dict.fromkeys(r for file in files for r in file.audience))
    modules = question.modules or tuple(dict.fromkeys(file.family for file in files))
    return [
        question.id,
        question.text,
        ", ".join(modules),
        ", ".join(readers),
        ", ".join(f"`{file.family}/{file.name}`" for file in files) or "none",
        "yes" if files and all(file.name in fixtures for file in files) else "no",
        on_demonstration(files, demo),
    ]


def page() -> str:
    """Return the whole page."""
    answers, fixtures = answering(), on_fixtures()
    demo = json.loads(ANSWERED.read_text(encoding="utf-8"))
    parts = [HEAD]
    for prefix, title in SETS.items():
        rows = [
            row(question, answers.get(question.id, []), fixtures, demo)
            for question in asked()
            if re.fullmatch(rf"{prefix}\d+", question.id)
        ]
        asserted = sum(cells[5] == "yes" for cells in rows)
        told = [cells[6] for cells in rows]
        answered, nothing = told.count("yes"), told.count("none found")
        parts.append(
            f"\n## {title}\n\n{asserted} of {len(rows)} are answered on fixtures, "
            f"{answered} on the graph of the demonstration; for {nothing} it holds what is asked "
            "about, and no answer.\n\n"
            "| | question | module | for | files | fixture | demo |\n"
            "|---|---|---|---|---|---|---|\n"
        )
        parts.extend(f"| {' | '.join(cells)} |\n" for cells in rows)
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is as it should be."""
    if arguments[:1] == ["--demo"]:
        told = on_demo(Path(arguments[1]))
        ANSWERED.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    made = page()
    if "--check" not in arguments:
        TARGET.write_text(made, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == made:
        return 0
    sys.stderr.write(f"{TARGET} is stale; run: python tools/questions.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
