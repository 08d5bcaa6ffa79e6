"""What an analysis knows when it is done, before it is told, drawn or recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from aitia.causal.beliefs import GRAPH, Belief
from aitia.causal.design import Design
from aitia.causal.edges import DIRECTED, Edge, Found
from aitia.causal.estimates import Estimates
from aitia.causal.guards import Line, is_text, listed
from aitia.causal.knowledge import Knowledge
from aitia.causal.knowledge_file import NOTHING, Overruling
from aitia.causal.sensitivity import Sensitivity
from aitia.causal.significance import false_discovery
from aitia.causal.stability import Stability
from aitia.projection.table import FeatureTable

QUERY = "queries/features/{}.rq"


class Assumption(NamedTuple):
    """Something that a claim holds under: a short name, a label, and what it means here.

    ``source`` is who states it, and in which file; empty when the graph or the method does.
    """

    key: str
    label: str
    text: str
    source: str = ""


class Claim(NamedTuple):
    """An edge that was found, and how firmly.

    Attributes
    ----------
    edge:
        The two variables and the marks at their ends.
    linked:
        Share of the subsamples in which the two were linked; None without subsamples.
    oriented:
        Share of the subsamples in which the edge had these ends.
    correlation:
        Correlation of their normal scores, in -1..1; None where one is nominal. It is not an
        effect: others may act on both.
    log_q:
        Logarithm of the rate of false discoveries among this edge and all that are surer.
    """

    edge: Edge
    linked: float | None
    oriented: float | None
    correlation: float | None
    log_q: float | None = None

    def __str__(self) -> str:
        return " ".join((self.edge.source, self.edge.marks, self.edge.target))


class Comparison(NamedTuple):
    """What stands beside the answer: another search's edges, and what would change them."""

    method: str
    edges: tuple[Edge, ...]
    changes: Sensitivity

    def sentences(self, edges: Sequence[Edge]) -> list[str]:
        """Return how far the other search agrees with these edges, in words."""
        from aitia.causal.discover import METHODS

        theirs = {frozenset(edge[:2]): edge for edge in self.edges}
        words = METHODS[self.method].words
        shared = [edge for edge in edges if frozenset(edge[:2]) in theirs]
        turned = [
            " ".join((e.source, e.marks, e.target))
            for e in shared
            if (other := theirs[frozenset(e[:2])]).marks == e.marks == DIRECTED
            and other.source != e.source
        ]
        mine = {frozenset(edge[:2]) for edge in edges}
        alone = [" ".join((e[0], e[2], e[1])) for e in edges if frozenset(e[:2]) not in theirs]
        more = [" ".join((e[0], e[2], e[1])) for e in self.edges if frozenset(e[:2]) not in mine]
        found = [f"{words} links {len(shared)} of the {len(edges)} pairs as well"]
        for told, items in (
            ("not linked by it", alone),
            ("the other way round there", turned),
            ("linked by it alone", more),
        ):
            if items:
                found.append(f"{told}: {listed(items, most=8)}")
        return found


