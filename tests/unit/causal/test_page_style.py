"""Colours that people read keep the contrasts of WCAG 2.1 AA, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aitia.causal.page_style import STYLE
from aitia.query import drawing

TEXT, SHAPE = 4.5, 3.0
SERVER = Path(drawing.__file__).parents[1] / "server/templates/base.html"
SOURCES = {"report": STYLE, "picture": drawing.STYLE, "server": SERVER.read_text("utf-8")}
READ = {
    "report": (("ink", "soft", "accent", "warn"), ("back", "panel")),
    "picture": (("ink", "soft"), ("back", "entity", "activity", "agent", "variable")),
    "server": (("ink", "soft", "link", "good", "bad", "warn"), ("back", "panel")),
}
SEEN = {
    "report": (("soft", "point", "accent"), ("back",)),
    "picture": (("line", "entity-edge", "activity-edge", "agent-edge", "variable-edge"), ("back",)),
    "server": (("good", "bad", "warn", "link"), ("back", "panel")),
}


def colours(name: str, scheme: str) -> dict[str, str]:
    """Return the variables of a style; those that the dark scheme does not set stay."""
    light, _, dark = re.sub(r"\s", "", SOURCES[name]).partition("prefers-color-scheme:dark")
    pattern = re.compile(r"--([\w-]+):(#[0-9a-f]{3,6})")
    found = dict(pattern.findall(light))
    if scheme == "dark":
        found |= dict(pattern.findall(dark.partition("}}")[0]))
    return found


def channels(colour: str) -> list[float]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def luminance(shares: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    """Return the contrast ratio of WCAG 2.1."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(channels("#000"), channels("#ffffff")) == pytest.approx(21)
    assert contrast(channels("#777777"), channels("#fff")) == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SOURCES)
def test_what_is_read_stands_out(name: str, scheme: str) -> None:
    found = colours(name, scheme)
    for pairs, least in ((READ[name], TEXT), (SEEN[name], SHAPE)):
        for front in pairs[0]:
            for back in pairs[1]:
                ratio = contrast(channels(found[front]), channels(found[back]))
                assert ratio >= least, (front, back, ratio)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_line_that_shines_through_stands_out(scheme: str) -> None:
    found = colours("report", scheme)
    share = float(re.findall(r"\.curve \.line\{[^}]*opacity:([.\d]+)", STYLE)[0])
    front, back = channels(found["point"]), channels(found["back"])
    mixed = [share * f + (1 - share) * b for f, b in zip(front, back, strict=True)]
    assert contrast(mixed, back) >= SHAPE


def test_each_scheme_has_its_own_colours() -> None:
    for name in SOURCES:
        assert colours(name, "light")["ink"] != colours(name, "dark")["ink"]
