"""PROV-JSON (W3C member submission of 24 April 2013): one PROV bundle per bundle of a run.

Read back by the ``prov`` library, a document has the elements, relations, times, roles and typed
attributes of the graph. PROV roles are named, not described: their labels stay behind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

import pyoxigraph as ox

from aitia.export.provmodel import PROV, TYPE, Document, Element, Relation, model
from aitia.export.selection import Node, Selection
from aitia.query.classes import prefixes
from aitia.store.graphs import run_of
from aitia.vocabulary.literals import XSD
from aitia.vocabulary.terms import NAMESPACES

_RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_RENAMED = {
    TYPE: "prov:type",
    _RDFS_LABEL: "prov:label",
    PROV + "atLocation": "prov:location",
    PROV + "hadRole": "prov:role",
}
_TIMES = {PROV + "startedAtTime": "prov:startTime", PROV + "endedAtTime": "prov:endTime"}
_FORMAL = frozenset(
    {
        *("prov:time", "prov:plan", "prov:activity", "prov:starter", "prov:ender"),
        *("prov:generation", "prov:usage"),
    }
)
"""Arguments of relations that are names or times, and stand there once."""

_WELL_KNOWN = {"uuid": "urn:uuid:", "ni": "ni:///sha-256;", "pkg": "pkg:"}
_NATIVE = frozenset({XSD + "string", XSD + "boolean"})


class Names:
    """Qualified names, and the prefixes that they need.

    Parameters
    ----------
    run:
        The UUID of the run whose things get the prefix ``run``; empty for none.
    more:
        The namespaces of further prefixes, such as those of extensions.
    """

    def __init__(self, run: str = "", more: Mapping[str, str] = MappingProxyType({})) -> None:
        own = {"run": f"urn:uuid:{run}#"} if run else {}
        self._known = {**more, **own, **NAMESPACES, **_WELL_KNOWN}
        self._minted: dict[str, str] = {}
        self.used: dict[str, str] = {}

    def __call__(self, iri: str) -> str:
        """Return the qualified name of an IRI."""
        for prefix, base in self._known.items():
            if iri.startswith(base) and len(iri) > len(base):
                self.used[prefix] = base
                return f"{prefix}:{iri[len(base) :]}"
        cut = max(iri.rfind(mark, 0, -1) for mark in "#/:") + 1
        base, local = iri[:cut], iri[cut:]
        prefix = self._minted.setdefault(base, f"ns{len(self._minted) + 1}")
        self.used[prefix] = base
        return f"{prefix}:{local}"


def write_provjson(selection: Selection, out: BinaryIO) -> int:
    """Write one PROV-JSON document; return how many elements and relations."""
    import orjson

    top, more = Names(), prefixes(selection.store)
    bundle_type = {"prov:type": {"$": "prov:Bundle", "type": "prov:QUALIFIED_NAME"}}
    entities: dict[str, Any] = {}
    bundles: dict[str, Any] = {}
    count = 0
    for bundle, statements in selection:
        found = model(statements)
        # A reader may resolve the name of a bundle inside it, so both use the same prefix.
        names = Names(run_of(bundle), more)
        name = Names()(bundle)
        container = _container(found, names)
        names.used["uuid"] = _WELL_KNOWN["uuid"]
        bundles[name] = {"prefix": dict(sorted(names.used.items())), **container}
        entities[top(bundle)] = bundle_type
        count += len(found.elements) + len(found.relations)
    top.used["prov"] = NAMESPACES["prov"]
    document = {"prefix": dict(sorted(top.used.items())), "entity": entities, "bundle": bundles}
    out.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return count


def _container(found: Document, names: Names) -> dict[str, Any]:
    container: dict[str, dict[str, Any]] = defaultdict(dict)
    for element in found.elements:
        container[element.kind][names(element.iri)] = _element(element, names)
    numbers: Counter[str] = Counter()
    for relation in found.relations:
        kind = relation.form.name
        numbers[kind] += 1
        identifier = f"_:{kind}{numbers[kind]}"
        if relation.identifier is not None:
            identifier = names(relation.identifier)
        container[kind][identifier] = _relation(relation, names)
    return dict(container)


def _element(element: Element, names: Names) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for predicate, value in element.attributes:
        key = _TIMES.get(predicate) if element.kind == "activity" else None
        if key is not None and key not in said:
            said[key] = value.value
        else:
            _add(said, _RENAMED.get(predicate) or names(predicate), _value(value, names))
    return said


def _relation(relation: Relation, names: Names) -> dict[str, Any]:
    said: dict[str, Any] = {
        relation.form.subject: names(relation.subject),
        relation.form.object: names(relation.object),
    }
    plain = {argument: iri for iri, argument in relation.form.extra.items()}
    for key, value in relation.attributes:
        if key in _FORMAL and key not in said:
            said[key] = names(value.value) if isinstance(value, ox.NamedNode) else value.value
        else:
            iri = plain.get(key, key)
            _add(said, _RENAMED.get(iri) or names(iri), _value(value, names))
    return said


def _add(said: dict[str, Any], key: str, value: Any) -> None:
    if key not in said:
        said[key] = value
    elif isinstance(said[key], list):
        said[key].append(value)
    else:
        said[key] = [said[key], value]


def _value(value: Node, names: Names) -> Any:
    if isinstance(value, ox.NamedNode):
        names.used["prov"] = NAMESPACES["prov"]
        return {"$": names(value.value), "type": "prov:QUALIFIED_NAME"}
    if isinstance(value, ox.BlankNode):
        return f"_:{value.value}"
    if value.language is not None:
        return {"$": value.value, "lang": value.language}
    kind = value.datatype.value
    if kind in _NATIVE:
        native = {"true": True, "false": False} if kind == XSD + "boolean" else {}
        return native.get(value.value, value.value)
    return {"$": value.value, "type": names(kind)}
