"""What a written feature table says of itself: CSVW (W3C) and Croissant (MLCommons), as JSON-LD."""

from __future__ import annotations

import json
import os
from hashlib import file_digest
from pathlib import Path
from typing import Any

from aitia.projection.columns import Described
from aitia.projection.table import FeatureTable
from aitia.projection.writing import WrittenTable
from aitia.vocabulary.terms import NAMESPACES

AITIA = NAMESPACES["aitia"]
_QUERY = "https://w3id.org/aitia/queries/features/{}"
_CROISSANT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "aitia": AITIA,
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
    "column": "cr:column",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "recordSet": "cr:recordSet",
    "source": "cr:source",
}


Table = FeatureTable | WrittenTable
"""A feature table, in memory or in a file."""


def write(table: Table, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write both descriptions beside a table that was written to ``path``; return their names."""
    place = Path(path)
    with open(place, "rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    made = {
        f"{place}-metadata.json": csvw(table, place.name),
        f"{place}.croissant.json": croissant(table, place.name, digest),
    }
    for name, data in made.items():
        Path(name).write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return tuple(made)


def csvw(table: Table, url: str) -> dict[str, Any]:
    """Return the table's description as CSV on the Web."""
    columns: list[dict[str, Any]] = [
        {"name": "unit", "titles": "unit", "datatype": "anyURI", "required": True}
    ]
    for column in table:
        told = {"name": _name(column.name), "titles": column.name, "datatype": column.datatype}
        if column.term:
            told["propertyUrl"] = _expanded(column.term)
        columns.append({**told, **_facts(column, table)})
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": f"Feature table {table.question}".strip(),
        "dc:source": _QUERY.format(table.question) if table.question else "",
        "dc:identifier": table.iri,
        "aitia:tiers": list(table.tiers),
        "aitia:bundles": list(table.sources),
        "tableSchema": {"primaryKey": "unit", "columns": columns},
    }


def croissant(table: Table, name: str, digest: str) -> dict[str, Any]:
    """Return the table's description in Croissant 1.0; ``digest`` is the SHA-256 of its file."""
    kind = "text/csv" if name.endswith(".csv") else "application/vnd.apache.parquet"
    fields = [_field("unit", "sc:URL", name, {})]
    for column in table:
        told = _facts(column, table)
        if column.term:
            told["equivalentProperty"] = _expanded(column.term)
        word = {"string": "sc:Text", "integer": "sc:Integer", "double": "sc:Float"}
        fields.append(_field(column.name, word[column.datatype], name, told))
    return {
        "@context": _CROISSANT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"feature-table-{table.question or 'made'}",
        "description": f"{len(table)} units, {len(tuple(table))} columns, read from provenance.",
        "isBasedOn": list(table.sources),
        "identifier": table.iri,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": kind,
                "sha256": digest,
            }
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "units", "name": "units", "field": fields}],
    }


def _field(name: str, kind: str, file: str, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"units/{_name(name)}",
        "name": name,
        "dataType": kind,
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
        **more,
    }


def _facts(column: Described, table: Table) -> dict[str, Any]:
    """Return what the table knows of a column beyond name and type."""
    told: dict[str, Any] = {
        "aitia:kind": column.kind,
        "aitia:missing": round(column.missing, 6),
        "aitia:projectedBy": f"queries/features/{table.question}.rq",
    }
    if column.tier is not None:
        told |= {"aitia:tier": column.tier, "aitia:known": table.tiers[column.tier]}
    if column.unit:
        told["aitia:unitCode"] = column.unit
    if column.module:
        told["aitia:module"] = column.module
    if column.derived_from:
        told["aitia:derivedFrom"] = list(column.derived_from)
    return told


def _name(text: str) -> str:
    """Return a column's name as CSVW allows it: what is no letter or digit is percent-encoded."""
    from urllib.parse import quote

    return quote(text, safe="").replace("-", "%2D").replace("~", "%7E").lstrip("_") or "column"


def _expanded(curie: str) -> str:
    prefix, _, name = curie.partition(":")
    return NAMESPACES[prefix] + name if prefix in NAMESPACES else curie
