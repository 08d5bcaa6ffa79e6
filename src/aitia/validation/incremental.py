"""Judges some nodes of a large graph, and what points at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from aitia.errors import ValidationError
from aitia.validation.dataset import Dataset
from aitia.validation.hierarchy import entailed
from aitia.validation.neighbourhood import Ask, Neighbourhood
from aitia.validation.profiles import Profile
from aitia.validation.reach import Reach
from aitia.validation.report import Report, ordered
from aitia.validation.run import Run
from aitia.validation.statements import Statement
from aitia.validation.unknown import unknown_terms

_WHOLE = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"


class Incremental:
    """The shapes of a profile, made ready to judge some nodes of a graph.

    Parameters
    ----------
    profile:
        What :func:`aitia.validation.profiles.load` returned.

    Raises
    ------
    ValidationError
        When the profile has shapes that the compiler declines.
    """

    def __init__(self, profile: Profile) -> None:
        if profile.plan.declined:
            key, why = next(iter(profile.plan.declined.items()))
            raise ValidationError(
                f"the shape {key} cannot be judged node by node: {why}",
                expected="shapes that are compiled",
                next_step="judge the whole graph",
            )
        self.profile = profile
        below: dict[str, list[str]] = defaultdict(list)
        for extension in profile.extensions:
            for name in sorted(extension.relations | extension.attributes):
                for above in sorted(extension.ancestors.get(name, ())):
                    below[above].append(name)
        self.reach = Reach(profile.shapes, below)
        for root in profile.shapes.roots():
            self.reach.start(root.key)

    def validate(self, ask: Ask, nodes: Iterable[str]) -> Report:
        """Judge nodes, and those that point at them, as they are in the graph that is asked.

        The report holds what a validation of the whole graph finds of shapes that have these nodes
        as targets. Where no bound is known of what a shape depends on, all is fetched.

        Parameters
        ----------
        ask:
            Answers a SELECT; its default graph is the graph that is judged.
        nodes:
            Nodes in N-Triples syntax, such as ``<urn:uuid:...>``.
        """
        near = Neighbourhood(ask, self.profile, self.reach, nodes)
        statements = near.statements
        if not near.is_bounded:
            statements = [(s, p, o) for s, p, o in ask(_WHOLE)]
        return judge(statements, self.profile, frozenset(near.wanted))


def judge(statements: list[Statement], profile: Profile, only: frozenset[str]) -> Report:
    """Judge just these nodes of a graph as targets of the shapes of a profile."""
    told = [statement for statement in statements if statement[0] in only]
    results = unknown_terms(told, profile.extensions) if profile.vocabulary else []
    whole = [*statements, *entailed(statements, profile.extensions)]
    dataset = Dataset(whole, profile.plan, profile.subclasses, only)
    results += Run(dataset, profile.plan).results()
    return Report(ordered(results))
