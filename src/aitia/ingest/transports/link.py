"""A connection that is made again when it breaks, with longer and longer pauses, told of once."""

from __future__ import annotations

from collections.abc import Callable
from random import uniform
from time import monotonic, sleep
from typing import Generic, Protocol, TypeVar

from aitia.errors import BrokerError, BrokerRefusedError


class Closable(Protocol):
    """One side of a broker, as far as a link is concerned."""

    def close(self) -> None:
        """Let go of the connection."""


Side = TypeVar("Side", bound=Closable)
Outcome = TypeVar("Outcome")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0


class Link(Generic[Side]):
    """A sender or a receiver that outlives its broker.

    Parameters
    ----------
    connect:
        Makes the connection.
    tell:
        Is told once that the broker is gone, and once that it is back.
    patience:
        Seconds after which a broker that does not come back is an error; None is for ever.
    """

    def __init__(
        self,
        connect: Callable[[], Side],
        tell: Callable[[str], None],
        patience: float | None = None,
    ) -> None:
        self._connect = connect
        self._tell = tell
        self._patience = patience
        self._side: Side | None = None

    def use(self, action: Callable[[Side], Outcome]) -> Outcome:
        """Return what ``action`` returns; it is done again on a new connection when it fails.

        Raises
        ------
        BrokerError
            When the broker does not come back in time.
        BrokerRefusedError
            At once, when it answers and refuses.
        """
        began, pause, told = monotonic(), FIRST_PAUSE, False
        while True:
            try:
                if self._side is None:
                    self._side = self._connect()
                outcome = action(self._side)
            except BrokerRefusedError:
                self.close()
                raise
            except BrokerError as error:
                self.close()
                if self._patience is not None and monotonic() - began >= self._patience:
                    raise
                if not told:
                    how = "until it answers" if self._patience is None else "for some seconds"
                    self._tell(f"{error.got.rstrip('.')}; trying again {how}")
                told = True
                # Not all at the same moment, when many wait for one broker.
                sleep(pause * uniform(0.5, 1.0))
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            if told:
                self._tell("the broker answers again")
            return outcome

    def close(self) -> None:
        """Let go of the connection."""
        side, self._side = self._side, None
        if side is not None:
            side.close()
