"""The canonical form of a graph (RDFC-1.0), and its digest: equal exactly for equal graphs.

Hash what the store dumps, not what went in: stores rewrite literals (``"01"`` to ``"1"``).
"""

from __future__ import annotations

from hashlib import sha256

import pyoxigraph as ox

from aitia.errors import StoreError


def canonical(nquads: bytes) -> bytes:
    """Return N-Quads in canonical form: canonical blank node names, sorted lines.

    Raises
    ------
    StoreError
        When the bytes are not N-Quads.
    """
    try:
        data = ox.Dataset(ox.parse(nquads, ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise StoreError(f"not N-Quads: {error}") from error
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(data, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def digest(nquads: bytes) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical form of N-Quads."""
    return sha256(canonical(nquads)).hexdigest()


def stored(nquads: bytes) -> bytes:
    """Return N-Quads as the embedded store gives them back."""
    store = ox.Store()
    try:
        store.bulk_load(nquads, ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise StoreError(f"not N-Quads: {error}") from error
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""
