"""One table for all figures: what was measured, the goal, and whether it was reached."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """One measured number; ``goal`` is the most that it should be, None for a floor or a peer."""

    what: str
    value: float
    unit: str
    goal: float | None = None


def show(figures: list[Figure]) -> None:
    """Print figures in columns."""
    for figure in figures:
        goal = ""
        if figure.goal is not None:
            reached = "reached" if figure.value <= figure.goal else "missed"
            goal = f"goal {figure.goal:g}: {reached}"
        print(f"{figure.what:45} {figure.value:10,.2f} {figure.unit:8} {goal}")
