"""DVCLive: five metrics and a step for each task; it keeps no inputs of a step."""

from __future__ import annotations

import os

from bench.peers.work import Close, Record, calls_of, lines, produce

NAME, DISTRIBUTION, CALLS = "DVCLive, log_metric ×5 + next_step", "dvclive", 60


def start(folder: str) -> tuple[Record, Close]:
    os.environ["DVC_NO_ANALYTICS"] = "1"
    from dvclive import Live

    live = Live(os.path.join(folder, "live"), save_dvc_exp=False)

    def recorded(*args: object) -> None:
        for name, item in produce(*args).items():  # type: ignore[arg-type]
            live.log_metric(name, item)
        live.next_step()

    return calls_of(recorded), live.end


def kept(folder: str) -> int:
    return lines(os.path.join(folder, "live", "plots", "metrics", "loss.tsv"), "0.125")
