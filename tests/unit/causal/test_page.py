from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from aitia.causal import Analysis, analyse, estimates
from aitia.projection.table import FeatureTable
from aitia.records import Entity, Note, Setting

KNOWN = """
stated_by = "A. Curie"
forbid = [{cause = "rate", effect = "depth", reason = "drawn apart <b>"}]
"""
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}


class Reader(HTMLParser):
    """Reads a page: whether its elements close, its exact figures, and its text outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.figures: list[float] = []
        self.shown: list[tuple[float, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.seen.append((tag, given))
        value = given.get("value", given.get("data-value"))
        if value is not None:
            self.figures.append(float(value))
        if tag not in VOID:
            self.open.append("figure:" + value if value is not None else tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        last = self.open.pop()
        assert last == tag or last.startswith("figure:"), (last, tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].startswith("figure:"):
            self.shown.append((float(self.open[-1][7:]), data))
        elif self.open and self.open[-1] != "style":
            self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    rng = np.random.default_rng(0)
    n = 100
    rate, depth = 10 ** rng.uniform(-4, -1, n), rng.integers(1, 5, n)
    kind = rng.choice(["adam", "sgd & more"], n)
    early = np.log10(rate) + rng.normal(size=n)
    score = early + 0.5 * depth + (kind == "adam") + rng.normal(size=n)
    data = {"rate": rate, "depth": depth, "kind": kind, "early": early, "score": score,
            "same": [1] * n}  # fmt: skip
    tiers = {"rate": 0, "depth": 0, "kind": 0, "same": 0, "early": 1, "score": 2}
    path = tmp_path_factory.mktemp("known") / "k.toml"
    path.write_text(KNOWN, encoding="utf-8")
    table = FeatureTable.of(data, tiers=tiers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimates, "TRIED", 1)
        return analyse(table, target="score", subsamples=12, knowledge=path, effects=True)


@pytest.fixture(scope="module")
def page(analysis: Analysis) -> Reader:
    return read(analysis.html)


def test_the_page_stands_alone_and_is_small(analysis: Analysis, page: Reader) -> None:
    assert analysis.html.startswith("<!DOCTYPE html>")
    assert len(analysis.html.encode()) < 1_000_000
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
    for _, attributes in page.seen:
        assert not {name for name in attributes if name.startswith("on") or name == "src"}
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|expression\(", analysis.html)


def test_everyone_can_read_it(page: Reader) -> None:
    assert ("html", {"lang": "en"}) in page.seen
    pictures = [attributes for tag, attributes in page.seen if tag == "svg"]
    assert len(pictures) == 4
    assert all(picture["role"] == "img" for picture in pictures)
    titles = sum(tag == "title" for tag, _ in page.seen)
    assert titles >= 1 + len(pictures)
    assert all(
        a["tabindex"] == "0" and a["aria-label"] for t, a in page.seen if a.get("role") == "region"
    )
    ids = [attributes["id"] for _, attributes in page.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for t, a in page.seen if t == "a" and a.get("href")}  # type: ignore[index]
    assert links <= set(ids)
    scopes = [attributes.get("scope") for tag, attributes in page.seen if tag == "th"]
    assert set(scopes) == {"col", "row"}


def leaves(value: Any) -> Iterator[Any]:
    """Yield the numbers and texts of a value, whatever holds them."""
    inside = value.data if hasattr(value, "data") else value
    if isinstance(inside, dict):
        inside = list(inside.values())
    if isinstance(inside, (list, tuple)):
        for item in inside:
            yield from leaves(item)
    else:
        yield inside


def held(analysis: Analysis) -> tuple[list[float], str]:
    """Return all numbers and all texts of the findings' records."""
    found: list[Any] = []
    for record in analysis.records:
        if isinstance(record, Entity):
            found += leaves([record.id, record.label, record.digest, dict(record.attributes)])
        elif isinstance(record, Setting):
            found += leaves([record.name, record.value])
        elif isinstance(record, Note):
            found.append(record.text)
    numbers = [float(x) for x in found if isinstance(x, (int, float)) and not isinstance(x, bool)]
    return numbers, " ".join(text for text in found if isinstance(text, str))


