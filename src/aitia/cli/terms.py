"""``aitia terms``: what a term of the ontology means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import click

from aitia.cli import present
from aitia.errors import NotFoundError

LIMIT = 12
"""Up to so many terms are shown in full; more are listed."""


class Term(NamedTuple):
    """One term of the ontology as its Turtle file defines it."""

    term: str
    kind: str
    module: str
    label: str
    definition: str
    parents: tuple[str, ...]
    domain: str | None
    range: str | None
    stakeholders: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


@click.command("terms")
@click.argument("pattern", default="")
@click.option("--module", help="Only terms of this module: core, system, platform, model, ...")
@click.option("--for", "stakeholder", help="Only terms that matter to these readers, as auditor.")
@present.json_option
def command(pattern: str, module: str | None, stakeholder: str | None, as_json: bool) -> None:
    """Look up terms of the ontology.

    PATTERN is a term such as aitia:Dataset, or any part of a name, label or definition. Without it
    all terms are listed.
    """
    from aitia.vocabulary.stakeholders import named

    reader = named(stakeholder) if stakeholder is not None else None
    found = [
        term
        for term in definitions()
        if _matches(term, pattern)
        and module in (None, term.module)
        and (reader is None or reader in term.stakeholders)
    ]
    exact = [t for t in found if pattern in (t.term, t.term.partition(":")[2])]
    found = exact or found
    if not found:
        raise NotFoundError(
            f"no term matches {pattern!r}"
            + (f" in module {module}" if module else "")
            + (f" for {reader}" if reader else ""),
            expected=f"{_nearest(pattern)}part of a name, label or definition",
            next_step="aitia terms",
        )
    if as_json:
        present.emit_json(found)
    elif len(found) > LIMIT:
        present.rows(
            ("term", "kind", "module", "definition"),
            [(t.term, t.kind, t.module, t.definition) for t in found],
        )
    else:
        for term in found:
            _show(term)


def _nearest(pattern: str) -> str:
    from difflib import get_close_matches

    known = {term.term.partition(":")[2].lower(): term.term for term in definitions()}
    near = get_close_matches(pattern.rpartition(":")[2].replace(" ", "").lower(), known, n=1)
    return f"{known[near[0]]}, perhaps; or " if near else ""


def _matches(term: Term, pattern: str) -> bool:
    text = f"{term.term} {term.label} {term.definition}"
    return pattern.lower() in text.lower()


def _show(term: Term) -> None:
    present.heading(term.term)
    lines = (
        ("", term.definition),
        ("kind", f"{term.kind} of the module {term.module}"),
        ("below", ", ".join(term.parents)),
        ("domain", term.domain or ""),
        ("range", term.range or ""),
        ("matters to", ", ".join(term.stakeholders)),
        ("elsewhere", ", ".join(term.elsewhere)),
    )
    for name, text in lines:
        if text:
            present.echo(f"  {name + ': ' if name else ''}{text}")
    present.echo()


def definitions() -> list[Term]:
    """Return every term: those of the ontology's own modules, then those of PROV-O."""
    from aitia.vocabulary.terms import MODULES

    about, elsewhere = _statements(), _alignments()
    own = [
        _term(name, about[name], module)._replace(elsewhere=tuple(elsewhere.get(name, ())))
        for name, module in MODULES.items()
        if name in about
    ]
    borrowed = [_term(n, facts, "prov") for n, facts in about.items() if _is_prov(n, facts)]
    return sorted(own) + sorted(borrowed)


def _is_prov(name: str, facts: dict[str, list[str]]) -> bool:
    return name.startswith("prov:") and bool(_KINDS.keys() & facts.get("rdf:type", []))


def _term(name: str, facts: dict[str, list[str]], module: str) -> Term:
    def one(prop: str) -> str | None:
        return next(iter(facts.get(prop, ())), None)

    from aitia.vocabulary.stakeholders import name_of

    parents = facts.get("rdfs:subClassOf", []) + facts.get("rdfs:subPropertyOf", [])
    kinds = [kind for kind in facts.get("rdf:type", []) if kind in _KINDS]
    kind = _KINDS[kinds[0]] if kinds else f"individual ({one('rdf:type')})"
    return Term(
        term=name,
        kind=kind,
        module=module,
        label=one("rdfs:label") or "",
        definition=one("skos:definition") or one("prov:definition") or one("rdfs:comment") or "",
        parents=tuple(sorted(parents)),
        domain=one("rdfs:domain"),
        range=one("rdfs:range"),
        stakeholders=tuple(
            reader for iri in facts.get("aitia:mattersTo", ()) if (reader := name_of(_full(iri)))
        ),
    )


def _full(name: str) -> str:
    from aitia.vocabulary.iris import expand

    return name if "://" in name else expand(name)


_KINDS = {
    "owl:Class": "class",
    "owl:ObjectProperty": "relation",
    "owl:DatatypeProperty": "attribute",
    "owl:AnnotationProperty": "annotation",
}


# These folders use terms and define none.
_NOT_DEFINING = ("alignments", "examples")

_RELATIONS = {
    "skos:exactMatch": "the same",
    "skos:closeMatch": "close",
    "skos:relatedMatch": "related",
    "skos:narrowMatch": "narrower",
    "skos:broadMatch": "broader",
    "rdfs:subClassOf": "above",
    "rdfs:subPropertyOf": "above",
}


def _alignments() -> dict[str, list[str]]:
    """Return for each term the terms of other vocabularies, with how they stand to it."""
    import csv

    from aitia.resources import files

    found: dict[str, list[str]] = {}
    for path in files("ontology/alignments", ".sssom.tsv"):
        with open(path, encoding="utf-8", newline="") as handle:
            lines = (line for line in handle if not line.startswith("#"))
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                doubt = ", unverified" if row["found"] == "unverified" else ""
                relation = _RELATIONS[row["predicate_id"]]
                text = f"{row['object_id']} ({relation}{doubt})"
                found.setdefault(row["subject_id"], []).append(text)
    return found


def _statements() -> dict[str, dict[str, list[str]]]:
    about: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value in _triples():
        about.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return about


def _triples() -> Iterator[tuple[str, str, str]]:
    import pyoxigraph

    from aitia.query.wording import short_iri
    from aitia.resources import files

    for path in files("ontology", ".ttl"):
        if os.path.basename(os.path.dirname(path)) in _NOT_DEFINING:
            continue
        for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, pyoxigraph.NamedNode) and not isinstance(
                value, (pyoxigraph.BlankNode, pyoxigraph.Triple)
            ):
                shown = value.value
                if isinstance(value, pyoxigraph.NamedNode):
                    shown = short_iri(shown)
                yield short_iri(subject.value), short_iri(quad.predicate.value), shown
