"""Full reasoning over an extension: HermiT, through owlready2, where both are installed."""

from __future__ import annotations

import io
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from aitia.validation.disjoint import ontology_paths
from aitia.vocabulary.terms import NAMESPACES

_OWL, _PROV = NAMESPACES["owl"], NAMESPACES["prov"]
_TYPE = NAMESPACES["rdf"] + "type"
_DECLARATIONS = frozenset(
    _OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "NamedIndividual")
)
_PUNNED = (_PROV + "specializationOf", _PROV + "wasRevisionOf")
_VERBS = {
    _TYPE: "is a",
    NAMESPACES["rdfs"] + "subClassOf": "is a subclass of",
    NAMESPACES["rdfs"] + "subPropertyOf": "is a subproperty of",
    NAMESPACES["rdfs"] + "domain": "has the domain",
    NAMESPACES["rdfs"] + "range": "has the range",
    _OWL + "equivalentClass": "is equivalent to",
    _OWL + "disjointWith": "is disjoint with",
}
Axiom = tuple[Triple, ...]


def unavailable() -> str:
    """Return why full reasoning cannot be done here; empty when it can."""
    if find_spec("owlready2") is None:
        return "owlready2 is not installed (pip install 'aitia[ontology]')"
    return "" if shutil.which("java") else "there is no java, which HermiT needs"


def culprit(paths: Sequence[str]) -> list[str]:
    """Return the fewest statements of extensions that make them inconsistent; none if they are not.

    Halves are asked about first (QuickXplain, Junker 2004): for a contradiction of k among n
    statements the reasoner runs some k log n times, where one statement at a time takes n.
    """
    triples = [triple for path in paths for triple in _triples(path)]
    declared = [t for t in triples if _is_declaration(t)]
    axioms = _axioms([t for t in triples if not _is_declaration(t)])
    base = [*_ontology(), *declared]
    if _is_consistent(base, axioms):
        return []
    names = _names(paths)
    return [
        _words(axiom, names) for axiom in fewest(axioms, lambda some: _is_consistent(base, some))
    ]


def fewest(axioms: Sequence[Axiom], is_fine: Callable[[Sequence[Axiom]], bool]) -> list[Axiom]:
    """Return as few of the axioms, which together are not fine, as are not fine.

    By halves, as QuickXplain does (Junker, AAAI 2004).
    """

    def needed(given: list[Axiom], among: list[Axiom], *, grown: bool) -> list[Axiom]:
        """Return those among some axioms without which, beside those given, all is fine."""
        if grown and not is_fine(given):
            return []
        if len(among) <= 1:
            return among
        one, two = among[: len(among) // 2], among[len(among) // 2 :]
        of_two = needed([*given, *one], two, grown=bool(one))
        of_one = needed([*given, *of_two], one, grown=bool(of_two))
        return [*of_one, *of_two]

    return needed([], list(axioms), grown=False)


def _triples(path: str) -> list[Triple]:
    quads = parse(path=path, format=_format(path), rename_blank_nodes=True)
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _format(path: str) -> RdfFormat:
    forms = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES}
    return forms.get(path[path.rfind(".") :].lower(), RdfFormat.RDF_XML)


def _ontology() -> list[Triple]:
    """Return the ontology without headers, and without what PROV-O declares against OWL 2 DL."""
    triples = [triple for path in ontology_paths() for triple in _triples(path)]
    headers = {t.subject for t in triples if t.object == NamedNode(_OWL + "Ontology")}
    return [
        t
        for t in triples
        if t.subject not in headers
        and not (
            isinstance(t.subject, NamedNode)
            and t.subject.value in _PUNNED
            and t.object == NamedNode(_OWL + "AnnotationProperty")
        )
    ]


def _is_declaration(triple: Triple) -> bool:
    term = triple.object
    return (
        triple.predicate.value == _TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(term, NamedNode)
        and term.value in _DECLARATIONS
    )


def _axioms(triples: Sequence[Triple]) -> list[Axiom]:
    """Return the statements with the blank nodes that each rests on; headers are left out."""
    headers = {t.subject for t in triples if t.object == NamedNode(_OWL + "Ontology")}
    within: dict[object, list[Triple]] = {}
    named = {t.object for t in triples if isinstance(t.object, BlankNode)}
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            within.setdefault(triple.subject, []).append(triple)
    starts = [[t] for t in triples if isinstance(t.subject, NamedNode) and t.subject not in headers]
    starts += [list(inside) for node, inside in within.items() if node not in named]
    return [tuple(_whole(start, within)) for start in starts]


def _whole(todo: list[Triple], within: dict[object, list[Triple]]) -> list[Triple]:
    found: list[Triple] = []
    while todo:
        triple = todo.pop(0)
        found.append(triple)
        todo += within.get(triple.object, [])
    return found


def _is_consistent(base: Sequence[Triple], axioms: Sequence[Axiom]) -> bool:
    import owlready2

    triples = [*base, *(triple for axiom in axioms for triple in axiom)]
    text = "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples)
    world = owlready2.World()
    name = "https://w3id.org/aitia/all#"
    ontology = world.get_ontology(name).load(fileobj=io.BytesIO(text.encode()))
    try:
        with ontology:
            owlready2.sync_reasoner_hermit(
                world, infer_property_values=False, debug=0, ignore_unsupported_datatypes=True
            )
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return not [cls for cls in world.inconsistent_classes() if cls is not owlready2.Nothing]


def _names(paths: Sequence[str]) -> dict[str, str]:
    """Return the prefix of each namespace, those of the modules first."""
    found = {}
    for path in paths:
        reader = parse(path=path, format=_format(path))
        deque(reader, maxlen=0)
        found.update({space: name for name, space in reader.prefixes.items() if name})
    return {**found, **{space: name for name, space in NAMESPACES.items()}}


def _words(axiom: Axiom, names: Mapping[str, str]) -> str:
    """Return a statement as a sentence, the classes without a name in it spelt out."""
    within: dict[object, list[Triple]] = {}
    for triple in axiom:
        within.setdefault(triple.subject, []).append(triple)

    def told(term: object) -> str:
        """Return a term in words; a blank node by what it says."""
        if not isinstance(term, BlankNode):
            return _compact(term, names)
        facts = {t.predicate.value: t.object for t in within.get(term, ())}
        inside = [
            (f"{_compact(t.predicate, names)} {told(t.object)}")
            for t in within.get(term, ())
            if t.predicate.value not in (_TYPE, _OWL + "onProperty")
        ]
        if _OWL + "onProperty" not in facts:
            return f"({', '.join(inside)})"
        return f"(what has {told(facts[_OWL + 'onProperty'])}: {', '.join(inside)})"

    first = axiom[0]
    if isinstance(first.subject, BlankNode):
        return told(first.subject)
    how = _VERBS.get(first.predicate.value) or _compact(first.predicate, names)
    return f"{told(first.subject)} {how} {told(first.object)}"


def _compact(term: object, names: Mapping[str, str]) -> str:
    if isinstance(term, NamedNode):
        for space, prefix in names.items():
            if term.value.startswith(space):
                return f"{prefix}:{term.value[len(space) :]}"
    return str(term)
