"""The small TOML file that states background knowledge: written, edited by hand, read back.

    stated_by = "A. Curie"          # who answers for what differs from the graph
    tier = [
      {column = "warmup", tier = 0, reason = "chosen before training began"},
    ]
    derived = [                     # from = [] says that it is none
      {column = "steps", from = ["epochs", "batchSize"], reason = "epochs times batches"},
    ]
    random = [                      # drawn by chance, so its effect is an experiment's
      {column = "learningRate", random = true, reason = "drawn uniformly in its logarithm"},
    ]
    forbid = [                      # or require
      {cause = "width", effect = "learningRate", reason = "drawn independently"},
    ]
    leave_out = [
      {column = "host", reason = "one machine"},
    ]

The same may be written as tables, ``[[tier]]`` and so on. Every entry needs its reason, and an
error names the line of the entry that it is about.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aitia.errors import CausalError

if TYPE_CHECKING:
    from aitia.projection.table import Column, FeatureTable

KINDS: dict[str, tuple[str, ...]] = {
    "tier": ("column", "tier", "reason"),
    "random": ("column", "random", "reason"),
    "derived": ("column", "from", "reason"),
    "forbid": ("cause", "effect", "reason"),
    "require": ("cause", "effect", "reason"),
    "leave_out": ("column", "reason"),
}
STATED_BY = "stated_by"
_HEADER = re.compile(r"^\s*\[\[\s*\"?(\w+)\"?\s*\]\]")


@dataclass(frozen=True)
class Entry:
    """One statement of a file: what it says, and the line where it begins."""

    values: Mapping[str, Any]
    line: int

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Overruling:
    """What a file states.

    Attributes
    ----------
    entries:
        Its statements by kind, one of ``KINDS``.
    path:
        The file; empty when nothing was stated.
    stated_by:
        Who answers for them, as the file says; empty when it does not.
    digest:
        SHA-256 of the file, in hexadecimal.
    """

    entries: Mapping[str, tuple[Entry, ...]]
    path: str = ""
    stated_by: str = ""
    digest: str = ""

    def of(self, kind: str) -> tuple[Entry, ...]:
        """Return the statements of one kind."""
        return self.entries.get(kind, ())

    @property
    def source(self) -> str:
        """Who states it, for people: the file, and who answers for it."""
        return f"{self.stated_by}, in {self.path}" if self.stated_by else self.path

    def refuse(
        self, entry: Entry | int, got: str, expected: str, next_step: str = ""
    ) -> CausalError:
        """Return the error about one line."""
        line = entry if isinstance(entry, int) else entry.line
        return CausalError(
            f"{self.path}, line {line}: {got}",
            expected=expected,
            next_step=next_step or f"edit {self.path}",
        )


NOTHING = Overruling({})
Given = str | os.PathLike[str] | Overruling | None


def stated(given: Given) -> Overruling:
    """Return what is stated: by a file, by what was read before, or nothing."""
    if given is None:
        return NOTHING
    return given if isinstance(given, Overruling) else read(given)


def read(path: str | os.PathLike[str]) -> Overruling:
    """Return what a file of background knowledge states.

    Raises
    ------
    CausalError
        When it cannot be read, or an entry lacks something, such as its reason; with the line.
    """
    import tomllib

    name = os.fspath(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CausalError(
            f"{name} cannot be read ({error})",
            expected="TOML",
            next_step="aitia causal --write-knowledge FILE writes one to edit",
        ) from error
    by = data.pop(STATED_BY, "")
    found = Overruling(
        {}, name, by if isinstance(by, str) else "", sha256(text.encode()).hexdigest()
    )
    if not isinstance(by, str):
        raise found.refuse(_line(text, STATED_BY), f"{STATED_BY} = {by!r}", "a name in quotes")
    entries = {kind: tuple(_entries(found, text, kind, value)) for kind, value in data.items()}
    return Overruling(entries, found.path, found.stated_by, found.digest)


def _entries(file: Overruling, text: str, kind: str, found: object) -> Iterator[Entry]:
    if kind not in KINDS or not isinstance(found, list):
        raise file.refuse(
            _line(text, kind),
            f"{kind!r}",
            f"one of {', '.join(KINDS)}, each a list of entries",
        )
    lines = _places(text, kind)
    for place, values in enumerate(found):
        line = lines[place] if len(lines) == len(found) else _line(text, kind)
        yield _checked(file, kind, values, line)


def _places(text: str, kind: str) -> list[int]:
    """Return the lines where the entries of a kind begin: as tables, or one a line in a list."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header is not None and header[1] == kind:
            found.append(number)
        elif re.match(rf"\s*{kind}\s*=\s*\[", line):
            inside = True
        elif inside and line.strip().startswith("]"):
            inside = False
        elif inside and line.strip().startswith("{"):
            found.append(number)
    return found


