"""Observes PyTorch: what an optimiser trains, from its first step to its last.

The first step records the training: its configuration, the model, its architecture with the shapes
that the first batch had, the data. Any further step is only counted. Once anything is compiled the
shapes are no longer looked at, since a compiled network would keep what looks.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any
from weakref import ref

from aitia.capture import describe, imports
from aitia.capture.dataflow import links
from aitia.capture.describe import Description
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt, guarded
from aitia.capture.model import adapted, configuration
from aitia.capture.model.checkpoints import Checkpoints
from aitia.capture.model.concepts import loss as loss_concept
from aitia.capture.model.concepts import optimizer as optimizer_concept
from aitia.capture.model.configuration import Configuration
from aitia.capture.model.distributed import Replicas, ranks
from aitia.capture.model.loaders import Loaders, describe_dataset
from aitia.capture.model.modules import architecture_of, unwrapped
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import followed
from aitia.capture.model.shapes import Trace
from aitia.capture.model.steps import MAX_OPEN, Stepwise
from aitia.capture.model.torch_choices import Choices
from aitia.capture.model.tracing import Modules
from aitia.capture.model.weights import weights_digest
from aitia.capture.patches import Patches
from aitia.records.ports import Scope
from aitia.records.prov import Derived, Entity, Generated, Setting, Used
from aitia.records.values import Json, Ref, Value, to_value

_SHARDS = "torch.distributed.checkpoint"


class TorchAdapter:
    """Observes the optimisers of PyTorch.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model.
    """

    name = "torch"

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._handles: list[Any] = []
        self._patches: list[tuple[Any, str, Any]] = []
        self._modules = Modules()
        self._loaders = Loaders()
        self._saving = Patches()
        self._trainings: Trainings | None = None

    def start(self, scope: Scope) -> None:
        """Observe optimisers from here on."""
        self._trainings = Trainings(Observer(scope, self._cap), self._modules, self._loaders)
        describe.register("torch.nn.modules.module.Module", _describe)
        name = "torch.utils.data.dataset.Dataset"
        describe.register(name, functools.partial(describe_dataset, cap=self._cap))
        module = sys.modules.get("torch")
        if module is not None:
            attempt("torch", self._hook, module)
        else:
            imports.when_imported("torch", self._hook)
        # After the wrappers of those who look at files, so that each puts back what it found.
        imports.when_imported("torch", self._hook_saving)
        imports.when_imported(_SHARDS, self._hook_shards)

    def leave(self, scope: Scope) -> None:
        """End the trainings of a run that is about to end."""
        if self._trainings is not None:
            self._trainings.leave(scope)

    def stop(self, scope: Scope) -> None:
        """Take all hooks away."""
        imports.forget(self._hook)
        imports.forget(self._hook_saving)
        imports.forget(self._hook_shards)
        self._saving.undo()
        if self._trainings is not None:
            self._trainings.choices.undo()
        self._modules.close()
        for handle in self._handles:
            handle.remove()
        for owner, name, original in reversed(self._patches):
            setattr(owner, name, original)
        self._handles, self._patches, self._trainings = [], [], None

    def _hook(self, module: ModuleType) -> None:
        torch: Any = module
        if self._trainings is None:
            return
        registered = torch.nn.modules.module
        # The package deletes the name of this module of its own.
        optimizers: Any = sys.modules["torch.optim.optimizer"]
        self._handles += [
            registered.register_module_parameter_registration_hook(self._modules.owns),
            registered.register_module_module_registration_hook(self._modules.contains),
            optimizers.register_optimizer_step_post_hook(self._trainings.stepped),
        ]
        self._patch(torch.optim.Optimizer, "__init__", _after(self._modules.made))
        self._patch(torch, "compile", _before(self._compiled))
        self._patch(torch.nn.Module, "compile", _before(self._compiled))
        self._patch(torch.nn.Module, "state_dict", _with_result(self._trainings.copied))
        batches: Any = sys.modules.get("torch.utils.data.dataloader")
        iterator = getattr(batches, "_BaseDataLoaderIter", None)
        if hasattr(iterator, "__next__"):
            self._patch(iterator, "__next__", _with_result(self._loaders.gave))
        attempt("torch", self._trainings.choices.hook, torch)

    def _hook_saving(self, module: ModuleType) -> None:
        torch: Any = module
        if self._trainings is None:
            return
        for name, notice in (("save", self._trainings.saved), ("load", self._trainings.loaded)):
            self._saving.function(
                "torch", name, functools.partial(followed, "torch", notice=notice)
            )
        restored = functools.partial(followed, "torch", notice=self._trainings.checkpoints.restored)
        for cls in (torch.nn.Module, torch.optim.Optimizer):
            self._saving.method(cls, "load_state_dict", restored)

    def _hook_shards(self, module: ModuleType) -> None:
        if self._trainings is None:
            return
        for name, home, notice in (
            ("save", "saver", self._trainings.saved_by_all),
            ("load", "loader", self._trainings.loaded_by_all),
        ):
            wrap = functools.partial(followed, "torch", notice=notice)
            self._saving.function(f"{_SHARDS}.state_dict_{home}", name, wrap)

    def _compiled(self) -> None:
        self._modules.compiled()
        if self._trainings is not None:
            self._trainings.choices.compiled()

    def _patch(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        original = getattr(owner, name)
        setattr(owner, name, wrap(original))
        self._patches.append((owner, name, original))


def _after(notice: Callable[..., Any]) -> Callable[[Any], Any]:
    def wrap(function: Any) -> Any:
        @functools.wraps(function)
        def call(self: Any, *args: Any, **kwargs: Any) -> None:
            function(self, *args, **kwargs)
            notice(self)

        return call

    return wrap


def _with_result(notice: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    def wrap(function: Any) -> Any:
        @functools.wraps(function)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = function(self, *args, **kwargs)
            notice(self, result)
            return result

        return call

    return wrap


def _before(notice: Callable[[], Any]) -> Callable[[Any], Any]:
    def wrap(function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            notice()
            return function(*args, **kwargs)

        return call

    return wrap


class _Training:
    """What one optimiser trains."""

    def __init__(self, scope: Scope, optimizer: Any, roots: list[Any]) -> None:
        self.models: list[tuple[str, Any]] = []
        names = ", ".join(type(unwrapped(root)).__name__ for root in roots[:4]) or "parameters"
        name = f"{type(optimizer).__name__} on {names}"
        self.steps = Stepwise(scope, optimizer, name, scope.now())

    def tell(self, trainings: Trainings, optimizer: Any, traced: list[tuple[Any, Any]]) -> None:
        """Record the configuration, the data, and the model of each outermost module."""
        observer = trainings.observer
        scope, task = observer.scope, self.steps.task
        trace = next((t for _, t in traced if t is not None), None)
        told, goal = trainings.choices.of(optimizer)
        told = {**trainings.loaders.choices(trace), **told}
        found = configuration_of(optimizer, trace)
        loss = None if goal is None else loss_concept(goal)
        found = found._replace(parameters={**found.parameters, **told}, loss=loss)
        here, records = configuration.records(found, scope.mint)
        observer.tell(here, records)
        scope.emit(Used(task, here, relation="aitia:configuredBy"))
        for name, value in {
            **trainings.choices.execution(),
            **trainings.loaders.execution(trace),
        }.items():
            scope.emit(Setting(task, name, value))
        before = trainings.checkpoints.source(optimizer)
        if before is not None:
            scope.emit(Used(task, before, "checkpoint"))
        for root, seen in traced:
            self._model(trainings, root, seen)

    def _model(self, trainings: Trainings, root: Any, trace: Trace | None) -> None:
        observer = trainings.observer
        scope, task = observer.scope, self.steps.task
        structure = observer.architecture(architecture_of(root, trace))
        inner = unwrapped(root)
        shared, is_first = trainings.replicas.model(scope.run, root)
        model = observer.model(type(inner).__name__, None, structure, shared)
        sources = [trainings.checkpoints.source(inner), _known(scope, inner)]
        if inner is not root:
            sources += [trainings.checkpoints.source(root), _known(scope, root)]
            scope.bind(inner, model)
        scope.bind(root, model)
        for source in dict.fromkeys(source for source in sources if source):
            scope.emit(Used(task, source, "model"))
            if is_first:
                scope.emit(Derived(model, source, task))
        if is_first:
            adapted.tell_again(scope, inner, model)
            adapted.trained(scope, inner, model)
            self.models.append((model, ref(root)))
            scope.emit(Generated(model, task, "model"))
        else:
            # The first rank tells what all have in common.
            scope.emit(Used(task, model, "replica"))
        data = observer.dataset(trainings.loaders.dataset(trace))
        if data is not None:
            scope.emit(Used(task, data, "data", relation="aitia:trainedOn"))
        if trace is not None and trace.calls:
            scope.emit(Setting(task, "input_shape", Json(list(trace.calls[0].taken))))


def _known(scope: Scope, root: Any) -> str | None:
    """Return what a module was recorded as before this training, or None."""
    found = scope.refer(root) if links.find(root) is not None else None
    return found.id if isinstance(found, Ref) else None


class Trainings:
    """The trainings that go on.

    Parameters
    ----------
    observer:
        Where records go.
    modules:
        Knows the modules of an optimiser.
    loaders:
        Knows what gave the batches.
    """

    def __init__(self, observer: Observer, modules: Modules, loaders: Loaders) -> None:
        self.observer = observer
        self.loaders = loaders
        self.choices = Choices(observer)
        self.checkpoints = Checkpoints(observer)
        self.replicas = Replicas()
        self._modules = modules
        self._open: dict[tuple[str, int], _Training] = {}
        self._last: dict[int, _Training] = {}

    @guarded("torch")
    def stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Record the first step of an optimiser in a run; count the others."""
        found = self._last.get(id(optimizer))
        if found is None or not found.steps.again(optimizer):
            self._stepped(optimizer)

    def _stepped(self, optimizer: Any) -> None:
        scope = self.observer.scope
        run = scope.run
        if not run:
            return
        found = self._open.get((run, id(optimizer)))
        if found is None or found.steps.learner() is not optimizer:
            if found is not None:
                self._end(scope, found)
            if len(self._open) >= MAX_OPEN:
                scope.note("unrecorded", f"more than {MAX_OPEN} optimizers at once")
                return
            roots = self._modules.roots(optimizer)
            found = self._open[run, id(optimizer)] = _Training(scope, optimizer, roots)
            traced = [(root, self._modules.trace(root)) for root in roots]
            attempt("torch", found.tell, self, optimizer, traced)
        self._last[id(optimizer)] = found
        found.steps.step(scope)

    @guarded("torch")
    def copied(self, module: Any, state: Any) -> None:
        """Note that a dictionary holds the weights of a module, as it is saved with them."""
        scope = self.observer.scope
        for (run, _), found in self._open.items():
            for model, reference in found.models:
                root = reference()
                if run == scope.run and (root is module or unwrapped(root) is module):
                    scope.bind(state, model)

    def saved(self, result: None, obj: Any = None, f: Any = None, *args: Any, **kw: Any) -> None:
        """Record a file that ``torch.save`` has just written, if it is a checkpoint."""
        open_here = [
            found for (run, _), found in self._open.items() if run == self.observer.scope.run
        ]
        steps = open_here[0].steps.count if len(open_here) == 1 else None
        self.checkpoints.saved(obj, f, steps)

    def loaded(self, result: Any, f: Any = None, *args: Any, **kwargs: Any) -> None:
        """Record a file that ``torch.load`` has just read."""
        self.checkpoints.loaded(result, f)

    def saved_by_all(self, result: Any, state: Any, **kwargs: Any) -> None:
        """Record a folder to which all ranks have just written; the first speaks for them."""
        if ranks().get("rank", 0) == 0:
            self.saved(None, state, kwargs.get("checkpoint_id"))

    def loaded_by_all(self, result: None, state: Any, **kwargs: Any) -> None:
        """Record a folder from which all ranks have just read into ``state``."""
        self.checkpoints.loaded(state, kwargs.get("checkpoint_id"))

    def leave(self, scope: Scope) -> None:
        """End the trainings of a run that is about to end."""
        for key in [key for key in self._open if key[0] == scope.run]:
            self._last.pop(key[1], None)
            self._end(scope, self._open.pop(key))

    def _end(self, scope: Scope, found: _Training) -> None:
        found.steps.end(scope, {"optimizer_steps": found.steps.count})
        for model, reference in found.models:
            root = reference()
            sha = None if root is None else weights_digest(root, self.observer.cap)
            if sha is not None:
                scope.emit(Entity(model, "aitia:Model", type(unwrapped(root)).__name__, sha))


