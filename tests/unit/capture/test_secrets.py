from __future__ import annotations

import pytest

import aitia
from aitia.records import Ended, Setting, Started, Typed


@aitia.task
def fetch(url: str, password: str, rate: float = 0.5) -> int:
    return 1


@aitia.task
def call(**options: object) -> int:
    return 1


def test_arguments_named_like_secrets_are_masked(run, told):
    fetch("host", "hunter2", rate=0.25)
    call(api_key="hunter2", size=3)
    one, two = told(Started)
    assert one.used == {"url": "host", "password": "***", "rate": 0.25}
    assert two.used == {"api_key": "***", "size": 3}


def test_settings_named_like_secrets_are_masked(run, told):
    aitia.params(auth_token="hunter2", lr=0.1)
    assert {s.name: s.value for s in told(Setting)} == {"auth_token": "***", "lr": 0.1}


@aitia.task
def tokenize(text: str, token_stride: float, token: str | None = None) -> int:
    return 1


def test_numbers_named_a_little_like_secrets_are_kept(run, told):
    tokenize("a", 4)
    tokenize("a", float("nan"), token="hunter2")
    call(token_stride=4, token_multiple=20, pin=1234)
    aitia.params(token_stride=4, token_file="hunter2", tokens_per_second=9.5)
    one, two, three = told(Started)
    assert one.used == {"text": "a", "token_stride": 4, "token": None}
    assert two.used["token"] == "***"
    assert two.used["token_stride"] == Typed("NaN", "xsd:double")
    assert three.used == {"token_stride": 4, "token_multiple": 20, "pin": "***"}
    assert {s.name: s.value for s in told(Setting)} == {
        "token_stride": 4,
        "token_file": "***",
        "tokens_per_second": 9.5,
    }


def test_errors_lose_their_secrets(run, told):
    @aitia.task
    def connect() -> None:
        raise ValueError("cannot reach https://alice:hunter2@host/?token=hunter2")

    with pytest.raises(ValueError, match="hunter2"):
        connect()
    (ended,) = told(Ended)
    assert ended.status == "Failed"
    assert "hunter2" not in (ended.error or "")
    assert "cannot reach" in (ended.error or "")
