"""Observes Transformers: trainers, and models and tokenizers that are read and written.

``Trainer.train`` is a training run and ``Trainer.evaluate`` outside it an evaluation. What the
optimiser trains is told by the adapter of PyTorch, as part of the training.
"""

from __future__ import annotations

import functools
import os
from functools import partial
from types import ModuleType
from typing import Any

from aitia.capture import imports
from aitia.capture.dataflow import links
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.model import pretrained
from aitia.capture.model.hf_training import Evaluation, Train, logged, saved
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.outermost import followed, observed
from aitia.records.ports import Scope

_LIBRARY = "transformers"
_MODELS = "transformers.modeling_utils"
_TOKENIZERS = "transformers.tokenization_utils_base"
_TRAINER = "transformers.trainer"


class TransformersAdapter(LibraryAdapter):
    """Observes Transformers.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = _LIBRARY

    def __init__(self, cap: int = CAP) -> None:
        super().__init__(cap)
        self._classes: list[tuple[Any, str, Any]] = []

    def _waits(self) -> dict[str, imports.Hook]:
        return {
            _MODELS: self._hook_models,
            _TOKENIZERS: self._hook_tokenizers,
            _TRAINER: self._hook_trainer,
        }

    def stop(self, scope: Scope) -> None:
        """Put back what was replaced in the library, class methods too."""
        super().stop(scope)
        while self._classes:
            owner, name, original = self._classes.pop()
            setattr(owner, name, original)

    def _hook_models(self, module: ModuleType) -> None:
        cls: Any = getattr(module, "PreTrainedModel", None)
        if cls is not None:
            self._class_method(cls, "from_pretrained", pretrained.model_loaded)
            self._follow(cls, "save_pretrained", pretrained.model_saved)

    def _hook_tokenizers(self, module: ModuleType) -> None:
        cls: Any = getattr(module, "PreTrainedTokenizerBase", None)
        if cls is not None:
            self._class_method(cls, "from_pretrained", pretrained.tokenizer_loaded)
            self._follow(cls, "save_pretrained", pretrained.tokenizer_saved)

    def _hook_trainer(self, module: ModuleType) -> None:
        cls: Any = getattr(module, "Trainer", None)
        if cls is None:
            return
        for name, made in (("train", Train), ("evaluate", Evaluation)):
            self._patches.method(cls, name, partial(self._wrap, made=made))
        self._patches.method(cls, "log", partial(followed, _LIBRARY, notice=logged))
        self._patches.method(cls, "_save_checkpoint", partial(followed, _LIBRARY, notice=saved))

    def _wrap(self, function: Any, made: Any) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            return made(observer, args, kwargs)

        return observed(_LIBRARY, function, begin)

    def _follow(self, cls: Any, name: str, notice: Any) -> None:
        def call(result: Any, *args: Any, **kwargs: Any) -> None:
            if self._observer is not None and self._observer.scope.run:
                notice(self._observer, args[0], args[1:], kwargs)

        self._patches.method(cls, name, partial(followed, _LIBRARY, notice=call))

    def _class_method(self, cls: Any, name: str, notice: Any) -> None:
        original = vars(cls).get(name)
        if not isinstance(original, classmethod):
            return
        function: Any = original.__func__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            observer = self._observer
            loaded = result[0] if isinstance(result, tuple) else result
            # A class may hand over to another one, whose call has told it already.
            if observer is not None and observer.scope.run and links.find(loaded) is None:
                source = args[1] if len(args) > 1 else kwargs.get("pretrained_model_name_or_path")
                if isinstance(source, (str, os.PathLike)):
                    attempt(_LIBRARY, notice, observer, loaded, os.fspath(source))
            return result

        self._classes.append((cls, name, original))
        setattr(cls, name, classmethod(call))
