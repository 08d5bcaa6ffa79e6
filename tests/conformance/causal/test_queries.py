"""The questions of the families features and causal in two engines, on one graph.

The fixture holds three runs that train a network each (the second diverges), an analysis of data
with known causes, and a retraction of the first run's record and of the data of two runs.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from aitia.query.catalog import load
from aitia.query.lint import lint
from aitia.query.run import ask
from aitia.query.values import to_python
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Term

FIXTURE = Path(__file__).parent / "fixtures" / "training.nq"
LIBRARY = load()
NAMES = [name for name in LIBRARY if LIBRARY[name].family in ("features", "causal")]


@cache
def store() -> OxigraphStore:
    parts: dict[str, list[ox.Quad]] = {}
    for quad in ox.parse(path=str(FIXTURE), format=ox.RdfFormat.N_QUADS):
        parts.setdefault(quad.graph_name.value, []).append(quad)
    kept = OxigraphStore()
    kept.replace(
        {name: ox.serialize(part, format=ox.RdfFormat.N_QUADS) for name, part in parts.items()}
    )
    return kept


def plain(value: Any) -> Any:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else round(value, 9)
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    return tuple(sorted(value.split("; "))) if isinstance(value, str) and "; " in value else value


def independent(name: str, monkeypatch: pytest.MonkeyPatch) -> set[tuple[Any, ...]]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    data = rdflib.Dataset(default_union=True)
    data.parse(FIXTURE, format="nquads")
    answer = data.query(LIBRARY[name].text)
    return {tuple(plain(to_python(_term(value))) for value in row) for row in answer}  # type: ignore[union-attr]


def _term(value: Any) -> Term | None:
    if isinstance(value, rdflib.Literal):
        return Term("literal", str(value), str(value.datatype) if value.datatype else None)
    return None if value is None else Term("iri", str(value))


@pytest.mark.parametrize("name", NAMES)
def test_two_engines_agree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(store(), LIBRARY[name])
    rows = {tuple(map(plain, row)) for row in answer}
    assert rows == independent(name, monkeypatch)
    assert rows


@pytest.mark.parametrize("name", NAMES)
def test_questions_are_without_known_faults(name: str) -> None:
    assert lint(LIBRARY[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_store_gives_no_rows(name: str) -> None:
    assert len(ask(OxigraphStore(), LIBRARY[name])) == 0


def test_feature_questions_are_in_long_form() -> None:
    for name in NAMES:
        if LIBRARY[name].family == "features":
            assert {"unit", "variable", "value", "relation", "stage"} <= set(LIBRARY[name].columns)
