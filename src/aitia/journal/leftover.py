"""What killed processes left near by: forwarded to the data directory by the next command there."""

from __future__ import annotations

import os

from aitia.journal.reader import is_alive, segments
from aitia.journal.spool import forward, place


def collect(directory: str, base: str = "") -> int:
    """Forward what processes that have ended left in the spool of ``directory``.

    Parameters
    ----------
    directory:
        The ``journal`` folder that the segments are to reach.
    base:
        Where spools are kept.

    Returns
    -------
    int
        How many segments were forwarded.

    Raises
    ------
    JournalError
        When one cannot be.
    """
    spool = place(directory, base)
    if not os.path.isdir(spool):
        return 0
    left = [s for s in segments(spool) if s.sealed or not is_alive(s)]
    for segment in left:
        forward(
            segment.path, os.path.join(directory, os.path.basename(os.path.dirname(segment.path)))
        )
    return len(left)
