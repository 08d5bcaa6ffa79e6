"""``aitia why PATH``: where a file comes from, as a tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.errors import ExportError
from aitia.query.wording import phrase, short_iri, words

if TYPE_CHECKING:
    from aitia.query.lineage import Node

FEW = 3
"""Up to so many ends of one name have a line each."""

RELATIONS = {
    "wasGeneratedBy": "made by",
    "used": "used",
    "wasDerivedFrom": "derived from",
    "wasInformedBy": "informed by",
    "generated": "made",
    "wasUsedBy": "used by",
    "hadDerivation": "source of",
    "informed": "informed",
}


@click.command("why")
@click.argument("thing", metavar="PATH")
@click.option("--down", is_flag=True, help="Show what rests on it, not what it rests on.")
@click.option("--depth", default=12, show_default=True, type=click.IntRange(min=1))
@click.option("--svg", type=click.Path(dir_okay=False), help="Draw it to this file too.")
@present.json_option
def command(thing: str, down: bool, depth: int, svg: str | None, as_json: bool) -> None:
    """Show where a file comes from: what made it, from what, back to the first inputs.

    The file is known by its content, so a copy under another name is found. PATH may also be the
    name of a file that is gone, a SHA-256, a run, or an IRI.
    """
    from aitia.query.lineage import downstream, find, upstream

    with opened() as graph:
        walk = downstream if down else upstream
        root = walk(graph.store, find(graph.store, thing), depth=depth)
    if svg is not None:
        _draw(root, svg)
    if as_json:
        present.emit_json(root)
    else:
        present.tree(branch(root))


def branch(node: Node) -> present.Branch:
    """Return a lineage as the lines of a tree."""
    return present.Branch(_line(node), tuple(_branches(node.children)))


def _branches(children: Sequence[Node]) -> Iterator[present.Branch]:
    """Yield one line per child; many ends of one name share a line."""
    alike = Counter(_line(child) for child in children if not child.children)
    told = set()
    for child in children:
        line = _line(child)
        if child.children or alike[line] <= FEW:
            yield branch(child)
        elif line not in told:
            told.add(line)
            yield present.Branch(f"{line}, {alike[line]} of them")


def _line(node: Node) -> str:
    label = short_iri(node.label)
    relation = RELATIONS.get(node.relation, words(node.relation))
    parts = [f"{relation} " if relation else "", click.style(label, bold=True)]
    if node.role and node.role != label:
        parts.append(f" as {node.role}")
    about = [words(node.type.rpartition(":")[2])] if node.type else []
    if node.time is not None:
        about.append(phrase(node.time))
    if node.kind == "activity" and node.run is not None:
        about.append(f"run {short_iri(node.run)}")
    parts.append(click.style(f"  {', '.join(about)}", dim=True) if about else "")
    if node.again:
        parts.append(" (opened elsewhere in this tree)")
    if node.cut:
        parts.append(" … more with a greater --depth")
    return "".join(parts)


def _draw(root: Node, path: str) -> None:
    from aitia.query.drawing import Edge, draw
    from aitia.query.drawing import Node as Box

    boxes: dict[str, Box] = {}
    edges: dict[Edge, None] = {}
    forward = {"generated", "wasUsedBy", "hadDerivation", "informed"}
    waiting = [root]
    for node in waiting:
        detail = words(node.type.rpartition(":")[2])
        boxes.setdefault(
            node.id, Box(node.id, short_iri(node.label), node.kind, detail, strong=node is root)
        )
        for child in node.children:
            ends = (node.id, child.id) if child.relation in forward else (child.id, node.id)
            edges.setdefault(Edge(*ends, child.role or _WORDS.get(child.relation, "")))
        waiting.extend(node.children)
    try:
        Path(path).write_text(
            draw(list(boxes.values()), list(edges), title=root.label), encoding="utf-8"
        )
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror})") from error
    present.aside(f"drawn in {path}")


_WORDS = {
    "wasGeneratedBy": "made",
    "generated": "made",
    "used": "used",
    "wasUsedBy": "used",
    "wasDerivedFrom": "derived",
    "hadDerivation": "derived",
    "wasInformedBy": "informed",
    "informed": "informed",
}
