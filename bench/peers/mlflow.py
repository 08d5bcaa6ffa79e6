"""MLflow: a nested run per task, its values in one batch, in SQLite."""

from __future__ import annotations

import os
import sqlite3
import time

from bench.peers.work import Close, Record, calls_of, produce

NAME, DISTRIBUTION, CALLS = "MLflow, nested run a task, SQLite", "mlflow", 60


def start(folder: str) -> tuple[Record, Close]:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow
    from mlflow.entities import Metric, Param, RunTag

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    client = mlflow.MlflowClient()
    mlflow.start_run(run_name="peers")

    def recorded(*args: object) -> None:
        with mlflow.start_run(nested=True) as run:
            made = produce(*args)  # type: ignore[arg-type]
            params = [Param(name, str(item)) for name, item in zip("abcde", args, strict=True)]
            now = time.time_ns() // 1_000_000
            label = RunTag("label", str(made.pop("label")))
            metrics = [Metric(name, float(item), now, 0) for name, item in made.items()]  # type: ignore[arg-type]
            client.log_batch(run.info.run_id, metrics, params, [label])

    return calls_of(recorded), mlflow.end_run


def kept(folder: str) -> int:
    with sqlite3.connect(f"{folder}/mlflow.db") as database:
        [(count,)] = database.execute(
            "SELECT count(*) FROM runs WHERE status = 'FINISHED' AND name != 'peers'"
        )
    return int(count)
