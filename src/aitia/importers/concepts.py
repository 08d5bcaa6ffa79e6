"""Names that other systems give to things of which the ontology has a scheme."""

from __future__ import annotations

from functools import cache

from aitia import resources
from aitia.records import Entity
from aitia.vocabulary.iris import SCHEME, slug
from aitia.vocabulary.terms import NAMESPACES

_NAMES = ("prefLabel", "altLabel")


def concept(scheme: str, kind: str, name: str) -> Entity:
    """Return the concept of a scheme that goes by ``name``, or a new one of that name.

    >>> concept("optimizer", "aitia:Optimizer", "sgd").id
    'https://w3id.org/aitia/scheme/optimizer#SGD'

    Parameters
    ----------
    scheme:
        A file of ``ontology/taxonomies``, without its ending.
    kind:
        The class of its concepts.
    name:
        What another system calls it.
    """
    local = _names(scheme).get(name.lower(), name)
    return Entity(f"{SCHEME}{scheme}#{slug(local)}", kind, local)


@cache
def _names(scheme: str) -> dict[str, str]:
    """Return the local names of a scheme's concepts by all that they are called."""
    import pyoxigraph as ox

    base = f"{SCHEME}{scheme}#"
    wanted = {NAMESPACES["skos"] + name for name in _NAMES}
    text = resources.read_text("ontology", "taxonomies", f"{scheme}.ttl")
    found: dict[str, str] = {}
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(base):
            local = subject.value.removeprefix(base)
            found[local.lower()] = local
            if quad.predicate.value in wanted and isinstance(value, ox.Literal):
                found[value.value.lower()] = local
    return found
