"""Judges documents by PROV-CONSTRAINTS, and says what breaks which constraint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Quad

from aitia.validation.prov.documents import read
from aitia.validation.prov.history import Found, History
from aitia.validation.prov.ordering import Edge, cycles
from aitia.validation.prov.prov_o import instances_of
from aitia.validation.prov.rules import (
    IMPOSSIBILITY,
    ORDERING,
    UNIQUENESS,
    Rule,
    of_family,
)
from aitia.validation.prov.statements import Instance, compact, missing
from aitia.validation.report import MUST, Report, Result, ordered
from aitia.validation.shapes import Term
from aitia.validation.statements import parse_quads

FORMED = Rule(
    UNIQUENESS,
    "well-formed",
    "well-formed",
    "A statement fills the places that PROV-DM asks for.",
    "",
)
NAMED = Rule(
    UNIQUENESS,
    "bundle-names",
    "bundle-names",
    "No two bundles of a document have one name (§7.2).",
    "",
)


Reason = tuple[Rule, Mapping[str, Term]]


def check_file(path: str, *, strict: bool = False) -> Report:
    """Judge a PROV document; see :func:`check`.

    Raises
    ------
    ValidationError
        When the file cannot be read as PROV.
    MissingExtraError
        When it is PROV-N and the package ``prov`` is not installed.
    """
    return check(read(path), strict=strict)


def check_nquads(nquads: bytes, prefixes: Mapping[str, str], *, strict: bool = False) -> Report:
    """Judge PROV-O as N-Quads, each graph an instance of its own; see :func:`check`."""
    return check_quads(parse_quads(nquads), prefixes, strict=strict)


def check_quads(
    quads: Iterable[Quad], prefixes: Mapping[str, str], *, strict: bool = False
) -> Report:
    """Judge PROV-O, each graph an instance of its own; see :func:`check`."""
    return check(instances_of(quads, prefixes), strict=strict)


def check(instances: list[Instance], *, strict: bool = False) -> Report:
    """Judge instances by the constraints; bundles do not bear on one another (§7.2).

    Parameters
    ----------
    instances:
        The top of a document and its bundles.
    strict:
        Whether what breaks no constraint of the Recommendation, but is held to be invalid by the
        test documents of ProvToolbox, is wrong too.
    """
    found = [result for one in instances for result in _judge(one, strict=strict)]
    names = [one.name for one in instances if one.name]
    found += [
        _result(Found(NAMED, name, ("two bundles of this name",)), {})
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    return Report(ordered(dict.fromkeys(found)))


def _judge(instance: Instance, *, strict: bool) -> list[Result]:
    formless = [
        Found(
            FORMED,
            statement.id or next(iter(statement.values.values()), ""),
            (f"{statement.text(instance.prefixes)}, which has no {' and no '.join(places)}",),
        )
        for statement in instance.statements
        if (places := missing(statement))
    ]
    if formless:
        return [_result(one, instance.prefixes) for one in formless]
    history = History(instance)
    broken = history.normalise()
    more = history.beyond() if strict else []
    if not broken:
        broken = [*_impossible(history), *_disordered(history)]
    return [_result(one, instance.prefixes) for one in [*broken, *more]]


def _impossible(history: History) -> list[Found]:
    seen: dict[tuple[str, str], Found] = {}
    for rule in of_family(IMPOSSIBILITY):
        for row in history.rows(rule.text):
            found = history.found(rule, row)
            kept = seen.setdefault((rule.number, found.about), found)
            # Of several ways to see it, the one that needs the least is told.
            if len(str(found.statements)) < len(str(kept.statements)):
                seen[rule.number, found.about] = found
    return list(seen.values())


def _disordered(history: History) -> list[Found]:
    edges = [
        Edge(row["before"], row["after"], rule.is_strict, (rule, row))
        for rule in of_family(ORDERING)
        for row in history.rows(rule.text)
    ]
    # Where several statements say the same, those that were made are told, not those inferred.
    edges.sort(key=lambda edge: history.inferred(edge.why[1]))
    found = []
    for cycle in cycles(edges):
        rule, row = cycle[0].why
        told = [f"{step.why[0].title}: {_step(history, step)}" for step in cycle]
        about = next(
            (e.before.value for e in cycle if isinstance(e.before, NamedNode)),
            history.about(row["one"]),
        )
        if about.startswith("urn:aitia:prov-dm:some/"):
            about = history.about(row["one"])
        found.append(Found(rule, about, tuple(told)))
    return found


def _step(history: History, step: Edge[Term, Reason]) -> str:
    rule, row = step.why
    how = "strictly before" if step.is_strict else "not after"
    stated = history.found(rule, row).statements
    before, after = history.name(row["before"]), history.name(row["after"])
    names = "" if "something" in before + after else f" ({before} {how} {after})"
    return " and ".join(stated) + names


def _result(found: Found, names: Mapping[str, str]) -> Result:
    rule = found.rule
    joint = "; then " if rule.family == ORDERING else " and "
    return Result(
        focus=found.about if ":" in found.about else compact(found.about, names),
        path=None,
        value=joint.join(found.statements),
        message=f"{rule.title}: {rule.says}",
        severity=MUST,
        shape=rule.iri,
        name=rule.name,
        fix="",
        component=f"Constraint{rule.number}" if rule.number.isdigit() else rule.name,
    )
