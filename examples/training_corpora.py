"""Which corpus makes the better language model? 104 runs of the DataComp scaling study.

aitia import examples/data/dclm/runs.toml && python examples/training_corpora.py

The authors crossed three corpora with four models and eight lengths of training: nearly a full
factorial, so that corpora are compared like with like. The answer depends on what is asked.
"""

from __future__ import annotations

import aitia
from aitia.causal.effects import Effect, effects
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable

RUNS = "DCLM scaling runs"
GRID = ("d=96_l=8_h=4", "d=512_l=8_h=4", "d=576_l=24_h=8", "d=1024_l=24_h=8")
OUTCOMES = ("loss_on_c4", "loss_on_refinedweb", "loss_on_redpajama", "loss_on_ptb", "loss_on_code")


def contrast(table: FeatureTable, outcome: str) -> Effect:
    """Return what the corpus does to an outcome, for the same models and lengths."""
    wanted = ["dataset.training", "model", "multiple", outcome]
    cause = wanted[0]
    return effects(table.select(wanted), outcome=outcome, causes=(cause,))[cause]


def entangled(table: FeatureTable) -> None:
    """Ask a question that these runs cannot answer, and print why not."""
    wanted = ["dataset.training", "model", "tokens", "batch_size", "loss_on_c4"]
    found = effects(table.select(wanted), outcome="loss_on_c4")
    print("Model, tokens and batch size as three causes of the loss on C4:")
    for effect in found.effects:
        if effect.cause != "dataset.training":
            verdict = "clear" if effect.clear else "the data cannot tell"
            half = max((dose.high - dose.low) / 2 for dose in effect.doses)
            print(
                f"  {effect.cause:10} spans {effect.span:.2f}, give or take {half:.2f}: {verdict}"
            )
    for line in found.lines:
        if line.kind in ("collinear", "derived", "determined", "sum"):
            print(f"  because {line.text}")


def main() -> None:
    with aitia.open() as graph:
        table = graph.features(run=RUNS)
    kept = [i for i, model in enumerate(table["model"].values) if model in GRID]
    table = table.take(kept)
    print(f"Corpora compared over {len(table)} runs, same models and lengths; lower is better:")
    for outcome in OUTCOMES:
        effect = contrast(table, outcome)
        told = ", ".join(
            f"{str(dose.value).split()[0]} {dose.effect:+.3f} ({dose.low:+.3f} to {dose.high:+.3f})"
            for dose in sorted(effect.doses, key=lambda dose: dose.effect)
        )
        print(f"  {outcome:19} {told}{'' if effect.clear else ': the data cannot tell'}")
    try:
        entangled(table)
    except CausalError as error:
        print(f"  cannot be asked: {error}")


if __name__ == "__main__":
    main()