def _line(text: str, word: str) -> int:
    """Return the first line that has the word, outside of comments."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(rf"\b{re.escape(word)}\b", line.partition("#")[0]):
            return number
    return 1


def _checked(file: Overruling, kind: str, values: object, line: int) -> Entry:
    wanted = KINDS[kind]
    given = values if isinstance(values, dict) else {}
    if set(given) != set(wanted) or not str(given["reason"]).strip():
        told = ", ".join(sorted(given)) or "nothing"
        expected = f"{', '.join(wanted)}, with a reason in words"
        raise file.refuse(line, f"[[{kind}]] has {told}", expected)
    for name in wanted:
        expected = _unlike(name, given[name])
        if expected:
            raise file.refuse(line, f"{name} = {given[name]!r}", expected)
    return Entry(given, line)


def _unlike(name: str, value: object) -> str:
    """Return what a value should be, or nothing when it is."""
    if name == "tier":
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if whole else "a whole number from 0"
    if name == "random":
        return "" if isinstance(value, bool) else "true or false"
    if name == "from":
        names = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if names else "a list of columns, or [] for none"
    return "" if isinstance(value, str) else "a text in quotes"


_HEAD = """\
# Background knowledge about the feature table {question} ({units} units), as the graph says it.
# Change what you know better; what is left as it is, or taken out, keeps to the graph.
# Each entry needs its reason. Give this file by --knowledge FILE.

# Who answers for what differs from the graph.
{key} = {by}

# When each column came to be; what is later acts on nothing earlier:
{tiers}
"""
_DERIVED = "\n# Columns that others make up; from = [] says that a column is none.\n"
_RANDOM = """
# Settings that were drawn at random: nothing acts on them, and their effects are an experiment's.
# random = false takes it back.
"""
_ARROWS = """
# Arrows that cannot be, and arrows that are known.
forbid = [
  # {{cause = {first}, effect = {last}, reason = "why not"}},
]
require = [
  # {{cause = {first}, effect = {last}, reason = "why so"}},
]

# Columns to leave out.
leave_out = [
  # {{column = {last}, reason = "why"}},
]
"""


def written(table: FeatureTable, random: Mapping[str, str], by: str = "") -> str:
    """Return the text of a file that states what the graph says of a table, to be edited.

    Columns that never vary are only named: they play no part.

    Parameters
    ----------
    table:
        What was projected.
    random:
        Reason by column, for each setting that was drawn at random.
    by:
        Who will answer for what is changed.
    """
    tiers = "\n".join(f"#   {place}  {word}" for place, word in enumerate(table.tiers))
    columns = [column for column in table if column.kind != "constant"]
    still = [column.name for column in table if column.kind == "constant"]
    head = _HEAD.format(
        question=table.question or "given",
        units=len(table),
        tiers=tiers or "#   (no tier is known)",
        key=STATED_BY,
        by=_quoted(by),
    )
    derived = [
        _entry(c.name, f"from = [{', '.join(map(_quoted, c.derived_from))}]", COMPUTED)
        for c in columns
        if c.derived
    ]
    drawn = [_entry(name, "random = true", why) for name, why in random.items()]
    names = [column.name for column in columns]
    return "".join(
        [
            head,
            _list("tier", [_tier(column, table.tiers) for column in columns]),
            f"# These never vary: {', '.join(still)}\n" if still else "",
            _DERIVED,
            _list("derived", derived),
            _RANDOM,
            _list("random", drawn or ["# " + _entry(_first(names), "random = true", "why")]),
            _ARROWS.format(first=_quoted(_first(names)), last=_quoted((names or ["b"])[-1])),
        ]
    )


def _tier(column: Column, words: Sequence[str]) -> str:
    if column.tier is not None:
        return _entry(column.name, f"tier = {column.tier}", words[column.tier])
    entry = _entry(column.name, "tier = 0", "how you know")
    return f"# The graph does not say when {column.name} came to be. If you know:\n  # {entry}"


def _first(names: Sequence[str]) -> str:
    return names[0] if names else "a"


COMPUTED = "the query computes it from these columns"


def _list(kind: str, entries: Sequence[str]) -> str:
    return "\n".join([f"{kind} = [", *(f"  {entry}" for entry in entries), "]\n"])


def _entry(column: str, told: str, reason: str) -> str:
    return f"{{column = {_quoted(column)}, {told}, reason = {_quoted(reason)}}},"


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML, whose escapes are among those of JSON."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
