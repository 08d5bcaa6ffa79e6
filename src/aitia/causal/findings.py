"""Findings as records: what was found goes back into the graph by the door that everything takes.

A ``CausalAnalysis`` used a ``FeatureTable``, which was derived from the bundles of the runs in it,
and generated variables and claims. So a claim's lineage reaches the runs that it rests on, and an
invalidated run shows which claims fall with it (``queries/causal/stale-claims.rq``).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from aitia.causal.edges import DIRECTED
from aitia.causal.estimates import divided, division, doses, verdict, way
from aitia.causal.report import missed, sample, unseen
from aitia.causal.result import QUERY, Claim, Result
from aitia.records import (
    Attributed,
    Derived,
    Entity,
    Generated,
    Json,
    Note,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Used,
)
from aitia.vocabulary.iris import content_iri

PERSON = "stated-by"
"""Local id of who answers for stated background knowledge."""


def records(result: Result, *, began: int, ended: int) -> tuple[Record, ...]:
    """Return the records of an analysis; all ids follow from its content.

    Parameters
    ----------
    result:
        What was found.
    began, ended:
        When the analysis ran, in nanoseconds since the epoch.
    """
    about = f"what acts on {result.target}" if result.target else "what acts on what"
    return (
        RunStarted(result.run, f"causal analysis: {about}", began, type="aitia:CausalAnalysis"),
        *_settings(result),
        *_table(result),
        *_variables(result),
        *_assumptions(result),
        *(record for claim in result.claims for record in _claim(result, claim)),
        *_effects(result),
        *_mediations(result),
        *_notes(result),
        RunEnded(ended),
    )


def variable_id(name: str) -> str:
    """Return the local id of a variable."""
    return f"variable-{name}"


def claim_id(claim: Claim) -> str:
    """Return the local id of a claim: it stays the same while its two variables do."""
    pair = "\0".join(sorted(claim.edge[:2]))
    return f"claim-{sha256(pair.encode()).hexdigest()[:12]}"


def _settings(result: Result) -> Iterator[Record]:
    for name, value in result.settings.items():
        yield Setting("", name, value)
    if result.target is not None:
        yield Setting("", "target", result.target)
    for package, version in result.versions.items():
        yield Setting("", f"version of {package}", version)


def _table(result: Result) -> Iterator[Record]:
    table = result.table
    attributes: dict[str, Any] = {
        "aitia:arrayShape": Json(list(table.shape)),
        "aitia:columnSchema": Json(table.schema()),
        "aitia:byteSize": len(table.csv),
    }
    label = f"feature table {table.question}".strip()
    yield Entity(table.iri, "aitia:FeatureTable", label, table.digest, attributes)
    yield Used("", table.iri, role="table")
    for source in table.sources:
        yield Derived(table.iri, source)


def _variables(result: Result) -> Iterator[Record]:
    for column in result.design.columns:
        attributes: dict[str, Any] = {}
        if result.table.question:
            attributes["aitia:projectedBy"] = QUERY.format(result.table.question)
        if column.unit is not None:
            attributes["aitia:unitCode"] = column.unit
        here = variable_id(column.name)
        yield Entity(here, "aitia:CausalVariable", column.name, attributes=attributes)
        yield Generated(here, "")
        yield Derived(here, result.table.iri)


def _assumptions(result: Result) -> Iterator[Record]:
    yield from _knowledge(result)
    for key, label, text, source in result.assumptions:
        here = f"assumption-{key}"
        yield Entity(here, "aitia:Assumption", label, attributes={"rdfs:comment": text})
        if source:
            yield Derived(here, content_iri(result.file.digest))
            if result.file.stated_by:
                yield Attributed(here, PERSON)


def _knowledge(result: Result) -> Iterator[Record]:
    """Yield the file that overruled the graph, and who answers for it."""
    file = result.file
    if not result.overruling:
        return
    here = content_iri(file.digest)
    yield Entity(here, "aitia:Artifact", os.path.basename(file.path), file.digest)
    yield Used("", here, role="knowledge")
    if file.stated_by:
        yield Entity(PERSON, "prov:Person", file.stated_by)
        yield Attributed(here, PERSON)


def _claim(result: Result, claim: Claim) -> Iterator[Record]:
    attributes: dict[str, Any] = {
        "aitia:causeVariable": Ref(variable_id(claim.edge.source)),
        "aitia:effectVariable": Ref(variable_id(claim.edge.target)),
        "aitia:endMarks": claim.edge.marks,
    }
    figures = {
        "aitia:edgeStability": claim.linked,
        "aitia:orientationStability": claim.oriented,
        "aitia:rankCorrelation": claim.correlation,
        "aitia:falseDiscoveryRate": None if claim.log_q is None else math.exp(claim.log_q),
    }
    attributes.update({key: value for key, value in figures.items() if value is not None})
    here = claim_id(claim)
    yield Entity(here, "aitia:CausalClaim", str(claim), attributes=attributes)
    yield Generated(here, "")
    yield Derived(here, result.table.iri)
    for assumption in result.assumptions:
        yield Derived(here, f"assumption-{assumption.key}", relation="aitia:underAssumption")


def effect_id(cause: str, outcome: str) -> str:
    """Return the local id of the effect of a setting."""
    return f"effect-{sha256(f'{cause}{chr(0)}{outcome}'.encode()).hexdigest()[:12]}"


def _effects(result: Result) -> Iterator[Record]:
    if result.estimates is None:
        return
    assumed = []
    for place, text in enumerate(result.estimates.assumptions, 1):
        assumed.append(f"assumption-effects-{place}")
        yield Entity(assumed[-1], "aitia:Assumption", text)
    for effect in result.estimates.effects:
        here = effect_id(effect.cause, effect.outcome)
        attributes: dict[str, Any] = {
            "aitia:causeVariable": Ref(variable_id(effect.cause)),
            "aitia:effectVariable": Ref(variable_id(effect.outcome)),
            "aitia:endMarks": DIRECTED,
            "aitia:doseResponse": Json(doses(effect)),
            "aitia:effectSpan": effect.span,
            "aitia:isExperimental": effect.experimental is not None,
            "aitia:permutationImportance": effect.importance,
            "rdfs:comment": way(effect),
        }
        label = f"effect of {effect.cause} on {effect.outcome}"
        estimate = Entity(here, "aitia:EffectEstimate", label, attributes=attributes)
        yield from _estimated(estimate, result.table.iri, assumed)


def _estimated(estimate: Entity, table: str, assumed: Sequence[str]) -> Iterator[Record]:
    """Yield an estimate, made by the analysis from its table under these assumptions."""
    yield estimate
    yield Generated(estimate.id, "")
    yield Derived(estimate.id, table)
    for source in assumed:
        yield Derived(estimate.id, source, relation="aitia:underAssumption")


def mediation_id(cause: str, through: str, outcome: str) -> str:
    """Return the local id of the division of an effect."""
    return f"mediation-{sha256(chr(0).join((cause, through, outcome)).encode()).hexdigest()[:12]}"


def _mediations(result: Result) -> Iterator[Record]:
    found = result.estimates.divided if result.estimates is not None else ()
    assumed = []
    for place, text in enumerate(found[0].assumptions if found else (), 1):
        assumed.append(f"assumption-mediation-{place}")
        yield Entity(assumed[-1], "aitia:Assumption", text)
    for one in found:
        here = mediation_id(one.cause, one.through, one.outcome)
        attributes: dict[str, Any] = {
            "aitia:causeVariable": Ref(variable_id(one.cause)),
            "aitia:throughVariable": Ref(variable_id(one.through)),
            "aitia:effectVariable": Ref(variable_id(one.outcome)),
            "aitia:endMarks": DIRECTED,
            "aitia:directEffect": one.direct.value,
            "aitia:indirectEffect": one.indirect.value,
            "aitia:effectDivision": Json(division(one)),
            "rdfs:comment": divided(one),
        }
        label = f"effect of {one.cause} on {one.outcome}, through {one.through}"
        estimate = Entity(here, "aitia:MediationEstimate", label, attributes=attributes)
        yield from _estimated(estimate, result.table.iri, assumed)


def _notes(result: Result) -> Iterator[Record]:
    yield Note("sample", sample(result))
    for text in missed(result):
        yield Note("sensitivity", text)
    yield from _attempts(result)
    for line in result.lines:
        yield Note(f"guard:{line.kind}", line.text)
    if result.comparison is not None:
        for text in result.comparison.sentences(result.found.edges):
            yield Note("comparison", text)
        for text in result.comparison.changes.sentences():
            yield Note("sensitivity", text)
    for remark in result.found.remarks:
        yield Note("search", remark)
    for rule in result.found.contradicted:
        text = f"{rule.cause} and {rule.effect} are not independent, though {rule.reason}"
        yield Note("knowledge:contradicted", text)
    for rule in result.found.unsupported:
        yield Note("knowledge:unsupported", unseen(rule))


def _attempts(result: Result) -> Iterator[Record]:
    """Yield what came of attempts to refute effects, or why there are no effects."""
    if result.estimates is None:
        return
    if result.estimates.refused:
        yield Note("effects", f"none were estimated: {result.estimates.refused}")
    for cause, attempts in result.estimates.refutations:
        for attempt in attempts:
            text = f"{cause}, {attempt.name}: {verdict(attempt)}: {attempt.text}"
            yield Note("refutation", text)
