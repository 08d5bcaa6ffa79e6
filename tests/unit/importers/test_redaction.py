"""Secrets of a foreign file: none gets through, whichever way it is written."""

from __future__ import annotations

import pytest

from aitia.importers.redaction import Redactor, Secrets
from aitia.records import Json, Typed
from aitia.records.secrets import MASK

CANARY = "canary-value"
ENVIRONMENT = {
    "EXAMPLE_API_TOKEN": CANARY,
    "HOME": "/home/eve",
    "OMP_NUM_THREADS": "8",
    "KEY": "short",
}


def test_a_secret_of_the_environment_goes_wherever_it_stands() -> None:
    secrets = Secrets([ENVIRONMENT])
    assert secrets.out_of(f"curl -H {CANARY} x") == f"curl -H {MASK} x"
    assert secrets.out_of("8 threads, a short walk") == "8 threads, a short walk"
    assert secrets.out_of({"a": [f"<{CANARY}>", 1], CANARY: None}) == {
        "a": [f"<{MASK}>", 1],
        MASK: None,
    }
    assert secrets.count == 3


def test_the_longer_of_two_secrets_goes_first() -> None:
    secrets = Secrets([{"A_TOKEN": "abcdef", "B_TOKEN": "xabcdefx"}])
    assert secrets.out_of("xabcdefx abcdef") == f"{MASK} {MASK}"


def test_an_environment_without_secrets_holds_none() -> None:
    assert not Secrets([{"LANG": "C", "A_TOKEN": "short"}])


@pytest.mark.parametrize(
    "text",
    [
        "run --api-key abcdef --lr 0.1",
        "run --verbose --token abcdef",
        "password=abcdef",
        'password: "abcdef"',
        "https://eve:abcdef@host/x",
        "Authorization: Bearer abcdefghijkl",
    ],
)
def test_secrets_that_look_like_secrets(text: str) -> None:
    assert "abcdef" not in Redactor().text(text)
    assert MASK in Redactor().text(text)


def test_what_is_no_secret_stays() -> None:
    redactor = Redactor()
    for text in ("run --lr 0.1 --epochs 5", "key to success", "a token of love", "x = y"):
        assert redactor.text(text) == text
    assert redactor.count == 0


def test_homes_hosts_and_users_get_other_names() -> None:
    redactor = Redactor(["/home/eve"], {"node-1": "node-ab", "eve": "user-cd", "root": "user-ef"})
    assert redactor.text("/home/eve/x on node-1 by eve, not evelyn, root") == (
        "~/x on node-ab by user-cd, not evelyn, root"
    )


def test_values_by_the_name_that_they_have() -> None:
    redactor = Redactor()
    assert redactor.value("anything", "password") == MASK
    assert redactor.value(7, "pin_token") == MASK
    assert redactor.value("", "password") == ""
    assert redactor.value(0.5, "lr") == 0.5
    assert redactor.value(float("nan"), "loss") == Typed("NaN", "xsd:double")
    assert redactor.value({"db": {"password": "x", "port": 1}}) == Json(
        {"db": {"password": MASK, "port": 1}}
    )
    assert redactor.structure("plain") == Json(["plain"])
