"""How a namespace refuses a term that it does not have."""

from __future__ import annotations

from typing import NoReturn


class Namespace(type):
    """Metaclass of the generated namespaces: an unknown term is an AttributeError."""

    def __getattr__(cls, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(unknown_term(f"{cls.__name__.lower()}:{name}", set(vars(cls))))


def unknown_term(term: str, known: set[str]) -> str:
    """Return the sentence that refuses ``term``, with the nearest of the ``known`` local names."""
    from difflib import get_close_matches

    prefix, _, local = term.partition(":")
    near = get_close_matches(local, known, n=1, cutoff=0.6)
    hint = f"; did you mean {prefix}:{near[0]}?" if near else "; see: aitia terms"
    return f"{term} is not in the ontology{hint}"
