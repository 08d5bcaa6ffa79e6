"""``aitia validate``: judge runs, or a file, by the shapes or by PROV-CONSTRAINTS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from aitia.cli import present
from aitia.cli.opening import Progress, opened
from aitia.errors import ImportFormatError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.store.port import Store
    from aitia.validation.profiles import Profile
    from aitia.validation.report import Report
    from aitia.vocabulary.extensions import Extension

FORMATS = {
    ".ttl": "TURTLE",
    ".trig": "TRIG",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".rdf": "RDF_XML",
    ".owl": "RDF_XML",
    ".jsonld": "JSON_LD",
}


@click.command("validate")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--run", "run", help="Only this run: an id, its first characters, a name, or last.")
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="Judge by these shapes files instead of Aitia's own; may be repeated.",
)
@click.option("--with-own", is_flag=True, help="With --shapes: judge by Aitia's own as well.")
@click.option(
    "--engine",
    type=click.Choice(("oxigraph", "pyshacl")),
    default="oxigraph",
    show_default=True,
    help="Compiled shapes, or the reference implementation (slow).",
)
@click.option(
    "--prov-constraints",
    "constraints",
    is_flag=True,
    help="Judge by PROV-CONSTRAINTS instead; FILE may also be PROV-JSON, PROV-XML or PROV-N.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="With --prov-constraints: refuse also a second usage of one thing by one activity.",
)
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="IRI",
    help="Judge only this node and those that point at it; may be repeated.",
)
@click.option("--endpoint", metavar="URL", help="Judge what a SPARQL endpoint holds.")
@present.json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """Judge what is stored, or FILE (any RDF), by the SHACL shapes.

    Ends with exit code 1 when something is wrong, not for what could only be better.
    """
    endpoint = options.pop("endpoint")
    if endpoint is not None:
        ctx.find_root().obj = endpoint
    reports = _judged(Options(**options))
    if as_json:
        present.emit_json({name: _plain(report) for name, report in reports.items()})
    else:
        _tell(reports)
    if not all(report.conforms for report in reports.values()):
        ctx.exit(1)


class Options(NamedTuple):
    """What was asked for."""

    file: str | None
    run: str | None
    shapes: tuple[str, ...]
    with_own: bool
    engine: str
    constraints: bool
    strict: bool
    nodes: tuple[str, ...]


def _judged(asked: Options) -> dict[str, Report]:
    _refuse_mixtures(asked)
    if asked.constraints:
        return _by_constraints(asked)
    if asked.file:
        return _of_file(asked.file, asked)
    if asked.nodes:
        return _of_nodes(asked.nodes, asked.run)
    return _of_store(asked)


def _refuse_mixtures(asked: Options) -> None:
    """Refuse options that would have no effect together."""
    if asked.constraints and (asked.shapes or asked.nodes):
        raise click.UsageError("--prov-constraints judges without --shapes, and whole graphs")
    if asked.with_own and not asked.shapes:
        raise click.UsageError("--with-own needs --shapes")
    if asked.strict and not asked.constraints:
        raise click.UsageError("--strict needs --prov-constraints")
    if asked.nodes and (asked.file or asked.shapes):
        raise click.UsageError("--node judges what is stored, by the shapes of Aitia")


def _of_nodes(nodes: tuple[str, ...], run: str | None) -> dict[str, Report]:
    from aitia.query.runs import resolve

    with opened() as graph:
        meant = resolve(graph.store, run).id if run is not None else None
        return {", ".join(nodes): graph.validate_nodes(nodes, run=meant)}


def _by_constraints(asked: Options) -> dict[str, Report]:
    """Judge by PROV-CONSTRAINTS: a document, or each graph of the store by itself."""
    from aitia.validation.prov.check import check_file, check_nquads

    if asked.file:
        return {asked.file: check_file(asked.file, strict=asked.strict)}
    from aitia.query.facts import bundles
    from aitia.query.runs import resolve, runs
    from aitia.vocabulary.terms import NAMESPACES

    found = {}
    with opened() as graph, Progress("judging", "graphs") as progress:
        store = graph.store
        chosen = runs(store) if asked.run is None else [resolve(store, asked.run)]
        names = {known.id: known.name for known in chosen}
        wanted = [bundle for known in chosen for bundle in bundles(store, known.iri)]
        for number, bundle in enumerate(wanted):
            data = store.dump(bundle)
            found[_name(bundle, names)] = check_nquads(data, NAMESPACES, strict=asked.strict)
            progress(number + 1, len(wanted))
    return found


def _of_file(path: str, asked: Options) -> dict[str, Report]:
    from aitia.validation.engine import validate

    return {path: validate(_nquads(path), _profile(asked), engine=asked.engine)}


def _profile(asked: Options) -> Profile:
    """Return the shapes meant: Aitia's own, those of files, or both."""
    from aitia.validation.profiles import load
    from aitia.validation.report import SEVERITIES

    own = asked.with_own or not asked.shapes
    return load(SEVERITIES if own else (), asked.shapes).extended(_extensions())


