from __future__ import annotations

import re
from pathlib import Path

from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, OBJECT_PROPERTIES

DOCS = Path(__file__).parents[3] / "docs" / "reference"


def test_the_page_of_methods_names_terms_that_there_are() -> None:
    known = {name.partition(":")[2] for name in (*CLASSES, *DATA_PROPERTIES, *OBJECT_PROPERTIES)}
    named = set(re.findall(r"`(\w+)`", (DOCS / "methods.md").read_text(encoding="utf-8")))
    assert named <= known
    assert len(named) > 80
