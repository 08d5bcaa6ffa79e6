from xml.etree import ElementTree as ET

import pytest

from aitia.query.drawing import Edge, Node, draw, text_width

SVG = "{http://www.w3.org/2000/svg}"


def _all(svg, tag, css=None):
    found = ET.fromstring(svg).iter(SVG + tag)
    return [e for e in found if css is None or css in e.get("class", "").split()]


def test_each_kind_has_its_own_shape():
    nodes = [
        Node("e", "entity"),
        Node("a", "activity", "activity"),
        Node("g", "agent", "agent"),
        Node("v", "variable", "variable"),
    ]
    svg = draw(nodes, [])
    assert len(_all(svg, "polygon", "shape")) == 1
    radii = {rect.get("rx") for rect in _all(svg, "rect", "shape")}
    assert len(radii) == 3


def test_text_is_escaped_and_long_text_is_cut_with_the_whole_in_the_tooltip():
    hostile = '<script>alert("x")</script> & a name that is much longer than the box'
    svg = draw([Node("n", hostile, href='javascript:"')], [], title="<b>")
    assert "<script>" not in svg
    texts = [t.text for t in _all(svg, "text")]
    assert texts[0] != hostile
    assert "…" in texts[0]
    assert hostile in [t.text for t in _all(svg, "title")]


def test_marks_widths_and_dashes_are_drawn():
    nodes = [Node("a", "a"), Node("b", "b")]
    plain = draw(nodes, [Edge("a", "b", head="none")])
    assert not _all(plain, "polygon", "mark")
    marked = draw(nodes, [Edge("a", "b", "0.9", 4.0, True, "arrow", "circle")])
    assert len(_all(marked, "polygon", "mark")) == 1
    assert len(_all(marked, "circle", "ring")) == 1
    line = _all(marked, "path", "edge")[0]
    assert line.get("stroke-width") == "4.0"
    assert line.get("stroke-dasharray")
    assert [t.text for t in _all(marked, "text", "name")] == ["0.9"]


def test_edges_to_unknown_nodes_and_loops_are_left_out():
    svg = draw([Node("a", "a")], [Edge("a", "zz", "x"), Edge("a", "a", "y")])
    assert not _all(svg, "path")


def test_labels_of_parallel_lines_do_not_cover_one_another_or_a_box():
    nodes = [Node(f"s{i}", f"source {i}") for i in range(6)] + [Node("t", "target", "activity")]
    svg = draw(nodes, [Edge(f"s{i}", "t", f"label {i}") for i in range(6)])
    names = [(float(t.get("x")), float(t.get("y")), t.text) for t in _all(svg, "text", "name")]
    assert len(names) == 6
    for i, (x, y, text) in enumerate(names):
        for x2, y2, _ in names[i + 1 :]:
            assert abs(y - y2) >= 11 or abs(x - x2) >= text_width(text, 11)


@pytest.mark.parametrize("text", ["lineage", "WWWW", "日本語", "a-b_c.d"])
def test_text_width_grows_with_the_text(text):
    assert 0 < text_width(text) < text_width(text + "m")


def test_a_picture_asks_for_nothing_from_the_network():
    svg = draw([Node("a", "a", href="/runs/1")], [])
    assert "url(" not in svg
    assert "@import" not in svg
    assert "<image" not in svg
