"""The core part of the W3C SHACL test suite: the compiled engine gives the results that it lists.

A result is compared by focus node, path, value, component, source shape and severity. Blank nodes
are compared as one, but for paths, which are compared by structure.
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
from aitia.validation.words import SEVERITY_IRIS

ROOT = Path(__file__).parents[1] / "data" / "w3c-shacl-core"
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


def cases(path: Path = ROOT / "manifest.ttl") -> Iterator[Case]:
    graph = Graph(triples(path))
    for subject in list(graph.by_subject):
        for included in graph.all(subject, MF + "include"):
            yield from cases(local(included))
        if ox.NamedNode(SHT + "Validate") in graph.all(subject, RDF + "type"):
            assert isinstance(subject, ox.NamedNode)
            yield Case(graph, subject)


CASES = list(cases())


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
    assert len(CASES) == 98


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.node.value.rsplit("/core/")[-1])
def test_core(case: Case) -> None:
    action, wanted = (case.graph.one(case.node, MF + name) for name in ("action", "result"))
    shapes = triples(local(case.graph.one(action, SHT + "shapesGraph")))
    data = triples(local(case.graph.one(action, SHT + "dataGraph")))
    text = "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in data).encode()
    if wanted == ox.NamedNode(SHT + "Failure"):
        with pytest.raises(ValidationError):
            validate(text, of_triples(shapes))
        return
    profile = of_triples(shapes)
    report = validate(text, profile)
    assert report.notes == ()
    found = Counter(
        (
            "_" if result.focus.startswith("_:") else result.focus,
            result.path,
            "_" if (result.value or "").startswith("_:") else result.value,
            SH + result.component,
            "_" if result.shape.startswith("_:") else result.shape,
            SEVERITY_IRIS.get(result.severity, result.severity),
        )
        for result in report.results
    )
    assert found == expected(case, wanted)
    assert (not report.results) == (case.graph.text(wanted, "conforms") == "true")
