"""From a feature table to an answer: guard, search, search again in subsamples, tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aitia.errors import CausalError, MissingExtraError
from aitia.records import Record

if TYPE_CHECKING:
    from aitia.causal.design import Design
    from aitia.causal.edges import Found
    from aitia.causal.estimates import Estimates
    from aitia.causal.guards import Line
    from aitia.causal.knowledge import Knowledge
    from aitia.causal.knowledge_file import Given, Overruling
    from aitia.causal.result import Claim, Comparison, Result
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

    @cached_property
    def html(self) -> str:
        """The report as one page that stands alone: no script, nothing loaded from elsewhere."""
        from aitia.causal import page

        return page.html(self.result)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The edges that were found, what concerns the target first."""
        return self.result.claims


@dataclass(frozen=True)
class Options:
    """How to search.

    Attributes
    ----------
    engine:
        ``auto``, or one of ``causal.discover.METHODS``; auto chooses by what the columns hold.
    latent:
        Whether something that was not recorded may act on two of the columns.
    alpha:
        Level of each test of independence, between 0 and 1.
    subsamples:
        How many random halves of the runs are searched to see what comes back; 0 for none.
    seed:
        Of the random halves, 0 or more.
    compare:
        Whether another search, stricter and more lenient ones, and searches without one column
        each are set beside the answer.
    effects:
        Whether the effect of each setting on the target is estimated too.
    through:
        Columns in between, by which the greatest effects are divided; when none are named, those
        that the graph leads through.
    """

    engine: str = "auto"
    latent: bool = False
    alpha: float = 0.05
    subsamples: int = 50
    seed: int = 0
    compare: bool = True
    effects: bool = False
    through: tuple[str, ...] = ()


