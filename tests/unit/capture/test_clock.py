"""Time that never runs backwards, and ids that are unique."""

import time
from uuid import UUID

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
