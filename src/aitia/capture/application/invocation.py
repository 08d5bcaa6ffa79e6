"""One use of a model, from the prompt to its answers, as records."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from aitia.capture.application.exchange import (
    Answered,
    Asked,
    Choice,
    canonical,
    digest,
    known_in,
    message,
    named_by,
    words,
)
from aitia.capture.application.keeping import keeping
from aitia.capture.context import here
from aitia.capture.run import outcome
from aitia.records.prov import Associated, Derived, Ended, Entity, Point, Started, Used
from aitia.records.values import Json, Ref, Value
from aitia.vocabulary.iris import content_iri

if TYPE_CHECKING:
    from aitia.capture.run import Run

INFERENCE = "aitia:Inference"

AGENT: ContextVar[str | None] = ContextVar("aitia agent", default=None)
"""The id of the agent that acts here."""


class Invocation:
    """A use of a model that goes on.

    It is current for nothing: what a client does inside is its own business.

    Parameters
    ----------
    run:
        The run that it is part of.
    parent:
        The local id of the activity that it is part of.
    asked:
        What the model is asked.
    model:
        The id of the model, where it is recorded already.
    """

    def __init__(self, run: Run, parent: str, asked: Asked, model: str | None = None) -> None:
        self.run = run
        self.epoch = run.epoch
        self.retries = 0
        self.answers: list[str] = []
        self._asked = asked
        self._keeping = keeping(run.id)
        self._known = known_in(run.id)
        self._is_over = False
        self._model: str | None = None
        self._model_id = model
        self.prompt = prompt = self._prompt()
        self.task = run.mint()
        settings = {"model": asked.model, **asked.parameters}
        if asked.tools:
            settings["tools"] = Json(list(asked.tools))
        name = f"{asked.operation} {asked.model}".strip()
        run.emit(Started(self.task, name, run.now(), INFERENCE, parent, settings))
        if prompt is not None:
            run.emit(Used(self.task, prompt, "prompt", relation="aitia:usedPrompt"))
        agent = AGENT.get()
        if agent is not None:
            run.emit(Associated(self.task, agent))

    def served(self, service: str) -> None:
        """Say which service answers."""
        self._asked = self._asked._replace(service=service)

    def ended(self, answered: Answered | None) -> list[str]:
        """Record what was answered, and return the ids of the answers."""
        if self._over():
            return self.answers
        self._use_model(answered.model if answered else None)
        generated: dict[str, Value] = {}
        for index, choice in enumerate(answered.choices if answered else ()):
            self._choose(generated, choice, str(index + 1) if index else "")
        self._end("Completed", None, generated, answered)
        return self.answers

    def failed(self, error: BaseException | None, answered: Answered | None = None) -> None:
        """Record that no answer came, or only a part of one."""
        if self._over():
            return
        self._use_model(answered.model if answered else None)
        status, said = "Cancelled", "not read to the end"
        if error is not None:
            status, said = outcome(error)[0], brief(error)
            if self._keeping.prompts:
                said = outcome(error)[1] or said
        generated: dict[str, Value] = {}
        for choice in answered.choices if answered else ():
            if choice.text:
                self._choose(generated, choice, "")
        self._end(status if status != "Completed" else "Cancelled", said, generated, answered)

    def _over(self) -> bool:
        before, self._is_over = self._is_over, True
        return before or not self.run.open or self.epoch != self.run.epoch

    def _prompt(self) -> str | None:
        messages = self._asked.messages
        if not messages:
            return None
        data = canonical([dict(one) for one in messages])
        sha = digest(data)
        here = content_iri(sha)
        if here not in self._known.told:
            self._known.told.add(here)
            attributes: dict[str, Value | list[Value]] = {"aitia:byteSize": len(data)}
            kept = self._keeping.text(words(messages))
            if kept is not None:
                attributes["prov:value"] = kept
            count = len(messages)
            label = "prompt" if count == 1 else f"prompt of {count} messages"
            self.run.emit(Entity(here, "aitia:Prompt", label, sha, attributes))
            # What it repeats was said before it was first sent, so no circle can come of this.
            for source in dict.fromkeys(self._known.sources(messages)):
                self.run.emit(Derived(here, source))
        return here

    def _use_model(self, answered: str | None) -> None:
        name = answered or self._asked.model
        if not name:
            return
        facts = {"model": name, "service": self._asked.service}
        model = self._model_id or named_by(facts)
        if model not in self._known.told and self._model_id is None:
            self._known.told.add(model)
            attributes: dict[str, Value | list[Value]] = {"aitia:versionLabel": name}
            self.run.emit(Entity(model, "aitia:Model", name, None, attributes))
        self._model = name
        self.run.emit(Used(self.task, model, "model", relation="aitia:usedModel"))

    def _choose(self, generated: dict[str, Value], choice: Choice, suffix: str) -> None:
        answer = self._answer(choice)
        self.answers.append(answer)
        generated[f"answer{suffix}"] = Ref(answer)
        if choice.finish:
            generated[f"finish_reason{suffix}"] = choice.finish
        if choice.tools:
            asked = [self._request(one.name, one.id, one.arguments) for one in choice.tools]
            generated[f"tool_calls{suffix}"] = Json(asked)

    def _request(self, name: str, call: str, arguments: str) -> dict[str, Any]:
        found = {"name": name, "id": call}
        kept = self._keeping.text(arguments)
        if kept is None:
            found["arguments_sha256"] = digest(arguments.encode("utf-8", "replace"))
        else:
            found["arguments"] = kept
        return found

    def _answer(self, choice: Choice) -> str:
        here = self.run.mint()
        attributes: dict[str, Value | list[Value]] = {}
        label = "answer"
        if choice.vectors is not None:
            data, label = canonical(choice.vectors), "embeddings"
            wide = len(choice.vectors[0]) if choice.vectors else 0
            attributes["aitia:arrayShape"] = Json([len(choice.vectors), wide])
        elif choice.text or not choice.tools:
            data = choice.text.encode("utf-8", "replace")
            kept = self._keeping.text(choice.text)
            if kept is not None:
                attributes["prov:value"] = kept
        else:
            data, label = canonical([list(one) for one in choice.tools]), "call of tools"
        attributes["aitia:byteSize"] = len(data)
        self.run.emit(Entity(here, "aitia:Prediction", label, digest(data), attributes))
        self._known.answers.add(here)
        self._known.learn(here, choice.text, [one.id for one in choice.tools if one.id])
        return here

    def _end(
        self,
        status: str,
        error: str | None,
        generated: dict[str, Value],
        answered: Answered | None,
    ) -> None:
        if answered is not None:
            generated.update(answered.facts)
        if self.retries:
            generated["retries"] = self.retries
        counts: dict[str, Value | list[Value]] = {}
        given, made = (answered.given, answered.made) if answered else (None, None)
        if given is not None:
            counts["aitia:inputTokenCount"] = given
        if made is not None:
            counts["aitia:outputTokenCount"] = made
        temperature = self._asked.parameters.get("temperature")
        if isinstance(temperature, (int, float)) and temperature >= 0:
            counts["aitia:samplingTemperature"] = float(temperature)
        now = self.run.now()
        if given is not None or made is not None:
            self._price(given or 0, made or 0, now)
        self.run.emit(Ended(self.task, now, status, error, generated, counts))

    def _price(self, given: int, made: int, now: int) -> None:
        prices = self._keeping.prices
        names = tuple(name for name in (self._model, self._asked.model) if name)
        cost = prices.cost(names, given, made)
        if cost is not None:
            quantity = f"cost_{prices.currency.lower()}" if prices.currency else "cost"
            self.run.emit(Point(self.task, now, {quantity: cost}))


_QUOTING = ("openai", "anthropic", "langchain", "langgraph", "pydantic")


def brief(error: BaseException) -> str:
    """Return the type of an error, and the status that a service gave."""
    name, code = type(error).__qualname__, getattr(error, "status_code", None)
    return name if code is None else f"{name}: status {code}"


def teller(error: BaseException) -> str | None:
    """Return what may be kept of an error that may quote a prompt or an answer.

    These are what services answer, and what libraries say of answers that they could not read.
    """
    found = here()
    quotes = type(error).__module__.startswith(_QUOTING)
    if found is None or not quotes or keeping(found[0].id).prompts:
        return None
    return brief(error)


class Claim:
    """A use of a model that a library around the client records; the client's call is part of it.

    It is taken by the first call of a client inside, if that asks the same model.
    """

    def __init__(self, invocation: Invocation, model: str) -> None:
        self.invocation = invocation
        self.is_taken = False
        self._model = model

    def take(self, asked: Asked) -> bool:
        """Return whether what a client asks is the use that is recorded around it."""
        if self.is_taken or (self._model and asked.model and self._model != asked.model):
            return False
        self.is_taken = True
        # The client knows of what host it asks.
        self.invocation.served(asked.service)
        return True


CLAIM: ContextVar[Claim | None] = ContextVar("aitia claim", default=None)
"""The use of a model that is being recorded around what runs here."""


def begin(asked: Asked, parent: str | None = None) -> Invocation | None:
    """Begin a use of a model where this is called; None when no run is open."""
    found = here()
    if found is None:
        return None
    return Invocation(found[0], found[1] if parent is None else parent, asked)


def texts(role: str, given: object) -> Sequence[dict[str, Any]]:
    """Return the messages that a plain prompt, or a list of them, stands for."""
    if isinstance(given, str) or not isinstance(given, (list, tuple)):
        return [message(role, given)]
    return [message(role, one) for one in given]
