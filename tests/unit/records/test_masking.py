from __future__ import annotations

import pytest

from aitia.records import Ended, Entity, Generated, Json, Note, Point, Ref, Setting, Started, Typed
from aitia.records.masking import masked

URL, LEFT = "https://ada:hunter2@host/x?token=hunter2", "https://***@host/x?token=***"


@pytest.mark.parametrize(
    ("record", "field", "expected"),
    [
        (Setting("", "url", URL), "value", LEFT),
        (Setting("", "lr", 0.1), "value", 0.1),
        (Setting("", "api_key", "hunter2"), "value", "***"),
        (Setting("", "options", Json({"a": {"password": 5, "b": [URL]}})), "value", None),
        (Note("fault", URL), "text", LEFT),
        (Started("1", "x", 0, used={"url": URL, "n": 1}), "used", {"url": LEFT, "n": 1}),
        (Ended("1", 0, error=URL), "error", LEFT),
        (Ended("1", 0, generated={"token": "abc"}), "generated", {"token": "***"}),
        (Ended("1", 0, generated={"token": Ref("e1")}), "generated", {"token": Ref("e1")}),
        (Ended("1", 0, generated={"token_f1": 0.5}), "generated", {"token_f1": 0.5}),
        (Entity("e1", "t", URL), "label", LEFT),
        (Entity("e1", "t", "x", attributes={"p:a": [URL]}), "attributes", {"p:a": [LEFT]}),
        (Entity("e1", "t", "x", attributes={"p:token": "abc"}), "attributes", {"p:token": "abc"}),
        (Point("", 0, {"auth": 3, URL: 1.0}), "values", {"auth": 3, LEFT: 1.0}),
    ],
)
def test_what_looks_like_a_secret_is_masked(record, field, expected) -> None:
    if expected is None:
        expected = Json({"a": {"password": "***", "b": [LEFT]}})
    assert getattr(masked(record), field) == expected


def test_a_typed_text_with_a_secret_becomes_a_text() -> None:
    value = Typed("postgres://ada:hunter2@db/x", "xsd:anyURI")
    assert masked(Setting("", "db", value)).value == Typed("postgres://***@db/x", "xsd:string")


def test_a_record_without_secrets_is_the_same_one() -> None:
    name = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    records = (
        Generated(name, "1"),
        Entity(name, "aitia:Dataset", "x.csv", "ab" * 32, {"aitia:byteSize": 8}),
        Ended("1", 0, generated={"result": 0.5}),
        Setting("", "batch", Json([1, {"x": "adam"}])),
    )
    assert all(masked(record) is record for record in records)
