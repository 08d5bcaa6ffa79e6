"""The files that DuckDB opens: by its readers and writers, and by what a query names.

A query is not parsed: its texts in quotes are looked at, and what stands before them. One that is
read counts only where there is such a file.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from aitia.capture.application.watch import WRAPPER, FileWatch

Notice = Callable[[tuple[Any, ...], dict[str, Any]], None]

_MAX_FILES = 1000
_LONGEST = 1 << 20

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|(?P<text>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")|[^'\"/-]+|.", re.DOTALL
)
_WRITTEN = re.compile(r"(?is)\b(?:TO|EXPORT\s+DATABASE)\s*\(?\s*$")
_ATTACHED = re.compile(r"(?is)\bATTACH\s+(?:DATABASE\s+)?(?:IF\s+NOT\s+EXISTS\s+)?$")
_READ = re.compile(
    r"(?is)(?:\b(?:FROM|JOIN|IMPORT\s+DATABASE)\s+|\b(?:read_\w+|\w+_scan|sniff_csv|parquet_\w+)"
    r"\s*\(\s*\[?\s*)$"
)
_NEXT = re.compile(r"\s*,\s*$")
_READ_PARAMETER = re.compile(r"(?i)\b(?:read_\w+|\w+_scan)\s*\(\s*\[?\s*[?$]")
_WRITTEN_PARAMETER = re.compile(r"(?i)\bTO\s+[?$]")
_READ_ONLY = re.compile(r"(?i)\bREAD_ONLY\b(?!\s*(?:=|\s)\s*(?:false|0))")

_QUERIES = ("sql", "query", "execute", "from_query", "executemany")
_READERS = ("read_parquet", "from_parquet", "read_csv", "from_csv_auto", "read_json")
_WRITERS = ("to_parquet", "write_parquet", "to_csv", "write_csv")


def notices(watch: FileWatch) -> Iterator[tuple[str, Notice]]:
    """Yield the functions and methods to wrap, and what looks at their arguments."""
    yield "connect", partial(_connected, watch)
    for holder, place in (("", 0), ("DuckDBPyConnection.", 1)):
        for name in _QUERIES:
            yield holder + name, partial(_asked, watch, place)
        for name in _READERS:
            yield holder + name, partial(_opened, watch, place, False)
    for name in _WRITERS:
        yield f"DuckDBPyRelation.{name}", partial(_opened, watch, 1, True)


def named(query: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield the paths that a query names, and whether each is read and written.

    >>> list(named("COPY (SELECT 1) TO 'x.parquet'"))
    [('x.parquet', False, True)]
    """
    before, was_read = "", False
    for token in _TOKEN.finditer(query[:_LONGEST]):
        text = token["text"]
        if text is None:
            comment = token[0].startswith(("--", "/*"))
            before += " " if comment else token[0]
            continue
        path = text[1:-1].replace(text[0] * 2, text[0])
        is_read = _READ.search(before) is not None or (was_read and _NEXT.match(before) is not None)
        if _WRITTEN.search(before):
            yield path, False, True
        elif _ATTACHED.search(before):
            rest = query[token.end() : token.end() + 200].partition(";")[0]
            yield path, True, _READ_ONLY.search(rest) is None
        elif is_read:
            yield path, True, False
        before, was_read = "", is_read


def _asked(watch: FileWatch, place: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    query = args[place] if len(args) > place else kwargs.get("query")
    if not isinstance(query, str):
        return
    for path, reads, writes in named(query):
        _see(watch, path, reads, writes)
    given = args[place + 1] if len(args) > place + 1 else kwargs.get("parameters")
    values = given.values() if isinstance(given, dict) else given
    if not isinstance(values, (list, tuple, type({}.values()))):
        return
    reads = _READ_PARAMETER.search(query) is not None
    writes = _WRITTEN_PARAMETER.search(query) is not None
    for value in list(values)[:_MAX_FILES]:
        if isinstance(value, str) and (reads or writes):
            _see(watch, value, reads and os.path.exists(value), writes)


def _opened(
    watch: FileWatch, place: int, writes: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    names = ("file_name", "path_or_buffer", "file_glob", "file_globs", "name", "path")
    given = args[place] if len(args) > place else next((kwargs[n] for n in names if n in kwargs), 0)
    for item in list(given)[:_MAX_FILES] if isinstance(given, (list, tuple)) else [given]:
        if isinstance(item, (str, os.PathLike)):
            _see(watch, os.fsdecode(item), not writes, writes)


def _connected(watch: FileWatch, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    given = args[0] if args else kwargs.get("database", "")
    only_read = args[1] if len(args) > 1 else kwargs.get("read_only", False)
    if isinstance(given, (str, os.PathLike)):
        _see(watch, os.fsdecode(given), True, not only_read)


def _see(watch: FileWatch, path: str, reads: bool, writes: bool) -> None:
    if not path or path.startswith((":", "md:")) or "://" in path:
        return
    if writes:
        watch.saw(path, reads=reads, writes=True, mechanism=WRAPPER)
        return
    if os.path.exists(path):
        found = [path]
    else:
        found = glob.glob(path, recursive=True)[:_MAX_FILES] if glob.has_magic(path) else []
    for one in found:
        watch.saw(one, reads=True, writes=False, mechanism=WRAPPER)
