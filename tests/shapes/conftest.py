"""A graph that keeps all rules, and the changes that break each of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from aitia.validation.profiles import Profile, load

HERE = Path(__file__).parent
SHAPES = "https://w3id.org/aitia/shapes#"
PREFIXES = {
    "aitia": "https://w3id.org/aitia/ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "quantity": "https://w3id.org/aitia/quantity/",
    "ex": "https://example.org/",
}


class Mutation(NamedTuple):
    """A SPARQL update that breaks one rule at one node, and what the report then says."""

    shape: str
    focus: str
    update: str
    says: str


def mutations() -> list[Mutation]:
    """Return all mutations of ``mutations/*.toml``."""
    return [
        Mutation(**entry)
        for path in sorted((HERE / "mutations").glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]
    ]


class Mutator:
    """Applies SPARQL updates to the valid graph.

    Oxigraph's store forgets the datatypes derived from xsd:integer, so the untouched triples are
    taken from the file, and only what an update adds or removes is read from stores.
    """

    def __init__(self) -> None:
        quads = ox.parse(path=str(HERE / "valid.ttl"), format=ox.RdfFormat.TURTLE)
        self.held = {quad: _as_held(quad) for quad in quads}

    def __call__(self, *updates: str) -> bytes:
        """Return the graph as N-Quads, after the updates."""
        store = ox.Store()
        store.extend(self.held)
        before = set(store)
        head = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
        for update in updates:
            store.update(head + update)
        after = set(store)
        kept = [quad for quad, stored in self.held.items() if stored in after]
        new = [quad for quad in after if quad not in before]
        lines = [f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in (*kept, *new)]
        return "".join(lines).encode()


def _as_held(quad: ox.Quad) -> ox.Quad:
    store = ox.Store()
    store.add(quad)
    return next(iter(store))


@pytest.fixture(scope="session")
def mutate() -> Callable[..., bytes]:
    return Mutator()


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load()


@pytest.fixture(scope="session")
def broken() -> set[str]:
    """The IRIs of the shapes that a mutation breaks."""
    return {SHAPES + mutation.shape for mutation in mutations()}


@pytest.fixture(scope="session")
def written() -> list[tuple[str, str]]:
    """Each mutation's rule and update."""
    return [(mutation.shape, mutation.update) for mutation in mutations()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mutation" in metafunc.fixturenames:
        found = mutations()
        ids = [f"{number}-{one.shape}" for number, one in enumerate(found)]
        metafunc.parametrize("mutation", found, ids=ids)
