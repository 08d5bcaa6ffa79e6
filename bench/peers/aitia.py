"""Aitia's decorator, recording what it is told to: the start and the end of each task."""

from __future__ import annotations

import os

from bench.peers.work import Close, Record, calls_of, produce

import aitia
from aitia.journal.reader import read, segments
from aitia.records import Ended

NAME, DISTRIBUTION, CALLS = "Aitia @aitia.task", "aitia", 20_000
ADAPTERS = "off"


def start(folder: str) -> tuple[Record, Close]:
    os.environ.update(AITIA_DIR=os.path.join(folder, ".aitia"), AITIA_ADAPTERS=ADAPTERS)
    run = aitia.run("peers").start()
    return calls_of(aitia.task(produce)), run.end


def kept(folder: str) -> int:
    found = segments(os.path.join(folder, ".aitia", "journal"))
    ends = (line.record for segment in found for line in read(segment))
    return sum(isinstance(end, Ended) and bool(end.generated) for end in ends)
