import asyncio

import pytest

from aitia.capture.application.exchange import Answered, Asked, Choice, message
from aitia.capture.application.invocation import begin
from aitia.capture.application.streams import AsyncListened, Listened, Listener, drop
from aitia.records import Ended, Entity


class Joined:
    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(self, part: str) -> None:
        self.parts.append(part)

    def answered(self) -> Answered:
        return Answered([Choice("".join(self.parts))])


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path))


def listener() -> Listener:
    asked = Asked("chat", "small", [message("user", "tea")])
    return Listener("test", begin(asked), Joined())


def ends(observed):
    sizes = [
        record.attributes["aitia:byteSize"]
        for record in observed.records.of(Entity)
        if record.type == "aitia:Prediction"
    ]
    return [record.status for record in observed.records.of(Ended)], sizes


def test_a_stream_passes_unchanged_and_is_added_up(observe) -> None:
    with observe() as observed:
        assert list(Listened(iter("oolong"), listener())) == list("oolong")
    assert ends(observed) == (["Completed"], [6])


def test_a_stream_that_is_dropped_keeps_what_came(observe) -> None:
    with observe() as observed:
        stream = Listened(iter("oolong"), listener())
        next(stream)
        del stream
    assert ends(observed) == (["Cancelled"], [1])


def test_streams_that_still_go_on_end_with_their_run(observe) -> None:
    with observe() as observed:
        stream = Listened(iter("oolong"), listener())
        next(stream)
        drop(observed.run.id)
        assert list(stream) == list("olong")
    assert ends(observed) == (["Cancelled"], [1])


def test_an_error_of_a_stream_is_the_users_and_is_recorded(observe) -> None:
    def broken():
        yield "o"
        raise OSError("gone")

    with observe() as observed, pytest.raises(OSError, match="gone"):
        list(Listened(broken(), listener()))
    assert ends(observed)[0] == ["Failed"]


def test_asynchronous_streams_are_added_up_too(observe) -> None:
    async def source():
        for part in "oolong":
            yield part

    async def read(stream):
        return [part async for part in stream]

    with observe() as observed:
        assert asyncio.run(read(AsyncListened(source(), listener()))) == list("oolong")
    assert ends(observed) == (["Completed"], [6])
