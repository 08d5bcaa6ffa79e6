"""From a cell of a feature table back to the statements of the graph that it was read from."""

from __future__ import annotations

from typing import NamedTuple

from aitia.errors import NotFoundError
from aitia.projection.facts import Fact, facts
from aitia.projection.families import Pair, families
from aitia.projection.reading import Reader
from aitia.store.port import Store
from aitia.vocabulary.terms import NAMESPACES

_STATEMENTS = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?s ?o ?name WHERE {
  GRAPH <%(bundle)s> {
    {
      BIND(<%(unit)s> AS ?s)
    } UNION {
      <%(unit)s> ?link ?s
    } UNION {
      <%(unit)s> ?link ?between . ?between ?further ?s
    } UNION {
      ?between prov:wasGeneratedBy <%(unit)s> . ?between ?further ?s
    } UNION {
      ?between prov:wasGeneratedBy <%(unit)s> . ?between aitia:hasArchitecture/aitia:hasLayer ?s
    } UNION {
      ?s aitia:aboutSubject <%(unit)s>
    } UNION {
      <%(unit)s> aitia:partOfExecution+ ?owner . ?owner ?link ?s
    } UNION {
      <%(unit)s> aitia:partOfExecution+ ?owner . ?s aitia:aboutSubject ?owner
    } UNION {
      <%(unit)s> aitia:partOfExecution+ ?s
    }
    ?s <%(term)s> ?o .
    OPTIONAL { ?s aitia:settingName ?setting }
    OPTIONAL { ?s aitia:measuresQuantity/rdfs:label ?quantity }
  }
  BIND(COALESCE(?setting, ?quantity) AS ?name)
}
ORDER BY ?s ?o
"""


class Statement(NamedTuple):
    """One statement, and the bundle that holds it."""

    subject: str
    predicate: str
    object: str
    bundle: str


def trace(store: Store, name: str, unit: str, column: str) -> tuple[Statement, ...]:
    """Return the statements that a cell was read from, or computed from.

    Parameters
    ----------
    store:
        Where to ask.
    name:
        The question that projects the table.
    unit:
        IRI of the unit, or a part of it that no other unit has.
    column:
        Name of the column.

    Raises
    ------
    NotFoundError
        When there is no such unit or column, or nothing was recorded in that cell.
    """
    rows = _facts_of(store, name, unit)
    whole = _one({row.unit for row in rows}, unit)
    found = [row for row in rows if row.unit == whole and row.variable == column]
    if not found:
        names = sorted({row.variable for row in rows if row.unit == whole})
        raise NotFoundError(
            f"nothing is recorded of {column!r} for {whole}",
            expected=f"one of {', '.join(names[:12])}",
            next_step=f"aitia features {name}",
        )
    return tuple(statement for fact in found for statement in _statements(store, fact))


def _facts_of(store: Store, name: str, unit: str) -> list[Fact]:
    """Return the facts of a question about a unit, or about all units of an untaken question."""
    from aitia.query.catalog import load
    from aitia.query.run import answers

    question = load()[name]
    apiece = families(question)
    if apiece is None:
        answer = answers(store, question)
        return facts(answer.columns, answer.rows)
    pairs: list[Pair] = [(str(u), str(r)) for u, r in answers(store, apiece.named(unit)).rows]
    whole = _one({found for found, _ in pairs}, unit)
    return Reader(store, apiece).facts([pair for pair in pairs if pair[0] == whole])


def _one(units: set[str], unit: str) -> str:
    found = [unit] if unit in units else sorted(u for u in units if unit in u)
    if len(found) != 1:
        raise NotFoundError(
            f"{unit!r} is part of {len(found)} units",
            expected="part of the IRI of one unit",
            next_step="aitia features --rows",
        )
    return found[0]


def _statements(store: Store, fact: Fact) -> list[Statement]:
    """Return what the fact's term says about the unit: what has its value, else all it sums up."""
    given = {"bundle": fact.recorded, "unit": fact.unit, "term": _expanded(fact.term)}
    rows = list(store.select(_STATEMENTS % given).rows)
    names = {part for part in (fact.variable, fact.variable.rpartition(".")[0],
             fact.variable.partition(".")[2]) if part}  # fmt: skip
    named = [row for row in rows if row[2] is not None and row[2].value in names]
    close = named or [row for row in rows if row[2] is None] or rows
    exact = [row for row in close if row[1] is not None and _same(row[1].value, fact.value)]
    return [
        Statement(row[0].value, fact.term, row[1].value, fact.recorded)
        for row in exact or close
        if row[0] is not None and row[1] is not None
    ]


def _same(text: str, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return text == str(value) or text.endswith(f"#{value}") or text == str(value).lower()
    try:
        return float(text) == float(value)
    except ValueError:
        return False


def _expanded(curie: str) -> str:
    prefix, _, name = curie.partition(":")
    return NAMESPACES[prefix] + name if prefix in NAMESPACES else curie
