"""Time that never runs backwards, and ids that are unique."""

import time
from uuid import UUID

import pytest

from aitia.capture import clock


def test_the_clock_is_near_the_wall_and_never_runs_backwards():
    times = [clock.now() for _ in range(1000)]
    assert times == sorted(times)
    assert abs(clock.now() - time.time_ns()) < 2_000_000_000


def test_a_suspension_is_taken_up_and_a_clock_set_back_is_not_followed(monkeypatch):
    before = clock.now()
    wall = before + 3_600_000_000_000
    monkeypatch.setattr(clock, "offset", clock.offset)
    monkeypatch.setattr(time, "time_ns", lambda: wall)
    clock.synchronise()
    assert clock.now() >= wall
    monkeypatch.setattr(time, "time_ns", lambda: before)
    clock.synchronise()
    assert clock.now() >= wall


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (0.05, ""),
        (-0.05, ""),
        (-5.0, "set back: the last times recorded by this process are 5.0 s ahead of it"),
        (60.0, "or the machine slept: the last times recorded by this process are 60.0 s behind"),
    ],
)
def test_a_wall_clock_that_leaves_the_recorded_times_is_told_of(monkeypatch, moved, said):
    monkeypatch.setattr(clock, "offset", clock.offset)
    monkeypatch.setattr(time, "time_ns", lambda: clock.now() + int(moved * 1e9))
    assert said in clock.step()
    assert bool(clock.step()) == bool(said)


def test_run_ids_are_random_uuids():
    ids = {clock.new_run_id() for _ in range(100)}
    assert len(ids) == 100
    assert {UUID(text).version for text in ids} == {4}
    assert {str(UUID(text)) for text in ids} == ids
    assert len({text[:8] for text in ids}) > 95


def test_tokens_differ():
    assert len({clock.process_token() for _ in range(50)}) == 50


def test_times_are_dates():
    assert clock.date_time(1_700_000_000_000_000_005) == (
        "2023-11-14T22:13:20.000000005Z",
        "xsd:dateTime",
    )
