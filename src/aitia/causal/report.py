"""The report of an analysis in plain words: the answer first, then what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from aitia.causal.discover import METHODS
from aitia.causal.edges import HALF
from aitia.causal.estimates import sentences
from aitia.causal.guards import Line, listed
from aitia.causal.knowledge import Rule
from aitia.causal.result import Claim, Result
from aitia.query.wording import named

WIDTH = 96

FIRM = 0.5
"""Share of the subsamples from which an edge is told without a perhaps."""

SURE, DOUBTFUL = 0.9, 0.2
"""Shares of subsamples from which an edge is called firm, and below which doubtful."""

SCORES = ("order", "ges", "grasp", "boss", "direct-lingam")
"""Searches that have no level of a test."""

_LEFT_OUT = {
    "constant": "as they never varied",
    "near-constant": "as they hardly varied",
    "derived": "as they sum up the same as others",
    "copy": "as they repeat others",
    "near-copy": "as they can hardly be told from others (rank correlation)",
    "sum": "as they are exact combinations of others",
    "determined": "as others determine them",
    "sampling": "as they only tell",
    "identifier": "as they only name the runs",
    "levels": "as they have too many levels to compare",
    "missing": "as they have too many gaps",
}

CAVEATS = (
    "An arrow says that the data, under the assumptions, show no other explanation; it is a "
    "hypothesis to test by an experiment, not its result.",
    "A missing arrow says little: with {rows} runs only strong relations show.",
    "Shares are not probabilities. In trials with known answers all links above 90 % were true, "
    "and most between 20 % and 90 %; below 20 % one in ten was by the search over orders, and more "
    "than half by PC, which misses links when runs are few. No share shows errors that all samples "
    "have in common, such as an unrecorded common cause.",
    "To rank settings by how much they matter, compare randomised runs, or estimate effects "
    "adjusted for the whole recorded configuration; both do that better than a discovered graph.",
)


def text(result: Result) -> str:
    """Return the report, ``WIDTH`` characters wide."""
    parts = [
        f"{question(result)}\n{sample(result)}",
        "\n".join(_answer(result)),
        "\n".join(_table(result)),
        _section("Effects of the settings", _effects(result)),
        _section("Left out, repaired, remarked", remarks(result.lines)),
        _section("Assumptions", [f"{a.label}: {a.text}" for a in result.assumptions]),
        _section("Set against what was known", against(result)),
        _section("Set against other searches", compared(result)),
        _section("How to read it", [c.format(rows=result.design.size) for c in CAVEATS]),
        _section("To repeat it", _provenance(result)),
    ]
    told = "\n\n".join(part for part in parts if part) + "\n"
    return named(told, result.table.called)


def question(result: Result) -> str:
    """Return what was asked."""
    return f"What acts on {result.target}?" if result.target else "What acts on what?"


def sample(result: Result) -> str:
    """Return how many runs and variables were looked at, and how."""
    rows, columns = result.design.size, len(result.design.columns)
    of = f"{rows} of {len(result.table)}" if rows != len(result.table) else str(rows)
    return f"{of} runs, {columns} variables, {_method(result)}"


def _method(result: Result) -> str:
    method = str(result.settings.get("method", ""))
    words = METHODS[method].words if method in METHODS else method
    return words if method in SCORES else f"{words} at alpha {result.settings.get('alpha')}"


def answer(result: Result) -> Iterator[tuple[str, list[Claim | str]]]:
    """Yield the answer in parts: what links, in words, and the claims or names it links.

    A claim stands where its figures belong beside it.
    """
    if result.target is None:
        return
    causes, undecided = result.causes(result.target), result.undecided(result.target)
    hidden = [c.edge.source for c in undecided if c.edge[1:] == (result.target, HALF)]
    others = [next(n for n in claim.edge[:2] if n != result.target) for claim in undecided]
    others = [name for name in others if name not in hidden]
    firm = [claim for claim in causes if claim.linked is None or claim.linked >= FIRM]
    parts: tuple[tuple[str, Sequence[Claim | str]], ...] = (
        ("Directly", firm),
        ("Perhaps directly", [claim for claim in causes if claim not in firm]),
        ("Acting on it, or something hidden on both", hidden),
        ("Linked, direction not known", others),
        ("Through these", _behind(result, [claim.edge.source for claim in causes])),
    )
    yield from ((word, list(told)) for word, told in parts if told)


def no_answer(result: Result) -> str:
    """Return what is said where nothing was found."""
    return (
        f"Nothing was found to act on {result.target} directly. That is no proof that nothing "
        f"does: {result.design.size} runs show only strong relations."
    )


def _answer(result: Result) -> Iterator[str]:
    if result.target is None:
        yield from _filled(f"{len(result.claims)} edges were found.")
        return
    parts = list(answer(result))
    for word, told in parts:
        names = [item if isinstance(item, str) else _cause(item) for item in told]
        yield from _filled(f"{word}: {listed(names, most=8)}.")
    if not parts:
        yield from _filled(no_answer(result))


def remarks(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the lines, those on columns left out for one kind of reason as one."""
    for kind, words in _LEFT_OUT.items():
        told = [
            f"{line.column} ({line.brief})" if line.brief else line.column
            for line in lines
            if line.kind == kind
        ]
        if told:
            yield f"left out, {words}: {', '.join(told)}"
    for line in lines:
        if line.kind not in _LEFT_OUT:
            yield line.text


