"""``aitia export``: runs, in a format that other tools read."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.errors import ExportError

NAMES = {"ro-crate": "rocrate", "prov-json": "provjson", "json-ld": "jsonld", "n-quads": "nquads"}
"""Names as people write them, beside those of the formats."""


@click.command("export")
@click.argument("words", nargs=-1, required=True, metavar="[FORMAT] TARGET")
@click.option("--run", "run", help="Only this run: an id, its first characters, a name, or last.")
@click.option("--for", "stakeholder", help="Only what matters to these readers, such as auditor.")
@click.option("--licence", metavar="IRI", help="Licence of a crate, such as an SPDX address.")
@click.option("--published", metavar="DATE", help="Date of publication of a crate, ISO 8601.")
def command(
    words: tuple[str, ...],
    run: str | None,
    stakeholder: str | None,
    licence: str | None,
    published: str | None,
) -> None:
    """Write runs as turtle, trig, nquads, jsonld, prov-json, or a ro-crate.

    TARGET is a file, a new or empty folder for a crate, or - for the standard output. Without a
    FORMAT it is told from how TARGET ends (.ttl, .trig, .nq, .jsonld, .prov.json, /).
    """
    from aitia.export import CrateOptions, export, format_of
    from aitia.query.runs import resolve

    name, target = _split(words)
    form = NAMES.get(name, name) if name else format_of(target)
    options = CrateOptions(licence=licence, published=_date(published))
    with opened() as graph:
        meant = resolve(graph.store, run).id if run is not None else None
        out = sys.stdout.buffer if target == "-" else target
        done = export(graph.store, form, out, meant, crate=options, stakeholder=stakeholder)
    if target != "-":
        noun = "run" if done.runs == 1 else "runs"
        present.aside(f"{target}: {done.runs} {noun}, {done.things:,} {_things(form)}")


def _split(words: tuple[str, ...]) -> tuple[str, str]:
    if len(words) == 1:
        return "", words[0]
    if len(words) == 2:
        return words[0], words[1]
    raise ExportError(
        f"{len(words)} words",
        expected="a format and a target, or a target alone",
        next_step="aitia export turtle runs.ttl",
    )


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ExportError(
            f"--published {text!r}", expected="an ISO 8601 date such as 2026-11-24"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _things(form: str) -> str:
    return {"rocrate": "actions", "provjson": "elements and relations"}.get(form, "statements")
