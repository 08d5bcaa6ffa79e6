"""Decisions, reviews, feedback and explanations, as records."""

from __future__ import annotations

from collections.abc import Sequence

from aitia.capture.application.acting import person
from aitia.capture.application.invocation import AGENT
from aitia.capture.application.keeping import keeping
from aitia.capture.application.things import (
    Thing,
    attributes_of,
    is_prediction,
    names_of,
    value_of,
)
from aitia.capture.run import Run
from aitia.records.prov import (
    Associated,
    Attributed,
    Derived,
    Ended,
    Entity,
    Generated,
    Started,
    Used,
)
from aitia.records.values import Ref, Value, text
from aitia.vocabulary.iris import SCHEME


def decide(
    run: Run,
    place: str,
    thing: Thing,
    what: tuple[str, object],
    because: object,
    rest: tuple[object, str | None, object],
) -> None:
    """Record a decision and what it rests on."""
    (name, value), (by, kind, affects) = what, rest
    attributes: dict[str, Value | list[Value]] = {}
    kept = keeping(run.id)
    if value is not None:
        attributes["prov:value"] = value_of(run, value)
    if kind is not None:
        attributes["aitia:decisionKind"] = Ref(f"{SCHEME}decision-kind#{kind}")
    if affects is not None:
        whom = kept.pseudonyms.iri("affected", str(affects))
        label = kept.pseudonyms.label("person", str(affects))
        run.emit(Entity(whom, "prov:Agent", label))
        attributes["aitia:affects"] = Ref(whom)
    thing.name = text(kept.redactor.text(name))
    run.emit(Entity(thing.id, thing.type, thing.name, None, attributes))
    run.emit(Generated(thing.id, place))
    _rest_on(run, place, thing, because)
    decider = AGENT.get() if by is None else person(run, by)
    if decider is not None:
        run.emit(Attributed(thing.id, decider))


def _rest_on(run: Run, place: str, thing: Thing, because: object) -> None:
    for basis in names_of(run, because):
        relation = "prov:wasDerivedFrom"
        if is_prediction(run, basis, because):
            relation = "aitia:basedOnPrediction"
            thing.basis.append(basis)
        run.emit(Derived(thing.id, basis, place or None, relation))


def oversee(
    run: Run,
    place: str,
    thing: Thing,
    on: object,
    verdict: str,
    rest: tuple[str, object, str | None],
) -> None:
    """Record a review, its feedback, and the decision that it made instead."""
    by, value, comment = rest
    targets = names_of(run, on)
    task, who = run.mint(), person(run, by)
    run.emit(Started(task, f"review: {verdict}", run.now(), "aitia:HumanReview", place))
    run.emit(Associated(task, who, role="reviewer"))
    for target in targets:
        run.emit(Used(task, target, "reviewed"))
    judgement = thing if thing.type == "aitia:Feedback" else Thing("aitia:Feedback", run)
    judge(run, judgement, targets, (verdict, who, comment))
    run.emit(Generated(judgement.id, task))
    if value is not None:
        basis = on.basis if isinstance(on, Thing) and on.basis else targets
        thing.basis = list(basis)
        attributes: dict[str, Value | list[Value]] = {
            "prov:value": value_of(run, value),
            "aitia:decisionKind": Ref(f"{SCHEME}decision-kind#HumanOverride"),
        }
        called = getattr(on, "name", "") or "a prediction"
        thing.name = f"review of {called}"
        run.emit(Entity(thing.id, thing.type, thing.name, None, attributes))
        run.emit(Generated(thing.id, task))
        run.emit(Attributed(thing.id, who))
        for one in basis:
            relation = "aitia:basedOnPrediction"
            run.emit(Derived(thing.id, one, task, relation))
        if isinstance(on, Thing) and on.type == "aitia:Decision":
            run.emit(Derived(thing.id, on.id, task, "prov:wasRevisionOf"))
    run.emit(Ended(task, run.now()))


def judge(
    run: Run,
    thing: Thing,
    targets: Sequence[str],
    said: tuple[str | float, str | None, str | None],
) -> None:
    """Record what was said of ``targets``."""
    verdict, who, comment = said
    attributes: dict[str, Value | list[Value]] = {"prov:value": value_of(run, verdict)}
    if not isinstance(verdict, str):
        attributes["aitia:feedbackKind"] = Ref(f"{SCHEME}feedback-kind#Rating")
    if comment is not None:
        attributes["rdfs:comment"] = text(keeping(run.id).redactor.text(comment))
    run.emit(Entity(thing.id, "aitia:Feedback", f"feedback: {verdict}", None, attributes))
    for target in targets:
        run.emit(Derived(thing.id, target, None, "aitia:feedbackOn"))
    if who is not None:
        run.emit(Attributed(thing.id, who))


def explain(run: Run, place: str, thing: Thing, on: object, method: str, content: object) -> None:
    """Record an explanation and what made it."""
    task = run.mint()
    run.emit(Started(task, method, run.now(), "aitia:TaskRun", place))
    targets = names_of(run, on)
    called = getattr(on, "name", "") or "an answer"
    attributes = {} if content is None else attributes_of(run, content, size=False)
    label = f"explanation of {called}"
    run.emit(Entity(thing.id, thing.type, label, None, attributes))
    run.emit(Generated(thing.id, task))
    for target in targets:
        run.emit(Used(task, target, "explained"))
        run.emit(Derived(thing.id, target, task))
    actor = AGENT.get()
    if actor is not None:
        run.emit(Associated(task, actor))
    run.emit(Ended(task, run.now()))
