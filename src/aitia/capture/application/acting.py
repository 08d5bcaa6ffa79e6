"""Agents that act, and the tools that they call, as tasks of the run."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextvars import Token
from typing import Any, Self

from aitia.capture.application.exchange import known_in, named_by
from aitia.capture.application.invocation import AGENT
from aitia.capture.application.keeping import keeping
from aitia.capture.application.things import Thing, attributes_of, name_of, names_of
from aitia.capture.context import here
from aitia.capture.guard import attempt
from aitia.capture.run import Run, outcome
from aitia.capture.subject import setting_value
from aitia.records.prov import Associated, Delegated, Entity, Informed, Used
from aitia.records.secrets import MASK, is_secret
from aitia.records.values import Ref, Value, text

TOOL_INVOCATION = "aitia:ToolInvocation"


class Agent:
    """An AI agent; what is recorded in a ``with`` block of it is of its doing.

    Parameters
    ----------
    name, version:
        Which agent it is; the same in every run.
    behalf:
        On whose behalf it acts.
    role:
        As what it acts.
    """

    def __init__(self, name: str, version: str, behalf: object, role: str | None) -> None:
        self.name = name
        self.id = named_by({"agent": name, "version": version})
        self.waiting: list[tuple[Thing, str]] = []
        self._version = version
        self._behalf = behalf
        self._role = role
        self._acting: list[tuple[Run | None, str, Token[str | None]]] = []

    def __enter__(self) -> Self:
        begun = attempt("agents", self._begin) or (None, "")
        self._acting.append((*begun, AGENT.set(self.id)))
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        run, task, token = self._acting.pop()
        attempt("agents", _reset, token)
        if run is not None and run.open:
            message = outcome(error)[1] if error is not None else None
            attempt("agents", run.finish, task, {}, message)

    def record(self, run: Run) -> str:
        """Record the agent once a run, and return its id."""
        known = known_in(run.id).told
        if self.id not in known:
            known.add(self.id)
            attributes: dict[str, Value | list[Value]] = {}
            if self._version:
                attributes["aitia:versionLabel"] = self._version
            name = text(keeping(run.id).redactor.text(self.name))
            run.emit(Entity(self.id, "aitia:AIAgent", name, None, attributes))
            if self._behalf is not None:
                run.emit(Delegated(self.id, person(run, self._behalf)))
        return self.id

    def _begin(self) -> tuple[Run, str] | None:
        found = here()
        if found is None:
            return None
        run = found[0]
        self.record(run)
        task = run.begin(self.name, "aitia:TaskRun", {})
        run.emit(Associated(task, self.id, role=self._role))
        waiting, self.waiting = self.waiting, []
        for thing, giver in waiting:
            run.emit(Used(task, thing.id, "hand-off"))
            if giver:
                run.emit(Informed(task, giver))
        return run, task


def _reset(token: Token[str | None]) -> None:
    try:
        AGENT.reset(token)
    except ValueError:
        # Left in another context than it was entered in.
        AGENT.set(None)


def person(run: Run, who: object, type: str = "prov:Person") -> str:
    """Record a person or organisation once a run, and return the id; that of an agent as it is."""
    if isinstance(who, Agent):
        return who.record(run)
    kept = keeping(run.id)
    iri = kept.pseudonyms.iri("person", str(who))
    known = known_in(run.id).told
    if iri not in known:
        known.add(iri)
        run.emit(Entity(iri, type, text(kept.redactor.text(str(who)))))
    return iri


class ToolCall:
    """A call of a tool: a block, or a decorator of the function that is the tool."""

    def __init__(
        self, name: str, because: object, call_id: str | None, inputs: Mapping[str, object]
    ) -> None:
        self._name = name
        self._because = because
        self._call_id = call_id
        self._inputs = inputs
        self._description = ""
        self._begun: tuple[Run, str] | None = None
        self._generated: dict[str, Value] = {}

    @property
    def task(self) -> str:
        """The local id of the call; empty where it is not recorded."""
        return self._begun[1] if self._begun is not None else ""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function`` so that each call of it is a call of the tool."""
        return as_tool(function, self._name, self._because)

    def __enter__(self) -> Self:
        self._begun = attempt("agents", self._begin)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._begun is not None and self._begun[0].open:
            message = outcome(error)[1] if error is not None else None
            attempt("agents", self._begun[0].finish, self._begun[1], self._generated, message)

    def answer(self, result: object) -> Thing:
        """Say what the tool answered, and return it to be used in what follows."""
        thing = Thing("aitia:Artifact")
        if self._begun is not None:
            attempt("agents", self._answer, self._begun[0], thing, result)
        return thing

    def describe(self, description: str) -> None:
        """Say what the tool is for, as it is described to an agent."""
        self._description = description

    def _begin(self) -> tuple[Run, str] | None:
        found = here()
        if found is None:
            return None
        run = found[0]
        tool = self._tool(run)
        used = {name: _input(run, name, obj) for name, obj in self._inputs.items()}
        causes = names_of(run, self._because)
        asked = known_in(run.id).asked(self._call_id) if self._call_id else None
        if asked is not None and asked not in causes:
            causes.append(asked)
        task = run.begin(self._name, TOOL_INVOCATION, used)
        run.emit(Used(task, tool, "tool", relation="aitia:usedTool"))
        for cause in causes:
            run.emit(Used(task, cause, "cause"))
        agent = AGENT.get()
        if agent is not None:
            run.emit(Associated(task, agent))
        return run, task

    def _tool(self, run: Run) -> str:
        iri = named_by({"tool": self._name, "description": self._description})
        known = known_in(run.id).told
        if iri not in known:
            known.add(iri)
            attributes: dict[str, Value | list[Value]] = {}
            if self._description:
                attributes["rdfs:comment"] = text(self._description)
            run.emit(Entity(iri, "aitia:Tool", self._name, None, attributes))
        return iri

    def _answer(self, run: Run, thing: Thing, result: object) -> None:
        known = None if isinstance(result, str) else name_of(run, result)
        thing.id = known or run.absolute(run.mint())
        if known is None:
            label = f"answer of {self._name}"
            run.emit(Entity(thing.id, thing.type, label, None, attributes_of(run, result)))
        run.bind(thing, thing.id)
        said = result if isinstance(result, str) else ""
        calls = [self._call_id] if self._call_id else []
        known_in(run.id).learn(thing.id, said, calls)
        self._generated["answer"] = Ref(thing.id)


