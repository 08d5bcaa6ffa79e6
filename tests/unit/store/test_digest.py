from __future__ import annotations

import re

import pytest

from aitia.errors import StoreError
from aitia.store.access import Access, Secret
from aitia.store.digest import Digest

# RFC 7616 §3.9.1
ASKED = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
ANSWERS = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}
MUFASA = Access(auth="digest", user="Mufasa", password=Secret("Circle of Life"))


@pytest.mark.parametrize("algorithm", ANSWERS)
def test_the_answers_are_those_of_the_standard(
    algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

    class Own:
        def hex(self) -> str:
            return cnonce

    monkeypatch.setattr("aitia.store.digest.os.urandom", lambda _: Own())
    digest = Digest(MUFASA)
    digest.challenge(ASKED.format(algorithm))
    header = digest.header("GET", "http://www.example.org/dir/index.html")
    assert f'response="{ANSWERS[algorithm]}"' in header
    assert "Circle" not in header


def test_nothing_is_said_before_it_is_asked() -> None:
    digest = Digest(MUFASA)
    assert not digest.asked
    assert digest.header("GET", "http://x/") == ""


def test_requests_are_counted_and_their_parameters_signed() -> None:
    digest = Digest(MUFASA)
    digest.challenge(ASKED.format("MD5"))
    headers = [digest.header("PUT", "http://x/store?graph=urn%3Ax") for _ in range(2)]
    assert [re.search(r"nc=(\d+)", header)[1] for header in headers] == ["00000001", "00000002"]
    assert all('uri="/store?graph=urn%3Ax"' in header for header in headers)


@pytest.mark.parametrize("asked", ["", "Basic realm=x", 'Digest realm="x"', ASKED.format("MD4")])
def test_another_challenge_is_refused(asked: str) -> None:
    with pytest.raises(StoreError, match="AITIA_REMOTE_AUTH"):
        Digest(MUFASA).challenge(asked)
