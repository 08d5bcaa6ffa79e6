"""Events in time: an order without a strict cycle (PROV-CONSTRAINTS §6.2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

Event = TypeVar("Event", bound=Hashable)
Why = TypeVar("Why")


class Edge(NamedTuple, Generic[Event, Why]):
    """That an event precedes another; ``is_strict`` when they cannot be at one time."""

    before: Event
    after: Event
    is_strict: bool
    why: Why


def cycles(edges: Iterable[Edge[Event, Why]]) -> Iterator[list[Edge[Event, Why]]]:
    """Yield a shortest cycle through a strict edge, for each set of events that lie in one."""
    out: dict[Event, list[Edge[Event, Why]]] = {}
    for edge in edges:
        out.setdefault(edge.before, []).append(edge)
        out.setdefault(edge.after, [])
    number = _components(out)
    told: set[int] = set()
    for edge in (edge for ways in out.values() for edge in ways):
        here = number[edge.before]
        if edge.is_strict and here == number[edge.after] and here not in told:
            told.add(here)
            yield [edge, *_way(out, edge.after, edge.before)]


def _way(
    out: dict[Event, list[Edge[Event, Why]]], start: Event, end: Event
) -> list[Edge[Event, Why]]:
    """Return the edges of a shortest way from one event to another."""
    came: dict[Event, Edge[Event, Why] | None] = {start: None}
    todo = deque([start])
    while todo and end not in came:
        for edge in out[todo.popleft()]:
            if edge.after not in came:
                came[edge.after] = edge
                todo.append(edge.after)
    found = []
    step = came[end]
    while step is not None:
        found.append(step)
        step = came[step.before]
    return found[::-1]


def _components(out: dict[Event, list[Edge[Event, Why]]]) -> dict[Event, int]:
    """Return the number of the strongly connected component of each event (Tarjan)."""
    index: dict[Event, int] = {}
    low: dict[Event, int] = {}
    number: dict[Event, int] = {}
    open_events: list[Event] = []
    for root in out:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_events.append(root)
        path = [(root, iter(out[root]))]
        while path:
            here, ways = path[-1]
            edge = next(ways, None)
            if edge is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[here])
                if low[here] == index[here]:
                    _close(here, open_events, number)
            elif edge.after not in index:
                index[edge.after] = low[edge.after] = len(index)
                open_events.append(edge.after)
                path.append((edge.after, iter(out[edge.after])))
            elif edge.after not in number:
                low[here] = min(low[here], index[edge.after])
    return number


def _close(root: Event, open_events: list[Event], number: dict[Event, int]) -> None:
    name = len(number)
    while True:
        event = open_events.pop()
        number[event] = name
        if event == root:
            return
