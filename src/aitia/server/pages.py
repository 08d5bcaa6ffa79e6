"""What the pages show: the context of each, and the filters that put values into words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from aitia import __version__
from aitia.errors import AitiaError
from aitia.query import facts as reading
from aitia.query import wording
from aitia.query.facts import Facts
from aitia.query.gathering import gathered
from aitia.query.metrics import Metric
from aitia.query.picture import Picture, picture
from aitia.query.runs import Run, headlines, resolve, runs
from aitia.query.values import to_python
from aitia.server.sparkline import sparkline
from aitia.store.port import Solutions, Store, Term

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = 50
"""Runs on one page."""

MOST = 60
"""Rows of one table of a run's page; the rest is in the JSON."""

TELEMETRY = "aitia:Series"
"""The class of what was sampled from the machine, not logged by the experiment."""

SHOWN = 1000
"""Rows of an answer to SPARQL that its page shows."""

EXAMPLE = """SELECT ?run ?name ?began WHERE {
  ?run a aitia:WorkflowRun ; rdfs:label ?name ; prov:startedAtTime ?began .
}
ORDER BY DESC(?began)
LIMIT 20"""

_TOLD = frozenset({"label", "status", "startedAtTime", "endedAtTime", "durationSeconds"})


class RunView(NamedTuple):
    """One run as its page shows it."""

    run: Run
    facts: Facts
    picture: Picture


def view(store: Store, text: str) -> RunView:
    """Return the run that ``text`` means, with its facts and its picture.

    Raises
    ------
    NotFoundError
        When no run is meant.
    """
    run = resolve(store, text)
    graphs = reading.bundles(store, run.iri)
    return RunView(run, reading.facts(store, run.iri), picture(store, run.iri, graphs))


def runs_page(store: Store, page: int) -> dict[str, Any]:
    """Return what the list of runs shows on one of its pages, counted from 0."""
    known = runs(store)
    page = min(max(page, 0), max(len(known) - 1, 0) // PAGE)
    shown = known[page * PAGE : (page + 1) * PAGE]
    return {
        "runs": shown,
        "best": headlines(store, shown),
        "first": page * PAGE + 1,
        "last": page * PAGE + len(shown),
        "total": len(known),
        "newer": page - 1 if page > 0 else None,
        "older": page + 1 if (page + 1) * PAGE < len(known) else None,
        "twin": f"/runs.json?page={page}",
        "others": (),
    }


def run_page(found: RunView) -> dict[str, Any]:
    """Return what the page of one run shows."""
    facts, here = found.facts, f"/runs/{found.run.id}"
    head = [(k, v) for k, v in sorted(facts.head.items()) if k not in _TOLD | {"errorMessage"}]
    settings = list(wording.condensed(facts.settings).items())
    metrics = [m for m in gathered(facts.metrics) if m.kind != TELEMETRY]
    telemetry = [m for m in facts.metrics if m.kind == TELEMETRY]
    return {
        "run": found.run,
        "facts": facts,
        "head": head,
        "error": facts.head.get("errorMessage"),
        "picture": found.picture,
        "svg": found.picture.svg(f"Lineage of {found.run.name or found.run.id}"),
        "in_words": in_words(found.picture),
        "series": (
            ("Metrics", metrics[:MOST], max(len(metrics) - MOST, 0)),
            ("Telemetry", telemetry[:MOST], max(len(telemetry) - MOST, 0)),
        ),
        "activities": facts.activities[:MOST],
        "more_activities": max(len(facts.activities) - MOST, 0),
        "settings": settings[:MOST],
        "more_settings": max(len(settings) - MOST, 0),
        "twin": f"{here}.json",
        "others": (("Turtle", f"{here}.ttl"), ("picture", f"{here}.svg")),
    }


def in_words(drawn: Picture) -> list[str]:
    """Return the lines of a picture as sentences, for those who do not see it."""
    names = {node.id: node.label for node in drawn.nodes}
    return [f"{names[e.source]} → {names[e.target]} ({e.label})" for e in drawn.edges]


def runs_json(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON twin of the list of runs."""
    found: Sequence[Run] = context["runs"]
    listed = [{**run._asdict(), "best": dict(context["best"].get(run.iri, ()))} for run in found]
    return {"total": context["total"], "older": context["older"], "runs": listed}


def run_json(found: RunView) -> dict[str, Any]:
    """Return the JSON twin of a run's page."""
    drawn = {"nodes": found.picture.nodes, "edges": found.picture.edges}
    return {"run": found.run, "facts": found.facts, "lineage": drawn}


def sparql_page(text: str, refused: str, found: Solutions | None) -> dict[str, Any]:
    """Return what the page of the SPARQL endpoint shows."""
    rows = [] if found is None else list(islice(found.rows, SHOWN + 1))
    return {
        "text": text or EXAMPLE,
        "refused": refused,
        "columns": () if found is None else found.variables,
        "rows": [[_term(term) for term in row] for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "asked": bool(text),
        "twin": "",
    }


def _term(term: Term | None) -> str:
    value = wording.short_iri(term.value) if term and term.kind == "iri" else to_python(term)
    return wording.phrase(value)


def error_page(error: AitiaError, status: int) -> dict[str, Any]:
    """Return what the page of an error shows."""
    return {
        "status": status,
        "got": error.got[:1].upper() + error.got[1:],
        "expected": error.expected,
        "next_step": error.next_step,
        "twin": "",
    }


def render(template: str, directory: str, context: Mapping[str, Any]) -> str:
    """Return a page as HTML."""
    page = _environment().get_template(template)
    return page.render(directory=directory, version=__version__, **context)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = os.path.join(os.path.dirname(__file__), "templates")
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=lambda value: "" if value is None else wording.number(value),
        measured=wording.measured,
        seconds=wording.seconds,
        words=wording.words,
        short_run=wording.short_run,
        local=lambda curie: curie.rpartition(":")[2],
        shown=wording.attribute,
        spark=_spark,
    )
    return made


def _spark(metric: Metric) -> str:
    title = f"{metric.quantity} of {metric.subject}, {metric.points} points"
    return sparkline(metric.values, title=title)
