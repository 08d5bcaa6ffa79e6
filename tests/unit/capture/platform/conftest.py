from __future__ import annotations

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.redaction import Redactor


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    return Pseudonyms(b"k" * 32)


@pytest.fixture
def identity(pseudonyms: Pseudonyms) -> Identity:
    label = pseudonyms.label("node", "gpu07")
    return Identity("gpu07.lab", "ada", "/home/ada", ("gpu07",), label, "user-1", None)


@pytest.fixture
def redactor(identity: Identity) -> Redactor:
    return Redactor(identity)
