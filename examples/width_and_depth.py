"""What do width, depth and learning rate do to the loss? 22 language models of the Gemstones.

aitia import examples/data/gemstones/hot.toml
aitia import examples/data/gemstones/lr_ablation_hot.toml
python examples/width_and_depth.py

The models were laid out by their authors over widths and depths, and 20 of them trained twice, the
second time with lower learning rates: that is a designed contrast, pair by pair.
"""

from __future__ import annotations

from statistics import mean, stdev

import aitia
from aitia.causal.effects import effects
from aitia.projection.table import FeatureTable

MAIN, LOWER = "Gemstones, the main runs", "Gemstones, the runs with lower learning rates"


def shapes(table: FeatureTable) -> FeatureTable:
    """Return the question in other words: parameters, and how wide a model is for its depth."""
    ratio = [w / d for w, d in zip(table["width"].values, table["depth"].values, strict=True)]
    columns = {
        "params": table["params"].values,
        "width / depth": ratio,
        "loss.last": table["loss.last"].values,
    }
    return FeatureTable.of(columns, tiers={"params": 0, "width / depth": 0, "loss.last": 1})


def tell(table: FeatureTable) -> None:
    """Print what each setting does to the last loss, or that nothing can be told."""
    for effect in effects(table, outcome="loss.last").effects:
        judged = [dose for dose in effect.doses if dose.judged]
        least, most = judged[0], judged[-1]
        verdict = "clear" if effect.clear else "the data cannot tell: the intervals overlap"
        print(f"  {effect.cause:14} from {least.value:.4g} to {most.value:.4g}: "
              f"{most.effect - least.effect:+.3f} ({verdict})")  # fmt: skip


def paired(main: FeatureTable, lower: FeatureTable) -> list[float]:
    """Return the loss with lower learning rates less that of the same model in the main runs."""

    def by_shape(table: FeatureTable) -> dict[object, float]:
        wanted = (table["width"].values, table["depth"].values, table["loss.last"].values)
        return {(w, d): float(loss) for w, d, loss in zip(*wanted, strict=True)}  # type: ignore[arg-type]

    first, second = by_shape(main), by_shape(lower)
    return [second[shape] - first[shape] for shape in second if shape in first]


def main() -> None:
    with aitia.open() as graph:
        main_runs, lower = graph.features(run=MAIN), graph.features(run=LOWER)
    print("Wider and deeper, each with the other as it is (and so with more parameters):")
    tell(main_runs.select(["width", "depth", "loss.last"]))
    print("Deep or wide, for the same number of parameters:")
    tell(shapes(main_runs))
    differences = paired(main_runs, lower)
    error = stdev(differences) / len(differences) ** 0.5
    low, high = (mean(differences) + sign * 2.09 * error for sign in (-1, 1))  # t, 19 degrees
    print(f"Lower learning rates, {len(differences)} pairs of one shape, trained as long:")
    verdict = "clear" if low > 0 or high < 0 else "the data cannot tell"
    print(f"  the loss changes by {mean(differences):+.4f} ({low:+.4f} to {high:+.4f}): {verdict}")
    print("  One seed each: how far two trainings with the same rate would differ is not known.")


if __name__ == "__main__":
    main()
