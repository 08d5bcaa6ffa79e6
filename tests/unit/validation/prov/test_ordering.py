from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from aitia.validation.prov.ordering import Edge, cycles

EVENTS = st.integers(0, 6)
EDGES = st.lists(st.builds(Edge, EVENTS, EVENTS, st.booleans(), st.just("")), max_size=20)


def is_impossible(edges):
    """Return whether no times fit the edges, by the closure of reachability."""
    reach = {(e.before, e.after) for e in edges}
    for k, i, j in product(range(7), repeat=3):
        if (i, k) in reach and (k, j) in reach:
            reach.add((i, j))
    return any(e.is_strict and ((e.after, e.before) in reach or e.after == e.before) for e in edges)


@given(EDGES)
def test_a_cycle_is_found_when_there_is_one(edges):
    found = list(cycles(edges))
    assert bool(found) == is_impossible(edges)
    for cycle in found:
        assert any(edge.is_strict for edge in cycle)
        assert all(edge in edges for edge in cycle)
        ends = [*cycle[1:], cycle[0]]
        assert all(a.after == b.before for a, b in zip(cycle, ends, strict=True))


def test_a_long_cycle_needs_no_recursion():
    ring = [Edge(i, (i + 1) % 50_000, i == 7, "") for i in range(50_000)]
    (found,) = cycles(ring)
    assert len(found) == 50_000
