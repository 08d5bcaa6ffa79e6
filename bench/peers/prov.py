"""The prov package: five PROV records a task, as PROV-JSON at the end."""

from __future__ import annotations

import itertools
import json
import os
from datetime import UTC, datetime

from bench.peers.work import Close, Record, produce

NAME, DISTRIBUTION, CALLS = "prov, PROV-JSON at the end", "prov", 1000


def start(folder: str) -> tuple[Record, Close]:
    from prov.model import ProvDocument

    document = ProvDocument()
    document.set_default_namespace("urn:bench:")

    count = itertools.count()

    def record(calls: int) -> None:
        for _ in range(calls):
            i = next(count)
            began = datetime.now(UTC)
            made = produce(i, 0.25, "digits", True, 20)
            task = document.activity(f"t{i}", began, datetime.now(UTC))
            given = {"a": i, "b": 0.25, "c": "digits", "d": True, "e": 20}
            document.used(task, document.entity(f"u{i}", given))
            document.wasGeneratedBy(document.entity(f"g{i}", made), task)

    def close() -> None:
        document.serialize(os.path.join(folder, "prov.json"))

    return record, close


def kept(folder: str) -> int:
    path = os.path.join(folder, "prov.json")
    if not os.path.exists(path):
        return 0
    with open(path, encoding="utf-8") as handle:
        return len(json.load(handle)["wasGeneratedBy"])
