"""A class that the ontology lacks is said where it is written, not only when it is refused."""

from __future__ import annotations

import functools
import warnings


@functools.cache
def doubt(name: str) -> None:
    """Warn, once, of a class that is not in the namespace of its prefix, and name the nearest.

    A name of another prefix, or a whole IRI, may be of a module of the user's own.
    """
    from aitia.vocabulary.lookup import unknown_term
    from aitia.vocabulary.terms import AITIA, PROV

    prefix, colon, local = name.partition(":")
    space = {"aitia": AITIA, "prov": PROV}.get(prefix)
    if not colon:
        sentence = unknown_term(f"aitia:{name}", set(vars(AITIA)))
        if name in vars(AITIA):
            sentence = f"the class {name!r} has no prefix; did you mean aitia:{name}?"
    elif space is None or local in vars(space):
        return
    else:
        sentence = unknown_term(name, set(vars(space)))
    warnings.warn(f"{sentence} The task will not be recorded under this name.", stacklevel=4)
