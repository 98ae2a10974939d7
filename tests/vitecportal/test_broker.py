"""The broker in a folder: each message once, whole, whoever writes and reads at the same time."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.transport import filesystem

import vitecportal.celery  # noqa: F401 - puts our transport in the place of kombu's
from vitecportal import broker

WRITERS = 4
EACH = 500
# Large enough that a message is not written in one go.
PADDING = "x" * 10_000
DEADLINE = 60
SPAWN = multiprocessing.get_context("spawn")


def _connection(folder: Path) -> Connection:
    (folder / "control").mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.01,
    }
    return Connection("filesystem://", transport_options=options)


@pytest.fixture
def channel(tmp_path):
    with _connection(tmp_path) as connection:
        yield connection.default_channel


def _put_many(folder: Path, writer: int) -> None:
    with _connection(folder) as connection:
        for number in range(EACH):
            message = {"writer": writer, "number": number, "padding": PADDING}
            connection.default_channel._put("post", message)


def _take_many(folder: Path, done, taken) -> None:
    """Until the writers are done and the folder is empty; says what was taken."""
    found = []
    with _connection(folder) as connection:
        while True:
            over = done.is_set()
            try:
                message = connection.default_channel._get("post")
            except Empty:
                if over:
                    break
                continue
            assert message["padding"] == PADDING
            found.append((message["writer"], message["number"]))
    taken.put(found)


def _bind_many(folder: Path, number: int, start) -> None:
    with _connection(folder) as connection:
        start.wait(DEADLINE)
        for route in range(20):
            connection.default_channel._queue_bind("bus", f"{number}.{route}", "", f"q{number}")


def _run(target, arguments):
    processes = [SPAWN.Process(target=target, args=args) for args in arguments]
    for process in processes:
        process.start()
    return processes


def _wait(processes):
    for process in processes:
        process.join(DEADLINE)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def test_it_gives_every_message_whole_and_to_one_consumer_only(tmp_path):
    done, taken = SPAWN.Event(), SPAWN.Queue()
    readers = _run(_take_many, [(tmp_path, done, taken)] * 2)
    _wait(_run(_put_many, [(tmp_path, writer) for writer in range(WRITERS)]))
    done.set()
    found = [*taken.get(timeout=DEADLINE), *taken.get(timeout=DEADLINE)]
    _wait(readers)
    wanted = {(writer, number) for writer in range(WRITERS) for number in range(EACH)}
    assert Counter(found) == Counter(wanted)
    assert [path.name for path in tmp_path.iterdir()] == ["control"]


def test_it_hands_a_message_to_one_of_many_threads(tmp_path, channel):
    for number in range(200):
        channel._put("post", {"number": number})
    found, start = [], threading.Barrier(4)

    def take():
        with _connection(tmp_path) as connection:
            start.wait(DEADLINE)
            while True:
                try:
                    found.append(connection.default_channel._get("post")["number"])
                except Empty:
                    return

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(found) == list(range(200))


def test_it_gives_the_oldest_message_first(channel):
    for number in range(20):
        channel._put("post", {"number": number})
    assert [channel._get("post")["number"] for _ in range(20)] == list(range(20))


def test_it_says_when_there_is_no_message(channel):
    with pytest.raises(Empty):
        channel._get("post")


def test_it_says_when_there_is_no_folder(tmp_path, channel):
    (tmp_path / "control").rmdir()
    tmp_path.rmdir()
    with pytest.raises(Empty):
        channel._get("post")


@pytest.mark.parametrize("content", [b"", b'{"half": ', b"\xff\xfe", b"[1]", b"null", b"{}x"])
def test_it_drops_an_unreadable_file_and_goes_on(tmp_path, channel, caplog, content):
    (tmp_path / "00000000000000000001_a.post.msg").write_bytes(content)
    channel._put("post", {"number": 1})
    assert channel._get("post") == {"number": 1}
    assert "unreadable and has been dropped" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["control"]


def test_it_quotes_nothing_of_an_unreadable_file(tmp_path, channel, caplog):
    (tmp_path / "00000000000000000001_a.post.msg").write_text("Anna Ek")
    with pytest.raises(Empty):
        channel._get("post")
    assert "Anna" not in caplog.text


def test_it_shows_no_message_before_it_is_complete(tmp_path, channel, monkeypatch):
    seen = []
    replace = Path.replace

    def look_and_replace(path, target):
        seen.append((channel._size("post"), path.read_text()))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", look_and_replace)
    channel._put("post", {"number": 1})
    assert seen == [(0, '{"number": 1}')]
    assert channel._size("post") == 1


@pytest.mark.parametrize("other", ["a.post", "post.a", "pos", "xpost", "[p]ost", "*"])
def test_it_keeps_queues_with_similar_names_apart(channel, other):
    channel._put(other, {"queue": other})
    channel._put("post", {"queue": "post"})
    assert (channel._size("post"), channel._size(other)) == (1, 1)
    assert channel._get("post") == {"queue": "post"}
    assert channel._purge("post") == 0
    assert channel._get(other) == {"queue": other}


def test_it_empties_one_queue_and_counts_what_was_in_it(channel):
    for _ in range(3):
        channel._put("post", {})
    channel._put("other", {})
    assert channel._purge("post") == 3
    assert (channel._size("post"), channel._size("other")) == (0, 1)


def test_it_loses_no_binding_of_several_processes(tmp_path):
    start = SPAWN.Event()
    processes = _run(_bind_many, [(tmp_path, number, start) for number in range(4)])
    start.set()
    _wait(processes)
    with _connection(tmp_path) as connection:
        rows = connection.default_channel.get_table("bus")
    wanted = {(f"{n}.{route}", "", f"q{n}") for n in range(4) for route in range(20)}
    assert {tuple(row) for row in rows} == wanted
    assert len(rows) == len(wanted)


def test_it_binds_the_same_once(channel):
    for _ in range(3):
        channel._queue_bind("bus", "key", None, "post")
    assert channel.get_table("bus") == [filesystem.exchange_queue_t("key", "", "post")]


def test_it_deletes_a_queue_with_its_messages_and_bindings(channel):
    channel._queue_bind("bus", "key", "", "post")
    channel._queue_bind("bus", "key", "", "other")
    channel._put("post", {})
    channel._delete("post", "bus", "key", "")
    assert [row.queue for row in channel.get_table("bus")] == ["other"]
    assert channel._size("post") == 0


def test_it_knows_no_route_of_an_exchange_nobody_bound(channel):
    assert channel.get_table("bus") == []


@pytest.mark.parametrize("name", ["../bus", "a/b", ".."])
def test_it_writes_no_routes_outside_its_folder(channel, name):
    with pytest.raises(filesystem.ChannelError):
        channel._queue_bind(name, "", "", "post")


def test_it_replaces_a_file_in_one_step(tmp_path):
    path = tmp_path / "routes"
    broker.write_whole(path, "before")
    broker.write_whole(path, "åäö")
    assert path.read_text(encoding="utf-8") == "åäö"
    assert list(tmp_path.iterdir()) == [path]


def _post(connection, test):
    # kombu remembers for the whole process which exchanges it has bound: a new one for each test.
    exchange = Exchange(test, type="direct")
    return Queue("post", exchange, routing_key="post", channel=connection.default_channel)


def test_it_is_what_a_filesystem_address_means(tmp_path):
    with _connection(tmp_path) as connection:
        assert isinstance(connection.default_channel, broker.Channel)


def test_it_carries_a_message_through_kombu(tmp_path):
    found = []

    def keep(body, message):
        found.append(body)
        message.ack()

    with _connection(tmp_path) as connection:
        queue = _post(connection, tmp_path.name)
        queue.declare()
        producer = Producer(connection, exchange=queue.exchange, routing_key="post")
        producer.publish({"id": 7, "text": "åäö"}, serializer="json")
        with Consumer(connection, [queue], callbacks=[keep]):
            connection.drain_events(timeout=DEADLINE)
    assert found == [{"id": 7, "text": "åäö"}]


def test_it_gives_a_rejected_message_again(tmp_path):
    found = []

    def refuse_once(body, message):
        found.append(body)
        if len(found) == 1:
            message.reject(requeue=True)
        else:
            message.ack()

    with _connection(tmp_path) as connection:
        queue = _post(connection, tmp_path.name)
        queue.declare()
        producer = Producer(connection, exchange=queue.exchange, routing_key="post")
        producer.publish({"id": 7}, serializer="json")
        with Consumer(connection, [queue], callbacks=[refuse_once]):
            connection.drain_events(timeout=DEADLINE)
            connection.drain_events(timeout=DEADLINE)
    assert found == [{"id": 7}, {"id": 7}]


def test_it_carries_every_message_of_a_fanout_to_every_queue(tmp_path):
    with _connection(tmp_path) as connection:
        exchange = Exchange("all", type="fanout")
        queues = [Queue(name, exchange, channel=connection.default_channel) for name in "ab"]
        for queue in queues:
            queue.declare()
        Producer(connection, exchange=exchange).publish({"id": 1}, serializer="json")
        bodies = [json.loads(queue.get(no_ack=True).body) for queue in queues]
    assert bodies == [{"id": 1}, {"id": 1}]
