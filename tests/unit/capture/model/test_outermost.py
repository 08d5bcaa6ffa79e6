import inspect

import pytest

from aitia.capture.model.outermost import INSIDE, followed, observed, preceded


class Told:
    def __init__(self, given=None) -> None:
        self.given, self.results, self.errors = given, [], []

    def inputs(self):
        return self.given

    def ended(self, result) -> None:
        self.results.append(result)

    def failed(self, error) -> None:
        self.errors.append(error)


def double(number: int) -> int:
    """Twice as much."""
    if number < 0:
        raise ValueError("negative")
    return 2 * number


def test_the_outermost_call_is_told_and_the_inner_one_is_not() -> None:
    told = []

    def begin(args, kwargs):
        told.append(Told())
        return told[-1]

    inner = observed("test", double, begin)
    outer = observed("test", lambda number: inner(number) + 1, begin)
    assert outer(3) == 7
    assert [call.results for call in told] == [[7]]
    assert not INSIDE.get()


def test_an_error_is_told_and_passes_through() -> None:
    call = Told()
    with pytest.raises(ValueError, match="negative"):
        observed("test", double, lambda args, kwargs: call)(-1)
    assert [type(error) for error in call.errors] == [ValueError]
    assert not INSIDE.get()


def test_a_call_may_be_given_other_arguments() -> None:
    assert observed("test", double, lambda args, kwargs: Told(((5,), {})))(1) == 10


def test_nothing_is_told_where_nothing_begins() -> None:
    assert observed("test", double, lambda args, kwargs: None)(4) == 8


def test_what_follows_sees_result_and_arguments() -> None:
    seen = []
    wrapped = followed("test", double, lambda *told: seen.append(told))
    assert wrapped(2) == 4
    assert seen == [(4, 2)]


def test_a_fault_of_what_follows_does_not_reach_the_caller(monkeypatch) -> None:
    monkeypatch.delenv("AITIA_TEST_RAISE", raising=False)
    assert followed("test", double, lambda: None)(2) == 4


def test_name_signature_and_original_are_kept() -> None:
    wrapped = observed("test", double, lambda args, kwargs: None)
    assert wrapped.__wrapped__ is double
    assert wrapped.__doc__ == double.__doc__
    assert inspect.signature(wrapped) == inspect.signature(double)


def test_what_precedes_sees_the_arguments_though_the_call_fails() -> None:
    seen = []
    with pytest.raises(ValueError, match="negative"):
        preceded("test", double, lambda *told: seen.append(told))(-3)
    assert seen == [(-3,)]
