"""``aitia fsck``: whether journals are as they were written, and the store as they say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click

from aitia.cli import present
from aitia.cli.opening import Progress, directory
from aitia.errors import AitiaError, NotFoundError, StoreLockedError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.journal.reader import Segment
    from aitia.store.oxigraph import OxigraphStore


class Finding(NamedTuple):
    """What is so with one segment: ``sealed``, ``open``, ``live``, ``torn`` or ``damaged``.

    Or with one graph of the store: ``same``, ``behind`` its journal, ``differs``, or ``orphan``.
    """

    run: str
    segment: str
    state: str
    detail: str


@click.command("fsck")
@click.option("--deep", is_flag=True, help="Map each journal again, and compare whole graphs.")
@present.json_option
@click.pass_context
def command(ctx: click.Context, deep: bool, as_json: bool) -> None:
    """Check every journal against its seal, and the store against the journals.

    A graph of the store must be made from the records that its journal has, by number and digest;
    with --deep it must be what the journal is mapped to now, by the hash of its canonical form.
    Ends with exit code 1 when a journal was changed or damaged after it was written, or a graph is
    not what its journal says.
    """
    from aitia.journal.reader import segments

    folder = os.path.join(directory(), "journal")
    found = [_check(segment) for segment in segments(folder)] if os.path.isdir(folder) else []
    if not found:
        raise NotFoundError(
            f"no journals in {folder}",
            expected="at least one recorded run",
            next_step="aitia run python train.py",
        )
    stored = _stored(deep=deep)
    if as_json:
        present.emit_json([*found, *stored])
    else:
        _tell(found, stored)
    if any(finding.state in ("damaged", "differs") for finding in [*found, *stored]):
        ctx.exit(1)


def _stored(*, deep: bool) -> list[Finding]:
    """Return what is so with the graphs of the store; none when there is none, or it is held."""
    from aitia.config import load
    from aitia.ingest.journals import journals
    from aitia.keeping.check import compare
    from aitia.reader import STORE
    from aitia.validation.extensions import load as load_extensions

    where = directory()
    path = os.path.join(where, STORE)
    if not os.path.isdir(path):
        return []
    try:
        store = _opened(path)
    except (StoreLockedError, NotFoundError) as error:
        present.aside(f"{error.got}; the store was not checked")
        return []
    extensions = load_extensions(load().extensions)
    found = []
    try:
        total = len(journals(where))
        with Progress("comparing", "graphs") as progress:
            for one in compare(where, store, extensions, deep=deep):
                name = one.bundle.rpartition("#")[2]
                found.append(Finding(one.run, name, one.state, one.detail))
                progress(len(found), max(total, len(found)))
    finally:
        store.close()
    return found


def _opened(path: str) -> OxigraphStore:
    """Return the store; beside its holder when another process holds it."""
    from aitia.store.beside import StoreBeside
    from aitia.store.oxigraph import OxigraphStore

    try:
        return OxigraphStore(path)
    except StoreLockedError as error:
        store = StoreBeside(path)
        present.aside(f"{error.got}; what it holds now is checked")
        return store


def _check(segment: Segment) -> Finding:
    from aitia.journal.reader import is_alive, read, torn, verify

    name = os.path.basename(segment.path)
    try:
        verify(segment)
        bad = [line for line in read(segment) if line.error is not None]
    except AitiaError as error:
        return Finding(segment.run, name, "damaged", error.got)
    if bad:
        first = f"line {bad[0].number}: {bad[0].error}"
        return Finding(segment.run, name, "damaged", f"{len(bad)} lines, {first}")
    if segment.sealed:
        return Finding(segment.run, name, "sealed", "")
    lost = torn(segment)
    if is_alive(segment):
        return Finding(segment.run, name, "live", "its process is still writing")
    if lost:
        return Finding(segment.run, name, "torn", f"{lost} bytes of a last record, cut by a kill")
    return Finding(segment.run, name, "open", "its process ended without a seal")


def _tell(found: list[Finding], stored: list[Finding]) -> None:
    told = [finding for finding in [*found, *stored] if finding.state not in ("sealed", "same")]
    if told:
        present.rows(
            ("run", "segment", "state", "what"),
            [(short_run(f.run), f.segment, f.state, f.detail) for f in told],
        )
    sealed = sum(finding.state == "sealed" for finding in found)
    present.aside(f"{sealed} of {len(found)} segments are as they were sealed")
    if stored:
        same = sum(finding.state == "same" for finding in stored)
        present.aside(f"{same} of {len(stored)} graphs are what their journals say")
