"""The runs that a store holds, and which of them a person means."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from aitia.errors import NotFoundError
from aitia.query.values import to_python
from aitia.query.wording import short_iri, short_run
from aitia.store.port import Store, Term
from aitia.vocabulary import literals
from aitia.vocabulary.iris import QUANTITY
from aitia.vocabulary.terms import ANCESTORS

_RUNS = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?run (GROUP_CONCAT(DISTINCT STR(?kind); separator=" ") AS ?types)
       (SAMPLE(?label) AS ?name) (SAMPLE(?state) AS ?status)
       (MAX(?guess) AS ?inferred) (MIN(?start) AS ?began) (MAX(?took) AS ?seconds)
WHERE {
  ?bundle a aitia:CaptureBundle ; aitia:aboutSubject ?run .
  OPTIONAL { ?run a ?kind }
  OPTIONAL { ?run rdfs:label ?label }
  OPTIONAL { ?run aitia:status ?state }
  OPTIONAL { ?run aitia:statusInferred ?guess }
  OPTIONAL { ?run prov:startedAtTime ?start }
  OPTIONAL { ?run aitia:durationSeconds ?took }
}
GROUP BY ?run
"""
_PRUNED = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?run WHERE {
  ?bundle prov:wasInvalidatedBy ?event ; a aitia:CaptureBundle ; aitia:aboutSubject ?run .
  FILTER NOT EXISTS { GRAPH ?bundle { ?run a ?kind } }
}
ORDER BY ?run
"""
_BEST = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
SELECT ?run ?quantity ?higher (MAX(?value) AS ?most) (MIN(?value) AS ?least)
       (SUM(IF(?about = ?run, 1, 0)) AS ?own) WHERE {
  VALUES ?run { %s }
  ?bundle a aitia:CaptureBundle ; aitia:aboutSubject ?run .
  GRAPH ?bundle {
    { ?m aitia:bestValue ?value } UNION { ?m aitia:numericValue ?value }
    ?m aitia:measuresQuantity ?quantity ; aitia:aboutSubject ?about .
    ?quantity aitia:higherIsBetter ?higher
    FILTER(?value = ?value)
  }
}
GROUP BY ?run ?quantity ?higher
"""


class Run(NamedTuple):
    """One run as a list shows it.

    ``inferred`` says that its status was not recorded but told; ``pruned`` that its records were
    let go, and only its tombstone is there.
    """

    iri: str
    id: str
    name: str
    type: str
    status: str
    inferred: bool
    began: datetime | None
    seconds: float | None
    pruned: bool = False

    def ending(self) -> str:
        """Return how it ended in words, with what is to be known of that."""
        told = (self.status or "status unknown") + (" (inferred)" if self.inferred else "")
        return f"{told}, pruned" if self.pruned else told


def runs(store: Store) -> list[Run]:
    """Return all runs, newest first."""
    found = []
    gone = {run.value for (run,) in store.select(_PRUNED).rows if run is not None}
    for run, kinds, name, status, inferred, began, seconds in store.select(_RUNS).rows:
        if run is None:
            continue
        found.append(
            Run(
                iri=run.value,
                id=run.value.removeprefix("urn:uuid:"),
                name=name.value if name else "",
                type=_narrowest(kinds.value.split() if kinds else []),
                status=status.value.rpartition("#")[2] if status else "",
                inferred=inferred is not None and inferred.value == "true",
                began=_moment(began),
                seconds=float(seconds.value) if seconds else None,
                pruned=run.value in gone,
            )
        )
    return sorted(found, key=lambda r: (r.began is not None, r.began, r.id), reverse=True)


def _narrowest(classes: Sequence[str]) -> str:
    """Return the local name of the class that no other one is below."""
    names = [short_iri(name) for name in classes]
    above = {ancestor for name in names for ancestor in ANCESTORS.get(name, ())}
    return min((name for name in names if name not in above), default="").partition(":")[2]


def _moment(term: Term | None) -> datetime | None:
    found = to_python(term)
    return found if isinstance(found, datetime) else None


def headlines(
    store: Store, chosen: Iterable[Run], *, most: int = 2
) -> dict[str, list[tuple[str, float]]]:
    """Return the best values of each run, by its IRI: what a list shows of its metrics.

    What was measured of the run itself comes before what was measured of its tasks, quantities of
    which higher is better before others, and those that more of the runs have before rarer ones.
    """
    names = " ".join(literals.iri(run.iri) for run in chosen)
    found: dict[str, dict[str, _Best]] = {}
    for run, quantity, higher, top, low, own in store.select(_BEST % names).rows:
        if run and quantity and higher and top and low and own:
            better = to_python(higher) is True
            value = to_python(top if better else low)
            number = float(value) if isinstance(value, (int, float)) else math.nan
            name = quantity.value.removeprefix(QUANTITY)
            best = _Best(name, number, better, own.value != "0")
            found.setdefault(run.value, {})[name] = best
    often = Counter(name for values in found.values() for name in values)

    def rank(best: _Best) -> tuple[bool, bool, int, str]:
        return not best.own, not best.higher, -often[best.name], best.name

    return {
        run: [(best.name, best.value) for best in sorted(values.values(), key=rank)[:most]]
        for run, values in found.items()
    }


class _Best(NamedTuple):
    name: str
    value: float
    higher: bool
    own: bool


def resolve(store: Store, text: str) -> Run:
    """Return the run that ``text`` means: a UUID, its first characters, a name, or ``last``.

    Raises
    ------
    NotFoundError
        When no run, or more than one, is meant.
    """
    known = runs(store)
    if not known:
        raise NotFoundError(
            "there are no runs yet",
            expected="at least one recorded run",
            next_step="aitia run python train.py, or: aitia demo",
        )
    if text == "last":
        return known[0]
    wanted = text.removeprefix("urn:uuid:").lower()
    matches = [run for run in known if run.id == wanted]
    matches = matches or [run for run in known if run.name == text]
    matches = matches or [run for run in known if wanted and run.id.startswith(wanted)]
    if len(matches) == 1:
        return matches[0]
    raise _unclear(text, matches, known)


def _unclear(text: str, matches: Sequence[Run], known: Sequence[Run]) -> NotFoundError:
    if matches:
        listed = ", ".join(f"{_prefix(run, known)} ({run.name})" for run in matches[:5])
        more = f" and {len(matches) - 5} more" if len(matches) > 5 else ""
        return NotFoundError(
            f"{text!r} means {len(matches)} runs: {listed}{more}",
            expected="enough characters of the id to mean one",
            next_step=f"aitia show {_prefix(matches[0], known)}",
        )
    from difflib import get_close_matches

    near = get_close_matches(text, [run.name for run in known], n=1)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    return NotFoundError(
        f"no run {text!r}{hint}",
        expected="a run's id, its first characters, its name, or last",
        next_step="aitia ls",
    )


def _prefix(run: Run, known: Sequence[Run]) -> str:
    """Return the shortest beginning of a run's id, not below its usual one, that means it alone."""
    for length in range(len(short_run(run.id)), len(run.id)):
        if sum(other.id.startswith(run.id[:length]) for other in known) == 1:
            return run.id[:length]
    return run.id
