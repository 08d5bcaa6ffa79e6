"""Judges a graph by a profile."""

from __future__ import annotations

from aitia.errors import ValidationError
from aitia.validation.dataset import Dataset
from aitia.validation.hierarchy import entailed
from aitia.validation.profiles import Profile
from aitia.validation.report import Report, Result, ordered
from aitia.validation.run import Run
from aitia.validation.statements import Statement, lines, of_quads, parse_quads
from aitia.validation.unknown import unknown_terms

ENGINES = ("oxigraph", "pyshacl")


def validate(nquads: bytes, profile: Profile, *, engine: str = "oxigraph") -> Report:
    """Judge the union of all graphs in ``nquads`` by a profile.

    The class hierarchy of the ontology holds without being in the data, and so do both hierarchies
    of the profile's extensions. Shapes that the compiler
    declines are judged by pyshacl, and the report says so.

    Parameters
    ----------
    nquads:
        One or more named graphs as N-Quads.
    profile:
        What :func:`aitia.validation.profiles.load` returned.
    engine:
        ``oxigraph`` (compiled to SPARQL) or ``pyshacl`` (the reference implementation, slow).

    Raises
    ------
    ValidationError
        When the data is not N-Quads, the engine is unknown, or a shape's query fails.
    MissingExtraError
        When pyshacl is needed and not installed.
    """
    if engine not in ENGINES:
        raise ValidationError(f"the engine {engine!r}", expected=f"one of {', '.join(ENGINES)}")
    return _judge(of_quads(parse_quads(nquads)), profile, engine)


def validate_statements(statements: list[Statement], profile: Profile) -> Report:
    """Judge statements by a profile, as :func:`validate` does N-Quads."""
    return _judge(statements, profile, "oxigraph")


def _judge(statements: list[Statement], profile: Profile, engine: str) -> Report:
    results = unknown_terms(statements, profile.extensions) if profile.vocabulary else []
    more = entailed(statements, profile.extensions)
    statements = [*statements, *more] if more else statements
    if engine == "pyshacl":
        results += _oracle(statements, profile)
        return Report(ordered(results), ("judged by pyshacl",))
    plan = profile.plan
    results += Run(Dataset(statements, plan, profile.subclasses), plan).results()
    notes = []
    if plan.declined:
        results += _oracle(statements, profile, tuple(plan.declined))
        notes = [f"judged by pyshacl: {key}, for {why}" for key, why in plan.declined.items()]
    return Report(ordered(results), tuple(notes))


def _oracle(
    statements: list[Statement], profile: Profile, only: tuple[str, ...] = ()
) -> list[Result]:
    from aitia.validation.oracle import judge

    quads = parse_quads(lines(statements).encode())
    return judge(quads, profile.shapes, only=only, subclasses=profile.subclasses)
