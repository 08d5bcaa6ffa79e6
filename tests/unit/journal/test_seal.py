"""A seal counts and hashes the bytes before it."""

import hashlib
import io

import pytest

from aitia.errors import SealError
from aitia.journal import seal

DATA = b"header\none\ntwo\n"


def test_the_header_is_hashed_but_not_counted():
    found = seal.compute(io.BytesIO(DATA))
    assert found == seal.Seal(2, hashlib.sha256(DATA).hexdigest())


def test_bytes_after_the_end_do_not_matter():
    assert seal.compute(io.BytesIO(DATA + b"more\n"), len(DATA)) == seal.compute(io.BytesIO(DATA))


def test_a_seal_is_read_back_from_its_line():
    said = seal.Seal(3, "ab")
    assert seal.from_line(seal.to_line(said)) == said
    assert seal.to_line(said).startswith(seal.MARK)


@pytest.mark.parametrize("line", [b"", b"[]", b'{"k":"seal"}', b'{"k":"seal","count":"x","sha":1}'])
def test_anything_else_is_refused(line):
    with pytest.raises(SealError, match="in place of a seal"):
        seal.from_line(line)
