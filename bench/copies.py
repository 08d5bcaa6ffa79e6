"""A store of many millions of quads: graphs of recorded runs, and copies of them that differ.

The runs of the generator are written to journals and mapped as ingest maps them. Mapping ten
million quads takes most of an hour, so what is mapped is copied as text: each copy has a run UUID,
a day, digests and measured values of its own, while what runs share stays shared.
"""

from __future__ import annotations

import random
import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.generator import runs, world

from aitia.ingest.build import Builder
from aitia.ingest.journals import journals
from aitia.ingest.lexicon import ONTOLOGY
from aitia.journal.writer import JournalWriter
from aitia.records import encode
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.profiles import load

TEMPLATES = 120
BATCH = 48 << 20
_TOKEN = re.compile(
    r"(2026-09-2\dT|sha-256;[\w-]{43}|\"[0-9a-f]{64}\"|(?<=numericValue> )\"[^\"]*\")"
)


class Template(NamedTuple):
    """The graphs of a mapped run: pieces of text between what differs from copy to copy."""

    run: str
    graphs: tuple[tuple[str, tuple[str, ...]], ...]
    quads: int


def templates(folder: Path, count: int = TEMPLATES, seed: int = 7) -> list[Template]:
    """Write the journals of some runs, and map them."""
    for run, records in runs(count, seed):
        writer = JournalWriter.create(folder / "journal", run=run)
        for record in records:
            writer.write(encode(record))
        writer.close()
    shared = _shared(seed)
    builder = Builder(str(folder), load(), ONTOLOGY)
    found = []
    for journal in journals(str(folder)):
        built = builder.build(journal)
        assert not built.refused, built.refused[0]
        texts = {name: data.decode() for name, data in built.graphs.items() if data}
        parts = tuple((name, _pieces(text, journal.run, shared)) for name, text in texts.items())
        quads = sum(text.count("\n") for text in texts.values())
        found.append(Template(journal.run, parts, quads))
    return found


def _shared(seed: int) -> frozenset[str]:
    """Return the content IRIs that every copy keeps: what the runs share."""
    of = world(seed)
    kept = {*of.datasets, of.foundation, *(name for name, _ in of.environments)}
    from bench.generator import digest

    kept |= {digest(random.Random(i)) for i in range(100)}
    return frozenset(iri.partition("///")[2] for iri in kept)


def _pieces(text: str, run: str, shared: frozenset[str]) -> tuple[str, ...]:
    """Return a text cut at what differs; the odd pieces are what is cut out."""
    found = re.split(f"({run})|{_TOKEN.pattern}", text)
    pieces = [found[0]]
    for at in range(1, len(found), 3):
        token = found[at] or found[at + 1]
        if token in shared:
            pieces[-1] += token + found[at + 2]
        else:
            pieces += [token, found[at + 2]]
    return tuple(pieces)


class Copier:
    """Makes copies of templates; equal seeds give equal copies."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def copy(self, template: Template) -> dict[str, bytes]:
        """Return the graphs of a run like the template's."""
        run = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        day = f"20{self._rng.randrange(24, 27)}-{self._rng.randrange(1, 13):02}"
        day += f"-{self._rng.randrange(1, 29):02}T"
        known: dict[str, str] = {template.run: run}
        made = {}
        for name, pieces in template.graphs:
            texts = list(pieces)
            for at in range(1, len(texts), 2):
                texts[at] = self._other(texts[at], day, known)
            made[name.replace(template.run, run)] = "".join(texts).encode()
        return made

    def _other(self, token: str, day: str, known: dict[str, str]) -> str:
        if token.startswith("2026-"):
            return day
        if token in known:
            return known[token]
        if token.startswith("sha-256;"):
            old = urlsafe_b64decode(token[8:] + "=")
            new = self._rng.randbytes(32)
            known[f'"{old.hex()}"'] = f'"{new.hex()}"'
            known[token] = "sha-256;" + urlsafe_b64encode(new).decode().rstrip("=")
            return known[token]
        if len(token) == 66:
            known[token] = f'"{self._rng.randbytes(32).hex()}"'
            return known[token]
        return f'"{self._rng.random()!r}"' if "." in token or "e" in token else token


def batches(
    made: list[Template], quads: int, seed: int = 7
) -> Iterator[tuple[dict[str, bytes], int]]:
    """Yield graphs, many at a time, until there are ``quads`` of them, and how many each holds."""
    copier, rng = Copier(seed), random.Random(seed)
    done = 0
    while done < quads:
        graphs: dict[str, bytes] = {}
        size = count = 0
        while size < BATCH and done + count < quads:
            template = rng.choice(made)
            copied = copier.copy(template)
            size += sum(map(len, copied.values()))
            count += template.quads
            graphs.update(copied)
        done += count
        yield graphs, count


def fill(store: OxigraphStore, folder: Path, quads: int, seed: int = 7) -> int:
    """Fill a store with about ``quads`` quads in named graphs; return how many."""
    return sum(_put(store, *batch) for batch in batches(templates(folder, seed=seed), quads, seed))


def _put(store: OxigraphStore, graphs: dict[str, bytes], count: int) -> int:
    store.replace(graphs)
    return count
