from __future__ import annotations

from collections.abc import Sequence

import pytest
from pyoxigraph import NamedNode, Triple

from aitia.validation.reasoning import Axiom, fewest

AXIOMS = [
    (Triple(NamedNode(f"urn:x:{i}"), NamedNode("urn:x:p"), NamedNode("urn:x:o")),)
    for i in range(40)
]


@pytest.mark.parametrize("wanted", [(0,), (39,), (3, 4), (0, 20, 39), tuple(range(8))])
def test_the_fewest_axioms_are_found_by_halves(wanted: tuple[int, ...]) -> None:
    together = [AXIOMS[i] for i in wanted]
    asked = []

    def is_fine(some: Sequence[Axiom]) -> bool:
        asked.append(len(some))
        return not all(axiom in some for axiom in together)

    assert fewest(AXIOMS, is_fine) == together
    if len(wanted) <= 2:
        # One statement at a time takes as many questions as there are statements.
        assert len(asked) < len(AXIOMS) // 2
