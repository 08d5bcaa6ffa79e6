"""The picture of a dose-response: what is expected at each value of a setting, with intervals.

Judged values are full points with their intervals; those that too few runs could have had are
hollow and have none. Nothing is told by colour alone, and the scale is that of all effects of a
page, so that curves can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from aitia.causal.effects import Dose, Effect
from aitia.query.wording import named

WIDTH, HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 14, 44
LABEL = 12
"""Characters of a level that are written below the axis however many levels there are."""

LETTER = 6.8
"""Width of a letter below the axis, in pixels."""

Called = Sequence[tuple[str, str]]
"""Contents and what they are called."""

LOGS = 20
"""Positive numbers that span this ratio are placed by their logarithms."""


class Scale(NamedTuple):
    """The least and the greatest effect that a picture shows."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return how far down a value lies, in pixels; what is outside lies on the edge."""
        span = self.high - self.low or 1.0
        share = (min(max(value, self.low), self.high) - self.low) / span
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def scale(effects: Sequence[Effect]) -> Scale:
    """Return the scale that holds all intervals that can be judged, and zero."""
    judged = [dose for effect in effects for dose in effect.doses if dose.judged]
    lows, highs = [d.low for d in judged], [d.high for d in judged]
    return Scale(min([*lows, 0.0]), max([*highs, 0.0]))


def svg(effect: Effect, axis: Scale, called: Called = ()) -> str:
    """Return the picture as the text of one ``<svg>`` element; contents by what they are called."""
    across = _places(effect.doses)
    points = list(zip(across, effect.doses, strict=True))
    name = escape(
        f"Effect of {effect.cause} on {effect.outcome} by value; the table has the numbers"
    )
    return "\n".join(
        [
            f'<svg class="curve" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}"><title>{name}</title>',
            *_axes(axis),
            *_line(points, axis),
            *(_interval(x, dose, axis) for x, dose in points if dose.judged),
            *(_point(x, dose, axis) for x, dose in points),
            *_labels(points, called),
            "</svg>",
        ]
    )


def shown(value: object) -> str:
    """Return a number in three digits, and anything else as it is."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _places(doses: Sequence[Dose]) -> list[float]:
    """Return how far right each dose lies, in pixels: as numbers, else evenly."""
    numbers = [dose.value for dose in doses if isinstance(dose.value, (int, float))]
    room = _room()
    if len(numbers) != len(doses) or len(numbers) < 3:
        step = room / max(1, len(doses))
        return [LEFT + 10 + step * (place + 0.5) for place in range(len(doses))]
    if min(numbers) > 0 and max(numbers) > LOGS * min(numbers):
        numbers = [math.log(number) for number in numbers]
    low, high = min(numbers), max(numbers)
    return [LEFT + 10 + room * (number - low) / (high - low or 1) for number in numbers]


def _room() -> int:
    """Return the width that doses are placed within, in pixels."""
    return WIDTH - LEFT - RIGHT - 20


def _axes(axis: Scale) -> list[str]:
    right = WIDTH - RIGHT
    zero = axis.place(0.0)
    found = [
        f'<line class="zero" x1="{LEFT}" x2="{right}" y1="{zero:.1f}" y2="{zero:.1f}"/>',
        f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>',
        f'<text class="y" x="{LEFT - 6}" y="{zero + 4:.1f}">0</text>',
    ]
    for value in {axis.low, axis.high} - {0.0}:
        y = axis.place(value)
        if abs(y - zero) > 14:
            found.append(
                f'<text class="y" x="{LEFT - 6}" y="{y + 4:.1f}" data-value="{value!r}">'
                f"{value:+.2g}</text>"
            )
    return sorted(found)


def _line(points: Sequence[tuple[float, Dose]], axis: Scale) -> list[str]:
    """Return the line through the judged doses of a number; levels have none."""
    judged = [
        (x, dose) for x, dose in points if dose.judged and isinstance(dose.value, (int, float))
    ]
    if len(judged) < 3:
        return []
    told = " ".join(f"{x:.1f},{axis.place(dose.effect):.1f}" for x, dose in judged)
    return [f'<polyline class="line" points="{told}"/>']


def _interval(x: float, dose: Dose, axis: Scale) -> str:
    low, high = axis.place(dose.low), axis.place(dose.high)
    return (
        f'<path class="interval" d="M{x:.1f} {high:.1f}V{low:.1f}M{x - 4:.1f} {high:.1f}h8'
        f'M{x - 4:.1f} {low:.1f}h8"/>'
    )


def _point(x: float, dose: Dose, axis: Scale) -> str:
    kind = "judged" if dose.judged else "unjudged"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{axis.place(dose.effect):.1f}" r="4"/>'


def _labels(points: Sequence[tuple[float, Dose]], called: Called) -> list[str]:
    """Return the values below the axis, as many as there is room for."""
    found, end = [], -math.inf
    longest = max(LABEL, int((_room() / len(points) - 6) / LETTER))
    last = points[-1][0]
    for x, dose in points:
        text = _shortened(named(shown(dose.value), called), longest)
        half = LETTER / 2 * len(text)
        if x - half < end or (x != last and x + half > last - 26 and len(points) > 4):
            continue
        end = x + half + 6
        value = f' data-value="{dose.value!r}"' if isinstance(dose.value, (int, float)) else ""
        found.append(
            f'<text class="x" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}"{value}>{escape(text)}</text>'
        )
    return found


def _shortened(text: str, longest: int) -> str:
    """Return a text that fits; of a content the digest stays, as names may be the same."""
    if len(text) <= longest:
        return text
    name, bracket, digest = text.rpartition(" (")
    if not bracket or longest <= LABEL:
        return text[: longest - 1] + "…"
    # The last letters of a file's name tell it from others of its kind.
    return f"…{name[len(digest) + 3 - longest :]}{bracket}{digest}"
