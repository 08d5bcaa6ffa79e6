"""``aitia fsck``: whether the journals are as they were written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click

from aitia.cli import present
from aitia.cli.opening import directory
from aitia.errors import AitiaError, NotFoundError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.journal.reader import Segment


class Finding(NamedTuple):
    """What is so with one segment: ``sealed``, ``open``, ``live``, ``torn`` or ``damaged``."""

    run: str
    segment: str
    state: str
    detail: str


@click.command("fsck")
@present.json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check every journal against its seal, and the chain of seals.

    Ends with exit code 1 when a journal was changed or damaged after it was written.
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
    if as_json:
        present.emit_json(found)
    else:
        _tell(found)
    if any(finding.state == "damaged" for finding in found):
        ctx.exit(1)


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


def _tell(found: list[Finding]) -> None:
    told = [finding for finding in found if finding.state != "sealed"]
    if told:
        present.rows(
            ("run", "segment", "state", "what"),
            [(short_run(f.run), f.segment, f.state, f.detail) for f in told],
        )
    sealed = len(found) - len(told)
    present.aside(f"{sealed} of {len(found)} segments are as they were sealed")
