"""The W3C SHACL test suite, core and SPARQL: the compiled engine gives the results that it lists.

A result is compared by focus node, path, value, component, source shape and severity. Blank nodes
are compared as one, but for paths, which are compared by structure. Custom constraint components
are left to pyshacl, and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from aitia.errors import ValidationError
from aitia.validation.engine import validate
from aitia.validation.graph import RDF, Graph, read_path
from aitia.validation.paths import display
from aitia.validation.profiles import of_triples
from aitia.validation.report import Report
from aitia.validation.words import SEVERITY_IRIS

DATA = Path(__file__).parents[1] / "data"
SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


class Case(NamedTuple):
    graph: Graph
    node: ox.NamedNode


def triples(path: Path) -> list[ox.Triple]:
    quads = ox.parse(
        path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri(), rename_blank_nodes=True
    )
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def local(term: object) -> Path:
    assert isinstance(term, ox.NamedNode)
    return Path(term.value.removeprefix("file://"))


def cases(path: Path) -> Iterator[Case]:
    graph = Graph(triples(path))
    for subject in list(graph.by_subject):
        for included in graph.all(subject, MF + "include"):
            yield from cases(local(included))
        if ox.NamedNode(SHT + "Validate") in graph.all(subject, RDF + "type"):
            assert isinstance(subject, ox.NamedNode)
            yield Case(graph, subject)


CORE, SPARQL = (
    list(cases(DATA / name / "manifest.ttl")) for name in ("w3c-shacl-core", "w3c-shacl-sparql")
)


def name(case: Case) -> str:
    return case.node.value.rsplit("/w3c-shacl-")[-1]


def bare(term: object) -> str | None:
    if term is None:
        return None
    text = term.value if isinstance(term, ox.NamedNode) else str(term)
    return "_" if text.startswith("_:") else text


def expected(case: Case, report: object) -> Counter[tuple[str | None, ...]]:
    graph: Graph = case.graph
    found: Counter[tuple[str | None, ...]] = Counter()
    for result in graph.all(report, "result"):
        path = graph.one(result, "resultPath")
        found[
            bare(graph.one(result, "focusNode")),
            None if path is None else display(read_path(graph, path)),
            bare(graph.one(result, "value")),
            bare(graph.one(result, "sourceConstraintComponent")),
            bare(graph.one(result, "sourceShape")),
            bare(graph.one(result, "resultSeverity")),
        ] += 1
    return found


def test_the_suite_is_whole() -> None:
    assert (len(CORE), len(SPARQL)) == (98, 22)


def judged(case: Case) -> Report | None:
    """Judge the data of a case as it is listed; None where the shapes must be, and are, refused."""
    action, wanted = (case.graph.one(case.node, MF + name) for name in ("action", "result"))
    shapes = triples(local(case.graph.one(action, SHT + "shapesGraph")))
    data = triples(local(case.graph.one(action, SHT + "dataGraph")))
    text = "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in data).encode()
    if wanted == ox.NamedNode(SHT + "Failure"):
        with pytest.raises(ValidationError):
            validate(text, of_triples(shapes))
        return None
    report = validate(text, of_triples(shapes))
    found = Counter(
        (
            "_" if result.focus.startswith("_:") else result.focus,
            result.path,
            "_" if (result.value or "").startswith("_:") else result.value,
            result.component if ":" in result.component else SH + result.component,
            "_" if result.shape.startswith("_:") else result.shape,
            SEVERITY_IRIS.get(result.severity, result.severity),
        )
        for result in report.results
    )
    assert found == expected(case, wanted)
    assert (not report.results) == (case.graph.text(wanted, "conforms") == "true")
    return report


@pytest.mark.parametrize("case", CORE, ids=name)
def test_core(case: Case) -> None:
    report = judged(case)
    assert report is None or report.notes == ()


@pytest.mark.parametrize("case", SPARQL, ids=name)
def test_sparql(case: Case) -> None:
    report = judged(case)
    declares = "/component/" in case.node.value
    if declares:
        pytest.importorskip("pyshacl")
    assert report is None or bool(report.notes) == declares
