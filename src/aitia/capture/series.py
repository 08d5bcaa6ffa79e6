"""To which training the points belong that are logged, with a step, where it goes on."""

from __future__ import annotations


class Series(dict[str, str]):
    """The training of a place, by the local id of the task or run that is the place.

    A place has an entry while exactly one training is open there: where several are, nobody can
    tell whose value it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, list[str]] = {}

    def enter(self, place: str, training: str) -> None:
        """Note that a training is open at a place."""
        self._open.setdefault(place, []).append(training)
        self._settle(place)

    def leave(self, place: str, training: str) -> None:
        """Note that a training is open no more."""
        here = self._open.get(place, [])
        if training in here:
            here.remove(training)
            self._settle(place)

    def _settle(self, place: str) -> None:
        here = self._open[place]
        if len(here) == 1:
            self[place] = here[0]
        else:
            self.pop(place, None)
        if not here:
            del self._open[place]
