from __future__ import annotations

import math

import pytest

from aitia.errors import RecordError
from aitia.records import Ended, Entity, Point, Ref, RunStarted, Setting, Started, Typed
from aitia.records.codec import decode, dump_line, encode


def test_defaults_are_left_out() -> None:
    line = encode(Started("1", "step", 5))
    assert line == b'{"k":"start","n":"1","name":"step","t":5}\n'
    assert decode(line) == Started("1", "step", 5)


def test_nan_survives() -> None:
    record = Point("", 1, {"loss": math.nan}, 3)
    assert decode(encode(record)) == Point("", 1, {"loss": Typed("NaN", "xsd:double")}, 3)


def test_names_that_look_like_keywords_stay_names() -> None:
    record = Ended("1", 2, generated={"@id": 5, "@json": Ref("e1")})
    assert decode(encode(record)) == record


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**70, "\ud800", {1, 2}, object(), [math.nan]]
)
def test_a_hand_laid_line_carries_what_json_cannot(value: object) -> None:
    line = {"k": "start", "n": "1", "name": "f", "t": 1, "u": {"x": value, "y": 0.5}}
    record = decode(dump_line(line))
    assert isinstance(record, Started)
    assert record.used["y"] == 0.5
    assert record.used["x"] is not None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not JSON"),
        (b"[1]", "expected a JSON object"),
        (b'{"k":"dance"}', "record of kind 'dance'"),
        (b'{"k":"start","n":"1"}', "without name, t"),
        (b'{"k":"start","n":1,"name":"f","t":1}', "expected text"),
        (b'{"k":"start","n":"1","name":"f","t":"now"}', "expected nanoseconds"),
        (b'{"k":"end","n":"1","t":1,"g":[1]}', "expected an object"),
    ],
)
def test_what_is_no_record_is_refused_in_words(line: bytes, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        decode(line)


def test_unknown_keys_are_ignored() -> None:
    assert decode(b'{"k":"set","n":"","name":"lr","v":1,"new":2}') == Setting("", "lr", 1)


def test_only_records_are_encoded() -> None:
    with pytest.raises(RecordError, match="expected one of the records"):
        encode(("not", "a", "record"))  # type: ignore[arg-type]


def test_attributes_keep_references_and_lists() -> None:
    record = Entity("e1", "aitia:Model", attributes={"aitia:hasLayer": [Ref("e2"), Ref("e3")]})
    assert decode(encode(record)) == record
    assert decode(encode(RunStarted("u", "n", 0))) == RunStarted("u", "n", 0)
