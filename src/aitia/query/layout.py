"""Where the boxes of a directed graph go: a layered layout, left to right (Sugiyama et al. 1981).

Links that close a cycle are turned round; longest paths give the columns; long links are cut by
dummy boxes; barycentre sweeps order each column; isotonic regression then moves every box as near
to its neighbours as the order and the gaps allow. The same input gives the same picture.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]

MARGIN = 16.0
ROW_GAP = 18.0
COLUMN_GAP = 56.0
_SWEEPS = 12
_SETTLE = 16


class Box(NamedTuple):
    """A box to be placed; a box of a higher ``tier`` stands right of all boxes of a lower one."""

    id: str
    width: float
    height: float
    tier: int = 0


class Link(NamedTuple):
    """A link to be routed; ``room`` is the width that its label needs between two columns."""

    source: str
    target: str
    room: float = 0.0


class Layout(NamedTuple):
    """Centres of boxes, and for each link the points it runs through, in pixels."""

    width: float
    height: float
    centres: Mapping[str, Point]
    routes: Sequence[Sequence[Point]]


def arrange(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """Place ``boxes`` in columns and route ``links`` between them.

    Links whose ends are unknown or the same box get an empty route.
    """
    known = {box.id: box for box in boxes}
    usable = [link for link in links if link.source in known and link.target in known]
    forward = _acyclic(list(known), [(a.source, a.target) for a in usable if a.source != a.target])
    columns = _columns(known, forward)
    grid = _Grid(known, columns, forward)
    grid.order()
    return grid.place(links)


def _acyclic(nodes: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs once each, turned round where they would close a cycle."""
    out: dict[str, list[str]] = defaultdict(list)
    for source, target in dict.fromkeys(pairs):
        out[source].append(target)
    entered: dict[str, int] = {}
    left: set[str] = set()
    turned = set()
    indegree = {target for targets in out.values() for target in targets}
    for root in sorted(nodes, key=lambda node: node in indegree):
        if root in entered:
            continue
        entered[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in entered:
                    entered[target] = 1
                    stack.append((target, iter(out[target])))
                    break
                if target not in left:
                    turned.add((node, target))
            else:
                left.add(node)
                stack.pop()
    flat = [(a, b) for a, targets in out.items() for b in targets]
    return list(dict.fromkeys((b, a) if (a, b) in turned else (a, b) for a, b in flat))


def _columns(boxes: Mapping[str, Box], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each box: the longest path to it, tier by tier."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        before[target].append(source)
        after[source].append(target)
    column: dict[str, int] = {}
    order = _topological(list(boxes), before, after)
    base = 0
    for tier in sorted({box.tier for box in boxes.values()}):
        members = [node for node in order if boxes[node].tier == tier]
        for node in members:
            ends = [column[other] + 1 for other in before[node] if other in column]
            column[node] = max([base, *ends])
        base = max(column.values(), default=-1) + 1
        _pull(members, after, column, boxes)
    return column


def _pull(
    members: Sequence[str],
    after: Mapping[str, list[str]],
    column: dict[str, int],
    boxes: Mapping[str, Box],
) -> None:
    """Move each box right, up to what follows it in its own tier, so that links are short."""
    for node in reversed(members):
        ends = [column[n] for n in after[node] if n in column and boxes[n].tier == boxes[node].tier]
        if ends and min(ends) - 1 > column[node]:
            column[node] = min(ends) - 1


def _topological(
    nodes: Sequence[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> list[str]:
    waiting = {node: len(before.get(node, ())) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    order = []
    for node in ready:
        order.append(node)
        for target in after.get(node, ()):
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return order


class _Grid:
    """Boxes and dummies in columns; a dummy is a negative-free key ``(link, column)`` as text."""

    def __init__(
        self,
        boxes: Mapping[str, Box],
        column: Mapping[str, int],
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        self.boxes = boxes
        self.column = dict(column)
        self.height = {box.id: box.height for box in boxes.values()}
        self.chains: dict[tuple[str, str], list[str]] = {}
        self.before: dict[str, list[str]] = defaultdict(list)
        self.after: dict[str, list[str]] = defaultdict(list)
        count = max(column.values(), default=-1) + 1
        self.rows: list[list[str]] = [[] for _ in range(count)]
        for box in boxes.values():
            self.rows[column[box.id]].append(box.id)
        for number, pair in enumerate(pairs):
            self._chain(number, pair)

    def _chain(self, number: int, pair: tuple[str, str]) -> None:
        source, target = pair
        if self.column[source] > self.column[target]:
            source, target = target, source
        chain = [source]
        for between in range(self.column[source] + 1, self.column[target]):
            dummy = f"\0{number}/{between}"
            self.column[dummy] = between
            self.height[dummy] = 0.0
            self.rows[between].append(dummy)
            chain.append(dummy)
        chain.append(target)
        for left, right in pairwise(chain):
            self.after[left].append(right)
            self.before[right].append(left)
        self.chains[pair] = chain if source == pair[0] else chain[::-1]

    def order(self) -> None:
        """Order each column so that few links cross; the best of several sweeps is kept."""
        best, fewest = [list(row) for row in self.rows], self.crossings()
        for sweep in range(_SWEEPS):
            if not fewest:
                break
            indices = range(1, len(self.rows))
            for index in indices if sweep % 2 == 0 else reversed(range(len(self.rows) - 1)):
                self._sort(index, self.before if sweep % 2 == 0 else self.after)
            crossings = self.crossings()
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def _sort(self, index: int, neighbours: Mapping[str, list[str]]) -> None:
        place = {node: float(i) for row in self.rows for i, node in enumerate(row)}

        def barycentre(node: str) -> float:
            near = neighbours.get(node)
            return sum(place[n] for n in near) / len(near) if near else place[node]

        self.rows[index].sort(key=barycentre)

    def crossings(self) -> int:
        """Return how many pairs of links cross, counted column by column."""
        total = 0
        for row, following in zip(self.rows, self.rows[1:], strict=False):
            place = {node: i for i, node in enumerate(following)}
            ends: list[int] = []
            for node in row:
                ends.extend(sorted(place[n] for n in self.after.get(node, ())))
            total += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
        return total

    def place(self, links: Sequence[Link]) -> Layout:
        """Give every box its centre and every link its route."""
        y = self._settle()
        widths = [
            max((self.boxes[n].width for n in row if n in self.boxes), default=0.0)
            for row in self.rows
        ]
        lefts = self._lefts(widths, links)
        centres = {
            node: (lefts[self.column[node]] + widths[self.column[node]] / 2, y[node])
            for node in self.boxes
        }
        routes = [self._route(link, lefts, widths, y) for link in links]
        right = lefts[-1] + widths[-1] if lefts else 0.0
        low = max((y[n] + self.boxes[n].height / 2 for n in self.boxes), default=0.0)
        bends = [point[1] for route in routes for point in route]
        return Layout(right + MARGIN, max([low, *bends]) + MARGIN, centres, routes)

    def _lefts(self, widths: Sequence[float], links: Sequence[Link]) -> list[float]:
        gaps = [COLUMN_GAP] * max(len(widths) - 1, 0)
        for link in links:
            if link.source in self.boxes and link.target in self.boxes and link.room:
                ends = sorted((self.column[link.source], self.column[link.target]))
                if ends[0] < ends[1]:
                    middle = (ends[0] + ends[1] - 1) // 2
                    gaps[middle] = max(gaps[middle], link.room + COLUMN_GAP / 2)
        lefts = [MARGIN][: len(widths)]
        for width, gap in zip(widths, gaps, strict=False):
            lefts.append(lefts[-1] + width + gap)
        return lefts

    def _settle(self) -> dict[str, float]:
        y: dict[str, float] = {}
        for row in self.rows:
            low = 0.0
            for node in row:
                y[node] = low + self.height[node] / 2
                low += self.height[node] + ROW_GAP
        for step in range(_SETTLE):
            forwards = step % 2 == 0
            near = self.before if forwards else self.after
            for row in self.rows if forwards else reversed(self.rows):
                self._move(row, near if step < _SETTLE - 2 else None, y)
        top = min((y[n] - self.height[n] / 2 for n in y), default=0.0)
        y = {node: value - top + MARGIN for node, value in y.items()}
        for part in sorted(self._parts(), key=lambda part: min(y[n] for n in part)):
            self._lift(part, y)
        return y

    def _parts(self) -> list[set[str]]:
        """Return the parts of the graph that no link joins."""
        parts: list[set[str]] = []
        seen: set[str] = set()
        for start in self.boxes:
            if start in seen:
                continue
            part, waiting = {start}, [start]
            for node in waiting:
                near = [*self.before.get(node, ()), *self.after.get(node, ())]
                waiting.extend(n for n in dict.fromkeys(near) if n not in part)
                part.update(near)
            seen |= part
            parts.append(part)
        return parts

    def _lift(self, part: set[str], y: dict[str, float]) -> None:
        """Move a part up as one, as far as what stands above it leaves room."""
        room = []
        for row in self.rows:
            low = MARGIN
            for node in row:
                if node in part:
                    room.append(y[node] - self.height[node] / 2 - low)
                    low = -math.inf
                else:
                    low = y[node] + self.height[node] / 2 + ROW_GAP
        shift = min((gap for gap in room if gap < math.inf), default=0.0)
        for node in part:
            y[node] -= max(shift, 0.0)

    def _move(
        self, row: Sequence[str], near: Mapping[str, list[str]] | None, y: dict[str, float]
    ) -> None:
        """Move one column's boxes towards their neighbours: an isotonic regression."""
        offset, offsets, wanted, weights = 0.0, [], [], []
        previous = None
        for node in row:
            if previous is not None:
                offset += (self.height[previous] + self.height[node]) / 2 + ROW_GAP
            previous = node
            ends = (
                near.get(node, [])
                if near is not None
                else [*self.before.get(node, ()), *self.after.get(node, ())]
            )
            goal = sum(y[n] for n in ends) / len(ends) if ends else y[node]
            offsets.append(offset)
            wanted.append(goal - offset)
            weights.append(4.0 if node not in self.boxes else 1.0 if ends else 0.1)
        for node, value, shift in zip(row, _isotonic(wanted, weights), offsets, strict=True):
            y[node] = value + shift

    def _route(
        self, link: Link, lefts: Sequence[float], widths: Sequence[float], y: Mapping[str, float]
    ) -> list[Point]:
        chain = self.chains.get((link.source, link.target))
        if chain is None:
            turned = self.chains.get((link.target, link.source))
            if turned is None:
                return []
            chain = turned[::-1]
        rightwards = self.column[chain[0]] < self.column[chain[-1]]
        points = []
        for position, node in enumerate(chain):
            column = self.column[node]
            middle, half = lefts[column] + widths[column] / 2, widths[column] / 2
            if node in self.boxes:
                half = self.boxes[node].width / 2
            sides = (-half, half) if rightwards else (half, -half)
            if position > 0:
                points.append((middle + sides[0], y[node]))
            if position < len(chain) - 1:
                points.append((middle + sides[1], y[node]))
        return points


def _isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the non-decreasing values nearest to ``values`` (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        mean, mass, size = value, weight, 1
        while pools and pools[-1][0] > mean:
            other, more, count = pools.pop()
            mean = (mean * mass + other * more) / (mass + more)
            mass, size = mass + more, size + count
        pools.append((mean, mass, size))
    return [mean for mean, _, size in pools for _ in range(size)]
