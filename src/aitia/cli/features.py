"""``aitia features``: a feature table of what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option
from aitia.cli.opening import opened
from aitia.errors import ExportError
from aitia.query.wording import number

if TYPE_CHECKING:
    from aitia.projection.table import FeatureTable
    from aitia.projection.writing import WrittenTable
    from aitia.reader import Graph


@click.command("features")
@click.argument("name", default="training-runs")
@click.option("-o", "--out", type=click.Path(dir_okay=False), help="Write .csv or .parquet.")
@click.option("--rows", "as_rows", is_flag=True, help="Print the table itself, as CSV.")
@click.option("--beliefs", is_flag=True, help="Show what is known beforehand, with reasons.")
@knowledge_option
@click.option("--fitness", metavar="METRIC", help="Add where its curves led, by early prediction.")
@click.option("--trace", nargs=2, metavar="UNIT COLUMN", help="Show the statements of one cell.")
@present.json_option
def command(  # noqa: PLR0913 - one parameter per option
    name: str,
    out: str | None,
    as_rows: bool,
    beliefs: bool,
    knowledge: str | None,
    fitness: str | None,
    trace: tuple[str, str] | None,
    as_json: bool,
) -> None:
    """Make a feature table: one row per unit, one column per recorded fact.

    NAME is a question of the family features. Without an option the columns are listed: what each
    is, where it comes from, and its tier (what was known earlier cannot be an effect of what was
    known later). Beside a file that is written lie its descriptions as CSVW and Croissant.
    """
    with opened() as graph:
        if trace is not None:
            _trace(graph, name, trace, as_json)
            return
        if beliefs:
            _beliefs(graph.features(name), knowledge, as_json)
            return
        if out is not None and knowledge is None and fitness is None:
            _described(_streamed(graph, name, out), out)
            return
        table = _predicted(graph, graph.features(name, knowledge=knowledge), fitness)
    if out is not None:
        _described(_whole(table, out), out)
        return
    if as_rows:
        present.echo(table.csv.decode().rstrip("\n"))
    elif as_json:
        present.emit_json(_plain(table))
    else:
        _columns(table)
    for note in table.notes:
        present.aside(f"note: {note}")


def _predicted(graph: Graph, table: FeatureTable, metric: str | None) -> FeatureTable:
    """Add what was predicted of a metric, where one is named."""
    if metric is None:
        return table
    from aitia.projection.fitness import with_fitness

    return with_fitness(table, metric, graph.predict_fitness(metric))


def _streamed(graph: Graph, name: str, out: str) -> WrittenTable:
    """Write a table as it is read: any number of units fits."""
    from aitia.projection.writing import write_table

    with _writing(out):
        return write_table(graph.store, name, out)


def _whole(table: FeatureTable, out: str) -> FeatureTable:
    """Write a table that a file of background knowledge has overruled."""
    ways = {".csv": table.to_csv, ".parquet": table.to_parquet}
    way = next((way for end, way in ways.items() if out.endswith(end)), None)
    if way is None:
        raise ExportError(f"the file {out!r}", expected="a name that ends in .csv or .parquet")
    with _writing(out):
        way(out)
    return table


def _described(table: FeatureTable | WrittenTable, out: str) -> None:
    """Write the descriptions of a table beside its file, and say what was written."""
    from aitia.projection.description import write

    with _writing(out):
        write(table, out)
    units, columns = table.shape
    present.aside(f"{out}: {units} units, {columns} columns, sha256 {table.digest}")
    for note in table.notes:
        present.aside(f"note: {note}")


@contextmanager
def _writing(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error


def _beliefs(table: FeatureTable, path: str | None, as_json: bool) -> None:
    from aitia.causal.beliefs import beliefs, knowledge
    from aitia.causal.knowledge_file import stated

    file = stated(path)
    knowledge(table, file)  # refuses rules that contradict one another
    found = beliefs(table, file)
    if as_json:
        present.emit_json([belief._asdict() for belief in found])
    else:
        present.rows(("kind", "about", "value", "reason", "says"), found)


def _trace(graph: Graph, name: str, cell: tuple[str, str], as_json: bool) -> None:
    from aitia.projection.trace import trace

    found = trace(graph.store, name, *cell)
    if as_json:
        present.emit_json([statement._asdict() for statement in found])
    else:
        present.rows(("subject", "predicate", "object", "bundle"), found)


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
