"""A real training loop in PyTorch, on the processor, with everything observed and without.

Short blocks are trained bare and observed in turn, and lots are drawn for which of a pair is the
first. A block begins after its first steps: opening a run, describing the network and the data, and
closing cost the same however long the training is, and are told apart. Told are medians over the
pairs, with an interval of 95 % (bootstrap). A block is over before the telemetry is due again, so
what that takes, measured in a run in which nothing else happens, is to be added.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import NamedTuple

from bench.table import Figure, show

import aitia

PAIRS = 60
STEPS = 80
FIRST = 20
WIDTH = 640
IDLE = 6.0


class Took(NamedTuple):
    """Seconds that a block took, and what came before and after it."""

    wall: float
    cpu: float
    around: float


def training() -> Callable[[int], Iterator[float]]:
    """Return what trains so many steps of a perceptron, and yields the loss of each."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(7)
    inputs, labels = torch.randn(4096, 64), torch.randint(0, 10, (4096,))
    model = torch.nn.Sequential(
        torch.nn.Linear(64, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, 10)
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()
    data = torch.utils.data.TensorDataset(inputs, labels)
    batches = torch.utils.data.DataLoader(data, batch_size=256, shuffle=True)

    def train(steps: int) -> Iterator[float]:
        while steps:
            for x, y in batches:
                optimiser.zero_grad()
                loss = loss_of(model(x), y)
                loss.backward()
                optimiser.step()
                yield loss.item()
                steps -= 1
                if not steps:
                    return

    return train


def block(train: Callable[[int], Iterator[float]], observed: bool) -> Took:
    """Train one block."""
    log = aitia.log
    opened = time.perf_counter()
    with aitia.run("training") if observed else nullcontext():
        for step, loss in enumerate(train(FIRST + STEPS)):
            if step == FIRST:
                wall, cpu = time.perf_counter(), time.process_time()
            if observed:
                log(step=step, loss=loss)
        took = time.perf_counter() - wall
        cpu = time.process_time() - cpu
    return Took(took, cpu, time.perf_counter() - opened - took)


def telemetry_share() -> float:
    """Return the percentage of one core that a run takes in which nothing happens."""
    with aitia.run("idle"):
        time.sleep(1.5)
        cpu = time.process_time()
        time.sleep(IDLE)
        return 100 * (time.process_time() - cpu) / IDLE


def slower(what: str, bare: list[float], observed: list[float]) -> list[Figure]:
    """Return by how much the median pair is slower, and its interval."""
    ratios = [100 * (b / a - 1) for a, b in zip(bare, observed, strict=True)]
    rng = random.Random(3)
    medians = sorted(statistics.median(rng.choices(ratios, k=len(ratios))) for _ in range(2000))
    return [
        Figure(f"everything observed, {what}", statistics.median(ratios), "% slower", 1.0),
        Figure("  interval of 95 %, from", medians[50], "%"),
        Figure("  to", medians[1949], "%"),
    ]


def main() -> None:
    """Print the figures."""
    try:
        train = training()
    except ImportError:
        print("PyTorch is not installed here")
        return
    rng = random.Random(5)
    bare: list[Took] = []
    observed: list[Took] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AITIA_DIR"] = folder
        os.environ.pop("AITIA_ADAPTERS", None)
        block(train, True)
        for _ in range(PAIRS):
            for turn in rng.sample((False, True), 2):
                (observed if turn else bare).append(block(train, turn))
        share = telemetry_share()
    spent = slower("of the CPU", [t.cpu for t in bare], [t.cpu for t in observed])
    around = [b.around - a.around for a, b in zip(bare, observed, strict=True)]
    show(
        [
            Figure("a step, bare", 1000 * statistics.median(t.wall for t in bare) / STEPS, "ms"),
            *slower("on the wall", [t.wall for t in bare], [t.wall for t in observed]),
            *spent,
            Figure("once a run: open, describe, close", 1000 * statistics.median(around), "ms"),
            Figure("telemetry each second, of one core", share, "%", 1.0),
            Figure("a step with all of it, of the CPU", share + spent[0].value, "% slower", 1.0),
        ]
    )


if __name__ == "__main__":
    main()
