"""No secret in any place where one may stand reaches the bytes of a journal."""

from __future__ import annotations

import os
import string
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aitia
from aitia.capture.application.files import FilesAdapter
from aitia.capture.scopes import CurrentScope

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits


def of(alphabet: str, length: int, prefix: str = "") -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length).map(prefix.__add__)


FORMED = st.one_of(
    of(UPPER, 16, "AKIA"),
    of(ALNUM, 36, "ghp_"),
    of(ALNUM, 20, "glpat-"),
    of(ALNUM, 34, "hf_"),
    of(ALNUM, 40, "sk-"),
    of(ALNUM + "-_", 80, "sk-ant-api03-"),
    of(ALNUM, 24, "sk_live_"),
    of(ALNUM, 24, "xoxb-1234-5678-"),
    of(ALNUM + "-_", 35, "AIza"),
    of(ALNUM, 36, "npm_"),
    of(ALNUM + "-_", 43, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0."),
    of("0123456789abcdef", 32, "dapi"),
)
"""Secrets that are told by their form, wherever they stand."""

PASSWORDS = st.text(ALNUM + "!#$%^*_+-.", min_size=10, max_size=24).map("pW".__add__)
"""Secrets that are told by what stands before them."""

ADDRESSES = st.sampled_from(
    (
        "postgresql://ada:{}@db.example:5432/x",
        "mongodb+srv://ada:{}@cluster.example/?w=1",
        "redis://:{}@cache.example:6379/0",
        "https://{}@git.example/x.git",
        "https://h.example/x?page=2&access_token={}",
        "s3://bucket/key?X-Amz-Signature={}&x=1",
        "https://h.example/b?sv=1&sig={}",
    )
)
NAMED = st.sampled_from(
    ("password={}", "api_key: {}", "--token {}", "Authorization: Bearer {}", "AccountKey={};x=1")
)


def planted() -> st.SearchStrategy[tuple[str, str]]:
    """Pairs of a secret and a text that holds it."""
    quoted = st.tuples(PASSWORDS, ADDRESSES).map(
        lambda pair: (quote(pair[0], safe=""), pair[1].format(quote(pair[0], safe="")))
    )
    return st.one_of(
        FORMED.map(lambda secret: (secret, secret)),
        FORMED.map(lambda secret: (secret, f"see {secret} there")),
        quoted,
        st.tuples(PASSWORDS, NAMED).map(lambda pair: (pair[0], pair[1].format(pair[0]))),
    )


@aitia.task
def take(value: object, other: object = None) -> object:
    return value


@aitia.task
def pack(value: object) -> dict[str, object]:
    return {"first": value, "second": [value], "third": {"deep": {"deeper": value}}}


@aitia.task
def spread(*values: object, **named: object) -> None:
    """Take any arguments."""


@aitia.task
def fail(text: str) -> None:
    raise ValueError(text)


def use_everywhere(text: str) -> None:
    with aitia.run(f"run {text}", settings={"text": text}):
        aitia.params(plain=text, many=[text], nested={"a": {"b": (text,)}}, **{f"n {text}": 1})
        aitia.params(path=Path(text.replace("\0", "")))
        aitia.log(step=1, **{f"loss {text}": 0.5})
        aitia.log(said=text)
        take(text)
        take([text], other={"x": text})
        take({text: 1})
        pack(text)
        spread(text, 1, named=text)
        spread(**{f"n {text}": 1})
        with suppress(ValueError):
            fail(text)
        for _ in aitia.loop(range(1), f"loop {text}"):
            pass
        with aitia.task(f"task {text}"):
            pass
        if "://" in text:
            aitia.use(text)


def use_by_name(secret: str) -> None:
    with aitia.run("x", settings={"db_password": secret}):
        aitia.params(api_key=secret, client={"secret": secret, "user": [{"token": secret}]})
        take({"password": secret}, other=[{"auth_token": secret}])
        spread(apikey=secret)
        pack({"passphrase": secret})


def telling(folder: str, secret: str) -> list[bytes]:
    """Return the lines of all files below a data directory that hold a secret."""
    found = [path.read_bytes().splitlines() for path in Path(folder).rglob("*") if path.is_file()]
    return [line for lines in found for line in lines if secret.encode() in line]


@pytest.fixture(autouse=True)
def _only_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITIA_ADAPTERS", "off")
    monkeypatch.setenv("AITIA_DIR", "")  # each example sets its own; what was before comes back
    monkeypatch.setenv("AITIA_TEST_RAISE", "1")


@settings(deadline=None, max_examples=150)
@given(planted())
def test_no_secret_reaches_the_journal(pair: tuple[str, str]) -> None:
    secret, text = pair
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AITIA_DIR"] = folder
        use_everywhere(text)
        assert telling(folder, secret) == []


@settings(deadline=None, max_examples=40)
@given(PASSWORDS)
def test_no_value_of_a_secret_name_reaches_the_journal(secret: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AITIA_DIR"] = folder
        use_by_name(secret)
        assert telling(folder, secret) == []


@settings(deadline=None, max_examples=40)
@given(FORMED)
def test_no_secret_in_the_name_of_a_file_reaches_the_journal(secret: str) -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as data:
        os.environ["AITIA_DIR"] = folder
        adapter = FilesAdapter()
        with aitia.run("x"):
            adapter.start(CurrentScope())
            path = Path(data, f"x-{secret}.csv")
            path.write_text("a")
            aitia.use(str(path))
            adapter.leave(CurrentScope())
            adapter.stop(CurrentScope())
        assert telling(folder, secret) == []
