"""Redis as the broker: each message is taken once, and nothing is left of what was acknowledged."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Queue
from kombu.transport.redis import Transport as KombusOwn

import vitecportal.celery  # noqa: F401 - puts our transport in the place of kombu's
from vitecportal import redis_broker

AT_REDIS = settings.CELERY_BROKER_URL.startswith("redis")
ADDRESS = settings.CELERY_BROKER_URL if AT_REDIS else "redis://127.0.0.1:1/0"


def test_an_address_of_redis_leads_to_our_transport() -> None:
    for scheme in ("redis", "rediss"):
        transport = Connection(f"{scheme}://127.0.0.1:1/0").get_transport_cls()

        assert transport is redis_broker.Transport
        assert issubclass(transport, KombusOwn)


class _Pool:
    connection_kwargs: dict[str, object] = {}


class _Offline(redis_broker.Channel):
    """A channel without a server: which client it takes is asked, and nothing is sent."""

    def __init__(self) -> None:
        self._pool = _Pool()
        self.made: list[object] = []

    def _create_client(self, asynchronous: bool = False):
        client = type("Client", (), {"connection_pool": self._pool})()
        self.made.append(client)
        return client

    def __del__(self) -> None:
        """There is nothing to close."""


def test_one_client_serves_every_message_until_its_connections_are_lost() -> None:
    channel = _Offline()

    def client():
        with channel.conn_or_acquire() as taken:
            return taken

    first = client()
    assert client() is first
    channel._pool = _Pool()
    assert client() is not first
    assert len(channel.made) == 2


def test_whoever_brings_a_client_keeps_it() -> None:
    channel, mine = _Offline(), object()

    with channel.conn_or_acquire(mine) as taken:
        assert taken is mine


if AT_REDIS:

    def connected() -> Connection:
        return Connection(ADDRESS, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS)

    @pytest.fixture
    def queue():
        with connected() as connection:
            name = f"test-{uuid.uuid4().hex}"
            bound = Queue(name, Exchange(name), routing_key=name)(connection.default_channel)
            bound.declare()
            yield bound
            bound.delete()

    def test_what_is_acknowledged_is_gone_and_what_is_given_back_comes_again(queue) -> None:
        channel = queue.channel
        with Connection(ADDRESS).Producer() as producer:
            for number in range(3):
                producer.publish(number, exchange=queue.exchange, routing_key=queue.name)

        taken = [queue.get() for _ in range(3)]
        for message in taken[:2]:
            message.ack()
        taken[2].requeue()
        again = queue.get()
        again.ack()

        assert [message.payload for message in (*taken, again)] == [0, 1, 2, 2]
        assert queue.get() is None
        kept = {tag.decode() for tag in channel.client.hkeys(channel.unacked_key)}
        assert kept.isdisjoint(message.delivery_tag for message in (*taken, again))

    def test_what_was_taken_and_not_begun_is_put_back_when_a_worker_stops(queue) -> None:
        with Connection(ADDRESS).Producer() as producer:
            producer.publish("ring", exchange=queue.exchange, routing_key=queue.name)

        with connected() as stopping:
            taken = queue.bind(stopping.default_channel).get()
            assert taken.payload == "ring"
            assert queue.get() is None

        again = queue.get()
        assert again.payload == "ring"
        again.ack()
