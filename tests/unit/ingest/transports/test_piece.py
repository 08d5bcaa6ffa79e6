from __future__ import annotations

import orjson
import pytest

from aitia.errors import IngestError
from aitia.ingest.transports.piece import Piece, decode, encode

PIECE = Piece("run-1", "host-1-0.jsonl", 17, 1000, b'{"k":"x"}\n\x00half')


@pytest.mark.parametrize("piece", [PIECE, PIECE._replace(data=b"", end=True)])
def test_a_piece_comes_back(piece: Piece) -> None:
    assert decode(encode(piece)) == piece


@pytest.mark.parametrize(
    "change",
    [
        {"run": "../../etc"},
        {"run": ".."},
        {"file": "../x.jsonl"},
        {"file": "/etc/x.jsonl"},
        {"file": ".hidden.jsonl"},
        {"file": "program.py"},
        {"offset": -1},
    ],
)
def test_no_message_names_a_file_elsewhere(change: dict[str, object]) -> None:
    with pytest.raises(IngestError, match="damaged"):
        decode(encode(PIECE._replace(**change)))


@pytest.mark.parametrize("message", [b"", b"hello", b"[]\n", b'{"aitia":1}\nx', b'{"aitia":null}'])
def test_what_is_no_piece_is_refused(message: bytes) -> None:
    with pytest.raises(IngestError):
        decode(message)


def test_a_flipped_bit_is_noticed() -> None:
    message = bytearray(encode(PIECE))
    message[-1] ^= 1
    with pytest.raises(IngestError, match="damaged"):
        decode(bytes(message))


def test_a_later_version_is_told() -> None:
    head, _, data = encode(PIECE).partition(b"\n")
    later = orjson.dumps(orjson.loads(head) | {"aitia": 2}) + b"\n" + data
    with pytest.raises(IngestError, match="version 2"):
        decode(later)
