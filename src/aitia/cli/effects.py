"""``aitia effects``: what each setting does to an outcome."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option
from aitia.cli.opening import Progress, opened
from aitia.errors import ExportError
from aitia.query.wording import named

if TYPE_CHECKING:
    from aitia.causal.curves import Called
    from aitia.causal.effects import Effect, Effects
    from aitia.causal.mediation import Mediation
    from aitia.causal.refute import Refutation


@click.command("effects")
@click.argument("name", default="training-runs")
@click.option("--outcome", required=True, help="The column that is asked about.")
@click.option("--cause", "causes", multiple=True, help="Only this setting; may be repeated.")
@click.option("--refute", "attempts", is_flag=True, help="Try to refute the first effect shown.")
@click.option("--through", help="How much of the effect of --cause goes through this column.")
@click.option("--between", nargs=2, metavar="FROM TO", help="Values of --cause for --through.")
@click.option("--dot", type=click.Path(dir_okay=False), help="Write the graph for DoWhy (DOT).")
@click.option("--seed", default=0, show_default=True, help="Of the draw of runs and of folds.")
@knowledge_option
@present.json_option
def command(  # noqa: PLR0913 - one parameter per option
    name: str,
    outcome: str,
    causes: tuple[str, ...],
    attempts: bool,
    through: str | None,
    between: tuple[str, str] | None,
    dot: str | None,
    seed: int,
    knowledge: str | None,
    as_json: bool,
) -> None:
    """Estimate what each setting does to OUTCOME, adjusted for the whole recorded configuration.

    NAME is the feature table. Effects are told at values that enough of the runs could have had;
    settings that were drawn at random are told as an experiment.
    """
    from aitia.causal.effects import effects
    from aitia.causal.mediation import mediation
    from aitia.causal.refute import refute

    with opened() as graph:
        table = graph.features(name, knowledge=knowledge)
    if through is not None:
        if len(causes) != 1:
            raise click.UsageError("--through needs one --cause, whose effect is divided.")
        parts = mediation(
            table, causes[0], through, outcome=outcome, values=between or None, seed=seed
        )
        _divide(parts, table.called, as_json)
        return
    with Progress("estimating", "settings") as progress:
        found = effects(table, outcome=outcome, causes=causes, seed=seed, progress=progress)
    tried = refute(table, found.effects[0], seed=seed) if attempts else ()
    if dot is not None:
        _write(dot, found)
    if as_json:
        plain = {"outcome": outcome, "effects": [_plain(e) for e in found.effects]}
        told = {"assumptions": found.assumptions, "remarks": [line.text for line in found.lines]}
        present.emit_json({**plain, **told, "refutations": [t._asdict() for t in tried]})
        return
    _show(found, tried)


def _divide(found: Mediation, called: Called, as_json: bool) -> None:
    parts = {"total": found.total, "direct": found.direct, "indirect": found.indirect}
    if as_json:
        told = {name: part._asdict() for name, part in parts.items()}
        present.emit_json({**found._asdict(), **told})
        return
    start, end = (named(_value(value), called) for value in found.values)
    present.echo(
        f"{found.cause} from {start} to {end}: what it does to {found.outcome}, "
        f"through {found.through} and otherwise ({found.runs} runs)"
    )
    words = {"total": "in all", "direct": "not through it", "indirect": f"through {found.through}"}
    present.rows(
        ("way", "effect", "from", "to", ""),
        [
            (words[name], f"{part.value:+.4g}", f"{part.low:+.4g}", f"{part.high:+.4g}",
             "" if part.clear else "not told apart from none")
            for name, part in parts.items()
        ],
    )  # fmt: skip
    for text in found.assumptions:
        present.aside(f"assumed: {text}")
    present.aside(
        f"to keep it as a finding: aitia report --causal --target {found.outcome} "
        f"--through {found.through}"
    )


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _show(found: Effects, tried: tuple[Refutation, ...]) -> None:
    from aitia.causal.estimates import verdict

    called = found.fit.table.called

    present.rows(
        ("setting", "value", "runs", "mean as it is", "effect", "from", "to", "check", "overlap"),
        [row for effect in found.effects for row in _rows(effect, called)],
    )
    for effect in found.effects:
        present.echo(in_words(effect))
    for why in dict.fromkeys(e.experimental for e in found.effects if e.experimental):
        present.aside(f"experimental: {why}")
    for attempt in tried:
        present.echo(f"{verdict(attempt)}: {attempt.name}: {attempt.text}")
    for text in found.assumptions:
        present.aside(named(f"assumed: {text}", called))
    for line in found.lines:
        present.aside(named(f"note: {line.text}", called))


def in_words(effect: Effect) -> str:
    """Return in a sentence how an effect is known, how great it is, and whether it is clear."""
    how = "adjusted" if effect.experimental is None else "experimental"
    word = "" if effect.clear else "; not told apart from none"
    return (
        f"{effect.cause}: {how}; spans {effect.span:.3g}; permuting it costs "
        f"{effect.importance:.0%} of the spread{word}"
    )


def _rows(effect: Effect, called: Called) -> list[tuple[object, ...]]:
    return [
        (
            effect.cause,
            named(dose.value, called) if isinstance(dose.value, str) else dose.value,
            dose.runs,
            round(dose.naive, 5),
            *(
                (f"{dose.effect:+.4g}", f"{dose.low:+.4g}", f"{dose.high:+.4g}")
                if dose.judged
                else ("not judged", "", "")
            ),
            f"{dose.doubly:+.4g}",
            f"{dose.overlap:.0%}",
        )
        for dose in effect.doses
    ]


def _plain(effect: Effect) -> dict[str, object]:
    doses = [{**dose._asdict(), "judged": dose.judged} for dose in effect.doses]
    return {
        "cause": effect.cause,
        "span": effect.span,
        "clear": effect.clear,
        "experimental": effect.experimental,
        "adjusted": effect.adjusted,
        "importance": effect.importance,
        "doses": doses,
    }


def _write(path: str, found: Effects) -> None:
    from aitia.causal.explain import dot

    try:
        Path(path).write_text(dot(found.fit.settings, found.outcome), encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror})") from error
    present.aside(f"graph in {path}")
