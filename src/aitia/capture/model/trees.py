"""The trees that gradient boosting grew, read from the text forms of XGBoost and LightGBM."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from aitia.capture.model.architecture import Architecture

MAX_TEXT = 32 << 20
"""Longest text form that is read for depths and leaves, in characters."""


class Forest(NamedTuple):
    """What is told of an ensemble of trees; ``depth`` and ``leaves`` None when it is too large."""

    trees: int
    depth: int | None = None
    leaves: int | None = None


def architecture(name: str, forest: Forest, settings: dict[str, Any]) -> Architecture:
    """Return the architecture of an ensemble of trees."""
    attributes = {"treeCount": forest.trees}
    label = f"{name} {forest.trees} {'tree' if forest.trees == 1 else 'trees'}"
    if forest.depth is not None:
        attributes["treeDepth"] = forest.depth
        label += f", depth {forest.depth}"
    kind = "aitia:TreeEnsembleArchitecture"
    return Architecture(kind, label, name, attributes=attributes, settings=settings)


def xgboost_forest(dump: Iterable[str]) -> Forest:
    """Return what the dump of a booster tells, a text for each tree: a line a node, indented."""
    trees = depth = leaves = 0
    for tree in dump:
        trees += 1
        for line in tree.splitlines():
            depth = max(depth, len(line) - len(line.lstrip("\t")))
            leaves += ":leaf=" in line
    return Forest(trees, depth, leaves)


def lightgbm_forest(text: str) -> Forest:
    """Return what the text form of a booster tells: the children of each node, leaves negative."""
    trees = depth = leaves = 0
    for block in re.split(r"^Tree=\d+$", text, flags=re.MULTILINE)[1:]:
        trees += 1
        fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        leaves += int(fields.get("num_leaves", "1"))
        children = [_numbers(fields.get(side, "")) for side in ("left_child", "right_child")]
        depth = max(depth, _depth(*children))
    return Forest(trees, depth, leaves)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split()]


def _depth(left: list[int], right: list[int]) -> int:
    # A node comes after its parent.
    levels = [0] * len(left)
    deepest = 0
    for node, pair in enumerate(zip(left, right, strict=False)):
        deepest = max(deepest, levels[node] + 1)
        for child in pair:
            if child >= 0:
                levels[child] = levels[node] + 1
    return deepest


def lightgbm_digest(text: str) -> str:
    """Return the digest of what a booster learnt: its text form without its parameters."""
    learnt = text.partition("\nparameters:")[0]
    return sha256(learnt.encode()).hexdigest()
