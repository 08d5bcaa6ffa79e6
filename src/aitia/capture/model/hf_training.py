"""One training or evaluation by the trainer of Transformers, as records."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from aitia.capture.model import configuration
from aitia.capture.model.calls import Activity, checkpoint, look, reference
from aitia.capture.model.configuration import Configuration
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import Arguments
from aitia.capture.model.pretrained import chosen, told_tokenizer, weights
from aitia.capture.model.steps import TRAINING_RUN
from aitia.records.prov import Entity, Point, Setting, Used
from aitia.records.values import Value
from aitia.vocabulary.iris import content_iri

_LIBRARY = "transformers"
_PLACES = (
    *("output_dir", "logging_dir", "run_name", "hub_token", "hub_model_id", "push_to_hub_token"),
    *("local_rank", "report_to", "disable_tqdm", "log_level", "log_level_replica"),
)


class _Call(Activity):
    """A call of a trainer, from its begin to its end.

    Parameters
    ----------
    observer:
        Where records go.
    args, kwargs:
        The arguments of the call, with the trainer first.
    """

    kind = ""
    verb = ""

    def __init__(self, observer: Observer, args: tuple[Any, ...], kwargs: Mapping[str, Any]):
        self.trainer = args[0]
        self.args, self.kwargs = args, kwargs
        name = f"Trainer.{self.verb} of {type(self.trainer.model).__name__}"
        super().__init__(_LIBRARY, observer, name, self.kind)
        current.set(self)

    def data(self, dataset: Any, relation: str) -> None:
        """Record the data set, with the fingerprint that its library gave it."""
        found = self.observer.dataset(dataset)
        if found is None:
            return
        self.scope.emit(Used(self.task, found, "data", relation=relation))
        mark = getattr(dataset, "_fingerprint", None)
        if isinstance(mark, str):
            self.observer.tell(f"{found} mark", [Setting(found, "fingerprint", mark)])

    def logged(self, logs: Mapping[str, Any]) -> None:
        """Record what was measured."""
        values: dict[str, Value] = {
            str(name): float(item)
            for name, item in logs.items()
            if isinstance(item, (int, float)) and name not in ("epoch", "step")
        }
        if values:
            # What an evaluation finds is no series.
            step = int(self.trainer.state.global_step) if self.kind == TRAINING_RUN else None
            self.scope.emit(Point(self.task, self.scope.now(), values, step))

    def finish(self, *told: Any) -> None:
        """End the task."""
        current.set(None)
        super().finish(*told)


class Train(_Call):
    """A training."""

    kind = TRAINING_RUN
    verb = "train"

    def inputs(self) -> Arguments | None:
        """Record the arguments, the model's configuration, the tokenizer, the data."""
        trainer = self.trainer
        self.configure(configuration_of(trainer.args))
        for name, value in chosen(trainer.model).items():
            self.scope.emit(Setting(self.task, f"model {name}", value))
        self.data(trainer.train_dataset, "aitia:trainedOn")
        if trainer.eval_dataset is not None and not isinstance(trainer.eval_dataset, dict):
            self.data(trainer.eval_dataset, "prov:used")
        tokenizer = getattr(trainer, "processing_class", None)
        known = None if tokenizer is None else told_tokenizer(self.observer, tokenizer)
        if known is not None:
            self.scope.emit(Used(self.task, known, "tokenizer"))
        self._resumed()
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record how far it came, and which checkpoint is the best."""
        state = self.trainer.state
        told: dict[str, Value] = {"global_step": int(state.global_step)}
        if isinstance(state.epoch, (int, float)):
            told["epochs"] = float(state.epoch)
        if isinstance(state.best_model_checkpoint, str):
            told["best_checkpoint"] = state.best_model_checkpoint
        return told

    def _resumed(self) -> None:
        source = self.args[1] if len(self.args) > 1 else self.kwargs.get("resume_from_checkpoint")
        if source is True:
            folder = self.trainer.args.output_dir
            found = [name for name in os.listdir(folder) if name.startswith("checkpoint-")]
            last = max(found, key=lambda name: int(name.rpartition("-")[2]), default=None)
            source = None if last is None else os.path.join(folder, last)
        for path in weights(source):
            content = look(path, self.observer.cap)
            if content is not None and content.digest is not None:
                here = content_iri(content.digest)
                self.observer.tell(
                    f"{here} checkpoint",
                    [Entity(here, "aitia:Checkpoint", os.path.basename(path), content.digest)],
                )
                self.scope.emit(Used(self.task, here, "checkpoint"))


class Evaluation(_Call):
    """An evaluation outside a training."""

    kind = "aitia:EvaluationRun"
    verb = "evaluate"

    def inputs(self) -> Arguments | None:
        """Record the model and the data."""
        model = reference(self.observer, self.trainer.model)
        if model is not None:
            self.scope.emit(Used(self.task, model, "model"))
        given = self.args[1] if len(self.args) > 1 else self.kwargs.get("eval_dataset")
        dataset = self.trainer.eval_dataset if given is None else given
        if not isinstance(dataset, (dict, str)):
            self.data(dataset, "aitia:evaluatedOn")
        return None


current: ContextVar[_Call | None] = ContextVar("aitia_transformers", default=None)
"""The call that goes on here."""


def logged(result: None, trainer: Any, logs: Any = None, *args: Any, **kwargs: Any) -> None:
    """Record what a trainer logs; the first process speaks for all."""
    call = current.get()
    if call is not None and logs and trainer.is_world_process_zero():
        call.logged(logs)


def saved(result: None, trainer: Any, *args: Any, **kwargs: Any) -> None:
    """Record the checkpoint that a trainer has just written."""
    call = current.get()
    if call is None or not trainer.is_world_process_zero():
        return
    step = int(trainer.state.global_step)
    for path in weights(os.path.join(trainer.args.output_dir, f"checkpoint-{step}")):
        checkpoint(call.observer, path, step)


def configuration_of(args: Any) -> Configuration:
    """Return the arguments of a training as its configuration; secrets are masked as ever."""
    told: dict[str, Value] = {}
    for name, item in args.to_dict().items():
        if item is not None and name not in _PLACES:
            told[name] = configuration.parameter(item)
    typed: dict[str, float | int | str] = {}
    rate = getattr(args, "learning_rate", None)
    if isinstance(rate, (int, float)) and rate > 0:
        typed["learningRate"] = float(rate)
    counts = {
        "batchSize": getattr(args, "train_batch_size", None),
        "epochBudget": getattr(args, "num_train_epochs", None),
    }
    for name, count in counts.items():
        if isinstance(count, (int, float)) and count > 0 and float(count).is_integer():
            typed[name] = int(count)
    return Configuration("transformers.TrainingArguments", told, {}, typed)
