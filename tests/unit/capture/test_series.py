from aitia.capture.series import Series


def test_a_place_has_its_training_while_that_is_the_only_one() -> None:
    series = Series()
    series.enter("", "e1")
    assert series == {"": "e1"}
    series.enter("", "e2")
    series.enter("7", "e3")
    assert series == {"7": "e3"}
    series.leave("", "e1")
    assert series == {"": "e2", "7": "e3"}


def test_a_training_that_left_already_leaves_nothing() -> None:
    series = Series()
    series.enter("", "e1")
    series.leave("", "e1")
    series.leave("", "e1")
    series.leave("7", "e9")
    assert series == {}
    assert not series._open
