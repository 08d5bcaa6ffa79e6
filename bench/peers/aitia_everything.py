"""Aitia's decorator with everything on: all layers described and observed, and telemetry."""

from __future__ import annotations

from bench.peers import aitia
from bench.peers.work import Close, Record

NAME, DISTRIBUTION, CALLS = "Aitia, all layers and telemetry", "aitia", 20_000
kept = aitia.kept


def start(folder: str) -> tuple[Record, Close]:
    aitia.ADAPTERS = "on"
    return aitia.start(folder)
