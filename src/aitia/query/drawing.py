"""A small directed graph as one SVG text: lineage, and what was found to cause what.

The shapes are those of the W3C PROV diagrams: entities are rounded, activities are boxes, agents
are houses. Nothing is told by colour alone, and the picture follows the reader's light or dark
scheme. It needs no script, no font and no network.

>>> svg = draw([Node("a", "train.csv"), Node("b", "fit", "activity")], [Edge("a", "b", "used")])
>>> svg.startswith("<svg") and "train.csv" in svg
True
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from aitia.query.layout import COLUMN_GAP, Box, Layout, Link, Point, arrange

FONT = 13.0
SMALL = 11.0
LONGEST = 30
"""Most characters of a label that are drawn; the whole label is in the tooltip."""

_WIDE = frozenset("mwMWQO@%—…")
_NARROW = frozenset("ijlftrI.,:;'|!()[]{}/\\- ")
_MIDDLE = 0.5
_TRIES = (0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82)
_LINE = 1.4


class Node(NamedTuple):
    """A thing to draw; ``kind`` is ``entity``, ``activity``, ``agent`` or ``variable``.

    ``detail`` is a second, smaller line; ``tier`` keeps it right of all nodes of lower tiers.
    """

    id: str
    label: str
    kind: str = "entity"
    detail: str = ""
    href: str = ""
    tier: int = 0
    strong: bool = False


class Edge(NamedTuple):
    """A line from ``source`` to ``target``; the marks are ``arrow``, ``circle`` or ``none``.

    ``width`` is in pixels; ``dashed`` marks what is less certain; ``note`` is the tooltip.
    """

    source: str
    target: str
    label: str = ""
    width: float = _LINE
    dashed: bool = False
    head: str = "arrow"
    tail: str = "none"
    note: str = ""


STYLE = """
.aitia-graph{--ink:#1b1f24;--soft:#59636e;--line:#6e7781;--back:#ffffff;--entity:#fff3c4;
--entity-edge:#9a6700;--activity:#d8e9ff;--activity-edge:#0550ae;--agent:#ffe0cc;
--agent-edge:#953800;--variable:#eef1f4;--variable-edge:#424a53;
font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
@media (prefers-color-scheme:dark){.aitia-graph{--ink:#e6edf3;--soft:#9da7b3;--line:#8b949e;
--back:#0d1117;--entity:#3a2f0b;--entity-edge:#d4a72c;--activity:#0c2d5c;--activity-edge:#6cb6ff;
--agent:#4a2410;--agent-edge:#f0883e;--variable:#21262d;--variable-edge:#b1bac4}}
.aitia-graph .bg{fill:var(--back)}
.aitia-graph text{fill:var(--ink);font-size:13px;text-anchor:middle}
.aitia-graph .detail{fill:var(--soft);font-size:11px}
.aitia-graph .edge{fill:none;stroke:var(--line)}
.aitia-graph .mark{fill:var(--line);stroke:none}
.aitia-graph .ring{fill:var(--back);stroke:var(--line);stroke-width:1.4}
.aitia-graph .name{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--back);
stroke-width:4px;stroke-linejoin:round}
.aitia-graph .node .shape{stroke-width:1.4}
.aitia-graph .strong .shape{stroke-width:3}
.aitia-graph .entity .shape{fill:var(--entity);stroke:var(--entity-edge)}
.aitia-graph .activity .shape{fill:var(--activity);stroke:var(--activity-edge)}
.aitia-graph .agent .shape{fill:var(--agent);stroke:var(--agent-edge)}
.aitia-graph .variable .shape{fill:var(--variable);stroke:var(--variable-edge)}
.aitia-graph a:hover .shape,.aitia-graph a:focus .shape{stroke-width:3}
""".strip()


def draw(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    *,
    title: str = "",
    headings: Sequence[str] = (),
    key: Sequence[tuple[Edge, str]] = (),
) -> str:
    """Return the graph as the text of one ``<svg>`` element, readable alone and inside a page.

    Parameters
    ----------
    nodes, edges:
        What to draw. Edges whose ends are not among the nodes are left out.
    title:
        Said to those who hear the picture instead of seeing it.
    headings:
        What each tier means, by its number; written above the boxes of the tier.
    key:
        Sample edges and what they mean, written below the picture.
    """
    names = {node.id: node for node in nodes}
    drawn = [edge for edge in edges if edge.source in names and edge.target in names]
    boxes = [Box(node.id, *_size(node), node.tier) for node in names.values()]
    links = [Link(a.source, a.target, text_width(_cut(a.label), SMALL) + 12) for a in drawn]
    layout = arrange(boxes, links)
    labels = _Labels(layout, boxes)
    lines = [
        _edge(edge, route, labels)
        for edge, route in zip(drawn, layout.routes, strict=True)
        if len(route) > 1
    ]
    shapes = [_node(node, layout.centres[node.id]) for node in names.values()]
    top, width, above = _headings(layout, list(names.values()), headings)
    low, below = _key(key, top + layout.height)
    width = max(width, *(text_width(text, SMALL) + 80 for _, text in key), 0.0)
    return "\n".join(
        [
            _opening(width, low, title),
            *above,
            f'<g transform="translate(0 {top:.0f})">' if top else "<g>",
            *(line for line, _ in lines),
            *shapes,
            *(name for _, name in lines if name),
            "</g>",
            *below,
            "</svg>",
        ]
    )


def _headings(
    layout: Layout, nodes: Sequence[Node], headings: Sequence[str]
) -> tuple[float, float, list[str]]:
    """Return the room above the boxes, the width of the picture, and the headings' text."""
    spans: dict[int, tuple[float, float]] = {}
    for node in nodes if headings else ():
        x, half = layout.centres[node.id][0], _size(node)[0] / 2
        left, right = spans.get(node.tier, (x - half, x + half))
        spans[node.tier] = min(left, x - half), max(right, x + half)
    texts, width, lines = [], layout.width, 0
    for tier, (left, right) in sorted(spans.items()):
        heading = headings[tier] if tier < len(headings) else ""
        middle = (left + right) / 2
        for number, part in enumerate(_wrapped(heading, right - left + COLUMN_GAP)):
            y = 14 + 14 * number
            texts.append(f'<text class="detail" x="{middle:.1f}" y="{y}">{escape(part)}</text>')
            width, lines = (
                max(width, middle + text_width(part, SMALL) / 2 + 4),
                max(lines, number + 1),
            )
    return (14.0 * lines if lines else 0.0), width, texts


def _wrapped(text: str, width: float) -> list[str]:
    """Return ``text`` in lines that are no wider than ``width`` where its words allow."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, SMALL) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _key(key: Sequence[tuple[Edge, str]], top: float) -> tuple[float, list[str]]:
    """Return how low the picture reaches with its key, and the key's text."""
    parts = []
    for number, (edge, text) in enumerate(key):
        y = top + 10 + 18 * number
        line, _ = _edge(edge._replace(label="", note=text), [(16.0, y), (60.0, y)], None)
        parts.append(line)
        parts.append(
            f'<text class="detail" x="70" y="{y + 3.5:.1f}" style="text-anchor:start">'
            f"{escape(text)}</text>"
        )
    return top + (18 * len(key) + 8 if key else 0), parts


def text_width(text: str, size: float = FONT) -> float:
    """Return about how wide ``text`` is in a sans-serif font, in pixels; never too little."""
    units = sum(
        0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.66 if c.isupper() else 0.6
        if ord(c) < 0x2E80 else 1.05
        for c in text
    )  # fmt: skip
    return units * size


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 11] + "…" + text[-10:]


def _size(node: Node) -> tuple[float, float]:
    text = max(text_width(_cut(node.label)), text_width(_cut(node.detail), SMALL))
    side = 30.0 if node.kind == "entity" else 22.0
    height = 48.0 if node.detail else 32.0
    return max(text + side, 64.0), height + (10.0 if node.kind == "agent" else 0.0)


def _opening(right: float, low: float, title: str) -> str:
    width, height = round(right), round(low)
    name = escape(title or "graph")
    return (
        f'<svg class="aitia-graph" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{escape(title or "graph", quote=True)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title>{name}</title><style>{STYLE}</style>'
        f'<rect class="bg" width="{width}" height="{height}"/>'
    )


def _node(node: Node, centre: Point) -> str:
    width, height = _size(node)
    x, y = centre
    shift = 4.0 if node.kind == "agent" else 0.0
    label = y + shift + (-4.0 if node.detail else 4.5)
    parts = [
        f"<title>{escape(' · '.join(filter(None, (node.label, node.detail))))}</title>",
        _shape(node.kind, x, y, width, height),
        f'<text x="{x:.1f}" y="{label:.1f}">{escape(_cut(node.label))}</text>',
    ]
    if node.detail:
        parts.append(
            f'<text class="detail" x="{x:.1f}" y="{label + 16:.1f}">'
            f"{escape(_cut(node.detail))}</text>"
        )
    css = f"node {node.kind}{' strong' if node.strong else ''}"
    body = f'<g class="{escape(css, quote=True)}">{"".join(parts)}</g>'
    return f'<a href="{escape(node.href, quote=True)}">{body}</a>' if node.href else body


def _shape(kind: str, x: float, y: float, width: float, height: float) -> str:
    left, top, right, low = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    if kind == "agent":
        points = ((left, top + 12), (x, top), (right, top + 12), (right, low), (left, low))
        text = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        return f'<polygon class="shape" points="{text}"/>'
    radius = {"entity": height / 2, "variable": 8.0}.get(kind, 2.0)
    return (
        f'<rect class="shape" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{radius:.1f}"/>'
    )


def _edge(edge: Edge, route: Sequence[Point], labels: _Labels | None) -> tuple[str, str]:
    """Return the drawn line, and its label to be drawn on top."""
    line = _shortened(route, edge)
    dash = ' stroke-dasharray="6 4"' if edge.dashed else ""
    note = f"<title>{escape(edge.note or edge.label)}</title>" if edge.note or edge.label else ""
    path = (
        f'<path class="edge" d="{_curve(line)}" stroke-width="{edge.width:.1f}"{dash}>{note}</path>'
    )
    head = _mark(edge.head, route[-1], route[-2], edge.width)
    tail = _mark(edge.tail, route[0], route[1], edge.width)
    if not edge.label or labels is None:
        return path + head + tail, ""
    x, y = labels.place(line, _cut(edge.label))
    name = f'<text class="name" x="{x:.1f}" y="{y + 3.5:.1f}">{escape(_cut(edge.label))}</text>'
    return path + head + tail, name


def _reach(mark: str, width: float) -> float:
    return {"arrow": 7.0 + width * 1.5, "circle": 9.0}.get(mark, 0.0)


def _shortened(route: Sequence[Point], edge: Edge) -> list[Point]:
    """Return the route cut back at both ends by what their marks cover."""
    points = list(route)
    sign = 1.0 if points[-1][0] >= points[0][0] else -1.0
    points[0] = (points[0][0] + sign * _reach(edge.tail, edge.width), points[0][1])
    points[-1] = (points[-1][0] - sign * _reach(edge.head, edge.width) * 0.8, points[-1][1])
    return points


def _mark(mark: str, tip: Point, before: Point, width: float) -> str:
    """Return an arrow head or a ring at ``tip``; links run level where they meet a box."""
    sign = 1.0 if tip[0] >= before[0] else -1.0
    if mark == "circle":
        return f'<circle class="ring" cx="{tip[0] - sign * 4.5:.1f}" cy="{tip[1]:.1f}" r="4"/>'
    if mark != "arrow":
        return ""
    reach = _reach("arrow", width)
    back, half = tip[0] - sign * reach, reach * 0.45
    points = (
        f"{tip[0]:.1f},{tip[1]:.1f} {back:.1f},{tip[1] - half:.1f} {back:.1f},{tip[1] + half:.1f}"
    )
    return f'<polygon class="mark" points="{points}"/>'


def _pieces(points: Sequence[Point]) -> list[tuple[Point, Point, Point, Point]]:
    """Return the cubic Bézier pieces through ``points``, level at each."""
    pieces = []
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        pieces.append(((x0, y0), (middle, y0), (middle, y1), (x1, y1)))
    return pieces


def _curve(points: Sequence[Point]) -> str:
    text = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (_, y0), (middle, _), _, (x1, y1) in _pieces(points):
        if abs(y0 - y1) < _MIDDLE:
            text += f"L{x1:.1f} {y1:.1f}"
        else:
            text += f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return text


class _Labels:
    """Finds each label a place along its line where it covers no box and no other label."""

    def __init__(self, layout: Layout, boxes: Sequence[Box]) -> None:
        self.taken = [
            (x - box.width / 2, y - box.height / 2, x + box.width / 2, y + box.height / 2)
            for box in boxes
            for x, y in [layout.centres[box.id]]
        ]

    def place(self, line: Sequence[Point], label: str) -> Point:
        """Return where on ``line`` a label hides least."""
        half = text_width(label, SMALL) / 2
        pieces = _pieces(line)
        middle = len(pieces) // 2
        order = sorted(range(len(pieces)), key=lambda i: (i % 2, abs(i - middle)))
        spots = [_at(pieces[i], t) for i in order for t in _TRIES]

        def cover(spot: Point) -> float:
            x, y = spot
            return sum(
                max(0.0, min(x + half, r) - max(x - half, a))
                * max(0.0, min(y + 7, d) - max(y - 7, b))
                for a, b, r, d in self.taken
            )

        best = min(spots, key=cover)
        x, y = best
        self.taken.append((x - half, y - 7, x + half, y + 7))
        return best


def _at(piece: tuple[Point, Point, Point, Point], t: float) -> Point:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = piece
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3
