"""The picture of an analysis: variables in the order in which they came to be, and their edges."""

from __future__ import annotations

from aitia.causal.discover import BIDIRECTED, UNDIRECTED
from aitia.causal.report import FIRM
from aitia.causal.result import Claim, Result
from aitia.query.drawing import Edge, Node, draw

MOST = 24
"""Variables beyond this many are drawn only if they are linked."""


def svg(result: Result) -> str:
    """Return the picture as the text of one ``<svg>`` element."""
    linked = {name for claim in result.claims for name in claim.edge[:2]}
    columns = result.design.columns
    crowded = len(columns) > MOST
    last = max((column.tier for column in columns if column.tier is not None), default=-1) + 1
    nodes = [
        Node(
            column.name,
            column.name,
            "variable",
            tier=last if column.tier is None else column.tier,
            strong=column.name == result.target,
        )
        for column in columns
        if not crowded or column.name in linked or column.name == result.target
    ]
    headings = (*result.table.tiers, "not known when") if result.table.tiers else ()
    title = f"what acts on {result.target}" if result.target else "what acts on what"
    edges = [_edge(claim, result) for claim in result.claims]
    return draw(nodes, edges, title=title, headings=headings, key=_key(result))


def _edge(claim: Claim, result: Result) -> Edge:
    source, target, marks = claim.edge
    note = str(claim)
    width, dashed, label = 2.0, False, ""
    if claim.linked is not None and claim.oriented is not None:
        width, dashed, label = 1 + 3 * claim.linked, claim.linked < FIRM, f"{claim.linked:.0%}"
        note += (
            f": linked in {claim.linked:.0%} of {result.stability.draws} subsamples, "
            f"with these ends in {claim.oriented:.0%}"
        )
    return Edge(
        source,
        target,
        label,
        width,
        dashed,
        head="none" if marks == UNDIRECTED else "arrow",
        tail="arrow" if marks == BIDIRECTED else "none",
        note=note,
    )


def _key(result: Result) -> list[tuple[Edge, str]]:
    """Return sample edges with their meaning, of the sorts that the picture holds."""
    sample = Edge("", "", width=4.0)
    if not result.stability.draws:
        key = [(sample._replace(width=2.0), "acts on")]
    else:
        size = result.stability.size
        key = [(sample, f"acts on; the width and the number: share of samples of {size} runs")]
        if any((claim.linked or 0.0) < FIRM for claim in result.claims):
            key.append((sample._replace(width=1.8, dashed=True), "in fewer than half of them"))
    if any(claim.edge.marks == UNDIRECTED for claim in result.claims):
        key.append((sample._replace(width=2.0, head="none"), "linked, direction not known"))
    return key
