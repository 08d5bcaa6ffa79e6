"""A series as a line the size of a word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, PAD = 140.0, 28.0, 3.0
MOST = 280
"""Most points drawn; of more, each piece of the line keeps its least and greatest value."""


def sparkline(values: Sequence[float], *, title: str = "") -> str:
    """Return an inline ``<svg>``; values that are not finite are gaps, marked below the line."""
    points = _thinned(values)
    finite = [value for _, value in points if math.isfinite(value)]
    if len(values) < 2 or not finite:
        return ""
    low, high = min(finite), max(finite)
    scale = (HEIGHT - 2 * PAD) / (high - low) if high > low else 0.0
    step = (WIDTH - 2 * PAD) / (len(values) - 1)

    def place(index: int, value: float) -> str:
        y = HEIGHT - PAD - (value - low) * scale if scale else HEIGHT / 2
        return f"{PAD + index * step:.1f} {y:.1f}"

    path, pen = [], "M"
    for index, value in points:
        if math.isfinite(value):
            path.append(pen + place(index, value))
            pen = "L"
        else:
            pen = "M"
    lost = [index for index, value in points if not math.isfinite(value)]
    marks = "".join(
        f'<path class="lost" d="M{PAD + i * step:.1f} {HEIGHT - PAD:.1f}v-4"/>' for i in lost
    )
    last = next(p for p in reversed(points) if math.isfinite(p[1]))
    x, y = place(*last).split()
    name = escape(title or "series", quote=True)
    return (
        f'<svg class="spark" role="img" aria-label="{name}" width="{WIDTH:.0f}" '
        f'height="{HEIGHT:.0f}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"><title>{name}</title>'
        f'<path class="line" d="{"".join(path)}"/>{marks}'
        f'<circle class="end" cx="{x}" cy="{y}" r="2"/></svg>'
    )


def _thinned(values: Sequence[float]) -> list[tuple[int, float]]:
    """Return at most about ``MOST`` of the points, with every peak and every trough kept."""
    pairs = list(enumerate(values))
    if len(pairs) <= MOST:
        return pairs
    size = math.ceil(2 * len(pairs) / MOST)
    kept: list[tuple[int, float]] = []
    for start in range(0, len(pairs), size):
        piece = pairs[start : start + size]
        finite = [pair for pair in piece if math.isfinite(pair[1])]
        lost = [pair for pair in piece if not math.isfinite(pair[1])][:1]
        ends = [min(finite, key=_value), max(finite, key=_value)] if finite else []
        kept.extend(sorted({*ends, *lost}))
    return kept


def _value(pair: tuple[int, float]) -> float:
    return pair[1]
