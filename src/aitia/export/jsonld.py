"""JSON-LD 1.1: the terms of Aitia's own context, one named graph per bundle.

The part of the context that a document needs lies in the document, so it can be read without a
network. Floating-point numbers stay text under their datatype: as JSON numbers they would come
back in another lexical form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import pyoxigraph as ox

from aitia import resources
from aitia.export.selection import Node, Selection, Statement
from aitia.query.classes import prefixes
from aitia.vocabulary.literals import RDF, XSD

_INTEGERS = frozenset(
    XSD + name for name in ("integer", "nonNegativeInteger", "positiveInteger", "long", "int")
)
_STRING, _BOOLEAN = XSD + "string", XSD + "boolean"
_LARGEST = 2**53
_TYPE = RDF + "type"


class Context:
    """Compacts IRIs and values by a JSON-LD context, and keeps account of what it used."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._all = dict(definitions)
        self._prefixes = {
            name: iri
            for name, iri in definitions.items()
            if isinstance(iri, str) and iri.endswith(("#", "/"))
        }
        self._terms: dict[str, tuple[str, str | None]] = {}
        self._classes: dict[str, str] = {}
        for name, definition in definitions.items():
            if isinstance(definition, dict):
                kind = definition.get("@type")
                expanded = kind if kind in (None, "@id") else self._expand(kind)
                if expanded in _INTEGERS:
                    # A store may keep a derived integer as a plain one, which coercion to the
                    # derived type would change; JSON numbers are plain integers without it.
                    expanded, self._all[name] = None, {"@id": definition["@id"]}
                self._terms[self._expand(definition["@id"])] = (name, expanded)
            elif name not in self._prefixes and not name.startswith("@"):
                self._classes[self._expand(str(definition))] = name
        self.used: set[str] = set()

    @classmethod
    def load(cls, more: Mapping[str, str] | None = None) -> Context:
        """Return the context of the ontology, with more prefixes."""
        ours = json.loads(resources.read_text("ontology", "context.jsonld"))["@context"]
        return cls({**(more or {}), **ours})

    def _expand(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        base = self._all.get(prefix)
        return base + local if colon and isinstance(base, str) else name

    def iri(self, iri: str) -> str:
        """Return an IRI as ``prefix:local`` when a prefix fits, else as it is."""
        for prefix, base in self._prefixes.items():
            if iri.startswith(base) and not iri[len(base) :].startswith("//"):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(base) :]}"
        return iri

    def type(self, iri: str) -> str:
        """Return the name of a class."""
        name = self._classes.get(iri)
        if name is None:
            return self.iri(iri)
        return self._use(name)

    def entry(self, predicate: str, value: Node) -> tuple[str, Any]:
        """Return the key and the value that say ``predicate value`` of a node."""
        name, kind = self._terms.get(predicate, (None, None))
        if name is not None:
            if kind == "@id" and isinstance(value, ox.NamedNode):
                return self._use(name), self.iri(value.value)
            if isinstance(value, ox.Literal) and kind is not None and _is(value, kind):
                return self._use(name), _native(value)
            if kind is None:
                return self._use(name), self._value(value)
        return self.iri(predicate), self._value(value)

    def _value(self, value: Node) -> Any:
        if isinstance(value, ox.NamedNode):
            return {"@id": self.iri(value.value)}
        if isinstance(value, ox.BlankNode):
            return {"@id": str(value)}
        if value.language is not None:
            return {"@value": value.value, "@language": value.language}
        kind = value.datatype.value
        native = _native(value)
        if kind == _STRING or not isinstance(native, str):
            return native
        return {"@value": value.value, "@type": self.iri(kind)}

    def _use(self, name: str) -> str:
        self.used.add(name)
        definition = self._all[name]
        parts = definition.values() if isinstance(definition, dict) else (definition,)
        self.used.update(part.partition(":")[0] for part in parts if ":" in part)
        return name

    def subset(self) -> dict[str, Any]:
        """Return the part of the context that was used."""
        kept = {name: self._all[name] for name in self._all if name in self.used}
        return {"@version": 1.1, **kept}


def write_jsonld(selection: Selection, out: BinaryIO) -> int:
    """Write one JSON-LD document; return how many statements."""
    import orjson

    context = Context.load(prefixes(selection.store))
    count = 0
    bundles = []
    for bundle, statements in selection:
        bundles.append({"@id": context.iri(bundle), "@graph": _nodes(statements, context)})
        count += len(statements)
    document = {"@context": context.subset(), "@graph": bundles}
    out.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return count


def _nodes(statements: Iterable[Statement], context: Context) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in statements:
        name = context.iri(subject.value) if isinstance(subject, ox.NamedNode) else str(subject)
        node = nodes.setdefault(name, {"@id": name})
        if predicate.value == _TYPE and isinstance(value, ox.NamedNode):
            _append(node, "@type", context.type(value.value))
        else:
            _append(node, *context.entry(predicate.value, value))
    return list(nodes.values())


def _append(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _is(value: ox.Literal, kind: str) -> bool:
    return value.language is None and value.datatype.value == kind


def _native(value: ox.Literal) -> str | int | bool:
    """Return a literal as the JSON value that comes back as the same literal."""
    kind, text = value.datatype.value, value.value
    if kind == _BOOLEAN and text in ("true", "false"):
        return text == "true"
    if kind == XSD + "integer" and text.lstrip("-").isascii() and text.lstrip("-").isdigit():
        number = int(text)
        if str(number) == text and abs(number) < _LARGEST:
            return number
    return text
