import asyncio
import gc

import pytest

from aitia.capture.application.exchange import Answered, Asked, Choice, message
from aitia.capture.application.invocation import begin
from aitia.capture.application.streams import Listener, drop, heard, heard_async, listen
from aitia.records import Ended, Entity


class Joined:
    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(self, part: str) -> None:
        self.parts.append(part)

    def answered(self) -> Answered:
        return Answered([Choice("".join(self.parts))])


class Response:
    pass


class Stream:
    """A stream as clients make it: its generator is made with it, and runs later."""

    def __init__(self, response, parts) -> None:
        self.response = response
        self.parts = parts
        self.iterator = self.__stream__()

    @heard
    def __stream__(self):
        yield from self.parts


class AsyncStream(Stream):
    @heard_async
    async def __stream__(self):
        for part in self.parts:
            yield part


def streamed(parts, kind=Stream):
    stream = kind(Response(), parts)
    listen(stream.response, listener())
    return stream


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
        assert list(streamed("oolong").iterator) == list("oolong")
    assert ends(observed) == (["Completed"], [6])


def test_a_stream_that_is_dropped_keeps_what_came(observe) -> None:
    with observe() as observed:
        stream = streamed("oolong")
        next(stream.iterator)
        stream.iterator.close()
    assert ends(observed) == (["Cancelled"], [1])


def test_a_stream_that_is_never_read_ends_with_its_response(observe) -> None:
    with observe() as observed:
        stream = streamed("oolong")
        del stream
        gc.collect()
        assert ends(observed) == (["Cancelled"], [])


def test_another_stream_over_the_same_response_is_heard(observe) -> None:
    with observe() as observed:
        first = streamed("oolong")
        second = Stream(first.response, "assam")
        del first
        gc.collect()
        assert list(second.iterator) == list("assam")
    assert ends(observed) == (["Completed"], [5])


def test_streams_that_still_go_on_end_with_their_run(observe) -> None:
    with observe() as observed:
        stream = streamed("oolong")
        next(stream.iterator)
        drop(observed.run.id)
        assert list(stream.iterator) == list("olong")
    assert ends(observed) == (["Cancelled"], [1])


def test_an_error_of_a_stream_is_the_users_and_is_recorded(observe) -> None:
    def broken():
        yield "o"
        raise OSError("gone")

    with observe() as observed, pytest.raises(OSError, match="gone"):
        list(streamed(broken()).iterator)
    assert ends(observed)[0] == ["Failed"]


def test_a_stream_that_is_read_while_an_error_is_handled_has_none(observe) -> None:
    with observe() as observed:
        try:
            raise KeyError("other")
        except KeyError:
            assert list(streamed("oolong").iterator) == list("oolong")
    assert ends(observed) == (["Completed"], [6])


def test_asynchronous_streams_are_added_up_too(observe) -> None:
    async def read(count):
        stream = streamed("oolong", AsyncStream)
        found = []
        async for part in stream.iterator:
            found.append(part)
            if len(found) == count:
                break
        await stream.iterator.aclose()
        return found

    with observe() as observed:
        assert asyncio.run(read(9)) == list("oolong")
        assert asyncio.run(read(2)) == list("oo")
    assert ends(observed) == (["Completed", "Cancelled"], [6, 2])


def test_a_stream_that_nobody_listens_to_is_as_it_was() -> None:
    assert list(Stream(Response(), "oolong").iterator) == list("oolong")
