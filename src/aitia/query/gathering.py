"""Many single values of one quantity, told as one.

A search that scores each of sixty models, or a loop that logs each epoch as a task of its own,
leaves as many single values; a person wants to see them together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from aitia.query.metrics import Metric
from aitia.query.wording import stem

FEW = 3
"""Up to so many single values of one quantity are told one by one."""


def gathered(metrics: Sequence[Metric]) -> list[Metric]:
    """Return metrics with many single values of tasks of one name taken together, in order."""
    groups: dict[tuple[str, str], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.quantity, stem(metric.subject)), []).append(metric)
    found: list[Metric] = []
    told = set()
    for metric in metrics:
        key = (metric.quantity, stem(metric.subject))
        alike = [one for one in groups[key] if one.points == 1 and one.last is not None]
        if metric not in alike or len(alike) <= FEW:
            found.append(metric)
        elif key not in told:
            told.add(key)
            found.append(_together(alike))
    return found


def _together(alike: Sequence[Metric]) -> Metric:
    values = tuple(one.last for one in alike if one.last is not None)
    finite = [value for value in values if math.isfinite(value)]
    return alike[0]._replace(
        iri="",
        subject=f"{stem(alike[0].subject)} × {len(alike)}",
        last=values[-1],
        best=None,
        least=min(finite, default=None),
        most=max(finite, default=None),
        points=len(values),
        values=values,
    )
