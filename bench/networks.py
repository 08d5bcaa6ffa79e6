"""Bayesian networks with known arrows, read from pgmpy's wheel where that is installed.

pgmpy is not imported: only its files are read. ``make bench-causal`` installs them.
"""

from __future__ import annotations

import gzip
import re
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

VARIABLE = re.compile(r"variable\s+(\S+)\s*\{\s*type\s+discrete\s*\[\s*\d+\s*\]\s*\{(.*?)\}", re.S)
TABLE = re.compile(r"probability\s*\(\s*([^|)\s]+)\s*(?:\|([^)]*))?\)\s*\{(.*?)\}", re.S)
ROW = re.compile(r"(?:table|\(([^)]*)\))\s*([^;]+);")


class Network(NamedTuple):
    """Variables in an order in which causes come first; ``tables[i]`` has an axis a parent."""

    names: list[str]
    parents: list[list[int]]
    tables: list[Any]

    def depths(self) -> list[int]:
        """Return the longest path into each variable."""
        found: list[int] = []
        for above in self.parents:
            found.append(1 + max((found[i] for i in above), default=-1))
        return found

    def arrows(self) -> Any:
        """Return the matrix of arrows: ``[i, j]`` is true where i is a cause of j."""
        made = np.zeros((len(self.names), len(self.names)), dtype=bool)
        for effect, above in enumerate(self.parents):
            made[above, effect] = True
        return made

    def sample(self, rows: int, seed: int) -> Any:
        """Return the numbers of the levels in ``rows`` independent draws."""
        rng = np.random.default_rng(seed)
        drawn = np.zeros((rows, len(self.names)), dtype=np.int64)
        for place, (above, table) in enumerate(zip(self.parents, self.tables, strict=True)):
            chances = (
                table[tuple(drawn[:, i] for i in above)] if above else table[None].repeat(rows, 0)
            )
            reached = np.cumsum(chances, axis=-1) < rng.random(rows)[:, None]
            drawn[:, place] = np.minimum(reached.sum(axis=-1), table.shape[-1] - 1)
        return drawn


def folder() -> Path | None:
    """Return where pgmpy keeps its networks, or None when it is not installed."""
    found = find_spec("pgmpy")
    places = [Path(p) for p in (found.submodule_search_locations or [])] if found else []
    here = next((p / "utils" / "example_models" for p in places), None)
    return here if here is not None and here.is_dir() else None


def read(path: Path) -> Network:
    """Read a network in the BIF format."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    levels = {name: re.split(r"\s*,\s*", body.strip()) for name, body in VARIABLE.findall(text)}
    above: dict[str, list[str]] = {}
    tables: dict[str, Any] = {}
    for name, given, body in TABLE.findall(text):
        above[name] = [word.strip() for word in given.split(",") if word.strip()]
        shape = [len(levels[other]) for other in (*above[name], name)]
        tables[name] = _table(body, shape, [levels[other] for other in above[name]])
    names: list[str] = []
    while len(names) < len(levels):
        names += [n for n in levels if n not in names and set(above[n]) <= set(names)]
    parents = [[names.index(other) for other in above[name]] for name in names]
    return Network(names, parents, [tables[name] for name in names])


def _table(body: str, shape: list[int], levels: list[list[str]]) -> Any:
    filled = np.zeros(shape)
    for key, numbers in ROW.findall(body):
        values = np.array([float(word) for word in numbers.split(",")])
        if not key:
            filled[...] = values.reshape(shape)
            continue
        words = [word.strip() for word in key.split(",")]
        filled[tuple(known.index(word) for known, word in zip(levels, words, strict=True))] = values
    return filled / filled.sum(axis=-1, keepdims=True)


def gaussian(variables: int, degree: float, rows: int, seed: int) -> tuple[Any, Any]:
    """Return arrows and data of a random linear Gaussian network."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i, j in product(range(variables), repeat=2) if i < j]
    chosen = rng.choice(len(pairs), size=round(variables * degree / 2), replace=False)
    arrows = np.zeros((variables, variables), dtype=bool)
    data = rng.normal(size=(rows, variables))
    for place in chosen:
        arrows[pairs[place]] = True
    weights = rng.uniform(0.3, 1.0, arrows.shape) * rng.choice([-1, 1], arrows.shape) * arrows
    for effect in range(variables):
        data[:, effect] += data @ weights[:, effect]
    return arrows, data


def tiers(depths: list[int], count: int) -> list[int]:
    """Cut depths into ``count`` tiers of depths."""
    return [depth * count // (max(depths) + 1) for depth in depths]