def _cause(claim: Claim) -> str:
    facts = []
    if claim.linked is not None:
        facts.append(f"{claim.linked:.0%} of subsamples")
    if claim.correlation is not None:
        facts.append(f"correlation {claim.correlation:+.2f}")
    return f"{claim.edge.source} ({', '.join(facts)})" if facts else claim.edge.source


def _behind(result: Result, causes: list[str]) -> list[str]:
    """Return what acts on the direct causes, step by step backwards."""
    seen, queue = set(causes), list(causes)
    found = []
    for name in queue:
        for claim in result.causes(name):
            source = claim.edge.source
            if source not in seen:
                seen.add(source)
                queue.append(source)
                found.append(source)
    return found


def _table(result: Result) -> Iterator[str]:
    if not result.claims:
        yield "No edge was found."
        return
    heads = ("cause", "", "effect", "linked", "these ends", "correlation", "FDR", "")
    rows = [heads, *(_row(claim, firmness(result, claim)) for claim in result.claims)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        cells = [
            cell.rjust(width) if 2 < i < 7 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    if result.stability.draws:
        draws, size = result.stability.draws, result.stability.size
        yield f"linked, these ends: share of {draws} random samples of {size} runs"
    yield from missed(result)


def missed(result: Result) -> Iterator[str]:
    """Yield the pairs that half of the samples link and the whole does not."""
    for one, other, share in result.missed():
        yield f"not above, though linked in {share:.0%} of the samples: {one}, {other}"


def firmness(result: Result, claim: Claim) -> str:
    """Return how firm a claim is, in a word; nothing where there is nothing to say."""
    if claim.edge[:2] in {rule[:2] for rule in result.knowledge.required}:
        return "known"
    if claim.linked is None or DOUBTFUL <= claim.linked < SURE:
        return ""
    return "firm" if claim.linked >= SURE else "doubtful"


def _row(claim: Claim, word: str) -> tuple[str, ...]:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.0%}"

    correlation = "" if claim.correlation is None else f"{claim.correlation:+.2f}"
    source, target, marks = claim.edge
    shares = share(claim.linked), share(claim.oriented)
    return source, marks, target, *shares, correlation, rate(claim.log_q), word


def rate(log_q: float | None) -> str:
    """Return a rate of false discoveries as it is shown: one too small to matter by its order."""
    if log_q is None:
        return ""
    tens = log_q / math.log(10)
    return f"{math.exp(log_q):.2g}" if tens > -3 else f"≤ 1e{math.ceil(tens)}"


def _effects(result: Result) -> Iterator[str]:
    if result.estimates is not None:
        yield from sentences(result.estimates)


def against(result: Result) -> Iterator[str]:
    """Yield where the data disagree with what was known, in words."""
    for rule in result.found.contradicted:
        yield f"{rule.cause} and {rule.effect} are not independent, though {rule.reason}"
    for rule in result.found.unsupported:
        yield unseen(rule)


def unseen(rule: Rule) -> str:
    """Return that the data show nothing of an arrow that is known to be."""
    return (
        f"{rule.cause} → {rule.effect} is drawn as it is known ({rule.reason}); the data show "
        "nothing of it"
    )


def compared(result: Result) -> Iterator[str]:
    """Yield what other searches say, and what would change the answer, in words."""
    if result.comparison is not None:
        yield from result.comparison.sentences(result.found.edges)
        yield from result.comparison.changes.sentences()
    yield from result.found.remarks


def _provenance(result: Result) -> Iterator[str]:
    asked = f"query {result.table.question}, " if result.table.question else ""
    yield f"table: {asked}sha256 {result.table.digest}"
    yield "settings: " + ", ".join(f"{name} {value}" for name, value in result.settings.items())
    yield "software: " + ", ".join(f"{name} {value}" for name, value in result.versions.items())
    yield f"analysis: urn:uuid:{result.run}"


def _section(title: str, lines: Iterable[str]) -> str:
    items = ["\n".join(_filled(line, "- ", "  ")) for line in lines]
    return "\n".join([title, *items]) if items else ""


def _filled(sentence: str, first: str = "", others: str = "") -> list[str]:
    return wrap(
        sentence,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
