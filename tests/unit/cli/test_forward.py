"""The verb alone; tests/brokers and tests/faults have brokers."""

import socket

import pytest


@pytest.fixture
def nobody() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"redis://me:secret@127.0.0.1:{found.getsockname()[1]}/stream"


def test_a_broker_that_is_no_broker(aitia):
    shown = aitia.refused("forward", "http://localhost/x")
    assert "http://… is no broker" in shown
    assert "redis://HOST/STREAM" in shown


def test_nothing_was_recorded(nowhere, nobody):
    assert "nothing was recorded" in nowhere.refused("forward", nobody)


def test_a_broker_that_is_away_is_told_once_and_without_the_password(aitia, nobody, monkeypatch):
    pytest.importorskip("redis")
    monkeypatch.setattr("aitia.cli.forward.PATIENCE", 1.0)
    shown = aitia.refused("forward", nobody)
    assert shown.count("trying again") == 1
    assert "secret" not in shown
    assert "next: start it" in shown


def test_ingest_says_the_same(aitia, nobody, monkeypatch):
    pytest.importorskip("redis")
    monkeypatch.setattr("aitia.cli.receiving.PATIENCE", 1.0)
    assert "next: start it" in aitia.refused("ingest", "--from", nobody)
    assert "expected one such as 2/4" in aitia.refused("ingest", "--from", nobody, "--share", "3/2")
