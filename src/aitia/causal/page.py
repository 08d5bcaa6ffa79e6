"""The report of an analysis as one HTML page that stands alone.

It needs no script, no font and no network. Figures that were computed stand in ``<data>`` elements
with their exact values, which are those that the findings hold (``causal.findings``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from aitia.causal import curves, picture
from aitia.causal.effects import Dose, Effect
from aitia.causal.estimates import Estimates, verdict, way
from aitia.causal.findings import claim_id
from aitia.causal.mediation import Mediation, Part
from aitia.causal.page_style import STYLE
from aitia.causal.report import (
    CAVEATS,
    against,
    answer,
    compared,
    firmness,
    missed,
    no_answer,
    question,
    rate,
    remarks,
    sample,
)
from aitia.causal.result import Claim, Result
from aitia.query.wording import named


def html(result: Result) -> str:
    """Return the page, as text in UTF-8."""
    title = escape(question(result))
    sections = [
        ("graph", "What was found", _graph(result)),
        ("effects", "What each setting does", _effects(result)),
        ("ways", "By which way they go", _ways(result)),
        ("change", "What would change the conclusion", _changes(result)),
        ("before", "What was known beforehand", _known(result)),
        ("guards", "Left out, repaired, remarked", _list(remarks(result.lines))),
        ("assumptions", "What it rests on", _assumptions(result)),
        ("reading", "How to read it", _list(c.format(rows=result.design.size) for c in CAVEATS)),
        ("repeat", "To repeat it", _repeat(result)),
    ]
    kept = [(key, head, body) for key, head, body in sections if body]
    links = "".join(f'<a href="#{key}">{escape(head)}</a>' for key, head, _ in kept)
    bodies = "".join(
        f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{escape(head)}</h2>'
        f"{body}</section>\n"
        for key, head, body in kept
    )
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
        f'<header><h1>{title}</h1><p class="soft">{escape(sample(result))}</p></header>\n'
        f'<main>{_lead(result)}\n<nav aria-label="Parts">{links}</nav>\n{bodies}</main>\n'
        "</body></html>\n"
    )
    return named(page, [(content, escape(name)) for content, name in result.table.called])


def _number(value: float, shown: str) -> str:
    return f'<data value="{value!r}">{escape(shown)}</data>'


def _share(value: float | None) -> str:
    return "" if value is None else _number(value, f"{value:.0%}")


def _signed(value: float | None, form: str = "+.2f") -> str:
    return "" if value is None else _number(value, format(value, form).replace("-", "−"))


def _list(items: Iterable[str]) -> str:
    told = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{told}</ul>" if told else ""


def _wide(inside: str, label: str) -> str:
    """Return what may be wider than the page, in a box that scrolls, also by the keyboard."""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(label)}">{inside}</div>'
    )


def _lead(result: Result) -> str:
    """Return the answer, which comes first."""
    told = [
        f"<p><strong>{escape(word)}:</strong> {', '.join(map(_told, items))}.</p>"
        for word, items in answer(result)
    ]
    if not told and result.target is not None:
        told = [f"<p>{escape(no_answer(result))}</p>"]
    told += [f"<p>{escape(text)}</p>" for text in _strongest(result.estimates)]
    return f'<div class="lead">{"".join(told)}</div>' if told else ""


def _strongest(found: Estimates | None) -> Iterator[str]:
    clear = [effect.cause for effect in found.effects if effect.clear] if found else []
    if clear:
        names = ", ".join(clear)
        yield f"Settings whose effect is told apart from none, the greatest first: {names}."


def _told(item: Claim | str) -> str:
    if isinstance(item, str):
        return escape(item)
    facts = []
    if item.linked is not None:
        facts.append(f"{_share(item.linked)} of subsamples")
    if item.correlation is not None:
        facts.append(f"correlation {_signed(item.correlation)}")
    told = f" ({', '.join(facts)})" if facts else ""
    return f"{escape(item.edge.source)}{told}"


def _graph(result: Result) -> str:
    label = f"Graph of {question(result)}"
    caption = (
        "Arrows lead from what acts to what it acts on, from earlier to later; the wider, the more "
        "of the subsamples show them. The table says the same."
    )
    drawn = _wide(picture.svg(result), label)
    figure = f"<figure>{drawn}<figcaption>{caption}</figcaption></figure>"
    return figure + _edges(result)


def _edges(result: Result) -> str:
    if not result.claims:
        return "<p>No edge was found.</p>"
    heads = (
        '<th scope="col">Claim</th><th scope="col" class="n">Linked</th>'
        '<th scope="col" class="n">With these ends</th><th scope="col" class="n">Correlation</th>'
        '<th scope="col" class="n">False discovery rate</th><th scope="col">Evidence</th>'
    )
    rows = "".join(_edge(result, claim) for claim in result.claims)
    draws, size = result.stability.draws, result.stability.size
    note = (
        f'<p class="note">Linked, with these ends: share of {draws} random samples of {size} runs. '
        "Correlation is of ranks, and no effect. Evidence: the command that lists the runs behind "
        "a claim.</p>"
        if draws
        else ""
    )
    return (
        _wide(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>", "Claims")
        + note
    )


def _edge(result: Result, claim: Claim) -> str:
    source, target, marks = claim.edge
    word = firmness(result, claim)
    found = "" if claim.log_q is None else _number(math.exp(claim.log_q), rate(claim.log_q))
    tag = f' <span class="tag">{word}</span>' if word else ""
    return (
        f'<tr class="{word}"><th scope="row">{escape(source)} '
        f'<span class="arrow">{escape(marks)}</span> {escape(target)}{tag}</th>'
        f'<td class="n">{_share(claim.linked)}</td><td class="n">{_share(claim.oriented)}</td>'
        f'<td class="n">{_signed(claim.correlation)}</td><td class="n">{found}</td>'
        f"<td>{_evidence(f'{result.run}#{claim_id(claim)}')}</td></tr>"
    )


def _evidence(claim: str) -> str:
    command = f"aitia query claim-evidence --claim urn:uuid:{claim}"
    return f"<details><summary>query</summary><code>{escape(command)}</code></details>"


def _effects(result: Result) -> str:
    found = result.estimates
    if found is None:
        return ""
    if found.refused:
        return f"<p>None were estimated: {escape(found.refused)}</p>"
    axis = curves.scale(found.effects)
    intro = (
        "<p>Expected difference from the mean over all values, were every run given the value; the "
        "bars are 95% intervals. Hollow points are not judged: too few runs could have had the "
        "value. All curves have one scale.</p>"
    )
    figures = "".join(_effect(effect, axis, found, result.table.called) for effect in found.effects)
    return f'{intro}<div class="effects">{figures}</div>'


def _effect(effect: Effect, axis: curves.Scale, found: Estimates, called: curves.Called) -> str:
    word = "" if effect.clear else ' <span class="tag">not told apart from none</span>'
    kind = "experimental" if effect.experimental is not None else "adjusted"
    tried = "".join(
        f'<li><span class="{verdict(attempt).replace(" ", "-")}">{verdict(attempt)}</span>: '
        f"{escape(attempt.name)}: {escape(attempt.text)}</li>"
        for attempt in found.tried(effect.cause)
    )
    attempts = f"<details><summary>attempts to refute it</summary><ul>{tried}</ul></details>"
    return (
        f'<figure class="effect"><h3>{escape(effect.cause)} <span class="tag">{kind}</span>{word}'
        "</h3>"
        f"<figcaption>spans {_number(effect.span, f'{effect.span:.3g}')}; permuting it costs "
        f"{_share(effect.importance)} of the spread; {escape(way(effect))}</figcaption>"
        f"{curves.svg(effect, axis, called)}{_doses(effect)}{attempts if tried else ''}</figure>"
    )


def _doses(effect: Effect) -> str:
    heads = "".join(
        f'<th scope="col" class="n">{head}</th>'
        for head in ("Value", "Runs", "Mean as it is", "Effect", "From", "To", "Check", "Overlap")
    )
    rows = "".join(_dose(dose) for dose in effect.doses)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    label = f"Effect of {effect.cause} by value"
    return f"<details><summary>numbers</summary>{_wide(table, label)}</details>"


def _dose(dose: Dose) -> str:
    value = dose.value
    here = (
        _number(value, curves.shown(value))
        if isinstance(value, (int, float))
        else escape(str(value))
    )
    told = [_signed(v, "+.3g") for v in (dose.effect, dose.low, dose.high)]
    if not dose.judged:
        told = ["not judged", "", ""]
    cells = [
        here,
        _number(dose.runs, str(dose.runs)),
        _number(dose.naive, f"{dose.naive:.4g}"),
        *told,
        _signed(dose.doubly, "+.3g"),
        _share(dose.overlap),
    ]
    return f"<tr>{''.join(f'<td class=n>{cell}</td>' for cell in cells)}</tr>"


def _ways(result: Result) -> str:
    found = result.estimates.divided if result.estimates is not None else ()
    if not found:
        return ""
    numbers = ("In all", "Through it", "Not through it")
    heads = '<th scope="col">Setting</th><th scope="col">Through</th>' + "".join(
        f'<th scope="col" class="n">{head}</th>' for head in numbers
    )
    rows = "".join(_way(one) for one in found)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    intro = (
        "<p>How much of an effect passes through what lies in between, and how much does not, with "
        "95% intervals.</p>"
    )
    return intro + _wide(table, "Effects, divided")


def _way(one: Mediation) -> str:
    start, end = (curves.shown(value) for value in one.values)
    cells = "".join(
        f'<td class="n">{_part(part)}</td>' for part in (one.total, one.indirect, one.direct)
    )
    return (
        f'<tr><th scope="row">{escape(one.cause)} <span class="soft">from {escape(start)} to '
        f"{escape(end)}</span></th><td>{escape(one.through)}</td>{cells}</tr>"
    )


def _part(part: Part) -> str:
    ends = f"{_signed(part.low, '+.3g')} to {_signed(part.high, '+.3g')}"
    word = "" if part.clear else "<br/>not told apart from none"
    return f'{_signed(part.value, "+.3g")}<br/><span class="soft">{ends}{word}</span>'


def _changes(result: Result) -> str:
    parts = [
        ("Where the data disagree with what was known", list(against(result))),
        (
            "Other searches, stricter and more lenient ones, and one column less",
            list(compared(result)),
        ),
        ("Pairs that the samples link and the whole does not", list(missed(result))),
    ]
    told = "".join(f"<h3>{head}</h3>{_list(items)}" for head, items in parts if items)
    if result.estimates is not None and result.estimates.refutations:
        told += (
            "<p>An effect that did not survive an attempt to refute it is marked “fell” beside its "
            "curve. Its E-value says how strong an unrecorded common cause would have to be.</p>"
        )
    more = (
        "An invalidated run changes it as well: <code>aitia query stale-claims --analysis "
        f"urn:uuid:{result.run}</code> lists the claims that no longer hold."
    )
    return f"{told}<p>{more}</p>"


def _known(result: Result) -> str:
    sentences = _list(result.knowledge.sentences(result.design.names))
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in belief) + "</tr>"
        for belief in result.overruling
    )
    if not rows:
        return f"<p>All of it is read from the graph.</p>{sentences}"
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Kind", "About", "Value", "Reason", "Stated by")
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f"{sentences}<h3>What overrules the graph</h3>{_wide(table, 'What overrules the graph')}"


def _assumptions(result: Result) -> str:
    pairs = [(assumed.label, assumed.text) for assumed in result.assumptions]
    told = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in pairs)
    effects = result.estimates.assumptions if result.estimates is not None else ()
    more = f"<h3>Of the effects</h3>{_list(effects)}" if effects else ""
    divided = result.estimates.divided if result.estimates is not None else ()
    if divided:
        more += f"<h3>Of their division</h3>{_list(divided[0].assumptions)}"
    return f"<dl>{told}</dl>{more}"


def _repeat(result: Result) -> str:
    table = result.table
    rows = [
        ("table", f"{len(table)} units, {len(table.columns)} columns, sha256 {table.digest}"),
        ("made by", f"query {table.question}" if table.question else "data from elsewhere"),
        ("settings", _pairs(result.settings)),
        ("software", _pairs(result.versions)),
        ("analysis", f"urn:uuid:{result.run}"),
    ]
    if result.overruling:
        rows.append(("knowledge", f"{result.file.path}, sha256 {result.file.digest}"))
    told = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd>" for name, text in rows
    )
    return f"<dl>{told}</dl><pre><code>{escape(_command(result))}</code></pre>"


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _command(result: Result) -> str:
    words = ["aitia report --causal", result.table.question or "NAME"]
    if result.target is not None:
        words.append(f"--target {result.target}")
    words += [f"--{name} {result.settings[name]}" for name in ("alpha", "subsamples", "seed")]
    words.append(f"--engine {result.settings['method']}")
    if result.settings.get("latent"):
        words.append("--latent")
    if result.overruling:
        words.append(f"--knowledge {result.file.path}")
    through = str(result.settings.get("through", ""))
    words += [f"--through {name}" for name in through.split(", ") if name]
    return " ".join(words)
