"""One record, one JSON line.

A line is an object whose ``"k"`` is the kind; other keys are the record's fields under short names,
left out where they have their default. The first line of a journal segment names ``VERSION``.
Floats that JSON lacks (NaN, ±Infinity) and integers beyond 64 bits are carried as
``{"@value": "NaN", "@type": "xsd:double"}``, references as ``{"@id": …}``, structures as
``{"@json": …}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import orjson

from aitia.errors import RecordError
from aitia.records import prov
from aitia.records.checks import check
from aitia.records.prov import Record
from aitia.records.values import Json, Ref, Typed, Value, text, to_value

VERSION = 1

_FIELDS: dict[str, tuple[type[Any], dict[str, str]]] = {
    "run": (
        prov.RunStarted,
        {
            "id": "id",
            "name": "name",
            "t": "time",
            "type": "type",
            "in": "parent",
            "plan": "plan",
            "agent": "agent",
            "a": "attributes",
        },
    ),
    "run-end": (prov.RunEnded, {"t": "time", "s": "status", "e": "error", "a": "attributes"}),
    "start": (
        prov.Started,
        {"n": "id", "name": "name", "t": "time", "type": "type", "in": "parent", "u": "used"},
    ),
    "end": (
        prov.Ended,
        {
            "n": "id",
            "t": "time",
            "s": "status",
            "e": "error",
            "g": "generated",
            "a": "attributes",
        },
    ),
    "entity": (
        prov.Entity,
        {"id": "id", "type": "type", "label": "label", "sha": "digest", "a": "attributes"},
    ),
    "used": (
        prov.Used,
        {"n": "activity", "id": "entity", "role": "role", "t": "time", "rel": "relation"},
    ),
    "made": (
        prov.Generated,
        {"id": "entity", "n": "activity", "role": "role", "t": "time", "rel": "relation"},
    ),
    "invalidated": (prov.Invalidated, {"id": "entity", "n": "activity", "t": "time"}),
    "derived": (
        prov.Derived,
        {"id": "derived", "from": "source", "n": "activity", "rel": "relation"},
    ),
    "attributed": (prov.Attributed, {"id": "entity", "agent": "agent", "role": "role"}),
    "associated": (
        prov.Associated,
        {"n": "activity", "agent": "agent", "plan": "plan", "role": "role"},
    ),
    "delegated": (
        prov.Delegated,
        {"agent": "delegate", "for": "responsible", "n": "activity"},
    ),
    "specialised": (prov.Specialised, {"id": "specific", "of": "general"}),
    "member": (prov.Member, {"of": "collection", "id": "entity"}),
    "informed": (prov.Informed, {"n": "informed", "by": "informant"}),
    "set": (prov.Setting, {"n": "subject", "name": "name", "v": "value", "unit": "unit"}),
    "log": (prov.Point, {"n": "subject", "t": "time", "v": "values", "i": "step"}),
    "series": (
        prov.Points,
        {
            "n": "subject",
            "q": "quantity",
            "v": "values",
            "i": "steps",
            "dt": "times",
            "unit": "unit",
            "kind": "kind",
            "probe": "probe",
        },
    ),
    "note": (prov.Note, {"kind": "kind", "text": "text", "c": "occurrences", "n": "subject"}),
}


_REQUIRED = object()


class _Form(NamedTuple):
    kind: str
    keys: tuple[tuple[str, str, Any], ...]
    required: frozenset[str]


def _forms() -> dict[type[Any], _Form]:
    forms = {}
    for kind, (cls, fields) in _FIELDS.items():
        defaults = cls._field_defaults
        keys = tuple((key, name, defaults.get(name, _REQUIRED)) for key, name in fields.items())
        required = frozenset(key for key, name in fields.items() if name not in defaults)
        forms[cls] = _Form(kind, keys, required)
    return forms


_FORMS = _forms()


def _default(obj: object) -> Any:
    if isinstance(obj, Typed):
        return {"@value": obj.lexical, "@type": obj.datatype}
    if isinstance(obj, Ref):
        return {"@id": obj.id}
    if isinstance(obj, Json):
        return {"@json": obj.data}
    return _safe(to_value(obj))


def _safe(value: Value) -> Any:
    return _default(value) if isinstance(value, (Typed, Ref, Json)) else value


def _safe_field(field: Any) -> Any:
    """Return a field with every value inside made encodable."""
    if isinstance(field, Mapping):
        return {text(str(key)): _safe_field(item) for key, item in field.items()}
    if isinstance(field, (list, tuple)) and not isinstance(field, (Typed, Ref, Json)):
        return [_safe_field(item) for item in field]
    return None if field is None else _safe(to_value(field))


def encode(record: Record) -> bytes:
    """Return the line of ``record``, newline included.

    Values that JSON cannot carry are converted as ``values.to_value`` says; nothing raises but a
    record whose own fields are of the wrong kind.

    Raises
    ------
    RecordError
        When ``record`` is not one of the closed set.
    """
    form = _FORMS.get(type(record))
    if form is None:
        raise RecordError(
            f"a {type(record).__name__}", expected="one of the records of aitia.records"
        )
    line: dict[str, Any] = {"k": form.kind}
    for key, name, default in form.keys:
        field = getattr(record, name)
        if default is _REQUIRED or field != default:
            line[key] = _safe_field(field)
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


# Dates and the subclasses of scalars are values that _default types; orjson alone would not.
_HAND_LAID = (
    orjson.OPT_APPEND_NEWLINE
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def dump_line(line: Mapping[str, Any]) -> bytes:
    """Return the bytes of a line that was laid out by hand, newline included.

    This is the hot path of capture: ``line`` has the short keys of a record, and its values are
    encoded as they are where JSON can carry them. Only when it cannot (a NaN, a foreign object,
    an integer beyond 64 bits, text that is not UTF-8) is each value converted.
    """
    try:
        data = orjson.dumps(line, _default, _HAND_LAID)
    except TypeError:
        return orjson.dumps(_safe_field(line), option=orjson.OPT_APPEND_NEWLINE)
    # orjson writes NaN and infinities as null, which no field of a hand-laid line ever holds.
    if b"null" in data:
        return orjson.dumps(_safe_field(line), option=orjson.OPT_APPEND_NEWLINE)
    return data


def _revive(data: Any) -> Any:
    """Return a value or a field as it was before it was encoded."""
    if isinstance(data, dict):
        if isinstance(data.get("@id"), str):
            return Ref(data["@id"])
        if isinstance(data.get("@value"), str) and isinstance(data.get("@type"), str):
            return Typed(data["@value"], data["@type"])
        if "@json" in data:
            return Json(data["@json"])
        raise RecordError(f"the value {data!r}", expected="@id, @value with @type, or @json")
    if isinstance(data, list):
        return [_revive(item) for item in data]
    return data


_KINDS: dict[str, tuple[Callable[..., Record], dict[str, str], frozenset[str]]] = {
    kind: (cast("Callable[..., Record]", cls), fields, _FORMS[cls].required)
    for kind, (cls, fields) in _FIELDS.items()
}
_MAPPINGS = frozenset({"a", "u", "g"})
_SCALARS = frozenset({str, int, float, bool, type(None)})


def decode(line: bytes | str) -> Record:
    """Return the record of one line.

    Unknown keys are ignored, so that a newer writer of the same version is still understood.

    Raises
    ------
    RecordError
        When the line is not JSON, not an object, of an unknown kind, or lacks a field.
    """
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RecordError(f"a line that is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise RecordError(f"a JSON {type(data).__name__}", expected="a JSON object")
    found = _KINDS.get(data.get("k", ""))
    if found is None:
        known = ", ".join(sorted(_KINDS))
        raise RecordError(f"a record of kind {data.get('k')!r}", expected=f"one of {known}")
    make, fields, required = found
    if not required <= data.keys():
        missing = sorted(required - data.keys())
        raise RecordError(f"a {data['k']} record without {', '.join(missing)}")
    return make(**_fields(data, fields))


def _fields(data: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    fields = {}
    for key, name in names.items():
        if key not in data:
            continue
        item = data[key]
        check(data["k"], key, item)
        plain = type(item) in _SCALARS
        fields[name] = item if plain else _revive_field(data["k"], key, item)
    return fields


def _revive_field(kind: str, key: str, item: Any) -> Any:
    # A mapping field is revived item by item: its own keys are names that the user chose.
    if isinstance(item, dict) and (key in _MAPPINGS or (kind == "log" and key == "v")):
        return {
            name: value if type(value) in _SCALARS else _revive(value)
            for name, value in item.items()
        }
    revived = _revive(item)
    return tuple(revived) if isinstance(revived, list) and kind == "series" else revived
