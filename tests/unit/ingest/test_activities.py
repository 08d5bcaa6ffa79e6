from __future__ import annotations

from aitia.ingest.activities import Activities
from aitia.ingest.triples import term
from aitia.vocabulary import literals

TASK = "<urn:uuid:1#1>"


def test_a_task_has_a_duration_once_both_ends_are_known() -> None:
    known = Activities()
    known.began(TASK, "aitia:TaskRun", 1_000_000_000)
    assert not list(known.settle(TASK))
    running = (TASK, term("aitia:status"), term("aitia:Running"))
    assert list(known.unended(TASK, alive=True)) == [running]
    known.ended(TASK, 3_500_000_000)
    duration = (TASK, term("aitia:durationSeconds"), literals.double(2.5))
    assert list(known.settle(TASK)) == [duration]
    assert not list(known.unended(TASK, alive=True))


def test_an_end_without_a_time_is_an_end() -> None:
    known = Activities()
    known.began(TASK, "aitia:TaskRun", 1)
    known.ended(TASK, None)
    assert not list(known.settle(TASK))
    assert not list(known.unended(TASK, alive=False))


def test_what_is_forgotten_is_not_known() -> None:
    known = Activities()
    known.began(TASK, "aitia:TrainingRun", 1)
    assert (TASK in known, known.kind(TASK)) == (True, "aitia:TrainingRun")
    known.forget(TASK)
    assert (TASK in known, known.kind(TASK), list(known)) == (False, "", [])