def _extensions() -> tuple[Extension, ...]:
    from aitia.config import load as load_settings
    from aitia.validation.extensions import load

    return load(load_settings().extensions)


def _nquads(path: str) -> bytes:
    import os

    import pyoxigraph as ox

    suffix = os.path.splitext(path)[1].lower()
    if suffix not in FORMATS:
        raise ImportFormatError(
            f"the file {path!r}", expected=f"a name that ends in {', '.join(FORMATS)}"
        )
    form = getattr(ox.RdfFormat, FORMATS[suffix])
    try:
        quads = ox.parse(path=path, format=form, base_iri="file:" + os.path.abspath(path))
        return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    except (SyntaxError, ValueError, OSError) as error:
        raise ImportFormatError(f"{path} cannot be read: {error}", expected="RDF") from error


def _of_store(asked: Options) -> dict[str, Report]:
    from aitia.query.runs import resolve, runs

    with opened() as graph:
        if asked.shapes:
            return _by_shapes(graph.store, asked)
        meant = None if asked.run is None else resolve(graph.store, asked.run).id
        names = {known.id: known.name for known in runs(graph.store)}
        reports = graph.validate(meant, engine=asked.engine)
    return {_name(bundle, names): report for bundle, report in reports.items()}


def _by_shapes(store: Store, asked: Options) -> dict[str, Report]:
    from aitia.query.facts import bundles
    from aitia.query.runs import resolve, runs
    from aitia.validation.engine import validate

    profile = _profile(asked)
    chosen = runs(store) if asked.run is None else [resolve(store, asked.run)]
    names = {known.id: known.name for known in chosen}
    return {
        _name(bundle, names): validate(store.dump(bundle), profile, engine=asked.engine)
        for known in chosen
        for bundle in bundles(store, known.iri)
    }


def _name(bundle: str, names: dict[str, str]) -> str:
    from aitia.store.graphs import run_of

    run = run_of(bundle)
    recorder = bundle.partition("#bundle")[2].removeprefix("-")
    return f"{short_run(run)} {names.get(run, '')}".rstrip() + (
        f" ({recorder})" if recorder else ""
    )


def _tell(reports: dict[str, Report]) -> None:
    silent = [name for name, report in reports.items() if not report.results]
    for name, report in reports.items():
        if report.results or report.notes:
            present.heading(name)
            present.echo("\n".join(f"  {line}".rstrip() for line in report.text().splitlines()))
            present.echo()
    if silent:
        noun = "graph keeps" if len(silent) == 1 else "graphs keep"
        present.echo(f"{len(silent)} {noun} all rules")
    if not reports:
        present.echo("nothing is stored yet")


def _plain(report: Report) -> dict[str, object]:
    return {"conforms": report.conforms, "results": report.results, "notes": report.notes}
