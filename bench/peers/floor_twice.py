"""A start written before the call and an end after it, two encodes and two write(2), no checks."""

from __future__ import annotations

import os
import time

import orjson
from bench.peers.work import Close, Record, lines, nothing, produce

NAME, DISTRIBUTION, CALLS = "floor: start and end, two write(2)", "", 20_000


def start(folder: str) -> tuple[Record, Close]:
    fd = os.open(os.path.join(folder, "floor"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    dumps, write, now = orjson.dumps, os.write, time.time_ns

    def record(calls: int) -> None:
        for i in range(calls):
            used = {"a": i, "b": 0.25, "c": "digits", "d": True, "e": 20}
            line = {"k": "start", "n": str(i), "name": "produce", "t": now(), "u": used}
            write(fd, dumps(line) + b"\n")
            made = produce(i, 0.25, "digits", True, 20)
            write(fd, dumps({"k": "end", "n": str(i), "t": now(), "g": made}) + b"\n")

    return record, nothing


def kept(folder: str) -> int:
    return lines(os.path.join(folder, "floor"), '"end"')
