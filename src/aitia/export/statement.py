"""One triple of a bundle, as exports handle it."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

Node = ox.NamedNode | ox.BlankNode | ox.Literal


class Statement(NamedTuple):
    """One triple of a bundle."""

    subject: ox.NamedNode | ox.BlankNode
    predicate: ox.NamedNode
    object: Node
