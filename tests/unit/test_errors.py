from __future__ import annotations

import pytest

from aitia.errors import AitiaError


@pytest.mark.parametrize(
    ("got", "said"),
    [
        ("no such run.", "no such run. expected one. next: aitia ls"),
        ("no aitia:Modl; did you mean aitia:Model?", None),
    ],
)
def test_each_part_ends_once(got: str, said: str | None) -> None:
    text = str(AitiaError(got, expected="one.", next_step="aitia ls"))
    assert text == (said or f"{got} expected one. next: aitia ls")


def test_what_is_left_out_leaves_no_trace() -> None:
    assert str(AitiaError("gone.")) == "gone"
    assert str(AitiaError("gone", next_step="aitia ls")) == "gone. next: aitia ls"
