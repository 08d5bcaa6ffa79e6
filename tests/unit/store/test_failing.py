from __future__ import annotations

import ssl
from email.message import Message
from http.client import IncompleteRead
from urllib.error import HTTPError, URLError

import pytest

from aitia.store import failing

URL = "http://me:secret@h:1/query?x=1"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TimeoutError("timed out"), r"no answer in 7 s.*AITIA_REMOTE_TIMEOUT"),
        (URLError(TimeoutError()), r"no answer in 7 s"),
        (URLError(ssl.SSLError(1, "certificate verify failed")), r"SSL_CERT_FILE"),
        (IncompleteRead(b"half", 55), r"broke off its answer.*expected a whole answer"),
        (HTTPError(URL, 403, "Forbidden", Message(), None), r"does not let this user in"),
        (URLError(ConnectionRefusedError(111, "refused")), r"refused.*aitia serve"),
        (OSError("one\ntwo"), r"cannot be reached \(one\)"),
    ],
)
def test_each_failure_says_what_to_do(error: Exception, said: str) -> None:
    found = failing.unreachable(URL, error, 7)
    assert found.got
    assert found.expected
    assert found.next_step
    assert "secret" not in str(found)
    with pytest.raises(type(found), match=said):
        raise found


def test_a_service_that_is_not_there_and_one_that_fails() -> None:
    assert "404" in failing.absent(URL).got
    assert failing.failed(URL, "out of memory").got == "http://h:1/query failed: out of memory"
    assert "me does" not in failing.barred(URL, "").got
