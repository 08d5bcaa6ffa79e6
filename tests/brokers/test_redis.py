"""What is so with Redis alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey import files, forward, record, same, side, until

from aitia.ingest.transports import connect
from aitia.ingest.transports import redis as back_end
from aitia.ingest.transports.port import Address


def test_streams_hold_what_a_group_still_needs_and_no_more(
    redis_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis import Redis

    monkeypatch.setattr(back_end, "TRIM_EVERY", 1)
    url = f"redis://127.0.0.1:{redis_server.port}/journals?partitions=1"
    there = tmp_path / "there"
    record(there, notes=400)
    links = {group: side(url, group=group) for group in ("a", "b")}
    for link in links.values():
        link.use(lambda one: one.receive(0.05))
    forward(there, url)
    client = Redis(port=redis_server.port)
    sent = client.xlen("journals.0")
    for group, link in links.items():
        assert client.xlen("journals.0") == sent
        folder = tmp_path / group
        until([link], folder, lambda folder=folder: same(folder, there))
        link.close()
    # The last one that was delivered stays, and what shares its node.
    assert client.xlen("journals.0") <= 2
    assert sent > 20
    client.close()


def test_what_a_killed_member_had_goes_to_another(redis_server, tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{redis_server.port}/journals?idle=0.3"
    there, here = tmp_path / "there", tmp_path / "here"
    record(there)
    lost = connect.receiver(Address.of(url), "g")
    forward(there, url)
    taken = lost.receive(2.0)
    assert taken
    link = side(url)
    # Another process has another name.
    link.use(lambda one: setattr(one, "_member", "other"))
    until([link], here, lambda: same(here, there))
    lost.close()
    link.close()
    assert files(here)


def test_a_redis_that_keeps_nothing_is_known(redis_server) -> None:
    from redis import Redis

    address = Address.of(f"redis://127.0.0.1:{redis_server.port}/x")
    sender = back_end.RedisSender(address)
    assert sender.persistent()
    with Redis(port=redis_server.port) as client:
        client.config_set("appendonly", "no")
    assert not sender.persistent()
    sender.close()


def test_a_stream_that_was_emptied_is_filled_again(redis_server, tmp_path: Path) -> None:
    from redis import Redis

    url = f"redis://127.0.0.1:{redis_server.port}/journals"
    there, here = tmp_path / "there", tmp_path / "here"
    record(there)
    link = side(url)
    link.use(lambda one: one.receive(0.05))
    with Redis(port=redis_server.port) as client:
        client.flushall()
    forward(there, url)
    until([link], here, lambda: same(here, there))
    link.close()
    assert files(here) == files(there)
