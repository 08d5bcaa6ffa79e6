"""The study in one picture: for each setting the truth, the adjusted effect and the naive means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from examples.study.judging import Curve
from examples.study.policies import NAMES, RANGES

from aitia.causal.effects import Dose, Effect

WIDE, HIGH, LEFT, TOP = 216.0, 176.0, 44.0, 74.0
INSIDE_LEFT, INSIDE_RIGHT, INSIDE_TOP, INSIDE_LOW = 12.0, 8.0, 24.0, 26.0
ROW = 5
STYLE = """
.study{--ink:#1b1f24;--soft:#59636e;--grid:#d8dee4;--back:#fff;--true:#1b1f24;--fit:#0550ae;
--band:#b6d4fe;--naive:#bc4c00;font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,
sans-serif}
@media (prefers-color-scheme:dark){.study{--ink:#e6edf3;--soft:#9da7b3;--grid:#30363d;
--back:#0d1117;--true:#e6edf3;--fit:#6cb6ff;--band:#1d3d66;--naive:#f0883e}}
.study text{fill:var(--ink);font-size:12px}
.study .title{font-size:15px;font-weight:600}
.study .small{fill:var(--soft);font-size:10.5px}
.study .grid{stroke:var(--grid);stroke-width:1}
.study .band{fill:var(--band);opacity:.75}
.study .fit{stroke:var(--fit);stroke-width:2;fill:none}
.study .naive{stroke:var(--naive);stroke-width:1.8;fill:none;stroke-dasharray:5 3}
.study .true{stroke:var(--true);stroke-width:1.4;fill:none}
.study .dot{fill:var(--true)}
""".strip()


def draw(effects: Sequence[Effect], true: Mapping[str, Curve], title: str) -> str:
    """Return the picture of one sample as the text of one ``<svg>`` element.

    Parameters
    ----------
    effects:
        What was estimated.
    true:
        What interventions show, by setting.
    title:
        Said to those who hear the picture, and written above it.
    """
    made = {effect.cause: effect for effect in effects}
    panels = {n: Panel(made[n], true[n]) for n in NAMES if n in made}
    low = min(panel.low for panel in panels.values())
    high = max(panel.high for panel in panels.values())
    count = math.ceil(len(panels) / ROW)
    width, height = LEFT + ROW * WIDE + 8, TOP + count * HIGH + 8
    body = [
        f'<svg class="study" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" style="fill:var(--back)"/>',
        f'<text class="title" x="{LEFT:.0f}" y="24">{escape(title)}</text>',
        _key(),
    ]
    for place, (name, panel) in enumerate(panels.items()):
        x, y = LEFT + place % ROW * WIDE, TOP + place // ROW * HIGH
        body.append(panel.drawn(name, (x, y), (low, high), axis=place % ROW == 0))
    return "".join([*body, "</svg>"])


def _key() -> str:
    y = 50.0
    entries = (
        ("true", "truth: networks trained again with the setting set"),
        ("fit", "adjusted effect, with its interval"),
        ("naive", "mean of the runs as they are"),
    )
    found, x = [], LEFT
    for kind, words in entries:
        if kind == "fit":
            found.append(f'<rect class="band" x="{x:.0f}" y="{y - 9:.0f}" width="26" height="10"/>')
        found.append(f'<path class="{kind}" d="M{x:.0f} {y - 4:.0f}h26"/>')
        if kind == "true":
            found.append(f'<circle class="dot" cx="{x + 13:.0f}" cy="{y - 4:.0f}" r="3"/>')
        found.append(f'<text x="{x + 33:.0f}" y="{y:.0f}">{words}</text>')
        x += 60 + 6.4 * len(words)
    return "".join(found)


class Panel:
    """One setting: points of the truth, the adjusted effect and the naive means, all centred."""

    def __init__(self, effect: Effect, truth: Curve) -> None:
        self.doses: tuple[Dose, ...] = (
            tuple(dose for dose in effect.doses if dose.judged) or effect.doses
        )
        self.left_out = len(effect.doses) - len(self.doses)
        values = [dose.value for dose in self.doses]
        means, self.spread = truth.at(effect.cause, values)
        self.true = (means - means.mean()).tolist()
        self.fit = _centred([dose.effect for dose in self.doses])
        self.naive = _centred([dose.naive for dose in self.doses])
        self.half = [(dose.high - dose.low) / 2 for dose in self.doses]
        bounds = [f - h for f, h in zip(self.fit, self.half, strict=True)]
        tops = [f + h for f, h in zip(self.fit, self.half, strict=True)]
        self.low = min(*bounds, *self.true, *self.naive)
        self.high = max(*tops, *self.true, *self.naive)
        self.values = values

    def drawn(
        self, name: str, corner: tuple[float, float], span: tuple[float, float], *, axis: bool
    ) -> str:
        """Return the panel as SVG, its upper left corner at ``corner``."""
        x, y = corner
        low, high = span
        inner = HIGH - INSIDE_TOP - INSIDE_LOW

        def up(value: float) -> float:
            return y + INSIDE_TOP + inner * (high - value) / (high - low)

        along = [
            x + INSIDE_LEFT + p * (WIDE - INSIDE_LEFT - INSIDE_RIGHT) for p in self._places(name)
        ]
        found = [f'<text x="{x + INSIDE_LEFT:.1f}" y="{y + 14:.1f}">{escape(name)}</text>']
        found += _grid(x, up, span, axis=axis)
        tops = list(zip(along, (up(f + h) for f, h in zip(self.fit, self.half, strict=True)),
                        strict=True))  # fmt: skip
        lows = list(zip(along, (up(f - h) for f, h in zip(self.fit, self.half, strict=True)),
                        strict=True))  # fmt: skip
        found.append(f'<path class="band" d="{_path([*tops, *reversed(lows)])}Z"/>')
        for kind, numbers in (("naive", self.naive), ("fit", self.fit), ("true", self.true)):
            points = list(zip(along, map(up, numbers), strict=True))
            found.append(f'<path class="{kind}" d="{_path(points)}"/>')
        for at, value, error in zip(along, self.true, self.spread, strict=True):
            reach = 1.96 * float(error)
            found.append(f'<path class="true" d="M{at:.1f} {up(value - reach):.1f}V'
                         f'{up(value + reach):.1f}"/>')  # fmt: skip
            found.append(f'<circle class="dot" cx="{at:.1f}" cy="{up(value):.1f}" r="3"/>')
        for at, value in self._labels(along):
            found.append(f'<text class="small" x="{at:.1f}" y="{y + HIGH - 10:.1f}" '
                         f'text-anchor="middle">{value}</text>')  # fmt: skip
        return "".join(found)

    def _places(self, name: str) -> list[float]:
        """Return where each dose stands between the left end (0) and the right end (1)."""
        if name in RANGES:
            ends = [math.log(v) for v in RANGES[name]]
            return [(math.log(float(v)) - ends[0]) / (ends[1] - ends[0]) for v in self.values]
        count = len(self.values)
        return [(i + 0.5) / count for i in range(count)]

    def _labels(self, along: Sequence[float]) -> list[tuple[float, str]]:
        """Return labels of the doses that leave room for one another."""
        kept: list[tuple[float, str]] = []
        for at, value in zip(along, self.values, strict=True):
            text = f"{value:.2g}" if isinstance(value, float) else escape(str(value))
            if not kept or at - kept[-1][0] > 3.2 * (len(text) + len(kept[-1][1])) + 8:
                kept.append((at, text))
        return kept


def _centred(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    return [value - mean for value in values]


def _grid(x: float, up: Any, span: tuple[float, float], *, axis: bool) -> list[str]:
    step = next(s for s in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if (span[1] - span[0]) / s <= 8)
    places = 1 if step >= 0.1 else 2
    found = []
    for tick in range(math.ceil(span[0] / step), math.floor(span[1] / step) + 1):
        y = up(tick * step)
        found.append(f'<path class="grid" d="M{x + INSIDE_LEFT:.1f} {y:.1f}H{x + WIDE - 8:.1f}"/>')
        if axis:
            found.append(f'<text class="small" x="{x + 6:.1f}" y="{y + 4:.1f}" '
                         f'text-anchor="end">{tick * step:+.{places}f}</text>')  # fmt: skip
    return found


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
