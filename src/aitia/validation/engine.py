"""Judges a graph by a profile."""

from __future__ import annotations

from aitia.errors import ValidationError
from aitia.validation.dataset import Dataset, parse_quads
from aitia.validation.hierarchy import entailed
from aitia.validation.profiles import Profile
from aitia.validation.report import Report, ordered
from aitia.validation.run import Run
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
    quads = parse_quads(nquads)
    results = unknown_terms(quads, profile.extensions) if profile.vocabulary else []
    quads += entailed(quads, profile.extensions)
    if engine == "pyshacl":
        from aitia.validation.oracle import judge

        results += judge(quads, profile.shapes, subclasses=profile.subclasses)
        return Report(ordered(results), ("judged by pyshacl",))
    plan = profile.plan
    results += Run(Dataset(quads, plan, profile.subclasses), plan).results()
    notes = []
    if plan.declined:
        from aitia.validation.oracle import judge

        only, pairs = tuple(plan.declined), profile.subclasses
        results += judge(quads, profile.shapes, only=only, subclasses=pairs)
        notes = [f"judged by pyshacl: {key}, for {why}" for key, why in plan.declined.items()]
    return Report(ordered(results), tuple(notes))
