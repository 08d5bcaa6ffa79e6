"""Observing a run: light, guarded, never in its way.

The package has the name of a function of the public door, ``aitia.capture()``, and so is called as
that function.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aitia.capture.run import Run


class _CallableModule(ModuleType):
    def __call__(self, name: str | None = None, **settings: object) -> Run:
        """Record from here to the end of the process; see ``aitia.recorder.capture``."""
        opened: Run = import_module("aitia.recorder").capture(name, **settings)
        return opened


sys.modules[__name__].__class__ = _CallableModule
