"""A user's own modules of the ontology: read, kept to their own namespace, free of contradiction.

What is checked here is what the class hierarchy alone shows: no class or individual may lie below
two classes that are disjoint. :mod:`aitia.validation.reasoning` asks a reasoner for the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from aitia.errors import ValidationError
from aitia.validation.disjoint import Theory, contradiction
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.terms import NAMESPACES

_FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
}
_OWL, _RDFS = NAMESPACES["owl"], NAMESPACES["rdfs"]
_TYPE = NAMESPACES["rdf"] + "type"
_RESERVED = ("aitia", "prov")
_VANN = "http://purl.org/vocab/vann/"
_KINDS = {
    _OWL + "Class": "classes",
    _RDFS + "Class": "classes",
    _OWL + "ObjectProperty": "relations",
    _OWL + "DatatypeProperty": "attributes",
    _OWL + "AnnotationProperty": "annotations",
    NAMESPACES["rdf"] + "Property": "annotations",
}
_ABOVE = (_RDFS + "subClassOf", _RDFS + "subPropertyOf")
_EXAMPLE = '<https://example.org/lab> a owl:Ontology ; vann:preferredNamespacePrefix "lab" .'


def load(paths: Sequence[str]) -> tuple[Extension, ...]:
    """Read extension modules, and refuse those that cannot be used.

    Raises
    ------
    ValidationError
        When a file is missing or is not RDF, declares no ontology or no namespace of its own,
        puts a term into a namespace of Aitia or PROV, or contradicts the ontology.
    """
    if not paths:
        return ()
    read = [(path, *_read(path)) for path in paths]
    theory = Theory([triple for _, _, triples, _ in read for triple in triples])
    found = tuple(_extension(*one, theory) for one in read)
    _apart(found)
    _imports_here([(path, triples) for path, _, triples, _ in read], {one.iri for one in found})
    names = {extension.namespace: extension.prefix for extension in found}
    for extension in found:
        conflict = contradiction(theory, extension.classes, names)
        if conflict is not None:
            raise refusal(extension.path, conflict)
    return found


def refusal(path: str, conflict: str) -> ValidationError:
    """Return the error that refuses an extension for what makes it inconsistent."""
    return ValidationError(
        f"{path} contradicts the ontology: {conflict}",
        expected="a module that is consistent with the ontology",
        next_step=f"take one of these statements out, then: aitia ontology check {path}",
    )


def _read(path: str) -> tuple[bytes, list[Triple], Mapping[str, str]]:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _FORMATS:
        raise ValidationError(
            f"the extension {path!r} is of no kind that is read here",
            expected=f"an ontology whose name ends in {', '.join(_FORMATS)}",
            next_step="save it as Turtle (.ttl)",
        )
    try:
        with open(path, "rb") as handle:
            data = handle.read()
    except OSError as error:
        raise ValidationError(
            f"the extension {path} cannot be read: {error.strerror}",
            expected="a file",
            next_step="correct [ontology] extensions; paths are relative to the file they stand in",
        ) from error
    reader = parse(data, _FORMATS[suffix], rename_blank_nodes=True)
    try:
        triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in reader]
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path}, line {line}" if line else path
        raise ValidationError(
            f"{where}: {error}",
            expected="an ontology in RDF",
            next_step=f"correct the line, then: aitia ontology check {path}",
        ) from error
    return data, triples, reader.prefixes


def _extension(
    path: str, data: bytes, triples: list[Triple], prefixes: Mapping[str, str], theory: Theory
) -> Extension:
    iri = _header(path, triples)
    prefix, namespace = _namespace(path, iri, triples, prefixes)
    terms: dict[str, set[str]] = {kind: set() for kind in _KINDS.values()}
    ranges = {}
    for triple in triples:
        subject, name, term = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, NamedNode) or not isinstance(term, NamedNode):
            continue
        if name == _TYPE and term.value in _KINDS:
            _own(path, subject.value, namespace)
            terms[_KINDS[term.value]].add(subject.value)
        elif name == _RDFS + "range":
            ranges[subject.value] = _compact(term.value)
    _no_additions(path, triples, iri)
    return Extension(
        path=path,
        iri=iri,
        prefix=prefix,
        namespace=namespace,
        digest=sha256(data).hexdigest(),
        classes=frozenset(terms["classes"]),
        relations=frozenset(terms["relations"]),
        attributes=frozenset(terms["attributes"]),
        annotations=frozenset(terms["annotations"]),
        ranges={name: ranges[name] for name in terms["attributes"] if name in ranges},
        ancestors={
            name: frozenset(theory.above(name)) - {name} for kind in terms.values() for name in kind
        },
        statements=tuple(sorted({*_named(triples), *_spaced(iri, prefix, namespace)})),
    )


def _spaced(iri: str, prefix: str, namespace: str) -> Iterable[tuple[str, str, str]]:
    """Return what tells exports how to shorten the terms of the module."""
    for name, value in (("Prefix", prefix), ("Uri", namespace)):
        yield f"<{iri}>", f"<{_VANN}preferredNamespace{name}>", str(Literal(value))


def _named(triples: Iterable[Triple]) -> Iterable[tuple[str, str, str]]:
    for triple in triples:
        subject, term = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(term, (NamedNode, Literal)):
            yield str(subject), str(triple.predicate), str(term)


def _header(path: str, triples: Iterable[Triple]) -> str:
    found = {
        triple.subject.value
        for triple in triples
        if triple.predicate.value == _TYPE
        and triple.object == NamedNode(_OWL + "Ontology")
        and isinstance(triple.subject, NamedNode)
    }
    if len(found) != 1:
        got = "declares no owl:Ontology with an IRI" if not found else "declares several ontologies"
        raise ValidationError(
            f"{path} {got}", expected="one owl:Ontology", next_step=f"add: {_EXAMPLE}"
        )
    return found.pop()


def _namespace(
    path: str, iri: str, triples: Iterable[Triple], prefixes: Mapping[str, str]
) -> tuple[str, str]:
    """Return the prefix and the namespace: as ``vann:`` says, else as the file binds them."""
    told = {
        t.predicate.value.removeprefix(_VANN): t.object.value
        for t in triples
        if t.subject == NamedNode(iri) and isinstance(t.object, (Literal, NamedNode))
    }
    space = told.get("preferredNamespaceUri", "")
    word = told.get("preferredNamespacePrefix", "")
    base = iri.rstrip("#/")
    if not space:
        space = prefixes.get(word, "")
    if not space:
        likely = [s for s in prefixes.values() if s.startswith(base) and s[-1:] in ("#", "/")]
        space = min(likely, key=len) if likely else ""
    if not word:
        word = next((name for name, value in prefixes.items() if value == space and name), "")
    if not space or not word:
        raise ValidationError(
            f"{path} declares no namespace of its own",
            expected="a prefix for the terms of the module",
            next_step=f"add: @prefix lab: <{base}#> . and: <{iri}> "
            'vann:preferredNamespacePrefix "lab" .',
        )
    _not_taken(path, word, space)
    return word, space


def _not_taken(path: str, word: str, space: str) -> None:
    for prefix, namespace in NAMESPACES.items():
        if word == prefix or space.startswith(namespace):
            raise ValidationError(
                f"{path} takes the namespace {prefix}: <{namespace}>",
                expected="a prefix and a namespace of its own",
            )


def _imports_here(read: Iterable[tuple[str, list[Triple]]], given: AbstractSet[str]) -> None:
    """Refuse an import of what is not given: nothing is fetched, so its axioms would not hold."""
    known = {iri.rstrip("#/") for iri in given}
    ours = ("https://w3id.org/aitia", NAMESPACES["prov"].rstrip("#"))
    for path, triples in read:
        for triple in triples:
            if triple.predicate.value != _OWL + "imports":
                continue
            wanted = getattr(triple.object, "value", "")
            if wanted.rstrip("#/") in known or wanted.startswith(ours):
                continue
            raise ValidationError(
                f"{path} imports <{wanted}>, which is not here; nothing is fetched",
                expected="imports of Aitia, of PROV-O, or of another extension",
                next_step="add the file of that module to [ontology] extensions,"
                " or take the import out",
            )


def _own(path: str, iri: str, namespace: str) -> None:
    if iri.startswith(namespace):
        return
    raise ValidationError(
        f"{path} declares {_compact(iri)}",
        expected=f"terms in its own namespace <{namespace}>",
        next_step=f"rename it to <{namespace}{iri.replace('#', '/').rpartition('/')[2]}>",
    )


def _no_additions(path: str, triples: Iterable[Triple], iri: str) -> None:
    """Refuse statements about terms of Aitia and PROV: they would change what these mean."""
    for triple in triples:
        subject = triple.subject
        if not isinstance(subject, NamedNode) or subject.value == iri:
            continue
        if subject.value.startswith(tuple(NAMESPACES[name] for name in _RESERVED)):
            raise ValidationError(
                f"{path} says of {_compact(subject.value)} that it is"
                f" {_compact(triple.predicate.value)} {_words(triple.object)}",
                expected="statements about terms in its own namespace",
                next_step="declare a term of your own below it instead",
            )


def _words(term: object) -> str:
    return _compact(term.value) if isinstance(term, NamedNode) else str(term)


def _apart(extensions: Sequence[Extension]) -> None:
    seen: dict[str, str] = {}
    for extension in extensions:
        for name in (extension.prefix + ":", extension.namespace):
            if name in seen:
                raise ValidationError(
                    f"{extension.path} and {seen[name]} both use {name}",
                    expected="a prefix and a namespace for each extension",
                )
            seen[name] = extension.path


def _compact(iri: str) -> str:
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"
