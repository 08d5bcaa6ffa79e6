import math
from xml.etree import ElementTree as ET

from aitia.server.sparkline import HEIGHT, MOST, PAD, WIDTH, sparkline


def _numbers(path: str) -> list[float]:
    return [float(n) for n in path.replace("M", " ").replace("L", " ").split()]


def _path(svg: str) -> str:
    return next(e.get("d") for e in ET.fromstring(svg) if e.get("class") == "line")


def test_a_line_stays_inside_and_rises_upwards():
    numbers = _numbers(_path(sparkline([0.0, 5.0, 10.0])))
    xs, ys = numbers[0::2], numbers[1::2]
    assert xs == [PAD, WIDTH / 2, WIDTH - PAD]
    assert ys == [HEIGHT - PAD, HEIGHT / 2, PAD]


def test_what_is_not_finite_is_a_gap_with_marks():
    svg = sparkline([0.0, 1.0, math.nan, math.inf, 2.0])
    assert _path(svg).count("M") == 2
    assert svg.count('class="lost"') == 2


def test_a_constant_line_is_level():
    numbers = _numbers(_path(sparkline([3.0] * 4)))
    assert set(numbers[1::2]) == {HEIGHT / 2}


def test_nothing_is_drawn_of_nothing():
    assert sparkline([]) == ""
    assert sparkline([1.0]) == ""
    assert sparkline([math.nan, math.nan]) == ""


def test_a_long_series_is_thinned_but_keeps_its_peaks():
    values = [0.0] * 5000
    values[1234], values[4321] = 7.0, -7.0
    numbers = _numbers(_path(sparkline(values)))
    assert len(numbers) / 2 <= MOST + 2
    assert {PAD, HEIGHT - PAD} <= set(numbers[1::2])


def test_the_title_is_escaped():
    assert "<b>" not in sparkline([0.0, 1.0], title='<b>"')
