"""What lies above a class: by the ontology, and by the extensions that a store was taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aitia.query.wording import short_iri
from aitia.store.graphs import EXTENSION
from aitia.store.port import Store
from aitia.vocabulary.terms import ANCESTORS, MODULES

_ABOVE = f"""SELECT ?class ?above WHERE {{
  GRAPH ?module {{ ?class <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?above }}
  FILTER(STRSTARTS(STR(?module), "{EXTENSION}"))
}} ORDER BY ?class ?above"""

_SPACES = f"""PREFIX vann: <http://purl.org/vocab/vann/> SELECT DISTINCT ?prefix ?space WHERE {{
  GRAPH ?module {{ ?ontology vann:preferredNamespacePrefix ?prefix ;
                            vann:preferredNamespaceUri ?space }}
  FILTER(STRSTARTS(STR(?module), "{EXTENSION}"))
}} ORDER BY ?prefix"""


def ancestors(store: Store) -> Mapping[str, Sequence[str]]:
    """Return all classes above each, as CURIEs where there is a prefix, else as IRIs."""
    steps: dict[str, list[str]] = {}
    for below, above in store.select(_ABOVE).rows:
        if below is not None and above is not None:
            steps.setdefault(short_iri(below.value), []).append(short_iri(above.value))
    if not steps:
        return ANCESTORS
    return {**ANCESTORS, **{name: _all(name, steps) for name in steps}}


def _all(name: str, steps: Mapping[str, Sequence[str]]) -> list[str]:
    found: dict[str, None] = {}
    todo = list(steps[name])
    while todo:
        here = todo.pop(0)
        if here not in found:
            found[here] = None
            todo += [*steps.get(here, ()), *ANCESTORS.get(here, ())]
    return list(found)


def module(kind: str, above: Mapping[str, Sequence[str]]) -> str:
    """Return the module of a class, or of the nearest class above it that has one; else ""."""
    return next((MODULES[one] for one in (kind, *above.get(kind, ())) if one in MODULES), "")


def prefixes(store: Store) -> dict[str, str]:
    """Return the namespace of each prefix of the extensions that a store was taught."""
    return {name.value: space.value for name, space in store.select(_SPACES).rows if name and space}
