"""The least that survives a kill: one encode and one write(2) for a whole task."""

from __future__ import annotations

import os
import time

import orjson
from bench.peers.work import Close, Record, lines, nothing, produce

NAME, DISTRIBUTION, CALLS = "floor: one encode, one write(2)", "", 20_000


def start(folder: str) -> tuple[Record, Close]:
    fd = os.open(os.path.join(folder, "floor"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    dumps, write, now = orjson.dumps, os.write, time.time_ns

    def record(calls: int) -> None:
        for i in range(calls):
            used, began = {"a": i, "b": 0.25, "c": "digits", "d": True, "e": 20}, now()
            made = produce(i, 0.25, "digits", True, 20)
            line = {"n": str(i), "name": "produce", "s": began, "t": now(), "u": used, "g": made}
            write(fd, dumps(line) + b"\n")

    return record, nothing


def kept(folder: str) -> int:
    return lines(os.path.join(folder, "floor"), '"g"')
