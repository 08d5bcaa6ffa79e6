"""Says what no library tells of agents and of the people around them.

Which agent acts, which tool it calls, to whom it hands work on, what was decided and on what
grounds, who reviewed it and what they said. Nothing here changes what a program does: these are
records only, and where no run is open there are none::

    from aitia import agents

    @agents.tool
    def search(query): ...

    with agents.agent("planner", version="2", behalf="Ada"):
        answer = client.chat.completions.create(...)          # recorded by itself
        plan = agents.decision("buy tea", "buy", because=[answer])
        agents.review(plan, "approved", by="Grace")
        search("tea")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

from aitia.capture.application.acting import Agent, ToolCall, as_tool, person
from aitia.capture.application.invocation import AGENT
from aitia.capture.application.oversight import decide, explain, judge, oversee
from aitia.capture.application.things import (
    Thing,
    attributes_of,
    names_of,
    settle,
)
from aitia.capture.application.using import Use
from aitia.capture.run import Run
from aitia.errors import VocabularyError
from aitia.records.prov import (
    Attributed,
    Derived,
    Entity,
    Generated,
    Used,
)
from aitia.records.values import Value

__all__ = [
    "agent",
    "decision",
    "explanation",
    "feedback",
    "handoff",
    "inference",
    "review",
    "system",
    "tool",
]

_DOCUMENTED = {
    "external_interaction": "aitia:externalInteraction",
    "market_form": "aitia:marketForm",
    "product_illustration": "aitia:productIllustration",
    "user_interface": "aitia:userInterface",
    "instructions_for_use": "aitia:instructionsForUse",
    "predetermined_change": "aitia:predeterminedChange",
    "cybersecurity_measure": "aitia:cybersecurityMeasure",
}
"""What a call may say of a system for Annex IV of the AI Act, and the term for it."""


def agent(name: str, *, version: str = "", behalf: object = None, role: str | None = None) -> Agent:
    """Return an AI agent; in a ``with`` block it acts: what is recorded there is of its doing.

    Parameters
    ----------
    name:
        What the agent is called.
    version:
        Which version it is, such as that of its instructions.
    behalf:
        On whose behalf it acts: the name of a person, or another agent.
    role:
        As what it acts, such as ``planner``.
    """
    return Agent(name, version, behalf, role)


@overload
def tool(function: Callable[..., Any], /) -> Callable[..., Any]:
    """Record each call of a function as a call of a tool."""


@overload
def tool(
    name: str, /, *, because: object = None, call_id: str | None = None, **inputs: object
) -> ToolCall:
    """Return a call of a tool, to run as a block, or to decorate a function with."""


def tool(
    name: Callable[..., Any] | str,
    /,
    *,
    because: object = None,
    call_id: str | None = None,
    **inputs: object,
) -> Any:
    """Record a call of a tool by the agent that acts here.

    As a decorator, each call of the function is one. As a ``with`` block, ``answer`` of what it
    yields says what the tool answered.

    Parameters
    ----------
    name:
        The name of the tool, or the function.
    because:
        The decision that the call carries out, or the answer of a model that asked for it.
    call_id:
        The id under which a model asked for the call.
    inputs:
        What the tool was given, by name.
    """
    if isinstance(name, str):
        return ToolCall(name, because, call_id, inputs)
    return as_tool(name, name.__name__)


def handoff(to: Agent, *, message: object = None) -> Thing:
    """Record that the agent that acts here hands work on to another.

    What ``to`` does next was informed by it.

    Parameters
    ----------
    to:
        The agent that goes on.
    message:
        What it is told.
    """
    thing = Thing("aitia:Artifact")
    settle(thing, _hand_off, to, message)
    return thing


def _hand_off(run: Run, place: str, thing: Thing, to: Agent, said: object) -> None:
    attributes = {} if said is None else attributes_of(run, said)
    run.emit(Entity(thing.id, "aitia:Artifact", f"hand-off to {to.name}", None, attributes))
    run.emit(Generated(thing.id, place, "hand-off"))
    actor = AGENT.get()
    if actor is not None:
        run.emit(Attributed(thing.id, actor))
    to.waiting.append((thing, run.absolute(place) if place else ""))


def inference(model: object, *, prompt: object = None, record: object = None, **s: object) -> Use:
    """Record a use of a model that no library tells, in a ``with`` block.

    Parameters
    ----------
    model:
        The model: an object that is recorded already, or a name.
    prompt:
        What it was asked, if it was asked in words.
    record:
        The data record that it was given; it is known by a keyed digest, and not kept.
    s:
        Settings of the use by name.
    """
    return Use(model, prompt, record, s)


def decision(
    name: str,
    value: object = None,
    *,
    because: object = (),
    by: object = None,
    kind: str | None = None,
    affects: object = None,
) -> Thing:
    """Record a decision, and return it to be reviewed, explained or carried out.

    Parameters
    ----------
    name:
        What was decided, without names of people.
    value:
        The outcome, such as ``continue``, ``stop``, ``select`` or a label.
    because:
        What it rests on: answers of models (the object that the client returned, or its text),
        predictions, measurements, models, data; one or a list.
    by:
        Who decided: the name of a person, or an agent; by default the agent that acts here.
    kind:
        How it was decided: ``Automated``, ``HumanInvolved``, ``HumanConfirmed``, ``HumanDecided``.
    affects:
        Whom it concerns: a pseudonym is made of whatever names them, which is not kept.
    """
    thing = Thing("aitia:Decision")
    settle(thing, decide, (name, value), because, (by, kind, affects))
    return thing


def review(
    on: object,
    verdict: str,
    *,
    by: str,
    value: object = None,
    comment: str | None = None,
) -> Thing:
    """Record that a person reviewed a decision or an answer, and what they said.

    Parameters
    ----------
    on:
        The decision, or the answer.
    verdict:
        ``approved``, ``rejected`` or ``overridden``; of an answer also ``wrong``.
    by:
        The name of the person, or a pseudonym.
    value:
        What was decided instead. Then a decision of the person is recorded, and returned.
    comment:
        What was said in words; kept without secrets.

    Returns
    -------
    Thing
        The decision that the review made, or its feedback.
    """
    thing = Thing("aitia:Feedback" if value is None else "aitia:Decision")
    settle(thing, oversee, on, verdict, (by, value, comment))
    return thing


def feedback(
    on: object, verdict: str | float, *, by: object = None, comment: str | None = None
) -> Thing:
    """Record a judgement on an answer, a prompt or a decision.

    Parameters
    ----------
    on:
        What is judged.
    verdict:
        ``approved``, ``rejected``, ``wrong``, …, or a rating.
    by:
        Who judged: the name of a person, or an agent.
    comment:
        What was said in words; kept without secrets.
    """
    thing = Thing("aitia:Feedback")
    settle(thing, _feed_back, on, verdict, by, comment)
    return thing


def _feed_back(
    run: Run,
    place: str,
    thing: Thing,
    on: object,
    verdict: str | float,
    *rest: Any,
) -> None:
    by, comment = rest
    who = None if by is None else person(run, by)
    judge(run, thing, names_of(run, on), (verdict, who, comment))
    run.emit(Generated(thing.id, place))


def explanation(on: object, *, method: str, content: object = None) -> Thing:
    """Record that a decision or an answer was explained.

    Parameters
    ----------
    on:
        What is explained.
    method:
        What made the explanation, such as ``SHAP``.
    content:
        The explanation: an object, or a text, of which the digest is kept.
    """
    thing = Thing("aitia:Explanation")
    settle(thing, explain, on, method, content)
    return thing


def system(
    name: str,
    version: str,
    *,
    purpose: str | None = None,
    provider: str | None = None,
    parts: object = (),
    revision_of: Thing | None = None,
    **documented: str | Sequence[str],
) -> Thing:
    """Record that what runs here uses a deployed AI system, and return the system.

    Parameters
    ----------
    name, version:
        Which system it is.
    purpose:
        What it is meant for, in words.
    provider:
        The organisation that provides it.
    parts:
        The models, prompts and data that it is made of.
    revision_of:
        The version before.
    documented:
        What its technical documentation says, each one text or several: ``external_interaction``,
        ``market_form``, ``product_illustration``, ``user_interface``, ``instructions_for_use``,
        ``predetermined_change``, ``cybersecurity_measure``.

    Raises
    ------
    VocabularyError
        When something else is documented.
    """
    told = {_documented(said): text for said, text in documented.items()}
    thing = Thing("aitia:AISystem")
    settle(thing, _deploy, (name, version), (purpose, provider, told), parts, revision_of)
    return thing


def _documented(said: str) -> str:
    found = _DOCUMENTED.get(said)
    if found is None:
        raise VocabularyError(
            f"a system has no {said!r}", expected=f"one of {', '.join(_DOCUMENTED)}"
        )
    return found


def _deploy(
    run: Run,
    place: str,
    thing: Thing,
    which: tuple[str, str],
    told: tuple[str | None, str | None, Mapping[str, str | Sequence[str]]],
    *rest: Any,
) -> None:
    parts, before = rest
    thing.name = which[0]
    attributes: dict[str, Value | list[Value]] = {"aitia:versionLabel": which[1]}
    if told[0] is not None:
        attributes["aitia:intendedPurpose"] = told[0]
    for prop, text in told[2].items():
        attributes[prop] = text if isinstance(text, str) else list(text)
    run.emit(Entity(thing.id, thing.type, which[0], None, attributes))
    run.emit(Used(place, thing.id, "system"))
    for part in names_of(run, parts):
        run.emit(Derived(thing.id, part))
    if told[1] is not None:
        run.emit(Attributed(thing.id, person(run, told[1], "prov:Organization"), "provider"))
    if before is not None and before.id:
        run.emit(Derived(thing.id, before.id, None, "prov:wasRevisionOf"))
