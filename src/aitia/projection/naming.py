"""What the contents in a feature table are called: they stand in it by their digest."""

from __future__ import annotations

from collections.abc import Iterable

from aitia.projection.columns import Column
from aitia.store.port import Store
from aitia.vocabulary.iris import CONTENT

MOST_LEVELS = 64
"""Of a column with more contents than this none is named: nobody compares so many."""

_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?content (MIN(?name) AS ?label) WHERE {
  VALUES ?content { %s }
  ?content rdfs:label ?name
} GROUP BY ?content ORDER BY ?content
"""


def names(store: Store, columns: Iterable[Column]) -> tuple[tuple[str, str], ...]:
    """Return the recorded names of the contents (RFC 6920) that the cells of columns hold.

    Parameters
    ----------
    store:
        What the columns were projected from.
    columns:
        Those of a feature table.
    """
    contents: set[str] = set()
    for column in columns:
        levels = {v for v in column.values if isinstance(v, str) and v.startswith(CONTENT)}
        if len(levels) <= MOST_LEVELS:
            contents |= levels
    if not contents:
        return ()
    asked = " ".join(f"<{content}>" for content in sorted(contents))
    rows = store.select(_LABELS % asked).rows
    return tuple(
        (content.value, label.value)
        for content, label in rows
        if content is not None and label is not None
    )
