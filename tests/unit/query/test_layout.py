import random

import pytest

from aitia.query.layout import ROW_GAP, Box, Link, arrange


def _random_graph(seed, boxes=25, links=40):
    rng = random.Random(seed)
    names = [f"n{i}" for i in range(boxes)]
    return (
        [Box(n, rng.uniform(40, 160), rng.uniform(24, 60)) for n in names],
        [Link(*rng.sample(names, 2)) for _ in range(links)],
    )


@pytest.mark.parametrize("seed", range(12))
def test_no_two_boxes_overlap_and_all_lie_inside(seed):
    boxes, links = _random_graph(seed)
    layout = arrange(boxes, links)
    for i, a in enumerate(boxes):
        ax, ay = layout.centres[a.id]
        assert a.width / 2 <= ax <= layout.width - a.width / 2
        assert a.height / 2 <= ay <= layout.height - a.height / 2
        for b in boxes[i + 1 :]:
            bx, by = layout.centres[b.id]
            apart = abs(ax - bx) >= (a.width + b.width) / 2
            assert apart or abs(ay - by) >= (a.height + b.height) / 2 + ROW_GAP - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_every_route_joins_the_sides_of_its_ends(seed):
    boxes, links = _random_graph(seed)
    layout = arrange(boxes, links)
    half = {box.id: box.width / 2 for box in boxes}
    for link, route in zip(links, layout.routes, strict=True):
        (sx, sy), (tx, ty) = layout.centres[link.source], layout.centres[link.target]
        assert route[0][1] == pytest.approx(sy)
        assert route[-1][1] == pytest.approx(ty)
        assert abs(route[0][0] - sx) == pytest.approx(half[link.source])
        assert abs(route[-1][0] - tx) == pytest.approx(half[link.target])


def test_an_acyclic_graph_runs_from_left_to_right():
    boxes = [Box(n, 50, 30) for n in "abcd"]
    links = [Link("a", "b"), Link("b", "c"), Link("a", "c"), Link("c", "d")]
    x = {n: p[0] for n, p in arrange(boxes, links).centres.items()}
    assert x["a"] < x["b"] < x["c"] < x["d"]


def test_a_cycle_and_a_loop_are_laid_out_all_the_same():
    boxes = [Box(n, 50, 30) for n in "abc"]
    links = [Link("a", "b"), Link("b", "c"), Link("c", "a"), Link("a", "a"), Link("a", "zz")]
    layout = arrange(boxes, links)
    assert [bool(route) for route in layout.routes] == [True, True, True, False, False]


def test_higher_tiers_stand_right_of_lower_ones():
    boxes = [Box("a", 50, 30, 0), Box("b", 50, 30, 1), Box("c", 50, 30, 1), Box("d", 50, 30, 2)]
    x = {n: p[0] for n, p in arrange(boxes, [Link("b", "c")]).centres.items()}
    assert x["a"] < x["b"] < x["c"] < x["d"]


def test_a_link_across_columns_does_not_run_through_a_box():
    boxes = [Box(n, 60, 30) for n in "abc"]
    layout = arrange(boxes, [Link("a", "b"), Link("b", "c"), Link("a", "c")])
    bx, by = layout.centres["b"]
    inner = [point for point in layout.routes[2] if bx - 30 <= point[0] <= bx + 30]
    assert len(inner) == 2
    assert all(abs(y - by) >= 15 for _, y in inner)


def test_a_tangle_that_can_be_undone_is_undone():
    boxes = [Box(n, 40, 20) for n in ("a0", "a1", "a2", "b0", "b1", "b2")]
    links = [Link("a0", "b2"), Link("a1", "b1"), Link("a2", "b0")]
    y = {n: p[1] for n, p in arrange(boxes, links).centres.items()}
    assert sorted(["a0", "a1", "a2"], key=y.get) == [
        "a" + str(2 - int(n[1])) for n in sorted(["b0", "b1", "b2"], key=y.get)
    ]


def test_the_same_graph_gives_the_same_picture_and_no_graph_gives_none():
    boxes, links = _random_graph(1)
    assert arrange(boxes, links) == arrange(boxes, links)
    assert arrange([], []).centres == {}


def test_a_wide_label_widens_the_gap_between_columns():
    boxes = [Box("a", 50, 30), Box("b", 50, 30)]
    narrow, wide = arrange(boxes, [Link("a", "b")]), arrange(boxes, [Link("a", "b", 300)])
    assert wide.width > narrow.width + 200
