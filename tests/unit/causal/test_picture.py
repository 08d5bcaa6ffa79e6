from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np

from aitia.causal import analyse
from aitia.projection.table import FeatureTable

SVG = "{http://www.w3.org/2000/svg}"
TIERS = {"x": 0, "y": 1, "z": 2, "w": 0}


def drawn(columns: dict[str, Any], tiers: dict[str, int] | None = TIERS, **more: Any) -> Any:
    table = FeatureTable.of(columns, tiers=tiers)
    return ElementTree.fromstring(analyse(table, **{"subsamples": 10, **more}).svg)


def texts(picture: Any) -> list[str]:
    return [element.text for element in picture.iter(f"{SVG}text")]


def left(picture: Any, name: str) -> float:
    for group in picture.iter(f"{SVG}g"):
        if group.findtext(f"{SVG}title") == name:
            return float(group.find(f"{SVG}rect").get("x"))
    raise AssertionError(name)


def test_tiers_are_columns_from_left_to_right(chain: Any) -> None:
    picture = drawn(chain(200))
    assert left(picture, "x") < left(picture, "y") < left(picture, "z")
    assert texts(picture)[:3] == ["tier 0", "tier 1", "tier 2"]


def test_the_target_stands_out(chain: Any) -> None:
    picture = drawn(chain(200), target="z")
    strong = [g for g in picture.iter(f"{SVG}g") if "strong" in g.get("class", "")]
    assert [g.findtext(f"{SVG}title") for g in strong] == ["z"]
    assert picture.findtext(f"{SVG}title") == "what acts on z"


def test_edges_tell_their_share_by_width_number_and_words(chain: Any) -> None:
    picture = drawn(chain(200))
    notes = {p.findtext(f"{SVG}title"): p for p in picture.iter(f"{SVG}path")}
    note = "x --> y: linked in 100% of 10 subsamples, with these ends in 100%"
    assert notes[note].get("stroke-width") == "4.0"
    assert "100%" in texts(picture)


def test_weak_edges_are_dashed_and_the_key_says_so(weak: Any) -> None:
    picture = drawn(weak, subsamples=30, engine="pc")
    assert any(p.get("stroke-dasharray") for p in picture.iter(f"{SVG}path"))
    assert "in fewer than half of them" in texts(picture)


def test_undirected_edges_have_no_head_and_the_key_says_so(chain: Any) -> None:
    picture = drawn(chain(200), None)
    assert "linked, direction not known" in texts(picture)
    assert len(list(picture.iter(f"{SVG}polygon"))) == 1, "the head in the key alone"


def test_without_subsamples_there_are_no_numbers(chain: Any) -> None:
    picture = drawn(chain(200), subsamples=0)
    assert not any(re.search(r"\d%", text) for text in texts(picture))
    assert "acts on" in texts(picture)


def test_what_is_linked_to_nothing_is_drawn_unless_it_is_crowded(chain: Any) -> None:
    assert "w" in texts(drawn(chain(200)))
    rng = np.random.default_rng(1)
    many = {**chain(200), **{f"n{i}": rng.normal(size=200) for i in range(30)}}
    shown = texts(drawn(many, TIERS, alpha=1e-6, subsamples=0))
    assert {"x", "y", "z"} <= set(shown)
    assert not {f"n{i}" for i in range(30)} & set(shown)
