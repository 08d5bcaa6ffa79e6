"""Reads PROV documents: PROV-JSON, PROV-XML, PROV-N, or RDF with PROV-O.

PROV-JSON and PROV-XML are read here and not by a library, because a checker must see the
statements that a library would refuse, repair or merge.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from aitia.errors import MissingExtraError, ValidationError
from aitia.validation.prov.prov_o import instances_of
from aitia.validation.prov.statements import KINDS, PROV, TIME, Instance, Statement, distinct

FORMATS = {
    ".json": "PROV-JSON",
    ".provx": "PROV-XML",
    ".xml": "PROV-XML",
    ".provn": "PROV-N",
    ".ttl": "TURTLE",
    ".trig": "TRIG",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".rdf": "RDF_XML",
    ".jsonld": "JSON_LD",
}
_SUBTYPES = {
    "wasRevisionOf": ("wasDerivedFrom", "Revision"),
    "wasQuotedFrom": ("wasDerivedFrom", "Quotation"),
    "hadPrimarySource": ("wasDerivedFrom", "PrimarySource"),
    "person": ("agent", "Person"),
    "organization": ("agent", "Organization"),
    "softwareAgent": ("agent", "SoftwareAgent"),
    "plan": ("entity", "Plan"),
    "collection": ("entity", "Collection"),
    "emptyCollection": ("entity", "EmptyCollection"),
}
_BUNDLES = ("bundleContent", "bundle")
Prefixes = Mapping[str, str]


def read(path: str) -> list[Instance]:
    """Return the top of a document and its bundles.

    Raises
    ------
    ValidationError
        When the file is of an unknown kind, or is not what its name says.
    MissingExtraError
        When PROV-N is to be read and the package ``prov`` is not installed.
    """
    suffix = os.path.splitext(path)[1].lower()
    form = FORMATS.get(suffix)
    if form is None:
        raise ValidationError(
            f"the file {path!r}", expected=f"a name that ends in {', '.join(FORMATS)}"
        )
    try:
        if form == "PROV-JSON":
            with open(path, encoding="utf-8") as handle:
                return of_json(json.load(handle))
        if form == "PROV-XML":
            return of_xml(path)
        if form == "PROV-N":
            return _of_provn(path)
        return _of_rdf(path, form)
    except (OSError, ValueError, SyntaxError, AttributeError, TypeError) as error:
        raise ValidationError(f"{path} cannot be read: {error}", expected=form) from error


def _of_rdf(path: str, form: str) -> list[Instance]:
    import pyoxigraph as ox

    reader = ox.parse(
        path=path, format=getattr(ox.RdfFormat, form), base_iri="file:" + os.path.abspath(path)
    )
    quads = list(reader)
    return instances_of(quads, {prefix: iri for prefix, iri in reader.prefixes.items() if prefix})


def _of_provn(path: str) -> list[Instance]:
    try:
        from prov.model import ProvDocument, ProvException
    except ImportError as error:
        raise MissingExtraError("prov", extra="export", purpose="PROV-N") from error
    try:
        document = ProvDocument.deserialize(path, format="provn")
        return of_json(json.loads(document.serialize(format="json")))
    except ProvException as error:
        raise ValueError(str(error)) from error


def of_json(document: Any, prefixes: Prefixes | None = None, name: str = "") -> list[Instance]:
    """Return the instances of a PROV-JSON document."""
    known = {"prov": PROV, **(prefixes or {}), **document.get("prefix", {})}
    found: list[Statement] = []
    for key, members in document.items():
        if key in ("prefix", "bundle"):
            continue
        if key not in KINDS:
            raise ValueError(f"{key} is no relation of PROV")
        for id_, contents in members.items():
            for content in contents if isinstance(contents, list) else [contents]:
                found.extend(_json_statements(key, id_, content, known))
    inner = document.get("bundle", {}).items()
    below = [one for id_, part in inner for one in of_json(part, known, _iri(id_, known))]
    return [Instance(name, distinct(found), known), *below]


def _json_statements(
    kind: str, id_: str, content: Mapping[str, Any], prefixes: Prefixes
) -> Iterator[Statement]:
    values: dict[str, str] = {}
    types: list[str] = []
    several: dict[str, list[str]] = {}
    for key, value in content.items():
        given = [_plain(one) for one in (value if isinstance(value, list) else [value])]
        place = key.removeprefix("prov:")
        if key == "prov:type":
            types.extend(_iri(one, prefixes) for one in given)
        elif place in KINDS[kind].places and given:
            is_time = KINDS[kind].places[place] == TIME
            named = given if is_time else [_iri(one, prefixes) for one in given]
            values[place] = named[0]
            if len(named) > 1:
                several[place] = named
    id_ = id_ if id_.startswith("_:") else _iri(id_, prefixes)
    yield Statement(kind, id_, values, tuple(types))
    for place, all_of_them in several.items():
        for one in all_of_them[1:]:
            yield Statement(kind, id_, {**values, place: one}, tuple(types))


def _plain(value: Any) -> str:
    return str(value.get("$", "")) if isinstance(value, dict) else str(value)


def of_xml(path: str) -> list[Instance]:
    """Return the instances of a PROV-XML file."""
    prefixes: dict[str, str] = {}
    root = None
    for event, item in ElementTree.iterparse(path, events=("start-ns", "start")):
        if event == "start-ns":
            prefixes.setdefault(*item)
        elif root is None:
            root = item
    if root is None or root.tag != f"{{{PROV}}}document":
        raise ValueError("no prov:document")
    return list(_xml_instances(root, "", prefixes))


def _xml_instances(
    element: ElementTree.Element, name: str, prefixes: Prefixes
) -> Iterator[Instance]:
    found: list[Statement] = []
    below: list[Instance] = []
    for child in element:
        if not child.tag.startswith(f"{{{PROV}}}"):
            continue
        local = child.tag[len(PROV) + 2 :]
        if local in _BUNDLES and len(child):
            here = _iri(child.get(f"{{{PROV}}}id", ""), prefixes)
            below.extend(_xml_instances(child, here, prefixes))
        else:
            found.extend(_xml_statements(local, child, prefixes))
    yield Instance(name, distinct(found), prefixes)
    yield from below


def _xml_statements(
    local: str, element: ElementTree.Element, prefixes: Prefixes
) -> Iterator[Statement]:
    kind, subtype = _SUBTYPES.get(local, (local, ""))
    if local in _BUNDLES:
        kind, subtype = "entity", "Bundle"
    if kind not in KINDS:
        raise ValueError(f"prov:{local} is no statement of PROV")
    types = [PROV + subtype] if subtype else []
    values: dict[str, list[str]] = {}
    for child in element:
        place = child.tag.removeprefix(f"{{{PROV}}}")
        text = (child.text or "").strip()
        if place == "type":
            types.append(_iri(text, prefixes))
        elif place in KINDS[kind].places:
            ref = child.get(f"{{{PROV}}}ref")
            values.setdefault(place, []).append(text if ref is None else _iri(ref, prefixes))
    id_ = _iri(element.get(f"{{{PROV}}}id", ""), prefixes)
    for at in range(max(map(len, values.values()), default=1)):
        filled = {place: given[min(at, len(given) - 1)] for place, given in values.items()}
        yield Statement(kind, id_, filled, tuple(types))


def _iri(name: str, prefixes: Prefixes) -> str:
    if name.startswith("_:"):
        return name
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes:
        return prefixes[prefix] + local
    return name if colon or not name else prefixes.get("default", "") + name
