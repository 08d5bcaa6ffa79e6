from __future__ import annotations

import aitia
from aitia.records import Point


def test_what_is_logged_in_a_turn_is_a_point_of_what_loops(run, told):
    for epoch in aitia.loop(range(3), "epoch"):
        aitia.log(step=epoch, loss=1.0)
        with aitia.task("inner"):
            aitia.log(step=epoch, own=2.0)
    assert [p.subject for p in told(Point) if "loss" in p.values] == ["", "", ""]
    assert "" not in [p.subject for p in told(Point) if "own" in p.values]
    assert run.turns == {}


def test_loops_in_loops_log_to_the_outermost_owner(run, told):
    with aitia.task("train"):
        for _ in aitia.loop(range(2), "epoch"):
            for batch in aitia.loop(range(2), "batch"):
                aitia.log(step=batch, loss=1.0)
                if batch:
                    break
    assert {p.subject for p in told(Point)} == {"1"}
    assert run.turns == {}