def test_every_computed_figure_is_in_the_findings(analysis: Analysis, page: Reader) -> None:
    numbers, _ = held(analysis)
    assert len(page.figures) > 100
    assert [value for value in page.figures if value not in set(numbers)] == []


def test_a_figure_is_shown_as_what_it_is(page: Reader) -> None:
    for value, text in page.shown:
        told = text.replace("−", "-").removeprefix("≤ ")
        if told.endswith("%"):
            assert abs(float(told[:-1]) / 100 - value) <= 0.00501
        elif text.startswith("≤ "):
            assert value <= float(told)
        else:
            assert float(told) == pytest.approx(value, rel=0.05, abs=0.0051)


def tokens(text: str) -> Iterator[str]:
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)
    yield from re.findall(r"(?<![\w.])\d[\d.,]*(?:e-?\d+)?", text)


def test_every_other_number_stands_in_the_findings_too(analysis: Analysis, page: Reader) -> None:
    from aitia.causal.report import CAVEATS

    numbers, texts = held(analysis)
    known = set(tokens(texts)) | set(tokens(" ".join(CAVEATS)))
    known |= {str(int(number)) for number in numbers if number == int(number)}
    known |= {f"{number:g}" for number in numbers}
    shares = {f"{number:.0%}"[:-1] for number in numbers if 0 <= number <= 1}
    size = str(analysis.result.stability.size)
    told = {token.rstrip(".,") for text in page.text for token in tokens(text)}
    assert told - known - shares - {size, "95", "0"} == set()


def test_what_is_said_is_what_was_found(analysis: Analysis, page: Reader) -> None:
    told = " ".join(" ".join(page.text).split())
    for claim in analysis.claims:
        assert f"claim-evidence --claim urn:uuid:{analysis.run}#claim-" in told
        assert claim.edge.source in told
    assert analysis.result.table.digest in told
    assert "drawn apart <b>" in told
    assert "A. Curie" in told
    assert "sgd & more" in told
    for assumption in analysis.result.assumptions:
        assert " ".join(assumption.text.split()) in told
    assert "always 1" in told or "same (1)" in told
    words = "aitia report --causal NAME --target score --alpha 0.05 --subsamples 12 --seed 0"
    assert f"{words} --engine {analysis.result.settings['method']}" in told


def test_without_effects_the_page_has_no_curves(chain: Any) -> None:
    found = analyse(FeatureTable.of(chain(60)), subsamples=0)
    told = read(found.html)
    assert not [a for t, a in told.seen if t == "svg" and a.get("class") == "curve"]
    assert not [a for t, a in told.seen if a.get("id") == "effects"]


def test_why_there_are_no_effects_is_said(chain: Any) -> None:
    table = FeatureTable.of(chain(60), tiers={"x": 0, "y": 1, "z": 1, "w": 0})
    found = analyse(table, target="x", subsamples=0, effects=True)
    assert "None were estimated: x is not known to follow the settings" in found.html
    assert any("none were estimated" in r.text for r in found.records if isinstance(r, Note))
    assert "no target" in analyse(table, subsamples=0, effects=True).html


def test_a_strict_parser_reads_the_page(analysis: Analysis) -> None:
    """As XML but for what HTML leaves open: the doctype, voids, attributes without quotes."""
    from xml.etree import ElementTree

    body = analysis.html.partition("\n")[2].replace("class=n>", 'class="n">')
    root = ElementTree.fromstring(re.sub(r"<meta ([^>]*)>", r"<meta \1/>", body))
    assert root.tag == "html"
    assert [part.tag for part in root] == ["head", "body"]


def test_a_page_divides_effects_by_what_lies_in_between(analysis: Analysis) -> None:
    assert analysis.result.estimates is not None
    (told,) = analysis.result.estimates.divided
    assert (told.cause, told.through) == ("rate", "early")
    page = read(analysis.html)
    for part in (told.total, told.indirect, told.direct):
        assert {part.value, part.low, part.high} <= set(page.figures)
    assert "By which way they go" in page.text
    assert "Of their division" in page.text
    assert "through early" in " ".join(analysis.text.split())
    (kept,) = (r for r in analysis.records if isinstance(r, Entity)
               and r.type == "aitia:MediationEstimate")  # fmt: skip
    assert kept.attributes["aitia:indirectEffect"] == told.indirect.value
