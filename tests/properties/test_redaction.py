"""A secret planted in a command or a text is never in what is recorded, whatever it looks like."""

from __future__ import annotations

import json
import shlex
import string
from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from aitia.capture.platform.command import command_line
from aitia.capture.redaction import Redactor
from aitia.records.secrets import secrets_out

NAMES = st.sampled_from(
    ("token", "api_key", "API-KEY", "password", "db.passwd", "clientSecret", "HF_TOKEN", "auth")
)
PRINTABLE = "".join(sorted(set(string.printable) - set(string.whitespace))) + " äöλ→"
SECRETS = st.text(PRINTABLE, min_size=8, max_size=60).filter(lambda s: s.strip() == s)
WORDS = st.text(string.ascii_letters + string.digits + "-_./=: ", max_size=30)
TOKENS = st.text(string.ascii_letters + string.digits + "_~.-+/", min_size=8, max_size=60)

ARGUMENT_FORMS = {
    "option": lambda name, secret: [f"--{name}", secret],
    "option with value": lambda name, secret: [f"--{name}={secret}"],
    "override": lambda name, secret: [f"+{name}={secret}"],
    "variable": lambda name, secret: ["env", f"{name}={secret}"],
    "two options": lambda name, secret: ["--use-auth-token", f"--{name}", secret],
    "login": lambda name, secret: ["-u", f"ada:{secret}"],
    "code": lambda name, secret: ["-c", f"f({secret!r})"],
    "json": lambda name, secret: [json.dumps({"lr": 1, name: secret})],
    "header": lambda name, secret: ["-H", f"Authorization: {secret}"],
    "url user": lambda name, secret: [f"https://ada:{quote(secret, safe='')}@host.example/x"],
    "url parameter": lambda name, secret: [f"https://h.example/x?a=1&{name}={quote(secret)}"],
}
TEXT_FORMS = {
    "assignment": lambda name, secret: f"{name}={secret}",
    "quoted": lambda name, secret: f"{name} = {json.dumps(secret)}",
    "python": lambda name, secret: f"client({name}={secret!r}, retries=3)",
    "mapping": lambda name, secret: f"KeyError: {json.dumps({'a': {name: secret}})}",
    "yaml": lambda name, secret: f"{name}: {secret}",
    "double json": lambda name, secret: json.dumps(json.dumps({name: secret})),
    "shell": lambda name, secret: f"train --{name} {shlex.quote(secret)}",
}


@given(st.sampled_from(sorted(ARGUMENT_FORMS)), NAMES, SECRETS, st.lists(WORDS, max_size=4))
def test_planted_secret_never_passes_the_command_line(
    form: str, name: str, secret: str, others: list[str]
) -> None:
    planted = ["python", "train.py", *ARGUMENT_FORMS[form](name, secret), *others]
    harmless = ["python", "train.py", *ARGUMENT_FORMS[form](name, "X"), *others]
    assume(not any(secret in part for part in harmless))
    assert secret not in " ".join(Redactor().arguments(planted))
    assert secret not in command_line(Redactor(), planted)


@given(st.sampled_from(sorted(TEXT_FORMS)), NAMES, TOKENS, WORDS)
def test_planted_secret_never_passes_text(form: str, name: str, secret: str, around: str) -> None:
    template = TEXT_FORMS[form](name, "X")
    assume(secret not in f"{around}\n{template}\n{around}")
    text = f"{around}\n{TEXT_FORMS[form](name, secret)}\n{around}"
    assert secret not in secrets_out(text)


@given(SECRETS, NAMES)
def test_quoted_secret_of_any_characters_never_passes_text(secret: str, name: str) -> None:
    for shown in (json.dumps(secret, ensure_ascii=False), repr(secret)):
        assume(secret not in name)
        assert secret not in secrets_out(f"{name} = {shown}")


@given(st.text(max_size=200))
def test_redaction_takes_any_text_and_is_stable(text: str) -> None:
    once = Redactor().text(text)
    assert Redactor().text(once) == once


@given(st.lists(st.text(max_size=40), max_size=8))
def test_redaction_takes_any_arguments(arguments: list[str]) -> None:
    assert len(Redactor().arguments(arguments)) == len(arguments)
