"""Runs a plan on a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

from pyoxigraph import Literal, QuerySolution, QuerySolutions

from aitia.errors import ValidationError
from aitia.validation.dataset import Dataset
from aitia.validation.facts import Guard
from aitia.validation.paths import display
from aitia.validation.plan import Branch, Group, Plan, Select, Spread
from aitia.validation.report import Result
from aitia.validation.shapes import Shape, Term
from aitia.validation.terms import FAILS, FOCUS, decode, encode, held
from aitia.validation.words import bare, make_result

_TOGETHER = 10
_HOLE = re.compile(r"\{[?$](\w+)\}")


class Run:
    """One plan, run on one dataset."""

    def __init__(self, dataset: Dataset, plan: Plan) -> None:
        self.dataset = dataset
        self.plan = plan
        self.times: dict[str, dict[Term, int]] = {}

    def results(self) -> Iterator[Result]:
        """Run the stages in order and yield the results."""
        self.spread()
        for stage in self.plan.stages:
            yield from self.judge([group for group in stage if group.key in self.dataset.keys])

    def spread(self) -> None:
        """Find the focus nodes of shapes that others refer to, and how many ways lead to each."""
        for spread in self.plan.spreads:
            if spread.source not in self.dataset.keys:
                continue
            if not self.dataset.permits(Guard(spread.needs), spread.source):
                continue
            focus = held(FOCUS, spread.source, "?this")
            step = f"?this {spread.path} ?value" if spread.path else "BIND(?this AS ?value)"
            rows = self.select(f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {step} }}")
            judges = self.dataset.judges
            ways = [
                (row["this"], row["value"]) for row in rows if judges(spread.source, row["this"])
            ]
            self.count(spread, ways)
            self.dataset.mark(spread.key, [value for _, value in ways], FOCUS)

    def count(self, spread: Spread, ways: list[tuple[Term, Term]]) -> None:
        """Count the ways to each focus node; being a target is one, however many targets say so."""
        if spread.key not in self.times:
            targets = self.dataset.focus_nodes(spread.key)
            self.times[spread.key] = dict.fromkeys(targets, 1)
        times, before = self.times[spread.key], self.times.get(spread.source, {})
        for this, value in ways:
            more = before.get(this, 1) if spread.again else 1 - times.get(value, 0)
            times[value] = times.get(value, 0) + more

    def judge(self, groups: Sequence[Group]) -> Iterator[Result]:
        """Run the queries of one stage."""
        permits = self.dataset.permits
        asked = [b for group in groups for b in group.branches if permits(b.guard, group.key)]
        failed: dict[str, list[Term]] = {}
        for start in range(0, len(asked), _TOGETHER):
            union = " UNION ".join(branch.text for branch in asked[start : start + _TOGETHER])
            text = f"SELECT DISTINCT ?branch ?this ?value ?path ?other WHERE {{ {union} }}"
            for branch, row in self.violations(text):
                if branch.fails:
                    failed.setdefault(branch.fails, []).append(row["this"])
                else:
                    times = self.times.get(branch.key, {}).get(row["this"], 1)
                    yield from repeat(self.result(branch, row), times)
        for group in groups:
            for select in group.selects:
                for found in self.ask(select, group.key):
                    focus = found["this"]
                    if select.fails:
                        failed.setdefault(select.fails, []).append(focus)
                    else:
                        times = self.times.get(group.key, {}).get(encode(focus), 1)
                        yield from repeat(self.selected(select, found), times)
        for key, nodes in failed.items():
            self.dataset.mark(key, nodes, FAILS)

    def violations(self, text: str) -> Iterator[tuple[Branch, QuerySolution]]:
        """Yield the answers to a query of several branches, for the nodes that are judged."""
        for row in self.select(text):
            branch = self.plan.branches[int(row["branch"].value)]
            if self.dataset.judges(branch.key, row["this"]):
                yield branch, row

    def select(self, text: str) -> QuerySolutions:
        """Run one compiled SELECT."""
        try:
            found = self.dataset.store.query(text)
        except (SyntaxError, ValueError) as error:
            raise ValidationError(f"a shape cannot be asked as SPARQL: {error}") from error
        if not isinstance(found, QuerySolutions):
            raise ValidationError("a compiled shape is no SELECT", expected="a SELECT")
        return found

    def ask(self, select: Select, key: str) -> Iterator[Mapping[str, Term]]:
        """Run a SPARQL constraint on the data as they are, ``$this`` being each focus node."""
        try:
            rows = self.dataset.store.query(select.text, default_graph=self.dataset.native_graph())
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise ValidationError(
                f"the SPARQL constraint of {select.shape.key} fails: {error}",
                expected="a SELECT in SPARQL 1.1",
            ) from error
        if not isinstance(rows, QuerySolutions):
            raise ValidationError(
                f"the SPARQL constraint of {select.shape.key} is no SELECT", expected="a SELECT"
            )
        names = [variable.value for variable in rows.variables]
        for row in rows:
            if self.dataset.judges(key, encode(row["this"])):
                yield {name: row[name] for name in names if row[name] is not None}

    def result(self, branch: Branch, row: QuerySolution) -> Result:
        """Return the result of a compiled constraint."""
        path = row["path"]
        return make_result(
            branch.shape,
            focus=decode(row["this"]),
            path=_path(branch.shape) if path is None else bare(path),
            value=decode(row["value"]) if branch.has_value and row["value"] is not None else None,
            component=branch.component,
        )

    def selected(self, select: Select, row: Mapping[str, Term]) -> Result:
        """Return the result of a SPARQL constraint, its message filled in (SHACL §5.3.2)."""
        bound, shape = dict(row), select.shape
        said = bound.get("message")
        template = said.value if isinstance(said, Literal) else select.message or shape.message

        def fill(match: re.Match[str]) -> str:
            term = bound.get(match[1])
            if term is None:
                return match[0]
            return term.value if isinstance(term, Literal) else bare(term)

        path = bound.get("path")
        return make_result(
            shape,
            focus=bound["this"],
            path=_path(shape) if path is None else bare(path),
            value=bound.get("value", bound["this"] if shape.path is None else None),
            component="SPARQLConstraintComponent",
            message=_HOLE.sub(fill, template),
        )


def _path(shape: Shape) -> str | None:
    return None if shape.path is None else display(shape.path)
