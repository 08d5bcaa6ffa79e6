"""The statements that matter to one stakeholder, by ``aitia:mattersTo`` of their terms alone.

A thing is kept when one of its classes matters to the stakeholder. Of what is kept, statements by
terms of the ontology are kept when the property matters, and those of PROV-O, RDF and RDFS always,
unless they lead to something left out. Things of other classes (agents, roles, the nodes of
qualified relations) are kept when something kept leads to them. A measurement, a note or a
qualified relation is left out with the thing that it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from aitia.export.statement import Statement
from aitia.vocabulary.iris import expand
from aitia.vocabulary.literals import RDF
from aitia.vocabulary.stakeholders import named, terms_for
from aitia.vocabulary.terms import NAMESPACES

_TYPE = RDF + "type"
_OURS = NAMESPACES["aitia"]
_ARGUMENTS = frozenset(
    map(
        expand,
        ("prov:entity", "prov:activity", "prov:agent", "prov:influencer", "aitia:aboutSubject"),
    )
)
"""Properties that name what a thing is there for: without the one, the other says nothing."""

Thing = ox.NamedNode | ox.BlankNode | ox.Literal


class Scope:
    """What matters to a stakeholder in a graph.

    Parameters
    ----------
    stakeholder:
        Any of the names of a stakeholder.
    statements:
        The whole graph: a thing may have its class in one bundle and be named in another.

    Raises
    ------
    NotFoundError
        When there is no such stakeholder.
    """

    def __init__(self, stakeholder: str, statements: Iterable[Statement]) -> None:
        self.stakeholder = named(stakeholder)
        self._terms = {expand(term) for term in terms_for(stakeholder)}
        told = list(statements)
        self._described: set[Thing] = {statement.subject for statement in told}
        self._kept = self._keep(told)

    def keeps(self, statement: Statement) -> bool:
        """Say whether a statement of the graph matters."""
        return (
            statement.subject in self._kept
            and self._matters(statement.predicate)
            and self._leads(statement)
        )

    def _keep(self, told: list[Statement]) -> set[Thing]:
        classes: dict[Thing, list[bool]] = defaultdict(list)
        for statement in told:
            if statement.predicate.value == _TYPE and _is_ours(statement.object):
                classes[statement.subject].append(self._matters(statement.object))
        left_out = {thing for thing, matter in classes.items() if not any(matter)}
        about = [s for s in told if s.predicate.value in _ARGUMENTS]
        while more := {s.subject for s in about if s.object in left_out} - left_out:
            left_out |= more
        kept = classes.keys() - left_out
        return _reached(set(kept), left_out, [s for s in told if self._matters(s.predicate)])

    def _matters(self, term: Thing) -> bool:
        return not _is_ours(term) or term.value in self._terms

    def _leads(self, statement: Statement) -> bool:
        target = statement.object
        if statement.predicate.value == _TYPE:
            return self._matters(target)
        return target not in self._described or target in self._kept


def _is_ours(term: Thing) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(_OURS)


def _reached(kept: set[Thing], left_out: set[Thing], told: list[Statement]) -> set[Thing]:
    """Return what is kept, and all that it leads to but what is left out."""
    links: dict[Thing, list[Thing]] = defaultdict(list)
    for statement in told:
        if not isinstance(statement.object, ox.Literal) and statement.object not in left_out:
            links[statement.subject].append(statement.object)
    found, todo = set(kept), list(kept)
    while todo:
        for thing in links.get(todo.pop(), ()):
            if thing not in found:
                found.add(thing)
                todo.append(thing)
    return found
