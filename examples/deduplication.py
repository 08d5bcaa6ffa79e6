"""Does removing duplicates from the data make a better model? Eight pairs of the Pythia suite.

aitia import examples/data/pythia/evaluations.toml && python examples/deduplication.py

Each size was trained twice, on the Pile and on the Pile without duplicates, in the same order and
for as long. That is a designed contrast: the difference within each pair is the effect, if nothing
else differs. One thing does for one pair, and the printout says so.
"""

from __future__ import annotations

from statistics import mean, stdev

import aitia
from aitia.causal.effects import effects
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable

RUNS = "Pythia, evaluated without examples"
TASKS = ("lambada", "piqa", "winogrande", "arc_easy", "arc_challenge", "sciq", "logiqa")
T = {7: 2.365, 6: 2.447}
"""Student's t for 95 %, by degrees of freedom."""


def differences(table: FeatureTable, outcome: str) -> dict[str, float]:
    """Return, by size, the accuracy without duplicates less that with them."""
    found: dict[tuple[object, object], float] = {}
    wanted = (table["size"].values, table["deduplicated"].values, table[outcome].values)
    for size, clean, value in zip(*wanted, strict=True):
        found[size, clean] = float(value)  # type: ignore[arg-type]
    return {str(s): found[s, "yes"] - found[s, "no"] for s, clean in found if clean == "no"}


def interval(values: list[float]) -> tuple[float, float]:
    """Return the interval of 95 % of a mean of paired differences."""
    half = T[len(values) - 1] * stdev(values) / len(values) ** 0.5
    return mean(values) - half, mean(values) + half


def main() -> None:
    with aitia.open() as graph:
        table = graph.features(run=RUNS)
    try:
        effects(table.select(["params", "deduplicated", "lambada.last"]), outcome="lambada.last")
    except CausalError as error:
        told = f"{error.got.partition(';')[0]}, and it takes {error.expected}"
        print(f"As an observational study the data cannot tell: {told}")
    print(f"As the experiment that it is, {len(table) // 2} pairs, without duplicates less with:")
    clear = 0
    for task in TASKS:
        found = differences(table, f"{task}.last")
        low, high = interval(list(found.values()))
        clear += low > 0 or high < 0
        same = interval([value for size, value in found.items() if size != "1b"])
        verdict = "clear" if low > 0 or high < 0 else "the data cannot tell"
        print(f"  {task:14} {mean(found.values()):+.4f} ({low:+.4f} to {high:+.4f}) {verdict}; "
              f"without 1b {same[0]:+.4f} to {same[1]:+.4f}")  # fmt: skip
    print(
        f"{clear} of {len(TASKS)} are clear; with so many asked, one in twenty would be by chance."
    )
    print("The pair 1b differs in its floating-point format too (bf16), so it is also left out.")
    print("Data without duplicates were seen one and a half times: that is part of the effect.")


if __name__ == "__main__":
    main()