def analyse(
    table: FeatureTable,
    *,
    target: str | None = None,
    columns: Sequence[str] = (),
    knowledge: Given = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Analysis:
    """Find out what acts on what among the columns of a feature table.

    Parameters
    ----------
    table:
        What was projected, such as by ``aitia.open().features()``.
    target:
        The column that the question is about; None asks about all.
    columns:
        Only these, beside the target; all when empty.
    knowledge:
        A file of background knowledge that overrules the graph (``causal.knowledge_file``).
    progress:
        Called with the subsamples done and to do.
    options:
        Those of ``Options``, by name.

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
    from aitia.causal import design, discover, findings, guards, picture, report
    from aitia.causal.beliefs import beliefs
    from aitia.causal.knowledge_file import stated
    from aitia.causal.result import Result
    from aitia.causal.stability import subsample

    chosen = Options(**options)
    _check(table, chosen)
    began = time.time_ns()
    file = stated(knowledge)
    given, whole = _given(table, file, target, columns)
    guarded = guards.guard(given, target=target)
    made = design.design(guarded, target=target)
    known = whole.among(made.names)
    method = _method(chosen, made)
    raw = discover.METHODS[method].raw
    blocks = [design.raw(column) for column in made.columns] if raw else list(made.blocks)
    how: dict[str, Any] = {"alpha": chosen.alpha, "method": method}
    found = discover.search(made.names, blocks, known, **how)
    drawn: dict[str, Any] = {"draws": chosen.subsamples, "seed": chosen.seed, "progress": progress}
    stability = subsample(made.names, blocks, known, **drawn, **how)
    result = Result(
        table=given,
        target=target,
        design=made,
        lines=(*guarded.lines, *made.lines, *_unused(whole, known, file)),
        knowledge=known,
        found=found,
        stability=stability,
        settings=_settings(chosen, method, latent=discover.METHODS[method].hidden),
        versions=discover.versions(),
        comparison=_compared(made, blocks, known, found, how) if chosen.compare else None,
        beliefs=beliefs(table, file),
        file=file,
        estimates=_estimated(given, target, chosen, found),
    )
    records = findings.records(result, began=began, ended=time.time_ns())
    return Analysis(result.run, report.text(result), picture.svg(result), records, result)


def _given(
    table: FeatureTable, file: Overruling, target: str | None, columns: Sequence[str]
) -> tuple[FeatureTable, Knowledge]:
    """Return the table as a file overrules it, of the columns that are asked for; what is known."""
    from aitia.causal.beliefs import knowledge, overruled

    given = overruled(table, file)
    for entry in file.of("leave_out"):
        if entry["column"] in (target, *columns):
            raise file.refuse(entry, f"{entry['column']} is left out", "a column not asked about")
    if columns:
        wanted = columns if target is None else (*columns, target)
        given = given.select(list(dict.fromkeys(wanted)))
    return given, knowledge(table, file)


def _unused(whole: Knowledge, known: Knowledge, file: Overruling) -> list[Line]:
    """Return a line for each stated arrow that plays no part: one of its ends was left out."""
    from aitia.causal.guards import Line

    stated = {(e["cause"], e["effect"], e["reason"]) for k in ("forbid", "require")
              for e in file.of(k)}  # fmt: skip
    rules = [rule for rule in (*whole.forbidden, *whole.required) if tuple(rule) in stated]
    here = {*known.forbidden, *known.required}
    return [
        Line("knowledge", "", f"what {file.source} says of {rule.cause} → {rule.effect} plays no "
             "part: one of the two is not among the variables")
        for rule in rules if rule not in here
    ]  # fmt: skip


def _settings(chosen: Options, method: str, *, latent: bool) -> dict[str, str | int | float]:
    """Return what the analysis was called with, as it is recorded."""
    settings: dict[str, str | int | float] = {
        "method": method,
        "alpha": chosen.alpha,
        "subsamples": chosen.subsamples,
        "seed": chosen.seed,
        "latent": latent,
    }
    if chosen.through:
        settings["through"] = ", ".join(chosen.through)
    return settings | ({"effects": "estimated"} if chosen.effects else {})


def _estimated(
    given: FeatureTable, target: str | None, chosen: Options, found: Found
) -> Estimates | None:
    if not chosen.effects:
        return None
    from aitia.causal.estimates import Estimates, estimate

    if target is None:
        return Estimates(refused="no target was named")
    how: dict[str, Any] = {"through": chosen.through, "edges": found.edges}
    return estimate(given, target, seed=chosen.seed, **how)


def _method(chosen: Options, made: Design) -> str:
    """Return the search to use; refuse one that cannot do what was asked for."""
    from aitia.causal import discover

    if chosen.engine == "auto":
        return discover.choose(made.blocks, latent=chosen.latent)
    known = discover.METHODS.get(chosen.engine)
    if known is None:
        raise CausalError(
            f"the engine {chosen.engine!r}", expected=f"one of auto, {', '.join(discover.METHODS)}"
        )
    if chosen.latent and not known.hidden:
        able = [name for name, method in discover.METHODS.items() if method.hidden]
        raise CausalError(
            f"latent causes allowed with {chosen.engine}, which assumes that there are none",
            expected=f"the engine {' or '.join(able)}, or auto",
            next_step="choose it, or do not allow latent causes",
        )
    return chosen.engine


def _compared(
    made: Design, blocks: list[Any], known: Knowledge, found: Found, how: dict[str, Any]
) -> Comparison:
    from aitia.causal import discover
    from aitia.causal.result import Comparison
    from aitia.causal.sensitivity import sensitivity

    other = discover.second(how["method"])
    theirs = discover.search(made.names, made.blocks, known, alpha=how["alpha"], method=other)
    changes = sensitivity(made.names, blocks, known, found.edges, **how)
    return Comparison(other, theirs.edges, changes)


def _check(table: object, chosen: Options) -> None:
    from aitia.projection.table import FeatureTable

    if not isinstance(table, FeatureTable):
        raise CausalError(
            f"a {type(table).__qualname__} to analyse",
            expected="a FeatureTable",
            next_step="aitia.open().features(), or FeatureTable.of(frame, tiers={...})",
        )
    if chosen.subsamples < 0 or chosen.seed < 0:
        raise CausalError(
            f"subsamples = {chosen.subsamples}, seed = {chosen.seed}",
            expected="whole numbers of 0 or more",
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