@dataclass(frozen=True, eq=False)
class Result:
    """Everything that an analysis rests on and found.

    Attributes
    ----------
    table:
        The table that was analysed.
    target:
        The column that was asked about, or None.
    design:
        The numbers that the search saw.
    lines:
        Repairs and remarks, in the order in which they were made.
    knowledge, found, stability:
        What was known before, found, and found again in subsamples.
    settings:
        What the analysis was called with.
    versions:
        Versions of the software, by package.
    comparison:
        What other searches say, when they were asked.
    beliefs:
        All that was known before, with who states it.
    file:
        What overruled the graph.
    estimates:
        The effects of the settings on the target, when they were asked for.
    """

    table: FeatureTable
    target: str | None
    design: Design
    lines: tuple[Line, ...]
    knowledge: Knowledge
    found: Found
    stability: Stability
    settings: Mapping[str, str | int | float]
    versions: Mapping[str, str]
    comparison: Comparison | None = None
    beliefs: tuple[Belief, ...] = ()
    file: Overruling = NOTHING
    estimates: Estimates | None = None

    @cached_property
    def run(self) -> str:
        """UUID of the analysis: the same table, settings and versions give the same one."""
        facts = {
            "table": self.table.digest,
            "schema": self.table.schema(),
            "target": self.target,
            "settings": dict(self.settings),
            "versions": dict(self.versions),
            "knowledge": [list(belief) for belief in self.overruling],
        }
        text = json.dumps(facts, sort_keys=True)
        return str(uuid5(NAMESPACE_URL, f"https://w3id.org/aitia/analysis/{text}"))

    @cached_property
    def overruling(self) -> tuple[Belief, ...]:
        """What was known that the graph does not say, or says otherwise."""
        return tuple(belief for belief in self.beliefs if belief.source != GRAPH)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What was found: what concerns the target first, then the firmest."""
        size = len(self.design.names)
        rates = false_discovery(self.found.log_p, size * (size - 1) // 2)
        claims = [
            self._claim(edge)._replace(log_q=rate)
            for edge, rate in zip(self.found.edges, rates, strict=True)
        ]
        return tuple(sorted(claims, key=self._order))

    def _claim(self, edge: Edge) -> Claim:
        correlation = self._correlation(edge.source, edge.target)
        if not self.stability.draws:
            return Claim(edge, None, None, correlation)
        linked = self.stability.adjacency(edge.source, edge.target)
        return Claim(edge, linked, self.stability.orientation(edge), correlation)

    def _order(self, claim: Claim) -> tuple[bool, float, str]:
        concerns = self.target in (claim.edge.source, claim.edge.target)
        return not concerns, -(claim.linked or 0.0), str(claim)

    def _correlation(self, one: str, other: str) -> float | None:
        places = [self.design.names.index(name) for name in (one, other)]
        if any(is_text(self.design.columns[place]) for place in places):
            return None
        first, second = (self.design.blocks[place] for place in places)
        return float((first * second).mean())

    def causes(self, effect: str) -> tuple[Claim, ...]:
        """Return the claims of arrows into a variable."""
        return tuple(c for c in self.claims if c.edge.marks == DIRECTED and c.edge.target == effect)

    def undecided(self, name: str) -> tuple[Claim, ...]:
        """Return the claims that link a variable without saying which way."""
        return tuple(c for c in self.claims if c.edge.marks != DIRECTED and name in c.edge[:2])

    def missed(self) -> tuple[tuple[str, str, float], ...]:
        """Return pairs that half of the subsamples link or more, and the whole sample does not."""
        have = {frozenset(edge[:2]) for edge in self.found.edges}
        pairs = [pair for pair in self.stability.linked if frozenset(pair) not in have]
        shares = [(*pair, self.stability.adjacency(*pair)) for pair in sorted(pairs)]
        return tuple(found for found in shares if found[2] >= 0.5)

    def _stated(self) -> tuple[Assumption, ...]:
        """Return what a file states, each as an assumption of its own."""
        groups: dict[tuple[str, str, str, str], list[str]] = {}
        for kind, about, value, reason, source in self.overruling:
            groups.setdefault((kind, value, reason, source), []).append(about)
        found = []
        for (kind, value, reason, source), names in groups.items():
            key = sha256("\0".join((kind, value, reason, source, *names)).encode()).hexdigest()
            label = f"background knowledge: {kind}, {', '.join(names)}"
            told = f"{value}; " if value else ""
            text = f"{told}{reason} (stated by {source})"
            found.append(Assumption(f"stated-{key[:12]}", label, text, source))
        return tuple(found)

    def _sufficiency(self) -> Assumption:
        if self.settings.get("latent"):
            return Assumption(
                "latent-causes",
                "unrecorded common causes are allowed",
                "an end that is drawn o is not known; an arrow without o says that nothing hidden "
                "is needed to explain the two",
            )
        return Assumption(
            "sufficiency",
            "no unrecorded common cause",
            "whatever acts on two of the variables is itself among them",
        )

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What every claim of this analysis holds under."""
        tiers = "; ".join(self.knowledge.sentences(self.design.names))
        selected = [line.text for line in self.lines if line.kind == "selection"]
        depend = [line.text for line in self.lines if line.kind in ("dependence", "repeats")]
        return (
            Assumption(
                "tier-order",
                "order in time, read from the graph",
                f"nothing acts on what came before it ({tiers})",
            ),
            self._sufficiency(),
            Assumption(
                "faithfulness",
                "no effects that cancel out",
                "variables that are independent in the data are not linked by paths that cancel",
            ),
            Assumption("acyclicity", "no feedback", "no variable acts on itself through others"),
            Assumption(
                "independent-runs",
                "runs do not depend on one another",
                "; ".join(depend)
                or "settings were not chosen after seeing earlier results, as adaptive searches do",
            ),
            Assumption(
                "no-selection",
                "no selection of runs by their results",
                "; ".join(selected) or "no run was left out",
            ),
            Assumption(
                "monotone",
                "monotone relations",
                "numbers act through their ranks as in a Gaussian copula; effects that rise and "
                "fall again are not seen",
            ),
            *self._stated(),
        )
