"""The tasks of a large run that were settled, in next to no memory."""

from __future__ import annotations

PLAIN = frozenset({"<https://w3id.org/aitia/ns#TaskRun>"})
"""The classes of a task of no special class."""


class Settled:
    """Tasks that were settled: a bit for each number, and the classes of those that have others."""

    def __init__(self) -> None:
        self._bits: dict[str, bytearray] = {}
        self._named: set[str] = set()
        self._classes: dict[str, frozenset[str]] = {}
        self._common: dict[frozenset[str], frozenset[str]] = {}

    def add(self, task: str, classes: set[str]) -> None:
        """Note a task and its classes."""
        found = frozenset(classes)
        if found != PLAIN:
            self._classes[task] = self._common.setdefault(found, found)
        head, number = _split(task)
        if number is None:
            self._named.add(task)
            return
        bits = self._bits.setdefault(head, bytearray())
        place = number >> 3
        if place >= len(bits):
            bits.extend(bytes(max(1024, place + 1 - len(bits))))
        bits[place] |= 1 << (number & 7)

    def __contains__(self, task: str) -> bool:
        head, number = _split(task)
        if number is None:
            return task in self._named
        bits = self._bits.get(head)
        place = number >> 3
        return bits is not None and place < len(bits) and bool(bits[place] & 1 << (number & 7))

    def types(self, task: str) -> set[str]:
        """Return the classes of a task that was settled; none of anything else."""
        if task not in self:
            return set()
        return set(self._classes.get(task, PLAIN))


def _split(task: str) -> tuple[str, int | None]:
    """Return a node of a task as what is before its number, and the number when it is sensible."""
    head, _, digits = task[:-1].rpartition("." if "." in task[-24:] else "#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 10 and str(int(digits)) == digits:
        return head, int(digits)
    return task, None
