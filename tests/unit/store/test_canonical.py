from __future__ import annotations

import pytest

from aitia.errors import StoreError
from aitia.store.canonical import canonical, digest

A = b"_:x <urn:p> _:y <urn:g> .\n_:y <urn:p> <urn:o> <urn:g> .\n"
B = b"_:n1 <urn:p> <urn:o> <urn:g> .\n_:n0 <urn:p> _:n1 <urn:g> .\n"
C = b"_:n1 <urn:p> <urn:o> <urn:g> .\n_:n0 <urn:p> _:n0 <urn:g> .\n"


def test_names_of_blank_nodes_and_order_do_not_matter() -> None:
    assert canonical(A) == canonical(B)
    assert digest(A) == digest(B)


def test_another_graph_has_another_digest() -> None:
    assert digest(A) != digest(C)
    assert digest(A) != digest(A.replace(b"<urn:g>", b"<urn:h>"))


def test_the_canonical_form_names_and_sorts() -> None:
    assert canonical(B) == (
        b"_:c14n0 <urn:p> _:c14n1 <urn:g> .\n_:c14n1 <urn:p> <urn:o> <urn:g> .\n"
    )


def test_nothing_has_the_digest_of_nothing() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_other_bytes_are_refused() -> None:
    with pytest.raises(StoreError, match="not N-Quads"):
        digest(b"nonsense")
