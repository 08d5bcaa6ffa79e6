"""Home folders taken out of what is exported: names of users are in their paths."""

from __future__ import annotations

import os
import re

import pyoxigraph as ox

from aitia.export.statement import Node
from aitia.records.secrets import MASK

_HOME = re.compile(r"^(file:(?://(?:localhost)?)?)(/(?:home|Users|export/home)/)([^/]+)(?=/|$)")


def without_home(node: Node) -> Node:
    """Return a node that names a file below a home folder without the name of the user.

    One's own home folder is called ``~``, as it is where it is recorded; in the path of anybody
    else's the name is masked.
    """
    if isinstance(node, (ox.NamedNode, ox.Literal)) and node.value.startswith("file:/"):
        place = _shown(node.value)
        if place != node.value:
            if isinstance(node, ox.NamedNode):
                return ox.NamedNode(place)
            return ox.Literal(place, datatype=node.datatype)
    return node


def _shown(locator: str) -> str:
    found = _HOME.match(locator)
    if found is None:
        return locator
    rest = locator[found.end() :]
    if found[2] + found[3] == os.path.expanduser("~"):
        return f"file:~{rest}"
    return f"{found[1]}{found[2]}{MASK}{rest}"
