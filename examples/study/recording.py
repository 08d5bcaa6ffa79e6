"""Train the networks of a plan and record each through the public door of Aitia.

Each block is one recorded run, and each network a training run within it, with its settings and
curves. A block that was cut off is trained again; what it had recorded stays, as interrupted.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from examples.study.networks import train
from examples.study.plan import Block, Network, Plan

import aitia


def record(plan: Plan, folder: Path, progress: Callable[[int, int], None]) -> list[str]:
    """Train and record what is not yet there; return the UUIDs of the runs that count.

    Parameters
    ----------
    plan:
        What to train.
    folder:
        Where the study lies; what is recorded goes to ``.aitia`` in it.
    progress:
        Called with the networks trained and to train.

    Raises
    ------
    SystemExit
        When the folder holds another study.
    """
    _same(plan, folder / "plan.json")
    done = Done(folder / "done.jsonl")
    blocks = plan.blocks()
    total = sum(len(block.networks) for block in blocks)
    left = [block for block in blocks if block.name not in done.runs]
    count = total - sum(len(block.networks) for block in left)
    progress(count, total)
    # The networks are small and many: each worker keeps to one processor.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    context = multiprocessing.get_context("spawn")
    workers = max(1, min(len(left), os.cpu_count() or 1))
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(train_block, block, folder): block for block in left}
        for finished in as_completed(waiting):
            block = waiting[finished]
            done.add(block.name, finished.result())
            count += len(block.networks)
            progress(count, total)
    return list(done.runs.values())


def _same(plan: Plan, path: Path) -> None:
    """Refuse a folder of another plan: its blocks have the same names and other networks."""
    text = json.dumps(plan._asdict())
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise SystemExit(
            f"study: {path.parent} holds another study, {path.read_text(encoding='utf-8')}; "
            f"this one is {text}. Give another --out, or remove that folder."
        )
    path.write_text(text, encoding="utf-8")


def train_block(block: Block, folder: Path) -> str:
    """Train a block as one recorded run; return its UUID."""
    os.environ["AITIA_DIR"] = str(folder / ".aitia")
    with aitia.run(block.name, type="aitia:Campaign") as run:
        for network in block.networks:
            train_one(network)
    return run.id


def train_one(network: Network) -> None:
    """Train one network as a recorded training run."""
    with aitia.task("train", type="aitia:TrainingRun", **network.settings):
        aitia.params(seed=network.seed, **network.about)
        for epoch in train(network.settings, network.seed):
            aitia.log(step=epoch.number, loss=epoch.loss, accuracy=epoch.accuracy)


class Done:
    """Which blocks were trained to their end, in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs: dict[str, str] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                # The line that was being written when a study was cut off may be half a line.
                if line.endswith("}"):
                    said = json.loads(line)
                    self.runs[said["block"]] = said["run"]

    def add(self, block: str, run: str) -> None:
        """Note that a block is done."""
        self.runs[block] = run
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write("\n" + json.dumps({"block": block, "run": run}))
