"""Uses of models that no library tells: a classifier of one's own, a model behind a queue."""

from __future__ import annotations

from typing import Any

from aitia.capture.application.exchange import Asked, canonical, digest, message, plain
from aitia.capture.application.invocation import Invocation
from aitia.capture.application.keeping import keeping
from aitia.capture.application.things import Thing, name_of, value_of
from aitia.capture.context import here
from aitia.capture.guard import attempt
from aitia.capture.run import Run
from aitia.records.prov import Derived, Entity, Generated, Used
from aitia.records.values import Value


class Use:
    """A use of a model that goes on; ``answer`` says what came of it."""

    def __init__(self, model: object, given: object, record: object, settings: Any) -> None:
        self._facts = (model, given, record, settings)
        self._invocation: Invocation | None = None

    def __enter__(self) -> Use:
        self._invocation = attempt("agents", self._begin)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._invocation is not None and error is not None:
            attempt("agents", self._invocation.failed, error)
        elif self._invocation is not None:
            attempt("agents", self._invocation.ended, None)

    def answer(self, value: object, *, confidence: float | None = None) -> Thing:
        """Say what the model answered, and how sure it was, from 0 to 1.

        The value is kept. Where it is a text that people wrote, use the prompt's settings instead.
        """
        thing = Thing("aitia:Prediction")
        thing.name = "prediction"
        if self._invocation is not None:
            attempt("agents", self._answer, self._invocation, thing, value, confidence)
        return thing

    def _begin(self) -> Invocation | None:
        found = here()
        if found is None:
            return None
        run, place = found[0], found[1]
        model, given, record, settings = self._facts
        known = name_of(run, model) if not isinstance(model, str) else None
        name = model if isinstance(model, str) else type(model).__name__
        parameters = {key: value_of(run, value) for key, value in settings.items()}
        messages = [] if given is None else [message("user", plain(given))]
        asked = Asked("inference", name, messages, parameters)
        invocation = Invocation(run, place, asked, model=known)
        if record is not None:
            run.emit(Used(invocation.task, _record(run, record), "input"))
        return invocation

    def _answer(
        self, invocation: Invocation, thing: Thing, value: object, confidence: float | None
    ) -> None:
        run = invocation.run
        thing.id = run.absolute(run.mint())
        attributes: dict[str, Value | list[Value]] = {"prov:value": value_of(run, value)}
        if confidence is not None:
            attributes["aitia:confidence"] = float(confidence)
        run.emit(Entity(thing.id, thing.type, thing.name, None, attributes))
        run.emit(Generated(thing.id, invocation.task, "answer"))
        prompt = invocation.prompt
        if prompt is not None:
            run.emit(Derived(thing.id, prompt, invocation.task))
        run.bind(thing, thing.id)


def _record(run: Run, record: object) -> str:
    found = name_of(run, record)
    if found is not None:
        return found
    pseudonyms = keeping(run.id).pseudonyms
    data = canonical(plain(record)).decode("utf-8", "replace")
    iri = pseudonyms.iri("record", data)
    # Keyed, so that nobody without the key can test which record it was.
    sha = digest(iri.encode())
    run.emit(Entity(iri, "aitia:DataRecord", pseudonyms.label("record", data), sha))
    return iri
