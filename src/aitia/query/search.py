"""Which recorded thing a person means: by its content, its path, its name or its IRI."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from aitia.errors import NotFoundError
from aitia.query.runs import resolve
from aitia.records.values import text
from aitia.store.port import Store
from aitia.vocabulary.iris import content_iri
from aitia.vocabulary.literals import iri, quote

_IRI = re.compile(r"(ni|urn|https?|file|pkg):", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_MANY = 5


def find(store: Store, thing: str) -> str:
    """Return the IRI of the one recorded thing that ``thing`` names.

    Raises
    ------
    NotFoundError
        When nothing, or more than one thing, is known by it.
    """
    if _exists(thing):
        return _of_file(store, thing)
    path, thing = _as_path(thing), text(thing)
    for candidate in _by_form(thing):
        if is_known(store, candidate):
            return candidate
    if _IRI.match(thing) or _HEX.fullmatch(thing):
        raise NotFoundError(f"nothing was recorded of {thing}", next_step="aitia ls")
    found = located(store, path) or labelled(store, thing)
    if len(found) > 1:
        raise NotFoundError(f"{len(found)} things were {thing!r}", expected=_one_of(found))
    return found[0] if found else _run(store, thing)


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except ValueError:
        return False


def _as_path(thing: str) -> str:
    """Return a text as a path; one that the file system could not hold as plain text."""
    try:
        os.fsencode(thing)
    except UnicodeError:
        return text(thing)
    return thing


def _run(store: Store, name: str) -> str:
    try:
        return resolve(store, name).iri
    except NotFoundError as error:
        raise NotFoundError(
            f"nothing was recorded of {name!r}: {error.got}",
            expected="a file, a SHA-256, an IRI, or the name of a run or thing",
            next_step=error.next_step,
        ) from error


def content(path: str) -> str | None:
    """Return the IRI of what a file or folder holds now, or None when it cannot be told.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    from aitia.capture.files import look

    digest = look(path, sys.maxsize).digest
    return content_iri(digest) if digest else None


def is_known(store: Store, thing: str) -> bool:
    """Return whether anything is said of the thing with this IRI."""
    return store.ask(f"ASK {{ {iri(thing)} ?property ?value }}")


def located(store: Store, path: str) -> list[str]:
    """Return the things that were recorded as lying at a path, the latest use last."""
    from aitia.capture.files import locator

    return _things(
        store,
        "?thing aitia:locator ?locator "
        f"FILTER(STR(?locator) = {quote(locator(path))} || STR(?locator) = {quote(text(path))})",
    )


def labelled(store: Store, name: str) -> list[str]:
    """Return the entities that go by a label."""
    return _things(
        store,
        f"?thing rdfs:label {quote(name)} ; a ?class . ?class rdfs:subClassOf* prov:Entity "
        "FILTER NOT EXISTS { ?thing a aitia:ObservableQuantity }",
    )


def _things(store: Store, pattern: str) -> list[str]:
    rows = store.select(
        "PREFIX aitia: <https://w3id.org/aitia/ns#> PREFIX prov: <http://www.w3.org/ns/prov#> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        f"SELECT ?thing (MAX(?began) AS ?last) WHERE {{ {pattern} OPTIONAL {{ "
        "{ ?activity prov:used ?thing } UNION { ?thing prov:wasGeneratedBy ?activity } "
        "?activity prov:startedAtTime ?began } } GROUP BY ?thing ORDER BY ?last ?thing"
    ).rows
    return [thing.value for thing, _ in rows if thing is not None]


def _by_form(thing: str) -> Iterator[str]:
    if _HEX.fullmatch(thing):
        yield content_iri(thing.lower())
    elif _IRI.match(thing):
        yield thing


def _of_file(store: Store, path: str) -> str:
    try:
        here = content(path)
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read ({error})") from error
    if here is not None and is_known(store, here):
        return here
    before = located(store, path)
    if len(before) == 1 and here is None:
        return before[0]
    if before:
        raise NotFoundError(
            f"what {path} holds now was never recorded; it was changed since",
            expected=f"the content that was recorded there: {_one_of(before)}",
            next_step=f"aitia why {before[-1]}",
        )
    raise NotFoundError(
        f"{path} was never recorded",
        expected="a file that a recorded run used or made",
        next_step=f"record it: aitia.use({path!r}) or aitia.make({path!r})",
    )


def _one_of(found: list[str]) -> str:
    return ", ".join(found[-_MANY:]) + (", …" if len(found) > _MANY else "")
