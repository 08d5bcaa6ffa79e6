"""The stakeholders of the ontology, and the terms that matter to each.

>>> from aitia.vocabulary.stakeholders import named, terms_for
>>> named("Compliance officer")
'auditor'
>>> "aitia:Decision" in terms_for("auditor"), "aitia:Decision" in terms_for("workflow developer")
(True, False)
"""

from __future__ import annotations

from aitia.errors import NotFoundError
from aitia.vocabulary.scopes import NAMES, TERMS

STAKEHOLDERS: tuple[str, ...] = tuple(TERMS)
"""Their names, as the headers of questions write them."""


def named(text: str) -> str:
    """Return the preferred name of the stakeholder that a text names.

    Parameters
    ----------
    text:
        Any of a stakeholder's names, or its first words when they are those of one alone; upper
        and lower case, hyphens and underscores do not count.

    Raises
    ------
    NotFoundError
        When it names none; the nearest name is suggested.
    """
    asked = _plain(text)
    known = {_plain(name): names[0] for names in NAMES.values() for name in names}
    if asked in known:
        return known[asked]
    begun = {preferred for name, preferred in known.items() if asked and name.startswith(asked)}
    if len(begun) == 1:
        return begun.pop()
    from difflib import get_close_matches

    near = get_close_matches(asked, known, n=1)
    meant = f"{known[near[0]]!r}, perhaps; " if near else ""
    raise NotFoundError(
        f"no stakeholder {text!r}",
        expected=f"{meant}one of {', '.join(STAKEHOLDERS)}",
        next_step="name one of them, such as --for auditor",
    )


def name_of(iri: str) -> str | None:
    """Return the preferred name of a stakeholder by its IRI; None when the scheme has it not."""
    names = NAMES.get(iri)
    return names[0] if names else None


def terms_for(stakeholder: str) -> frozenset[str]:
    """Return the CURIEs of the terms that matter to a stakeholder.

    Raises
    ------
    NotFoundError
        When there is no such stakeholder.
    """
    return frozenset(TERMS[named(stakeholder)].split())


def _plain(text: str) -> str:
    return " ".join(text.replace("-", " ").replace("_", " ").lower().split())
