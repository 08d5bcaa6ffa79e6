"""A fault is counted by where it was, and nothing comes out."""

import pytest

from aitia.capture import guard
from aitia.errors import CaptureError, JournalError


@pytest.fixture(autouse=True)
def _in_production(monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    guard.drain()
    yield
    guard.drain()


def fail(*args, **kwargs):
    raise ValueError(f"bad {args}")


def test_attempt_returns_what_the_function_does():
    assert guard.attempt("here", divmod, 7, 2) == (3, 1)
    assert guard.attempt("here", int, "12", base=3) == 5


def test_faults_are_counted_and_the_first_message_is_kept():
    assert guard.attempt("here", fail, 1) is None
    assert guard.attempt("here", fail, 2) is None
    assert guard.attempt("there", fail) is None
    assert guard.drain() == {
        "here": (2, "ValueError: bad (1,)"),
        "there": (1, "ValueError: bad ()"),
    }
    assert guard.drain() == {}


def test_a_guarded_function_keeps_its_name():
    @guard.guarded("here")
    def work(x):
        """Works."""
        return 1 / x

    assert (work.__name__, work.__doc__) == ("work", "Works.")
    assert work(2) == 0.5
    assert work(0) is None
    assert set(guard.drain()) == {"here"}


def test_fixed_guards_do_the_same():
    assert guard.guarded2("here", divmod)(7, 2) == (3, 1)
    assert guard.guarded2("here", fail)(1, 2) is None
    assert guard.guarded4("here", fail)(1, 2, 3, 4) is None
    assert guard.drain()["here"][0] == 2


def test_lost_records_are_counted_as_such():
    guard.fault("task", JournalError("disk full"))
    assert guard.drain() == {"journal": (1, "JournalError: disk full")}


def test_what_ends_the_process_is_not_caught():
    def leave():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guard.attempt("here", leave)


def test_an_error_whose_message_fails_is_described():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    assert guard.describe(MuteError()).endswith("MuteError: <its message raised an error>")
    assert guard.describe(ValueError()) == "ValueError"


def test_under_test_faults_are_raised_with_their_cause(monkeypatch):
    monkeypatch.setenv("AITIA_TEST_RAISE", "1")
    with pytest.raises(CaptureError, match="a fault in here: ValueError") as caught:
        guard.attempt("here", fail)
    assert isinstance(caught.value.__cause__, ValueError)


def test_caught_hands_on_all_but_the_closing_of_a_generator():
    error = KeyboardInterrupt()
    with guard.Caught() as caught:
        raise error
    assert caught.error is error
    with pytest.raises(GeneratorExit), guard.Caught():
        raise GeneratorExit


def test_an_error_that_leaves_a_block_is_told_and_goes_on():
    told = []

    with pytest.raises(KeyError), guard.Told("here", lambda *said: told.append(said), 1):
        raise KeyError("x")
    with guard.Told("here", lambda *said: told.append(said), 2):
        pass

    assert [(number, type(error)) for number, error in told] == [(1, KeyError)]
