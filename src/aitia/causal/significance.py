"""Which edges would be there by chance: the false discovery rate, from logarithms of p-values."""

from __future__ import annotations

import math
from collections.abc import Sequence

NOTE = (
    "The rate is that of Benjamini and Hochberg over all pairs of variables. The p behind it is of "
    "tests that the search itself chose, so it is too small rather than too large."
)


def false_discovery(log_p: Sequence[float], hypotheses: int) -> tuple[float, ...]:
    """Return the rate of false discoveries up to each edge, as logarithms.

    Parameters
    ----------
    log_p:
        Logarithms of the p-values of the edges that were found.
    hypotheses:
        How many pairs could have been found; those that were not count with p = 1.
    """
    order = sorted(range(len(log_p)), key=lambda i: log_p[i])
    found = [0.0] * len(log_p)
    least = 0.0
    for rank in range(len(order), 0, -1):
        place = order[rank - 1]
        least = min(least, log_p[place] + math.log(max(hypotheses, len(log_p)) / rank))
        found[place] = least
    return tuple(found)
