"""Minting IRIs: deterministic, so that the same thing has the same node everywhere.

Content is named by its digest (RFC 6920 ``ni`` URIs), runs by their UUID (RFC 9562, RFC 4122
``urn:uuid``), quantities and roles by their name.
"""

from __future__ import annotations

from aitia.vocabulary.terms import NAMESPACES

QUANTITY = "https://w3id.org/aitia/quantity/"
ROLE = "https://w3id.org/aitia/role/"
SCHEME = "https://w3id.org/aitia/scheme/"
GRAPH = "https://w3id.org/aitia/graph/"
CONTENT = "ni:///sha-256;"
SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def content_iri(sha256: str) -> str:
    """Return the ``ni`` URI (RFC 6920 §3) of content with this SHA-256, given in hexadecimal."""
    from base64 import urlsafe_b64encode

    return CONTENT + urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def digest_of(iri: str) -> str | None:
    """Return the hexadecimal SHA-256 in an ``ni`` URI, or None for any other IRI."""
    if not iri.startswith(CONTENT):
        return None
    from base64 import urlsafe_b64decode
    from binascii import Error

    code = iri.removeprefix(CONTENT)
    try:
        raw = urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except Error:
        return None
    return raw.hex() if len(raw) == 32 else None


def slug(name: str) -> str:
    """Return ``name`` percent-encoded for use as one segment of an IRI (RFC 3987)."""
    if SAFE.issuperset(name):
        return name
    return "".join(
        chr(b) if chr(b) in SAFE else f"%{b:02X}" for b in name.encode("utf-8", "surrogateescape")
    )


def quantity_iri(name: str) -> str:
    """Return the IRI of the observable quantity of that name."""
    return QUANTITY + slug(name)


def role_iri(name: str) -> str:
    """Return the IRI of the PROV role of that name."""
    return ROLE + slug(name)


def expand(curie: str) -> str:
    """Return the IRI of a CURIE whose prefix is known; an absolute IRI stays as it is.

    Raises
    ------
    VocabularyError
        When the prefix is unknown.
    """
    prefix, colon, local = curie.partition(":")
    namespace = NAMESPACES.get(prefix)
    if namespace is not None:
        return namespace + local
    if colon and (local.startswith("//") or prefix in _SCHEMES):
        return curie
    from aitia.errors import VocabularyError

    raise VocabularyError(
        f"the name {curie!r}", expected=f"a prefix among {', '.join(sorted(NAMESPACES))}"
    )


def resolve(local: str, run: str, scope: str = "") -> str:
    """Return the IRI of a thing named in a record of run ``run`` by a process of scope ``scope``.

    Absolute IRIs (of the schemes ni, urn, http, https, file, pkg and swh) and CURIEs of
    the vocabulary pass.
    """
    base = "urn:uuid:" + run
    if not local:
        return base
    prefix, colon, _ = local.partition(":")
    if colon and (prefix in NAMESPACES or prefix in _SCHEMES):
        return expand(local)
    if colon:
        return f"{base}#{slug(local)}"
    return f"{base}#{scope}.{slug(local)}" if scope else f"{base}#{slug(local)}"


_SCHEMES = frozenset({"ni", "urn", "http", "https", "file", "pkg", "swh"})
