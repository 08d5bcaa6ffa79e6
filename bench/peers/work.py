"""The work that each tool records: five inputs, five outputs."""

from __future__ import annotations

from collections.abc import Callable

Record = Callable[[int], None]
"""Records so many tasks."""

Close = Callable[[], None]


def produce(a: int, b: float, c: str, d: bool, e: int) -> dict[str, object]:
    return {"loss": b * 0.5, "accuracy": 0.93, "label": c, "converged": d, "epochs": e}


def bare(calls: int) -> None:
    for i in range(calls):
        produce(i, 0.25, "digits", True, 20)


def calls_of(function: Callable[..., object]) -> Record:
    """Return what calls a recorded function so many times."""

    def record(calls: int) -> None:
        for i in range(calls):
            function(i, 0.25, "digits", True, 20)

    return record


def nothing() -> None:
    """Close what needs no closing."""


def lines(path: str, text: str) -> int:
    """Return how many lines of a file have ``text`` in them; 0 where there is no file."""
    try:
        with open(path, encoding="utf-8") as handle:
            return sum(text in line for line in handle)
    except FileNotFoundError:
        return 0
