from __future__ import annotations

import sys

import pytest

from aitia.errors import BrokerError, MissingExtraError
from aitia.ingest.transports import connect
from aitia.ingest.transports.port import Address

CLIENTS = {"redis": "redis", "kafka": "confluent_kafka", "mqtt": "paho.mqtt.client"}


@pytest.mark.parametrize("scheme", CLIENTS)
def test_a_missing_client_names_the_extra(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # None makes an import fail as if the package were not installed.
    monkeypatch.setitem(sys.modules, CLIENTS[scheme], None)
    address = Address.of(f"{scheme}://127.0.0.1:1/x")
    for make in (connect.sender, lambda address: connect.receiver(address, "g")):
        with pytest.raises(MissingExtraError, match=r"aitia\[brokers\]"):
            make(address)


@pytest.mark.parametrize("scheme", ["redis", "mqtt"])
def test_a_broker_that_is_not_there_is_named(scheme: str) -> None:
    pytest.importorskip(CLIENTS[scheme])
    address = Address.of(f"{scheme}://me:secret@127.0.0.1:1/x")
    for make in (connect.sender, lambda address: connect.receiver(address, "g")):
        with pytest.raises(BrokerError, match=f"{scheme}://127.0.0.1:1/x: ") as caught:
            make(address)
        assert "secret" not in str(caught.value)
