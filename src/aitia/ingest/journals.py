"""The journals of a data directory: the segments that one recorder wrote of one run, together."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from aitia.journal.reader import Segment, is_alive, segments
from aitia.store import graphs
from aitia.vocabulary.extensions import Extension

MAPPING_VERSION = 2
"""Part of every watermark: a store made by an older mapping is made again."""


class Journal(NamedTuple):
    """The segments that one recorder wrote of one run.

    ``alive`` says whether a process that writes it still lives; ``extensions`` are the digests of
    the modules of the ontology that it is read with.
    """

    run: str
    recorder: str
    segments: tuple[Segment, ...]
    alive: bool
    extensions: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all its segments."""
        return sum(segment.size for segment in self.segments)

    @property
    def bundle(self) -> str:
        """IRI of the graph that is made from it."""
        return graphs.bundle(self.run, self.recorder)

    def watermark(self) -> str:
        """Return what a bundle made from this journal is marked with."""
        files = [[os.path.basename(s.path), s.size, s.time] for s in self.segments]
        state: dict[str, object] = {"mapping": MAPPING_VERSION, "files": files, "alive": self.alive}
        if self.extensions:
            state["extensions"] = self.extensions
        return orjson.dumps(state).decode()


def journals(root: str, extensions: Sequence[Extension] = ()) -> list[Journal]:
    """Return the journals of the data directory ``root``, by run and recorder."""
    groups: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for segment in segments(os.path.join(root, "journal")):
        groups[segment.run, segment.recorder].append(segment)
    found = []
    digests = tuple(sorted(extension.digest for extension in extensions))
    for (run, recorder), members in sorted(groups.items()):
        ordered = tuple(sorted(members, key=lambda s: (s.scope, s.index, s.path)))
        alive = any(not s.sealed and is_alive(s) for s in ordered)
        found.append(Journal(run, recorder, ordered, alive, digests))
    return found
