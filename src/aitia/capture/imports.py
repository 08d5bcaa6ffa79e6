"""Calling an adapter when the user imports the library that it knows.

One finder at the head of ``sys.meta_path`` looks only for the names that were asked for, lets the
other finders find them, and calls what was registered once the module has run. Nothing is ever
imported by Aitia itself.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

from aitia.capture.guard import attempt

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:
    # The bases add nothing that is used, and their module loads sixty others.
    Loader = MetaPathFinder = object

Hook = Callable[[ModuleType], None]


def when_imported(name: str, hook: Hook) -> None:
    """Call ``hook(module)`` when the module ``name`` is imported; at once if it is already.

    A fault of the hook is counted and does not disturb the import.
    """
    module = sys.modules.get(name)
    if module is not None and not _is_loading(module):
        attempt(f"import of {name}", hook, module)
        return
    _FINDER.hooks.setdefault(name, []).append(hook)
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)


def forget(hook: Hook) -> None:
    """Do not call ``hook`` any more; the finder leaves when nobody waits for an import."""
    # Compared by value: each look at a method makes another object.
    for name, hooks in list(_FINDER.hooks.items()):
        _FINDER.hooks[name] = [other for other in hooks if other != hook]
        if not _FINDER.hooks[name]:
            del _FINDER.hooks[name]
    _leave_when_idle()


def _leave_when_idle() -> None:
    if not _FINDER.hooks and _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)


def _is_loading(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


class _Finder(MetaPathFinder):
    """Finds only the modules that a hook waits for, by asking the other finders."""

    def __init__(self) -> None:
        self.hooks: dict[str, list[Hook]] = {}
        self._finding: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return the spec that the others find, with a loader that calls the hooks."""
        if fullname not in self.hooks or fullname in self._finding:
            return None
        self._finding.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._finding.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, fullname)
        return spec


class _Loader(Loader):
    """Loads by another loader, then calls the hooks. Any other question goes to that loader."""

    def __init__(self, loader: Loader, name: str) -> None:
        self._loader = loader
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        return getattr(self._loader, attribute)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Have the loader itself make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then call the hooks that wait for it."""
        # The module keeps its own loader: others look at it for resources and source.
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        # An adapter that is started by a hook may wait for the same module itself.
        while hooks := _FINDER.hooks.pop(self._name, []):
            for hook in hooks:
                attempt(f"import of {self._name}", hook, module)
        _leave_when_idle()


_FINDER = _Finder()
