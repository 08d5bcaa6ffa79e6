"""What adapters of libraries have in common: they wait for the import, patch, and put back.

An adapter says which of its methods are called when which modules are imported; what these replace
in the library goes by ``_patches``, and what they record by ``_observer``.
"""

from __future__ import annotations

from collections.abc import Mapping

from aitia.capture import describe, imports
from aitia.capture.describe import Describer
from aitia.capture.digests import CAP
from aitia.capture.model.observer import Observer
from aitia.capture.patches import Patches
from aitia.records.ports import Scope


class LibraryAdapter:
    """Observes a library from when it is imported.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model, data set or file.
    """

    name = ""

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._patches = Patches()
        self._observer: Observer | None = None

    def _waits(self) -> Mapping[str, imports.Hook]:
        """Return what is called when a module is imported, by its name."""
        return {}

    def _described(self) -> Mapping[str, Describer]:
        """Return what describes objects of the library's types, by their full names."""
        return {}

    def start(self, scope: Scope) -> None:
        """Observe the library from here on, or from when it is imported."""
        self._observer = Observer(scope, self._cap)
        for name, describer in self._described().items():
            describe.register(name, describer)
        for module, hook in self._waits().items():
            imports.when_imported(module, hook)

    def leave(self, scope: Scope) -> None:
        """Do nothing: each call has said what there is to say."""

    def stop(self, scope: Scope) -> None:
        """Put back what was replaced in the library."""
        for hook in self._waits().values():
            imports.forget(hook)
        self._patches.undo()
        self._observer = None
