"""Every question of the library on a large store of realistic run graphs: median of three.

``--quads N`` says how many quads (10,000,000), ``--at FOLDER`` keeps the store there, or takes the
one that is there. Parameters that may be left open are given one value each: one run, one model,
one decision, as a person asks. Questions whose header says ``analytical: true`` go over everything.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from aitia.errors import AitiaError
from aitia.query.catalog import OPEN, Question, load
from aitia.query.limited import LimitedStore
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore

QUADS = 10_000_000
LIMIT_SECONDS = 6.0
GOAL_MS, ANALYTICAL_MS = 100.0, 2000.0

KINDS = {
    "run": "aitia:TrainingRun",
    "decision": "aitia:Decision",
    "answer": "aitia:Prediction",
    "system": "aitia:AISystem",
    "older": "aitia:AISystem",
    "newer": "aitia:AISystem",
    "record": "aitia:DataRecord",
    "model": "aitia:Model",
    "data": "aitia:Dataset",
    "dataset": "aitia:Dataset",
    "device": "aitia:GPU",
    "node": "aitia:ComputeNode",
    "analysis": "aitia:CausalAnalysis",
}
OF_WORKFLOWS = frozenset({"tasks", "activities", "retries", "bottlenecks", "unused-outputs"})
OF_AGENTS = frozenset({"authorisation", "limits"})
FILES = {"upstream": "aitia:Model", "downstream": "aitia:Artifact"}


COMMIT = "aitia:partOfExecution/aitia:ranRevision/aitia:commitHash"


class Row(NamedTuple):
    """One question: how many rows, the median times in milliseconds; why it failed.

    ``cpu_ms`` is processor time of this process and of those that answer, where Linux tells it.
    """

    name: str
    analytical: bool
    rows: int
    ms: float
    cpu_ms: float
    fault: str = ""

    @property
    def goal(self) -> float:
        """The most that it should take."""
        return ANALYTICAL_MS if self.analytical else GOAL_MS


class Examples:
    """Sensible values of parameters, taken from the store."""

    def __init__(self, store: LimitedStore) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    def parameters(self, question: Question) -> dict[str, object]:
        """Return values for the parameters that are open or must be given."""
        given: dict[str, object] = {}
        for name, parameter in question.parameters.items():
            if parameter.default is not None and parameter.default != OPEN:
                continue
            value = self._value(question.name, name)
            if value:
                given[name] = value
        return given

    def _value(self, question: str, name: str) -> str | list[str]:
        if name == "commit":
            task = f'?task rdfs:label "{self._value(question, "task")}"'
            return [self._one(f"{task} ; {COMMIT} ?x", number) for number in (0, 1)]
        if name == "file":
            return self._one(f"?x a {FILES[question]} ; prov:wasGeneratedBy ?task")
        if name in ("left", "right"):
            return self._run("aitia:TrainingRun", 0 if name == "left" else 5)
        if name == "run" and question in OF_WORKFLOWS:
            return self._run("aitia:DataTransformation")
        if name == "run" and question in OF_AGENTS:
            return self._run("aitia:ToolInvocation")
        if name == "run":
            return self._run("aitia:TrainingRun")
        if name == "package":
            return "package-7"
        if name == "task":
            return self._one("?task a aitia:TaskRun ; rdfs:label ?x")
        return self._one(f"?x a {KINDS[name]}") if name in KINDS else ""

    def _run(self, kind: str, offset: int = 0) -> str:
        return self._one(f"?a a {kind} ; aitia:partOfExecution ?x . ?x a aitia:WorkflowRun", offset)

    def _one(self, pattern: str, offset: int = 0) -> str:
        if (key := f"{pattern} {offset}") not in self._known:
            query = f"SELECT DISTINCT ?x {{ {pattern} }} LIMIT 1 OFFSET {offset}"
            found = [row[0].value for row in self._store.select(query).rows if row[0]]
            self._known[key] = found[0] if found else ""
        return self._known[key]


def measure(store: LimitedStore, question: Question, given: dict[str, object]) -> Row:
    """Ask a question three times."""
    analytical = question.analytical
    times, spent, rows = [], [], 0
    for _ in range(3):
        began, before = time.perf_counter(), _processor_ms()
        try:
            rows = len(ask(store, question, **given))
        except AitiaError as error:
            took = (time.perf_counter() - began) * 1000
            return Row(question.name, analytical, 0, took, took, error.got)
        times.append((time.perf_counter() - began) * 1000)
        spent.append(_processor_ms() - before)
        if times[0] > 5000:
            break
    return Row(question.name, analytical, rows, median(times), median(spent))


def _processor_ms() -> float:
    """Return processor time so far, with that of the processes that answer."""
    own = time.process_time() * 1000
    for process in psutil.Process().children():
        with suppress(OSError):
            told = Path(f"/proc/{process.pid}/schedstat").read_text(encoding="ascii")
            own += int(told.split()[0]) / 1e6
    return own


def show(rows: list[Row]) -> None:
    """Print the table and what it amounts to."""
    within = sum(not row.fault and row.ms <= row.goal for row in rows)
    print(f"within limits: {within} of {len(rows)}; the worst ten by their share of the limit:")
    for row in sorted(rows, key=lambda row: -row.ms / row.goal)[:10]:
        print(f"  {row.name:26} {row.rows:8} rows {row.ms:10.1f} ms of {row.goal:g} {row.fault}")


def main() -> None:
    """Build the store where there is none, and ask everything."""
    parser = argparse.ArgumentParser(prog="python -m bench questions", description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS)
    parser.add_argument("--at", type=Path)
    parser.add_argument("names", nargs="*", help="questions; all when left out")
    options = parser.parse_args(sys.argv[1:])
    if options.at is not None:
        options.at.mkdir(parents=True, exist_ok=True)
        _ask_all(options.at, options.quads, options.names)
        return
    with tempfile.TemporaryDirectory() as folder:
        _ask_all(Path(folder), options.quads, options.names)


def _ask_all(folder: Path, quads: int, names: list[str]) -> None:
    from bench.copies import fill

    path = folder / "store"
    there = path.exists()
    with_store = OxigraphStore(str(path))
    if not there:
        began = time.monotonic()
        made = fill(with_store, folder, quads)
        # What the engine rewrites in the background after a load would be measured otherwise.
        with_store.compact()
        print(f"{made:,} quads in named graphs, made in {time.monotonic() - began:.0f} s")
    limited = LimitedStore(with_store, LIMIT_SECONDS)
    examples, rows = Examples(limited), []
    for question in load().values():
        if names and question.name not in names:
            continue
        row = measure(limited, question, examples.parameters(question))
        mark = "" if row.ms <= row.goal else "  over"
        kind = "analytical" if row.analytical else ""
        times = f"{row.ms:10.1f} ms {row.cpu_ms:8.1f} cpu"
        print(f"{row.name:26} {row.rows:8} {times} {kind}{mark} {row.fault}", flush=True)
        rows.append(row)
    show(rows)
    limited.close()


if __name__ == "__main__":
    main()
