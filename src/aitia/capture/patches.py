"""What adapters replace in the libraries that they observe, and how it is put back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Patches:
    """What was replaced in a library, to be put back."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, str, Any]] = []

    def method(self, cls: type, name: str, wrap: Callable[[Any], Any]) -> None:
        """Replace a method in the class that defines it, among the bases of ``cls``."""
        owner = next((base for base in cls.__mro__ if name in base.__dict__), None)
        if owner is not None and callable(owner.__dict__[name]):
            self.replace(owner, name, wrap(owner.__dict__[name]))

    def function(self, home: str, name: str, wrap: Callable[[Any], Any]) -> None:
        """Replace the function that the module ``home`` has, wherever it goes by that name.

        That is in other modules of its library, and in those of the user that imported it before.
        """
        original = getattr(sys.modules.get(home), name, None)
        if not callable(original):
            return
        wrapped = wrap(original)
        for module in list(sys.modules.values()):
            held = getattr(module, "__dict__", None)
            if type(held) is dict and held.get(name) is original:
                self.replace(module, name, wrapped)

    def undo(self) -> None:
        """Put everything back."""
        while self._made:
            owner, name, original = self._made.pop()
            setattr(owner, name, original)

    def replace(self, owner: Any, name: str, made: Any) -> None:
        """Replace what a class or module has by a name."""
        self._made.append((owner, name, vars(owner).get(name, getattr(owner, name))))
        setattr(owner, name, made)
