"""What leaves the client: its bytes, its connections, the callback before the first byte."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from connect.calls import Answer, Call, Endpoint
from connect.client import Client, checked_base_url
from connect.errors import OutcomeUnknown, VitecError
from tests.connect.wire import (
    PASSWORD,
    PATIENT,
    USERNAME,
    Line,
    Received,
    Server,
    answer,
    answering,
)

CREATE = Endpoint("test.create", "POST", "Thing/{customer_id}/{thing_id}", Answer.TEXT, True)
LOOK = Endpoint("test.look", "GET", "Thing/{customer_id}/{thing_id}", Answer.JSON, False)
LIST = Endpoint("test.list", "POST", "Thing/GetThings", Answer.JSON, False)
PLACES = {"customer_id": "M1", "thing_id": "X2"}
BODY = {"note": 'Åsa & Örjan – 50 % "så"\n\u2028€😀', "n": None, "list": [1.5, True]}


def _received(client_for: Callable[..., Client], call: Call) -> Received:
    with Server(answering(200, b'"id"')) as server:
        client_for(server.url).send(call)
    (received,) = server.requests
    return received


def test_it_sends_the_frozen_bytes_and_nothing_else(client_for):
    call = CREATE.call(PLACES, body=BODY)
    received = _received(client_for, Call.from_dict(call.to_dict()))
    assert received.method == "POST"
    assert received.target == "/Thing/M1/X2"
    assert received.body == call.body.encode("utf-8")
    assert received.headers["content-length"] == str(len(received.body))
    assert received.headers["content-type"] == "application/json; charset=utf-8"


def test_it_says_who_it_is(client_for):
    received = _received(client_for, CREATE.call(PLACES, body=BODY))
    login = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    assert received.headers["authorization"] == f"Basic {login}"
    assert received.headers["user-agent"].startswith("vitecportal/")
    assert received.headers["accept"] == "application/json"
    assert len(bytes.fromhex(received.headers["x-request-id"])) == 16
    assert "cookie" not in received.headers


def test_it_encodes_a_login_as_utf_8(client_for):
    with Server(answering(200, b'"id"')) as server:
        client_for(server.url, username="å", password="lösen€").send(CREATE.call(PLACES))
    (received,) = server.requests
    login = base64.b64decode(received.headers["authorization"].removeprefix("Basic "))
    assert login.decode() == "å:lösen€"


def test_it_sends_no_body_where_there_is_none(client_for):
    received = _received(client_for, LOOK.call(PLACES))
    assert received.body == b""
    assert "content-type" not in received.headers


@pytest.mark.parametrize(
    ("thing_id", "target"),
    [
        ("a/b", "/Thing/M1/a%2Fb"),
        ("../../x", "/Thing/M1/..%2F..%2Fx"),
        ("a b+c", "/Thing/M1/a%20b%2Bc"),
        ("a?b#c", "/Thing/M1/a%3Fb%23c"),
        ("100%", "/Thing/M1/100%25"),
        ("%2e%2E", "/Thing/M1/%252e%252E"),
        ("å~{}[]|\\", "/Thing/M1/%C3%A5~%7B%7D%5B%5D%7C%5C"),
    ],
)
def test_it_sends_ids_as_one_segment_of_the_path(client_for, thing_id, target):
    call = LOOK.call({**PLACES, "thing_id": thing_id})
    assert _received(client_for, call).target == target == f"/{call.path}"


@pytest.mark.parametrize("thing_id", ["", " ", ".", ".."])
def test_it_freezes_no_id_that_would_change_the_path(thing_id):
    with pytest.raises(ValueError, match="thing_id cannot stand in a path"):
        LOOK.call({**PLACES, "thing_id": thing_id})


def test_it_freezes_no_number_that_json_does_not_know():
    with pytest.raises(ValueError, match="JSON"):
        CREATE.call(PLACES, body={"price": float("nan")})


def test_it_keeps_what_was_typed_out_of_reprs(client_for):
    call = CREATE.call({**PLACES, "thing_id": "canary"}, body={"note": "canary"})
    with Server(answering(200, b'"canary"')) as server:
        reply = client_for(server.url).send(call)
    assert "canary" not in repr(call)
    assert "canary" not in repr(reply)


def test_it_sends_a_query_as_frozen(client_for):
    call = LOOK.call(PLACES, query={"Term": "Åsa & co+1", "MaxSize": 5})
    target = _received(client_for, call).target
    assert target == "/Thing/M1/X2?Term=%C3%85sa+%26+co%2B1&MaxSize=5"


@pytest.mark.parametrize("suffix", ["", "/", "//"])
def test_it_tolerates_a_slash_after_the_host(client_for, suffix):
    with Server(answering(200, b'"id"')) as server:
        client_for(server.url + suffix).send(CREATE.call(PLACES))
    assert server.requests[0].target == "/Thing/M1/X2"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vitec.example",
        "ftp://vitec.example",
        "https://",
        "https://user:geheim@vitec.example",
        "https://@vitec.example",
        "https://vitec.example:port",
        "https://vitec.example?x=1",
        "https://vitec.example/#x",
        "https://vitec .example",
        "https://[::1",
    ],
)
def test_it_refuses_an_address_it_cannot_use_in_a_sentence(address):
    with pytest.raises(ValueError, match=r"^The address of Vitec Connect .*\.$") as caught:
        checked_base_url(address)
    assert "geheim" not in str(caught.value)


def test_it_refuses_a_user_name_with_a_colon():
    with pytest.raises(ValueError, match="colon"):
        Client(base_url="https://vitec.example", username="a:b", password="c")


def test_it_opens_a_fresh_connection_for_every_write(client_for):
    with Server(answering(200, b'"id"', "Connection: keep-alive")) as server:
        client = client_for(server.url)
        client.send(LOOK.call(PLACES))
        for _ in range(3):
            client.send(CREATE.call(PLACES, body=BODY))
    assert [each.connection for each in server.requests] == [1, 2, 3, 4]
    assert {each.headers["connection"] for each in server.requests[1:]} == {"close"}


def test_it_closes_the_connection_of_a_write_itself(client_for):
    with Server(answering(200, b'"id"', "Connection: keep-alive")) as server:
        client_for(server.url).send(CREATE.call(PLACES, body=BODY))
        server.settle()
        assert server.connections == 1


def test_it_keeps_the_connection_of_the_reads(client_for):
    with Server(answering(200, b"[]")) as server:
        with client_for(server.url) as client:
            for call in (LOOK.call(PLACES), LIST.call(body={}), LOOK.call(PLACES)):
                client.send(call)
        server.settle()
    assert [each.connection for each in server.requests] == [1, 1, 1]


def test_it_notices_that_an_idle_connection_was_closed(client_for):
    def once(line: Line) -> None:
        line.request()
        line.send(answer(200, b"[]"))

    with Server(once) as server:
        client = client_for(server.url)
        for _ in range(3):
            client.send(LOOK.call(PLACES))
            server.settle()
    assert [each.connection for each in server.requests] == [1, 2, 3]


def test_it_repeats_no_read_when_the_server_closes_as_it_arrives(client_for):
    def only_the_first(line: Line) -> None:
        line.request()
        line.send(answer(200, b"[]"))
        line.first_bytes()
        line.reset()

    with Server(only_the_first) as server:
        client = client_for(server.url)
        client.send(LOOK.call(PLACES))
        with pytest.raises(OutcomeUnknown):
            client.send(LOOK.call(PLACES))
    assert len(server.requests) == 1
    assert server.connections == 1


def test_it_never_takes_a_late_answer_for_the_next(client_for):
    def early_hints(line: Line) -> None:
        received = line.request()
        line.send(answer(103) + answer(200, f'"{received.target}"'.encode()))
        line.hang()

    with Server(early_hints) as server:
        client = client_for(server.url)
        for _ in range(2):
            with pytest.raises(OutcomeUnknown):
                client.send(LOOK.call(PLACES))
    assert [each.connection for each in server.requests] == [1, 2]


def test_it_never_takes_stray_bytes_for_an_answer(client_for):
    def too_much(line: Line) -> None:
        while True:
            received = line.request()
            own = answer(200, f'"{received.target}"'.encode())
            line.send(own + answer(200, b'"stray"'))

    with Server(too_much) as server:
        client = client_for(server.url)
        calls = [LOOK.call({**PLACES, "thing_id": thing_id}) for thing_id in "ABC"]
        values = [client.send(call).value for call in calls]
    assert values == ["/Thing/M1/A", "/Thing/M1/B", "/Thing/M1/C"]


def test_it_uses_no_connection_of_another_process(client_for, monkeypatch):
    with Server(answering(200, b"[]")) as server:
        client = client_for(server.url)
        client.send(LOOK.call(PLACES))
        monkeypatch.setattr(os, "getpid", lambda: -1)
        client.send(LOOK.call(PLACES))
        client.close()
    assert [each.connection for each in server.requests] == [1, 2]


@pytest.mark.parametrize("endpoint", [CREATE, LOOK], ids=["write", "read"])
def test_it_runs_the_callback_when_connected_and_before_the_first_byte(client_for, endpoint):
    connected = threading.Event()

    def behave(line: Line) -> None:
        connected.set()
        answering(200, b'"id"')(line)

    seen: list[tuple[bool, int]] = []
    with Server(behave) as server:
        client = client_for(server.url)
        client.send(
            endpoint.call(PLACES),
            before_first_byte=lambda: seen.append((connected.wait(5), server.bytes_received)),
        )
    assert seen == [(True, 0)]
    assert len(server.requests) == 1


class LostClaimError(Exception):
    pass


@pytest.mark.parametrize(
    "error",
    [
        LostClaimError("canary"),
        BrokenPipeError("the database went away"),
        ConnectionResetError("the database went away"),
        TimeoutError(),
        requests.ConnectionError("canary"),
        KeyboardInterrupt(),
        SystemExit(1),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("endpoint", [CREATE, LOOK], ids=["write", "read"])
def test_it_sends_no_byte_when_the_callback_raises(client_for, endpoint, error):
    def fail() -> None:
        raise error

    started = time.monotonic()
    with Server(answering(200, b'"id"')) as server:
        with pytest.raises(type(error)) as caught:
            client_for(server.url).send(endpoint.call(PLACES, body=BODY), before_first_byte=fail)
        server.settle(connections=1)
    assert time.monotonic() - started < PATIENT["read_timeout"]
    assert caught.value is error
    assert error.__context__ is None
    assert server.bytes_received == 0
    assert server.connections == 1


def test_it_sends_no_byte_on_a_kept_connection_when_the_callback_raises(client_for):
    def fail() -> None:
        raise LostClaimError

    with Server(answering(200, b"[]")) as server:
        client = client_for(server.url)
        client.send(LOOK.call(PLACES))
        with pytest.raises(LostClaimError):
            client.send(LOOK.call(PLACES), before_first_byte=fail)
        client.send(LOOK.call(PLACES))
    assert len(server.requests) == 2


def test_it_may_be_used_inside_its_own_callback(client_for):
    with Server(answering(200, b'"id"')) as server:
        client = client_for(server.url)
        client.send(
            CREATE.call(PLACES), before_first_byte=lambda: client.send(LOOK.call(PLACES)) and None
        )
    assert [each.method for each in server.requests] == ["GET", "POST"]


def test_it_can_be_shared_by_threads(client_for):
    def echo(line: Line) -> None:
        while True:
            received = line.request()
            line.send(answer(200, f'"{received.target}"'.encode()))

    start = threading.Barrier(8)
    marked: list[str] = []

    def work(worker: int) -> list[bool]:
        start.wait(5)
        right = []
        for number in range(10):
            endpoint = CREATE if (worker + number) % 2 else LOOK
            call = endpoint.call({**PLACES, "thing_id": f"{worker}-{number}"})
            reply = client.send(call, before_first_byte=lambda path=call.path: marked.append(path))
            right.append(reply.value == f"/{call.path}")
        return right

    with Server(echo) as server:
        client = client_for(server.url)
        with ThreadPoolExecutor(8) as pool:
            results = [right for each in pool.map(work, range(8)) for right in each]
    assert results == [True] * 80
    assert sorted(f"/{path}" for path in marked) == sorted(x.target for x in server.requests)
    assert len({each.headers["x-request-id"] for each in server.requests}) == 80


def _own_sockets(server: Server) -> int:
    """Descriptors of ours that are connected to the server."""
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            with socket.socket(fileno=os.dup(int(entry.name))) as each:
                count += each.getpeername()[1] == server.port
        except (OSError, IndexError):
            continue
    return count


def test_it_leaves_no_descriptors_and_no_threads_behind(client_for):
    with Server(answering(200, b'"id"')) as server, client_for(server.url) as client:
        client.send(LOOK.call(PLACES))
        mine = _own_sockets(server)
        for _ in range(20):
            client.send(CREATE.call(PLACES))
            client.send(LOOK.call(PLACES))
        assert _own_sockets(server) == mine
    for timer in [each for each in threading.enumerate() if isinstance(each, threading.Timer)]:
        timer.join(1)
        assert not timer.is_alive()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_it_ignores_proxies_of_the_environment(client_for, monkeypatch, variable):
    with Server(answering(200, b'"proxy"')) as proxy, Server(answering(200, b'"id"')) as server:
        monkeypatch.setenv(variable, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        client = client_for(server.url)
        assert client.send(CREATE.call(PLACES)).value == "id"
        assert client.send(LOOK.call(PLACES)).value == "id"
    assert proxy.connections == 0


def test_it_ignores_netrc(client_for, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    received = _received(client_for, CREATE.call(PLACES))
    login = base64.b64decode(received.headers["authorization"].removeprefix("Basic "))
    assert login.decode() == f"{USERNAME}:{PASSWORD}"


@pytest.mark.parametrize("endpoint", [CREATE, LOOK], ids=["write", "read"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_follows_no_redirect(client_for, status, endpoint):
    with Server(answering(200, b'"id"')) as other:
        location = f"Location: {other.url}/Thing/M1/X2"
        with (
            Server(answering(status, b"", location)) as server,
            pytest.raises(OutcomeUnknown) as caught,
        ):
            client_for(server.url).send(endpoint.call(PLACES))
    assert caught.value.status == status
    assert len(server.requests) == 1
    assert other.connections == 0


def test_it_keeps_no_cookies(client_for):
    with Server(answering(200, b"[]", "Set-Cookie: session=1; Path=/")) as server:
        client = client_for(server.url)
        for _ in range(2):
            client.send(LOOK.call(PLACES))
    assert all("cookie" not in each.headers for each in server.requests)


def test_it_shows_no_address_in_the_traceback_of_a_failure(client_for):
    call = LOOK.call(PLACES, query={"Term": "canary"})
    with Server(Line.reset) as server, pytest.raises(VitecError) as caught:
        client_for(server.url).send(call)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "canary" not in "".join(traceback.format_exception(error))
