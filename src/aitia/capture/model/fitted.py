"""What a fitted estimator learnt, as a digest: two that learnt the same are one model.

The digest goes through all attributes in the order of their names, arrays by their bytes, nested
estimators and trees likewise. What says nothing of the model (``verbose``, times, random states) is
left out. Whenever something is met that has no canonical form there is no digest at all, because
two models that differ must never be taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture.digests import CAP, ContentHasher
from aitia.capture.model.configuration import name_of
from aitia.errors import ValueNotRecordableError

_IGNORED = frozenset({"n_jobs", "verbose", "copy_X", "_random_state", "callbacks"})
_LIBRARIES = frozenset({"sklearn", "scipy", "numpy", "xgboost", "lightgbm"})


class ModelHasher(ContentHasher):
    """A content hasher that goes into estimators and the objects that they learnt."""

    def other(self, obj: object, depth: int) -> None:
        """Add an estimator, a tree, a sparse matrix or a random generator.

        Raises
        ------
        ValueNotRecordableError
            When ``obj`` is none of these.
        """
        cls = type(obj)
        library = cls.__module__.partition(".")[0]
        name = name_of(obj)
        if name is not None:
            self._named(name)
        elif isinstance(obj, slice):
            self.value([obj.start, obj.stop, obj.step], depth + 1)
        elif library == "numpy" and hasattr(obj, "get_state"):
            self.part("random state")
        elif hasattr(obj, "fit") and hasattr(obj, "__dict__"):
            self.part("object", f"{cls.__module__}.{cls.__qualname__}".encode())
            self.value(vars(obj), depth + 1)
        elif library in _LIBRARIES:
            self._reduced(obj, depth)
        else:
            raise ValueNotRecordableError(f"an object of type {cls.__qualname__}")

    def _mapping(self, obj: Mapping[Any, object], depth: int) -> None:
        # The results of a search hold how long each fit took.
        super()._mapping(_told(obj), depth)

    def _named(self, name: str) -> None:
        """Add a class or a function, by its name; one that has no name of its own has no form."""
        if "<" in name:
            raise ValueNotRecordableError(f"the function {name}")
        self.part("name", name.encode())

    def _reduced(self, obj: object, depth: int) -> None:
        """Add an object of a compiled type by what it would be pickled as."""
        reduced = obj.__reduce_ex__(2)
        if not isinstance(reduced, tuple):
            raise ValueNotRecordableError(f"an object of type {type(obj).__qualname__}")
        for item in reduced[:3]:
            self.value(item, depth + 1)


def _told(attributes: Mapping[Any, object]) -> Mapping[Any, object]:
    return {name: item for name, item in attributes.items() if not _is_silent(name)}


def _is_silent(name: object) -> bool:
    return isinstance(name, str) and (name in _IGNORED or "time" in name.lower().split("_"))


def model_digest(estimator: object, cap: int = CAP) -> str | None:
    """Return the SHA-256 of what an estimator learnt, or None when it cannot be told.

    Parameters
    ----------
    estimator:
        A fitted estimator.
    cap:
        Most bytes to hash; a larger model has no digest.
    """
    hasher = ModelHasher(cap)
    try:
        hasher.value(estimator)
    except ValueNotRecordableError:
        return None
    return hasher.hexdigest()
