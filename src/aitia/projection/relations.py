"""Patterns of a family joined relation by relation, for an engine that looks up one at a time.

A lookup costs such an engine as much as ten statements of a scan. Where something has many others,
as a configuration its settings, what is said of each of these is therefore read by one scan of the
relation in the bundles of a page, and joined by hashes::

    GRAPH ?recorded { ?unit aitia:hasSetting ?setting . ?setting aitia:settingName ?name }

becomes, with the units and the bundles of a page in place of what stands in guillemets::

    { SELECT * WHERE { «units» GRAPH ?recorded { ?unit aitia:hasSetting ?setting } } }
    { SELECT * WHERE { «bundles» GRAPH ?recorded { ?setting aitia:settingName ?name } } }

What nearly everything has, a type, a label and the relations of PROV, is looked up all the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNITS, BUNDLES = "«units»", "«bundles»"

OPTIONAL = re.compile(
    r"[ \t]*OPTIONAL \{ GRAPH \?recorded \{ \?\w+ ([a-z]+:\w+) \?\w+ \} \}\n", re.MULTILINE
)
"""An optional part about one relation."""

_GRAPH = re.compile(r"[ \t]*GRAPH \?recorded \{([^{}\"<>]*)\}\n")
_BARE = re.compile(r"^ {4}\?\w+ (aitia:\w+) \?\w+ \.$", re.MULTILINE)
"""A pattern in no braces but those of its family, as the indentation says."""

_WORD = re.compile(r"[?\w:.]*[\w?:]|[.;]")
_OWN = "aitia:"
_MANY = frozenset(
    {"aitia:hasSetting", "aitia:hasLayer", "aitia:hasLearningCurve", "aitia:aboutSubject"}
)
"""Relations that one thing has to many."""


class Pattern(NamedTuple):
    """A triple pattern."""

    subject: str
    predicate: str
    object: str

    def __str__(self) -> str:
        return " ".join(self)


def needed(body: str) -> frozenset[str]:
    """Return relations without which a family tells nothing: those of its first patterns."""
    found = _GRAPH.search(body)
    patterns = (found and _patterns(found[1])) or []
    named = {each.predicate for each in patterns if each.predicate.startswith(_OWN)}
    return frozenset(named.union(_BARE.findall(body)))


def optional(body: str) -> frozenset[str]:
    """Return the relations that optional parts of a family are about."""
    return frozenset(OPTIONAL.findall(body))


def joined(body: str) -> str | None:
    """Return a family joined relation by relation; None when nothing in it is of many.

    Parameters
    ----------
    body:
        What stands in the braces of a family, without the units.
    """
    found = _GRAPH.search(body)
    patterns = _patterns(found[1]) if found else None
    if found is None or patterns is None:
        return None
    first, scanned, last = _parted(patterns)
    if not scanned:
        return None
    steps = [_scan(UNITS, first), *(_scan(BUNDLES, [each]) for each in scanned)]
    if last:
        steps.append(f"LATERAL {{ GRAPH ?recorded {{ {_text(last)} }} }}\n")
    return body[: found.start()] + "".join(steps) + body[found.end() :]


def _parted(patterns: list[Pattern]) -> tuple[list[Pattern], list[Pattern], list[Pattern]]:
    """Return what is said of few things, what is scanned of many, and what is looked up last."""
    first: list[Pattern] = []
    scanned: list[Pattern] = []
    last: list[Pattern] = []
    several: set[str] = set()
    for each in patterns:
        if each.predicate in _MANY and not several:
            several |= {each.subject, each.object} - {"?unit", "?owner"}
            several -= {name for one in first for name in one}
            first.append(each)
        elif each.subject not in several:
            first.append(each)
        else:
            several.add(each.object)
            own = _OWN in (each.predicate[: len(_OWN)], each.object[: len(_OWN)])
            (scanned if own else last).append(each)
    return first, scanned, last


def _scan(of: str, patterns: list[Pattern]) -> str:
    return f"{{ SELECT * WHERE {{ {of} GRAPH ?recorded {{ {_text(patterns)} }} }} }}\n"


def _text(patterns: list[Pattern]) -> str:
    return " . ".join(map(str, patterns))


def _patterns(text: str) -> list[Pattern] | None:
    """Return the triple patterns of a group; None when it holds anything else."""
    found: list[Pattern] = []
    subject, words = "", []
    for word in [*_WORD.findall(text), "."]:
        if word not in (".", ";"):
            words.append(word)
            continue
        if not words:
            continue
        whole = words if len(words) == 3 else [subject, *words]
        if len(whole) != 3 or not whole[0].startswith("?"):
            return None
        found.append(Pattern(*whole))
        subject, words = whole[0], []
    return found
