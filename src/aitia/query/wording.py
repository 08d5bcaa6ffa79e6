"""Values in the words that a person reads: numbers, durations, sizes, names.

>>> number(0.123456), seconds(185), size(1_234_567), short_iri("http://www.w3.org/ns/prov#used")
('0.1235', '3 min 5 s', '1.23 MB', 'prov:used')
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from aitia.vocabulary.iris import CONTENT
from aitia.vocabulary.terms import NAMESPACES

_MANY = 8
"""Items of a list that are shown."""

_LONG = 40
"""Characters of the name of a content that are shown: the last ones of a path tell most."""

_DIGEST = 8
"""Letters of a digest that are shown."""

_CONTENT = re.compile(rf"{re.escape(CONTENT)}([\w-]{{43}})")

_UNITS = ("kB", "MB", "GB", "TB", "PB")


def number(value: float) -> str:
    """Return a number with four significant digits; a whole or large one without exponent."""
    if not math.isfinite(value):
        return "NaN" if value != value else "∞" if value > 0 else "-∞"
    if (value == int(value) and abs(value) < 1e6) or 1e4 <= abs(value) < 1e15:
        return f"{value:.0f}"
    return f"{value:.4g}"


def seconds(value: float | None) -> str:
    """Return a duration: ``12.4 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if value is None:
        return ""
    if value < 0.9995:
        return f"{value * 1000:.3g} ms"
    if value < 119.5:
        return f"{value:.3g} s"
    whole = round(value)
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: int) -> str:
    """Return a number of bytes: ``532 bytes``, ``1.2 MB``."""
    if count < 1000:
        return f"{count} bytes"
    value, unit = float(count), -1
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {_UNITS[unit]}"


def short_iri(text: str) -> str:
    """Return an IRI as a person reads it: a CURIE, a short digest, a short run id."""
    if text.startswith(CONTENT):
        return "ni:" + text.removeprefix(CONTENT)[:_DIGEST]
    if text.startswith("urn:uuid:"):
        run, _, local = text.removeprefix("urn:uuid:").partition("#")
        return short_run(run) + (f"#{local}" if local else "")
    if text.startswith(("http://", "https://")):
        for prefix, namespace in NAMESPACES.items():
            if text.startswith(namespace):
                return f"{prefix}:{text.removeprefix(namespace)}"
    return text


def named(text: str, called: Iterable[tuple[str, str]] = ()) -> str:
    """Return a text in which contents stand by what they are called and a short digest.

    Parameters
    ----------
    text:
        What names contents by their digests (RFC 6920).
    called:
        The name of each content that has one.

    >>> named("trained on ni:///sha-256;" + "a" * 43, [("ni:///sha-256;" + "a" * 43, "digits")])
    'trained on digits (aaaaaaaa)'
    """
    if CONTENT not in text:
        return text
    names = dict(called)

    def told(found: re.Match[str]) -> str:
        name = names.get(found[0])
        return short_iri(found[0]) if name is None else f"{_cut(name)} ({found[1][:_DIGEST]})"

    return _CONTENT.sub(told, text)


def _cut(name: str) -> str:
    return name if len(name) <= _LONG else f"…{name[1 - _LONG :]}"


def short_run(run: str) -> str:
    """Return the first characters of a run's UUID that a person can type to mean it.

    Version 7 begins with the time in milliseconds (RFC 9562 §5.7), of which eight characters
    change only once a minute.

    >>> short_run("01a20c55-4037-78ce-b2f4-3889aa2ad880")
    '01a20c55-4037'
    """
    return run[:13] if run[14:15] == "7" else run[:8]


def words(name: str) -> str:
    """Return the name of a term as words: ``coreCount`` is ``core count``.

    >>> words("hasGPUMemory"), words("sha256"), words("TrainingRun")
    ('has GPU memory', 'sha256', 'training run')
    """
    if name.startswith("//"):
        # What is left of an IRI without its scheme: a class of another vocabulary.
        name = re.split(r"[#/]", name)[-1]
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[^\W_]|\S", name)
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def attribute(value: object, name: str) -> str:
    """Return the value of an attribute in the unit that its name implies.

    >>> attribute(2048, "byteSize"), attribute([360, 64], "arrayShape")
    ('2.05 kB', '360 × 64')
    """
    if name == "sha256":
        return f"{str(value)[:16]}…"
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith(("Bytes", "Size")):
        return size(value) if name != "batchSize" else str(value)
    if isinstance(value, (int, float)) and name.endswith("Seconds"):
        return seconds(float(value))
    if isinstance(value, list) and name.endswith("Shape"):
        return " × ".join(map(str, value))
    return phrase(value)