def _input(run: Run, name: str, obj: object) -> Value:
    if is_secret(name, obj):
        return MASK
    if isinstance(obj, str):
        # Models write these, often of what people told them.
        kept = keeping(run.id).text(obj)
        return kept if kept is not None else f"{len(obj)} characters"
    named = name_of(run, obj)
    return Ref(named) if named is not None else setting_value(obj)


def as_tool(function: Callable[..., Any], name: str, because: object = None) -> Callable[..., Any]:
    """Return ``function``, plain or a coroutine function, so that each call is a tool's."""
    signature = attempt("agents", inspect.signature, function)

    def opened(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> ToolCall:
        inputs: Mapping[str, object] = {}
        if signature is not None:
            inputs = attempt("agents", _bound, signature, args, kwargs) or {}
        call = ToolCall(name, because, None, inputs)
        call.describe((inspect.getdoc(function) or "").partition("\n")[0])
        return call

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def acall(*args: Any, **kwargs: Any) -> Any:
            with opened(args, kwargs) as call:
                result = await function(*args, **kwargs)
                call.answer(result)
            return result

        return acall

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with opened(args, kwargs) as mine:
            result = function(*args, **kwargs)
            mine.answer(result)
        return result

    return call


def _bound(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, object]:
    try:
        return dict(signature.bind(*args, **kwargs).arguments)
    except TypeError:
        # The call does not fit the function, which is about to say so itself.
        return {}
