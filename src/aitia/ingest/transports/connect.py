"""From a URL to the back end that it names; a client is imported only when its broker is meant."""

from __future__ import annotations

from aitia.ingest.transports.port import Address, Receiver, Sender, Share


def sender(address: Address) -> Sender:
    """Return a connection that sends.

    Raises
    ------
    BrokerError
        When the broker does not answer.
    MissingExtraError
        When its client is not installed.
    """
    if address.scheme.startswith("redis"):
        from aitia.ingest.transports.redis import RedisSender

        return RedisSender(address)
    if address.scheme == "kafka":
        from aitia.ingest.transports.kafka import KafkaSender

        return KafkaSender(address)
    from aitia.ingest.transports.mqtt import MqttSender

    return MqttSender(address)


def receiver(address: Address, group: str, share: Share | None = None) -> Receiver:
    """Return a connection that receives.

    Parameters
    ----------
    address:
        The broker, and the stream there.
    group:
        Each group receives everything once, by any of its members.
    share:
        The runs that this member receives; None is all that no other member has received.

    Raises
    ------
    BrokerError
        When the broker does not answer.
    MissingExtraError
        When its client is not installed.
    """
    if address.scheme.startswith("redis"):
        from aitia.ingest.transports.redis import RedisReceiver

        return RedisReceiver(address, group, share)
    if address.scheme == "kafka":
        from aitia.ingest.transports.kafka import KafkaReceiver

        return KafkaReceiver(address, group, share)
    from aitia.ingest.transports.mqtt import MqttReceiver

    return MqttReceiver(address, group, share)
