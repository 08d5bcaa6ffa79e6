"""Record a small computation by hand: a run, its settings, two tasks, and a metric by step.

python examples/first_run.py && aitia ls && aitia show last
"""

from __future__ import annotations

import random

import aitia


class Samples:
    """Some numbers; an object, so that Aitia can follow it from task to task."""

    def __init__(self, values: list[float]) -> None:
        self.values = values


@aitia.task
def draw(count: int, seed: int) -> Samples:
    generator = random.Random(seed)
    return Samples([generator.gauss(0.0, 1.0) for _ in range(count)])


@aitia.task
def centre(samples: Samples) -> Samples:
    mean = sum(samples.values) / len(samples.values)
    return Samples([value - mean for value in samples.values])


def main() -> None:
    with aitia.run("first-run", count=200, seed=7):
        samples = centre(draw(200, seed=7))
        estimate = 0.0
        for step in aitia.loop(range(1, 11), "estimate"):
            window = samples.values[: 20 * step]
            estimate = sum(value * value for value in window) / len(window)
            aitia.log(step=step, variance_error=abs(estimate - 1.0))
        aitia.log(variance=estimate)


if __name__ == "__main__":
    main()
