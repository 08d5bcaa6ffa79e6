"""HTTP Digest authentication (RFC 7616), answered before it is asked for again.

The client of the standard library sends each body twice, once to be refused; Virtuoso does not
read a long body that it refuses.
"""

from __future__ import annotations

import hashlib
import os
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from aitia.errors import StoreError
from aitia.store.access import Access

_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


class Digest:
    """Answers the challenges of one server."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._asked: dict[str, str] = {}
        self._count = 0

    @property
    def asked(self) -> bool:
        """Whether the server has said what it wants to know."""
        return bool(self._asked)

    def challenge(self, header: str) -> None:
        """Take a ``WWW-Authenticate`` header.

        Raises
        ------
        StoreError
            When it asks for something else than Digest in a form that is known.
        """
        scheme, _, rest = header.partition(" ")
        fields = parse_keqv_list(parse_http_list(rest)) if scheme.lower() == "digest" else {}
        known = fields.get("algorithm", "MD5").upper() in _ALGORITHMS
        if not fields.get("nonce") or not known:
            raise StoreError(
                f"the server asks for authentication by {scheme or 'nothing'}",
                expected="digest, as is configured",
                next_step="set AITIA_REMOTE_AUTH to basic or bearer",
            )
        self._asked, self._count = fields, 0

    def header(self, method: str, url: str) -> str:
        """Return the ``Authorization`` header of a request; empty before a challenge."""
        asked = self._asked
        if not asked:
            return ""
        self._count += 1
        parts = urlsplit(url)
        uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        realm, nonce = asked.get("realm", ""), asked["nonce"]
        fields = {"username": self._access.user, "realm": realm, "nonce": nonce, "uri": uri}
        first = self._hash(f"{self._access.user}:{realm}:{self._access.password!s}")
        second = self._hash(f"{method}:{uri}")
        plain = ""
        if "auth" in asked.get("qop", ""):
            count, own = f"{self._count:08x}", os.urandom(8).hex()
            fields["response"] = self._hash(f"{first}:{nonce}:{count}:{own}:auth:{second}")
            fields["cnonce"] = own
            plain = f", qop=auth, nc={count}"
        else:
            fields["response"] = self._hash(f"{first}:{nonce}:{second}")
        if "opaque" in asked:
            fields["opaque"] = asked["opaque"]
        if "algorithm" in asked:
            plain += f", algorithm={asked['algorithm']}"
        return "Digest " + ", ".join(f'{k}="{v}"' for k, v in fields.items()) + plain

    def _hash(self, text: str) -> str:
        name = _ALGORITHMS[self._asked.get("algorithm", "MD5").upper()]
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