def phrase(value: object) -> str:
    """Return a value as a person reads it in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (list, tuple, Mapping)):
        shown = ", ".join(islice(_parts(value), _MANY))
        return f"{shown}, … ({len(value)} in all)" if len(value) > _MANY else shown
    return str(value)


def measured(value: float | None, unit: str | None) -> str:
    """Return a measured value with its unit (UCUM or UN/CEFACT code).

    >>> measured(2048.0, "By"), measured(0.5, "s"), measured(12.0, "%"), measured(0.93, None)
    ('2.05 kB', '500 ms', '12 %', '0.93')
    """
    if value is None:
        return ""
    if unit in ("By", "AD") and math.isfinite(value):
        return size(round(value))
    if unit in ("s", "SEC") and math.isfinite(value):
        return seconds(value)
    return f"{number(value)} {unit}" if unit and unit not in ("1", "C62") else number(value)


def natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key by which ``epoch 9`` comes before ``epoch 10``."""
    return [(int(p), "") if p.isdecimal() else (0, p) for p in re.split(r"(\d+)", text)]


def stem(subject: str) -> str:
    """Return the name of a subject without what tells it from others of that name.

    >>> stem("epoch [12]")
    'epoch'
    """
    return re.sub(r" \[.*\]$", "", subject)


def condensed(
    settings: Mapping[str, Mapping[str, object]], most: int = 3
) -> dict[str, dict[str, str]]:
    """Return settings in words, those of more than ``most`` subjects of one name taken together.

    >>> condensed({f"epoch [{i}]": {"epoch": i, "lr": 0.1} for i in range(9)})
    {'epoch × 9': {'epoch': '0 … 8', 'lr': '0.1'}}
    """
    groups: dict[str, list[str]] = {}
    for subject in sorted(settings, key=natural):
        groups.setdefault(stem(subject), []).append(subject)
    found: dict[str, dict[str, str]] = {}
    for name, subjects in groups.items():
        if len(subjects) <= most:
            for subject in subjects:
                found[subject] = {key: phrase(v) for key, v in settings[subject].items()}
            continue
        keys = dict.fromkeys(key for subject in subjects for key in settings[subject])
        found[f"{name} × {len(subjects)}"] = {
            key: _range([settings[s][key] for s in subjects if key in settings[s]]) for key in keys
        }
    return found


def _range(values: list[object]) -> str:
    told = list(dict.fromkeys(map(phrase, values)))
    if len(told) == 1:
        return told[0]
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) == len(values):
        return f"{phrase(min(numbers))} … {phrase(max(numbers))}"
    return ", ".join(told) if len(told) <= 4 else f"{len(told)} different values"


def _parts(value: list[Any] | tuple[Any, ...] | Mapping[Any, Any]) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{key}: {phrase(item)}" for key, item in value.items())
    else:
        yield from map(phrase, value)


def to_json(data: object) -> str:
    """Return ``data`` as JSON text; NaN and infinities become the words of XSD."""
    import orjson

    return orjson.dumps(plain(data), option=orjson.OPT_INDENT_2).decode()


def plain(data: object) -> Any:
    """Return ``data`` as JSON values: named tuples become objects, times ISO 8601 text."""
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if data != data else "INF" if data > 0 else "-INF"
    if data is None or isinstance(data, (str, int, float, bool)):
        return _fitting(data)
    if isinstance(data, (bytes, bytearray)):
        return data.decode("utf-8", "backslashreplace")
    fields = getattr(data, "_fields", None)
    if fields is not None:
        return {name: plain(getattr(data, name)) for name in fields}
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple, set, frozenset)):
        return [plain(item) for item in data]
    return data.isoformat() if hasattr(data, "isoformat") else str(data)


def _fitting(data: str | int | float | bool | None) -> str | int | float | bool | None:
    """Return an integer beyond 64 bits as text, which is how JSON readers keep it whole."""
    if isinstance(data, int) and not -(2**63) <= data < 2**64:
        return str(data)
    return data
