"""yProv4ML: ten parameters for each task, the graph at the end."""

from __future__ import annotations

import os

from bench.peers.work import Close, Record, calls_of, lines, produce

NAME, DISTRIBUTION, CALLS = "yProv4ML, log_param ×10", "yprov4ml", 100


def start(folder: str) -> tuple[Record, Close]:
    import yprov4ml

    yprov4ml.start_run("urn:bench:", "peers", provenance_save_dir=folder, disable_codecarbon=True)
    count = 0

    def recorded(*args: object) -> None:
        nonlocal count
        count += 1
        made = produce(*args)  # type: ignore[arg-type]
        for name, item in [*zip("abcde", args, strict=True), *made.items()]:
            yprov4ml.log_param(f"{count}/{name}", item)

    return calls_of(recorded), yprov4ml.end_run


def kept(folder: str) -> int:
    paths = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return sum(lines(path, "/epochs") for path in paths if path.endswith(".json"))
