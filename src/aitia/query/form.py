"""What a SPARQL text asks for, told from its first words.

>>> form("PREFIX a: <http://a#> # SELECT\\nASK { ?s ?p ?o }")
'ask'
"""

from __future__ import annotations

from aitia.store.sparql import keywords

_QUERIES = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
)


def form(text: str) -> str:
    """Return ``select``, ``ask``, ``construct``, ``describe`` or ``update``; ``""`` when none."""
    for word in keywords(text):
        if word in _QUERIES:
            return word.lower()
        if word in _UPDATES:
            return "update"
        if word not in ("BASE", "PREFIX", "VERSION"):
            return ""
    return ""