def configuration_of(optimizer: Any, trace: Trace | None = None) -> Configuration:
    """Return the configuration of an optimiser; the size of the first batch when it was seen."""
    cls = type(optimizer)
    groups = [
        {name: item for name, item in group.items() if name not in ("params", "param_names")}
        for group in optimizer.param_groups
    ]
    told: dict[str, Value] = {}
    for i, group in enumerate(groups):
        for name, item in group.items():
            if i == 0:
                told[name] = _parameter(item)
            elif _parameter(item) != told.get(name):
                told[f"group {i} {name}"] = _parameter(item)
    typed: dict[str, float | int] = {}
    rate = told.get("lr")
    # A schedule that warms up begins at 0, which is no learning rate.
    if isinstance(rate, (int, float)) and not isinstance(rate, bool) and rate > 0:
        typed["learningRate"] = float(rate)
    if trace is not None and trace.batch:
        # A choice of the user's that shows only in the data.
        told["batch_size"] = typed["batchSize"] = trace.batch
    return Configuration(
        f"{cls.__module__}.{cls.__qualname__}",
        told,
        {},
        typed,
        optimizer_concept(cls.__name__),
    )


def _parameter(item: Any) -> Value:
    if hasattr(item, "numel") and item.numel() == 1:
        return to_value(item.item())
    return configuration.parameter(item)


def _describe(obj: object) -> Description:
    """Describe a module that passes between tasks."""
    return Description("aitia:Model", type(obj).__name__)
