"""The reference implementation, pyshacl, behind the same door."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from aitia.errors import MissingExtraError, ValidationError
from aitia.validation.graph import Graph, key_of, read_path
from aitia.validation.hierarchy import SUBCLASS, subclass_pairs
from aitia.validation.paths import display
from aitia.validation.report import Result
from aitia.validation.shapes import SH, Shape, Shapes, Term
from aitia.validation.words import make_result

if TYPE_CHECKING:
    import rdflib

_ROOT = "urn:aitia:shacl:root:"


def judge(
    quads: Iterable[Quad],
    shapes: Shapes,
    *,
    only: Sequence[str] = (),
    subclasses: Sequence[tuple[str, str]] = (),
) -> list[Result]:
    """Return what pyshacl finds, by all shapes or ``only`` by those of these keys.

    Raises
    ------
    MissingExtraError
        When pyshacl is not installed.
    ValidationError
        When pyshacl refuses the shapes.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise MissingExtraError("pyshacl", extra="validate", purpose="these shapes") from error
    named = {key: _ROOT + key[2:] for key in only if key.startswith("_:")}
    above = [
        Triple(NamedNode(child), NamedNode(SUBCLASS), NamedNode(parent))
        for child, parent in (*subclass_pairs(), *subclasses)
    ]
    try:
        with _quiet():
            data = to_rdflib([*quads, *above])
            _, found, text = pyshacl.validate(
                data,
                shacl_graph=to_rdflib(shapes.triples, named),
                use_shapes=[named.get(key, key) for key in only] or None,
                inference="none",
                advanced=False,
            )
    except (RuntimeError, ArithmeticError, TypeError, ValueError) as error:
        raise ValidationError(f"pyshacl cannot judge the graph: {error}") from error
    if not hasattr(found, "serialize"):
        raise ValidationError(f"pyshacl refuses the shapes: {text}")
    back = {iri: key for key, iri in named.items()}
    return list(_results(found, shapes, back))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging and warning of each ill-typed literal, which the report has."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def to_rdflib(statements: Iterable[Quad | Triple], names: dict[str, str] | None = None) -> Any:
    """Return statements as one rdflib graph, the texts of literals untouched.

    ``names`` maps blank nodes to the IRIs that replace them.
    """
    import rdflib

    graph = rdflib.Graph()
    renamed = names or {}
    for statement in statements:
        graph.add(
            (
                _term(statement.subject, renamed),
                _term(statement.predicate, renamed),
                _term(statement.object, renamed),
            )
        )
    return graph


def _term(term: Term, renamed: dict[str, str] | None = None) -> rdflib.term.Node:
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        name = (renamed or {}).get(str(term))
        return rdflib.URIRef(name) if name else rdflib.BNode(term.value)
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = rdflib.URIRef(term.datatype.value)
        plain = datatype == rdflib.XSD.string
        return rdflib.Literal(term.value, datatype=None if plain else datatype, normalize=False)
    raise ValidationError(f"the triple term {term}", expected="an RDF 1.1 term for pyshacl")


def _back(term: rdflib.term.Node) -> Term:
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        datatype = term.datatype or rdflib.XSD.string
        return Literal(str(term), datatype=NamedNode(str(datatype)))
    return BlankNode(str(term))


def _results(found: rdflib.Graph, shapes: Shapes, back: dict[str, str]) -> Iterable[Result]:
    graph = Graph(
        Triple(subject, predicate, _back(term))
        for s, p, term in found
        if isinstance(subject := _back(s), (NamedNode, BlankNode))
        and isinstance(predicate := _back(p), NamedNode)
    )
    named = [about for node in list(graph.by_subject) for about in graph.all(node, "result")]
    for about in named:
        focus, component = (
            graph.one(about, "focusNode"),
            graph.one(about, "sourceConstraintComponent"),
        )
        source, path = graph.one(about, "sourceShape"), graph.one(about, "resultPath")
        if focus is None or component is None or source is None:
            continue
        key = back.get(key_of(source), key_of(source))
        shape = shapes.shapes.get(key) or _unknown(key)
        yield make_result(
            shape,
            focus=focus,
            path=None if path is None else display(read_path(graph, path)),
            value=graph.one(about, "value"),
            component=key_of(component).removeprefix(SH),
            message=graph.text(about, "resultMessage") if "SPARQL" in key_of(component) else "",
        )


def _unknown(key: str) -> Shape:
    return Shape(key, None, (), SH + "Violation", "", "", "", False, (), ())
