"""From a feature table to an answer: guard, search, search again in subsamples, tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aitia.errors import CausalError, MissingExtraError
from aitia.records import Record

if TYPE_CHECKING:
    from aitia.causal.result import Claim, Result
    from aitia.projection.table import FeatureTable


@dataclass(frozen=True)
class Analysis:
    """The answer, in every form that it is wanted in.

    Attributes
    ----------
    run:
        UUID of the analysis; the same table, settings and versions give the same one.
    text:
        The report in plain words.
    svg:
        The picture, as one ``<svg>`` element.
    records:
        The findings, to be adopted into the graph.
    result:
        What they were all made from.
    """

    run: str
    text: str
    svg: str
    records: tuple[Record, ...]
    result: Result = field(repr=False, compare=False)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The edges that were found, what concerns the target first."""
        return self.result.claims


def analyse(
    table: FeatureTable,
    *,
    target: str | None = None,
    alpha: float = 0.05,
    subsamples: int = 50,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Analysis:
    """Find out what acts on what among the columns of a feature table.

    Parameters
    ----------
    table:
        What was projected, such as by ``aitia.open().features()``.
    target:
        The column that the question is about; None asks about all.
    alpha:
        Level of each test of independence, between 0 and 1.
    subsamples:
        How many random halves of the runs are searched to see what comes back; 0 for none.
    seed:
        Of the random halves, 0 or more.
    progress:
        Called with the subsamples done and to do.

    Returns
    -------
    Analysis
        Claims, report, picture and records. The same arguments give the same.

    Raises
    ------
    CausalError
        When the table, or an argument, does not allow an answer; the message says why.
    MissingExtraError
        When causal-learn, numpy or scipy is not installed.
    """
    _require()
    from aitia.causal import design, discover, findings, guards, knowledge, picture, report
    from aitia.causal.result import Result
    from aitia.causal.stability import subsample

    _check(table, subsamples, seed)
    began = time.time_ns()
    guarded = guards.guard(table, target=target)
    made = design.design(guarded, target=target)
    known = knowledge.Knowledge.of(made.columns, table.tiers)
    found = discover.search(made.names, made.blocks, known, alpha=alpha)
    stability = subsample(
        made.names, made.blocks, known, draws=subsamples, seed=seed, alpha=alpha, progress=progress
    )
    result = Result(
        table=table,
        target=target,
        design=made,
        lines=(*guarded.lines, *made.lines),
        knowledge=known,
        found=found,
        stability=stability,
        settings={"method": "pc", "alpha": alpha, "subsamples": subsamples, "seed": seed},
        versions=discover.versions(),
    )
    return Analysis(
        run=result.run,
        text=report.text(result),
        svg=picture.svg(result),
        records=findings.records(result, began=began, ended=time.time_ns()),
        result=result,
    )


def _check(table: object, subsamples: int, seed: int) -> None:
    from aitia.projection.table import FeatureTable

    if not isinstance(table, FeatureTable):
        raise CausalError(
            f"a {type(table).__qualname__} to analyse",
            expected="a FeatureTable",
            next_step="aitia.open().features(), or FeatureTable.of(frame, tiers={...})",
        )
    if subsamples < 0 or seed < 0:
        raise CausalError(
            f"subsamples = {subsamples}, seed = {seed}", expected="whole numbers of 0 or more"
        )


def _require() -> None:
    from importlib.util import find_spec

    for module, package in (
        ("numpy", "numpy"),
        ("scipy", "scipy"),
        ("causallearn", "causal-learn"),
    ):
        if find_spec(module) is None:
            raise MissingExtraError(package, extra="causal", purpose="causal discovery")
