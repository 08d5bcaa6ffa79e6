"""Records without secrets: whatever text a record carries, what looks like a secret is masked.

Identifiers, classes and relations stay as they are: they are made by Aitia, and a mask in one
would join what is not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aitia.records import prov
from aitia.records.prov import Record
from aitia.records.secrets import MASK, is_harmless, is_secret, is_secret_name, secrets_out
from aitia.records.values import Json, Ref, Typed, Value, to_value

_PLAIN = frozenset({int, float, bool, type(None)})
_MOST_NAMES = 1 << 14

public_names: set[str] = {"result"}
"""Names that were looked at and call no secret, so that common ones cost one look-up."""


def masked(record: Record) -> Record:
    """Return ``record`` without what looks like a secret; the same one where there is nothing.

    >>> masked(prov.Note("fault", "no answer from https://alice:pw@host/")).text
    'no answer from https://***@host/'
    """
    if type(record) is prov.Setting:
        return _setting(record)
    changes = {}
    for name, mask in _TEXTS.get(type(record), ()):
        field = getattr(record, name)
        if field:
            kept = mask(field)
            if kept is not field:
                changes[name] = kept
    return record._replace(**changes) if changes else record


def masked_text(string: str) -> str:
    """Return ``string`` without what looks like a secret; the same one where there is nothing."""
    return string if is_harmless(string) else secrets_out(string)


def masked_values(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values by name without secrets: by the name, and by what the value looks like."""
    found = {masked_text(str(name)): _named(str(name), item) for name, item in values.items()}
    return values if _are_same(found, values) else found


def masked_value(value: Any) -> Any:
    """Return a value without what looks like a secret; the same one where there is nothing."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, str):
        return masked_text(value)
    if kind is Typed:
        kept = masked_text(value.lexical)
        return value if kept is value.lexical else Typed(kept, "xsd:string")
    if kind is Json:
        data = _data(value.data)
        return value if data is value.data else Json(data)
    if isinstance(value, (list, tuple, set, frozenset, dict)) and not hasattr(value, "_fields"):
        plain: Value = to_value(value)
        return masked_value(plain)
    return value


def are_public(names: Iterable[object]) -> bool:
    """Return whether all names are texts that call no secret and hold none; these are remembered.

    >>> are_public(["loss", "epoch"]), are_public(["api_key"])
    (True, False)
    """
    for name in names:
        if name in public_names:
            continue
        if type(name) is not str or is_secret_name(name) or not is_harmless(name):
            return False
        if len(public_names) >= _MOST_NAMES:
            public_names.clear()
        public_names.add(name)
    return True


def _named(name: str, value: Any) -> Any:
    if is_secret(name, value) and not _says_nothing(value):
        return MASK
    return masked_value(value)


def _says_nothing(value: Any) -> bool:
    """Return whether a value can be no secret: nothing, a measured number, a reference."""
    data = value.data if isinstance(value, Json) else value
    if isinstance(data, (str, list, dict)):
        return not data or data == MASK
    return isinstance(data, (bool, float, type(None), Ref))


def _data(data: Any) -> Any:
    """Return JSON data without secrets."""
    if isinstance(data, str):
        return masked_text(data)
    if isinstance(data, dict):
        found: dict[str, Any] = {}
        for name, item in data.items():
            secret = is_secret(str(name), item) and not _says_nothing(item)
            found[masked_text(str(name))] = MASK if secret else _data(item)
        return data if _are_same(found, data) else found
    if isinstance(data, list):
        items = [_data(item) for item in data]
        return data if all(map(_is, items, data)) else items
    return data


def _is(one: object, other: object) -> bool:
    return one is other


def _are_same(found: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return found.keys() == given.keys() and all(found[name] is given[name] for name in found)


def _attributes(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return attributes without secrets; their names are terms, so only values are looked at."""
    found = {
        name: [masked_value(one) for one in item] if type(item) is list else masked_value(item)
        for name, item in attributes.items()
    }
    return attributes if found == attributes else found


def masked_points(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values of quantities: a number is none of a secret, whatever it is called."""
    found = {masked_text(str(name)): masked_value(item) for name, item in values.items()}
    return values if _are_same(found, values) else found


def _setting(record: prov.Setting) -> prov.Setting:
    value = _named(record.name, record.value)
    name = masked_text(record.name)
    same = value is record.value and name is record.name
    return record if same else record._replace(name=name, value=value)


_Mask = Callable[[Any], Any]

_TEXTS: Mapping[type[Any], tuple[tuple[str, _Mask], ...]] = {
    prov.RunStarted: (("name", masked_text), ("attributes", _attributes)),
    prov.RunEnded: (("error", masked_text), ("attributes", _attributes)),
    prov.Started: (("name", masked_text), ("used", masked_values)),
    prov.Ended: (
        ("error", masked_text),
        ("generated", masked_values),
        ("attributes", _attributes),
    ),
    prov.Entity: (("label", masked_text), ("attributes", _attributes)),
    prov.Point: (("values", masked_points),),
    prov.Points: (("quantity", masked_text),),
    prov.Note: (("text", masked_text),),
}
