"""Observes LangChain and LangGraph by a callback handler that every configured call gets.

Chains and nodes of graphs are tasks, tools are calls of tools, models are inferences. What is part
of what follows from the ids that LangChain gives, not from where a call is made, so it is right in
threads and asyncio as well. Where a model calls its service by a client that is observed too, the
two are one inference.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from aitia.capture.application import chats
from aitia.capture.application.acting import ToolCall
from aitia.capture.application.exchange import Answered, digest, known_in
from aitia.capture.application.invocation import CLAIM, Claim, Invocation, teller
from aitia.capture.application.keeping import keeping
from aitia.capture.context import HERE, here
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.run import outcome, tellers
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Generated, Informed
from aitia.records.values import Value

if TYPE_CHECKING:
    from aitia.capture.context import Here

_HIDDEN = "langsmith:hidden"
_MAX_DOCUMENTS = 64


class Open(NamedTuple):
    """What has begun: where it is, what was current before, and how it ends."""

    mine: Here
    before: Here | None
    end: Callable[[Any, BaseException | None], None]


class Watcher:
    """The methods of the handler; each is told of a begin or an end by the id of a run."""

    raise_error = False
    run_inline = True

    def __init__(self) -> None:
        self._open: dict[UUID, Open] = {}
        self._steps: dict[UUID, dict[int, list[str]]] = {}

    def leave(self, run: str) -> None:
        """Forget what goes on in a run that is about to end."""
        for key, opened in list(self._open.items()):
            if opened.mine[0].id == run:
                self._open.pop(key, None)
                self._steps.pop(key, None)

    def _at(self, parent: UUID | None) -> Here | None:
        opened = self._open.get(parent) if parent is not None else None
        if opened is not None and opened.mine[0].open:
            return opened.mine
        return here()

    def _began(
        self, run_id: UUID, parent: UUID | None, begin: Callable[[Here], Any], *, current: bool
    ) -> None:
        place = self._at(parent)
        if place is None:
            return
        before = HERE.get()
        HERE.set(place)
        task, end = begin(place)
        mine = (place[0], task, place[2])
        HERE.set(mine if current else before)
        self._open[run_id] = Open(mine, before, end)

    def _ended(self, run_id: UUID, result: Any, error: BaseException | None) -> None:
        opened = self._open.pop(run_id, None)
        self._steps.pop(run_id, None)
        if opened is None or not opened.mine[0].open:
            return
        now = HERE.get()
        was_current = now == opened.mine
        HERE.set(opened.mine)
        attempt("langchain", opened.end, result, error)
        HERE.set(opened.before if was_current else now)

    # Chains, and nodes of graphs.

    def on_chain_start(
        self,
        serialized: Mapping[str, Any] | None,
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Begin a task, but for what LangGraph hides from its own traces."""
        if _HIDDEN in (tags or ()):
            opened = self._open.get(parent_run_id) if parent_run_id is not None else None
            if opened is not None:
                self._open[run_id] = opened._replace(end=_nothing)
            return
        name = str(more.get("name") or (serialized or {}).get("name") or "chain")

        def begin(place: Here) -> tuple[str, Callable[[Any, BaseException | None], None]]:
            run = place[0]
            known = metadata or {}
            is_node = known.get("langgraph_node") == name and parent_run_id in self._open
            used: dict[str, Value] = {}
            step = known.get("langgraph_step")
            if is_node and isinstance(step, int):
                used["step"] = step
            task = run.begin(name, "aitia:TaskRun", used)
            if is_node and isinstance(step, int) and parent_run_id is not None:
                self._hand_on(place, parent_run_id, step, task)

            def end(result: Any, error: BaseException | None) -> None:
                run.finish(task, {}, outcome(error)[1] if error is not None else None)

            return task, end

        attempt("langchain", self._began, run_id, parent_run_id, begin, current=True)

    def _hand_on(self, place: Here, graph: UUID, step: int, task: str) -> None:
        """Say that a node goes on from the state that the nodes of the step before have written."""
        steps = self._steps.setdefault(graph, {})
        if task in steps.get(step, ()):
            return
        for before in steps.get(step - 1, ()):
            place[0].emit(Informed(task, before))
        steps.setdefault(step, []).append(task)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **more: Any) -> None:
        """End a task."""
        self._ended(run_id, outputs, None)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        """End a task by an error; that a graph waits for a person is none."""
        interrupted = type(error).__name__ in ("GraphInterrupt", "GraphBubbleUp", "ParentCommand")
        self._ended(run_id, None, None if interrupted else error)

    # Models.

    def on_chat_model_start(
        self,
        serialized: Mapping[str, Any] | None,
        messages: Sequence[Sequence[Any]],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Begin a use of a chat model."""
        said = [chats.message_of(one) for one in messages[0]] if messages else []
        self._model(run_id, parent_run_id, (serialized, metadata, more), said)

    def on_llm_start(
        self,
        serialized: Mapping[str, Any] | None,
        prompts: Sequence[str],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Begin a use of a model of text."""
        said = [{"role": "user", "content": prompts[0] if prompts else ""}]
        self._model(run_id, parent_run_id, (serialized, metadata, more), said)

    def _model(
        self, run_id: UUID, parent: UUID | None, known: tuple[Any, Any, Any], said: list[Any]
    ) -> None:
        def begin(place: Here) -> tuple[str, Callable[[Any, BaseException | None], None]]:
            asked = chats.asked(known, said)
            invocation = Invocation(place[0], place[1], asked)
            before = CLAIM.get()
            mine = Claim(invocation, asked.model)
            CLAIM.set(mine)

            def end(result: Any, error: BaseException | None) -> None:
                if CLAIM.get() is mine:
                    CLAIM.set(before)
                _answer(invocation, result, error)

            return invocation.task, end

        attempt("langchain", self._began, run_id, parent, begin, current=False)

    def on_llm_end(self, response: Any, *, run_id: UUID, **more: Any) -> None:
        """End a use of a model."""
        self._ended(run_id, response, None)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        """End a use of a model by an error, with what had been answered."""
        self._ended(run_id, more.get("response"), error)

    # Tools and retrievers.

    def on_tool_start(
        self,
        serialized: Mapping[str, Any] | None,
        input_str: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        inputs: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Begin a call of a tool."""
        known = serialized or {}
        name = str(known.get("name") or more.get("name") or "tool")
        given = inputs if inputs is not None else {"input": input_str}

        def begin(place: Here) -> tuple[str, Callable[[Any, BaseException | None], None]]:
            call = ToolCall(name, None, more.get("tool_call_id"), given)
            call.describe(str(known.get("description") or "").partition("\n")[0])
            call.__enter__()

            def end(result: Any, error: BaseException | None) -> None:
                if error is None:
                    call.answer(getattr(result, "content", result))
                call.__exit__(None, error, None)

            return call.task, end

        attempt("langchain", self._began, run_id, parent_run_id, begin, current=True)

    def on_tool_end(self, output: Any, *, run_id: UUID, **more: Any) -> None:
        """End a call of a tool."""
        self._ended(run_id, output, None)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        """End a call of a tool by an error."""
        self._ended(run_id, None, error)

    def on_retriever_start(
        self,
        serialized: Mapping[str, Any] | None,
        query: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **more: Any,
    ) -> None:
        """Begin a retrieval."""
        name = str(more.get("name") or (serialized or {}).get("name") or "retriever")

        def begin(place: Here) -> tuple[str, Callable[[Any, BaseException | None], None]]:
            run = place[0]
            kept = keeping(run.id).text(query)
            used: dict[str, Value] = {"query": f"{len(query)} characters" if kept is None else kept}
            task = run.begin(name, "aitia:TaskRun", used)

            def end(result: Any, error: BaseException | None) -> None:
                attempt("langchain", _documents, (run, task), result or ())
                run.finish(task, {}, outcome(error)[1] if error is not None else None)

            return task, end

        attempt("langchain", self._began, run_id, parent_run_id, begin, current=True)

    def on_retriever_end(self, documents: Sequence[Any], *, run_id: UUID, **more: Any) -> None:
        """End a retrieval with the documents that were found."""
        self._ended(run_id, documents, None)

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        """End a retrieval by an error."""
        self._ended(run_id, None, error)


def _nothing(result: Any, error: BaseException | None) -> None:
    """End what is not recorded."""


def _answer(invocation: Invocation, result: Any, error: BaseException | None) -> None:
    answered, first = (Answered(), None) if result is None else chats.answered(result)
    if error is not None:
        invocation.failed(error, answered)
        return
    ids = invocation.ended(answered)
    if ids and first is not None:
        invocation.run.bind(first, ids[0])


def _documents(place: tuple[Any, str], documents: Sequence[Any]) -> None:
    run, task = place
    for document in documents[:_MAX_DOCUMENTS]:
        said = str(getattr(document, "page_content", ""))
        here, data = run.mint(), said.encode("utf-8", "replace")
        facts: dict[str, Value | list[Value]] = {"aitia:byteSize": len(data)}
        run.emit(Entity(here, "aitia:Artifact", "retrieved document", digest(data), facts))
        run.emit(Generated(here, task, "document"))
        known_in(run.id).learn(here, said)


class LangChainAdapter:
    """Observes ``langchain_core``, and with it LangGraph.

    Parameters
    ----------
    limit:
        Not needed here: what is exchanged is hashed whole.
    """

    name = "langchain"

    def __init__(self, limit: int = CAP) -> None:
        self._handler: Any = None
        self._variable: ContextVar[Any] | None = None

    def start(self, scope: Scope) -> None:
        """Have every call that is configured from here on get the handler."""
        module = sys.modules["langchain_core.tracers.context"]
        base = sys.modules["langchain_core.callbacks.base"].BaseCallbackHandler
        self._handler = type("AitiaHandler", (Watcher, base), {})()
        # A default holds in all contexts, those of threads that have begun among them.
        self._variable = ContextVar("aitia_langchain", default=self._handler)
        module.register_configure_hook(self._variable, inheritable=True)
        tellers.append(teller)

    def leave(self, scope: Scope) -> None:
        """Forget what goes on in a run that is about to end."""
        if self._handler is not None:
            self._handler.leave(scope.run)

    def stop(self, scope: Scope) -> None:
        """Take the handler away."""
        if teller in tellers:
            tellers.remove(teller)
        module = sys.modules.get("langchain_core.tracers.context")
        hooks = getattr(module, "_configure_hooks", [])
        hooks[:] = [hook for hook in hooks if hook[0] is not self._variable]
