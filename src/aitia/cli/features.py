"""``aitia features``: a feature table of what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.errors import ExportError
from aitia.query.wording import number

if TYPE_CHECKING:
    from aitia.projection.table import FeatureTable


@click.command("features")
@click.argument("name", default="training-runs")
@click.option("-o", "--out", type=click.Path(dir_okay=False), help="Write .csv or .parquet.")
@click.option("--rows", "as_rows", is_flag=True, help="Print the table itself, as CSV.")
@present.json_option
def command(name: str, out: str | None, as_rows: bool, as_json: bool) -> None:
    """Make a feature table: one row per unit, one column per recorded fact.

    NAME is a question of the family features. Without an option the columns are listed: what each
    is, where it comes from, and its tier (what was known earlier cannot be an effect of what was
    known later).
    """
    with opened() as graph:
        table = graph.features(name)
    if out is not None:
        _write(table, out)
    elif as_rows:
        present.echo(table.csv.decode().rstrip("\n"))
    elif as_json:
        present.emit_json(_plain(table))
    else:
        _columns(table)
    for note in table.notes:
        present.aside(f"note: {note}")


def _write(table: FeatureTable, out: str) -> None:
    if not out.endswith((".csv", ".parquet")):
        raise ExportError(f"the file {out!r}", expected="a name that ends in .csv or .parquet")
    try:
        (table.to_csv if out.endswith(".csv") else table.to_parquet)(out)
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error
    units, columns = table.shape
    present.aside(f"{out}: {units} units, {columns} columns, sha256 {table.digest}")


def _columns(table: FeatureTable) -> None:
    units, columns = table.shape
    present.aside(f"{units} units, {columns} columns; the table itself: --rows, or -o FILE")
    present.rows(
        ("column", "kind", "known", "module", "unit", "missing", "derived from"),
        [
            (
                column.name,
                column.kind,
                "" if column.tier is None else table.tiers[column.tier],
                column.module,
                column.unit,
                f"{number(100 * column.missing)} %" if column.missing else "",
                ", ".join(column.derived_from),
            )
            for column in table.columns
        ],
    )


def _plain(table: FeatureTable) -> dict[str, object]:
    return {
        "question": table.question,
        "digest": table.digest,
        "tiers": table.tiers,
        "columns": table.schema(),
        "units": table.units,
        "rows": list(table.rows()),
        "notes": table.notes,
    }
