"""The process that answers queries which may have to be stopped.

``python -m aitia.query.worker FOLDER`` opens a copy of a store to read only, takes one query a line
on standard input, and answers in lines of JSON on standard output: what kind of answer it is, then
its rows in batches as they are found, then the end. Rows can be had as SPARQL TSV, which costs a
tenth of the time where there are many. Oxigraph cannot be stopped inside a process,
but a process can be killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from time import monotonic, sleep
from typing import Any, BinaryIO

import orjson
import pyoxigraph as ox

from aitia.vocabulary.terms import NAMESPACES

BATCH_SECONDS = 0.05
"""Rows are sent at the latest after so long, when more of them come."""

BATCH_ROWS = 512
CHUNK_BYTES = 1 << 18
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

Send = Callable[..., None]
Cell = tuple[str, ...] | None


def serve(folder: str, source: BinaryIO, target: BinaryIO) -> None:
    """Answer queries until there are no more."""
    store = ox.Store.read_only(folder)

    def send(*line: object) -> None:
        target.write(orjson.dumps(line) + b"\n")
        target.flush()

    send("ready")
    for line in source:
        text, graphs, *form = orjson.loads(line)
        try:
            answer(store, text, graphs, send, *form)
        except SyntaxError as error:
            send("syntax", str(error))
        except UnicodeError as error:
            send("unicode", str(error))
        except (OSError, RuntimeError) as error:
            send("fault", str(error))


def answer(store: ox.Store, text: str, graphs: list[str], send: Send, form: str = "") -> None:
    """Answer one query; the form ``tsv`` has the rows of a SELECT sent as lines of text."""
    chosen: list[Any] = [ox.NamedNode(name) for name in graphs]
    found = store.query(text, prefixes=NAMESPACES, default_graph=chosen or None)
    if isinstance(found, ox.QueryBoolean):
        send("boolean", bool(found))
    elif isinstance(found, ox.QueryTriples):
        send("triples")
        target: Any = Chunks(send)
        ox.serialize(found, target, format=ox.RdfFormat.N_TRIPLES)
        target.flush()
    elif form == "tsv":
        send("table")
        # Whole, for the engine writes to a file of Python term by term.
        send("part", (found.serialize(format=ox.QueryResultsFormat.TSV) or b"").decode())
    else:
        send("rows", [variable.value for variable in found.variables])
        _send_rows(found, send)
    send("end")


class Chunks:
    """A file whose bytes are sent in lines of JSON."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[bytes] = []
        self._size = 0
        self._sent = monotonic()

    def write(self, data: bytes) -> int:
        """Take bytes; send what has come once it is enough, or has waited for long."""
        self._parts.append(bytes(data))
        self._size += len(data)
        late = monotonic() - self._sent > BATCH_SECONDS
        # Text is cut where a line ends, so that no character is cut in two.
        if (self._size > CHUNK_BYTES or late) and b"\n" in data:
            whole = b"".join(self._parts)
            end = whole.rfind(b"\n") + 1
            self._put(whole[:end], whole[end:])
        return len(data)

    def flush(self) -> None:
        """Send what has come."""
        self._put(b"".join(self._parts), b"")

    def _put(self, ready: bytes, rest: bytes) -> None:
        if ready:
            self._send("part", ready.decode())
        self._parts, self._size, self._sent = [rest], len(rest), monotonic()


def _send_rows(found: Iterable[Any], send: Send) -> None:
    """Send the first row at once, so that its reader can begin, and the others in batches."""
    rows = ([_cell(term) for term in solution] for solution in found)
    for row in islice(rows, 1):
        send("batch", [row])
    batch: list[list[Cell]] = []
    sent = monotonic()
    for row in rows:
        batch.append(row)
        if len(batch) >= BATCH_ROWS or monotonic() - sent > BATCH_SECONDS:
            send("batch", batch)
            batch, sent = [], monotonic()
    if batch:
        send("batch", batch)


def _cell(term: Any) -> Cell:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return ("bnode", term.value)
    if not isinstance(term, ox.Literal):
        return ("literal", str(term))
    if term.language is not None:
        return ("literal", term.value, "", term.language)
    datatype = term.datatype.value
    return ("literal", term.value) if datatype == XSD_STRING else ("literal", term.value, datatype)


def _end_with(parent: int) -> None:
    """End this process soon after the one that asks, which may have been killed."""
    while os.getppid() == parent:
        sleep(1)
    os._exit(1)


if __name__ == "__main__":
    # The process that asks ends this one; an interrupt from the keyboard reaches both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        serve(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)
