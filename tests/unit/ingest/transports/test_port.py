from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from aitia.errors import ConfigError
from aitia.ingest.transports.port import PASSWORD, Address, Share, partition


def test_a_url_says_where_the_broker_is() -> None:
    address = Address.of("kafka://one,two:9093/journals?partitions=4")
    assert address.hosts == (("one", 9092), ("two", 9093))
    assert address.name == "journals"
    assert address.partitions == 4
    assert not address.secure
    assert Address.of("rediss://h").secure
    assert Address.of("redis://[::1]:7000/a").hosts == (("::1", 7000),)


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address.of("redis://me:se%40cret@host/stream")
    assert (address.user, address.password) == ("me", "se@cret")
    assert address.shown == "redis://host:6379/stream"
    monkeypatch.setenv(PASSWORD, "other")
    assert Address.of("redis://me@host").password == "other"


@pytest.mark.parametrize(
    "url", ["host:6379", "http://host/x", "redis:///x", "redis://h:port/x", ""]
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="redis://HOST"):
        Address.of(url)


def test_an_option_is_a_number() -> None:
    with pytest.raises(ConfigError, match="idle=soon"):
        Address.of("redis://h/x?idle=soon").option("idle", 1)


def test_shares_cover_all_parts_once() -> None:
    shares = [Share.of(f"{k}/3") for k in (1, 2, 3)]
    found = Counter(part for share in shares for part in range(16) if share.has(part))
    assert found == dict.fromkeys(range(16), 1)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "", "1/0", "-1/2"])
def test_other_shares_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="2/4"):
        Share.of(text)


def test_runs_spread_evenly_and_stay_where_they_are() -> None:
    parts = Counter(partition(str(UUID(int=i * 7919, version=4)), 16) for i in range(1600))
    assert len(parts) == 16
    assert max(parts.values()) < 2 * min(parts.values())
    # A run must lie in one part for every machine and every version.
    assert partition("174b8624-0000-4000-8000-000000000000", 16) == 12
