from __future__ import annotations

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.redaction import Redactor


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    return Pseudonyms(b"k" * 32)


@pytest.fixture
def identity(pseudonyms: Pseudonyms) -> Identity:
    node, user = pseudonyms.label("node", "gpu07"), pseudonyms.label("user", "ada")
    return Identity("gpu07.lab", "ada", "/home/ada", ("gpu07",), node, user, None)


@pytest.fixture
def redactor(identity: Identity) -> Redactor:
    return Redactor(identity)
