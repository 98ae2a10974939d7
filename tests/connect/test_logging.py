"""What the log says of a send, and that nothing personal is in it, at whatever level."""

from __future__ import annotations

import base64
import logging

import pytest

from connect.calls import Answer, Endpoint
from connect.errors import VitecError
from tests.connect.wire import (
    PASSWORD,
    USERNAME,
    Line,
    Server,
    answer,
    answering,
    free_port,
    saying,
)

CREATE = Endpoint("test.create", "POST", "PathCanary/{customer_id}", Answer.TEXT, True)
LOOK = Endpoint("test.look", "GET", "PathCanary/{customer_id}", Answer.JSON, False)
CANARIES = (
    "PathCanary",
    "id-canary",
    "term-canary",
    "body-canary",
    "answer-canary",
    "header-canary",
    USERNAME,
    PASSWORD,
    base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode(),
    "127.0.0.1",
)
WRITE = CREATE.call(
    {"customer_id": "id-canary"}, query={"Term": "term-canary"}, body={"note": "body-canary"}
)
READ = LOOK.call({"customer_id": "id-canary"}, query={"Term": "term-canary"})
BODY = b'{"message": "answer-canary"}'


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All loggers wide open, those of urllib3 by name as well."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def _said(caplog: pytest.LogCaptureFixture) -> str:
    records = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    return caplog.text + "".join(records)


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
@pytest.mark.parametrize(
    "behaviour",
    [
        answering(200, b'"answer-canary"'),
        answering(200, BODY),
        answering(400, BODY),
        answering(401, BODY),
        answering(429, BODY),
        answering(500, BODY),
        answering(302, BODY, "Location: /PathCanary?Term=term-canary"),
        saying(b"header-canary\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nbroken header-canary\r\nX: 1\r\n\r\n"),
        saying(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"answer-canary'),
        Line.reset,
    ],
)
def test_it_logs_one_line_and_nothing_personal(client_for, everything, behaviour, call):
    with Server(behaviour) as server:
        client = client_for(server.url)
        try:
            client.send(call)
        except VitecError as error:
            logging.getLogger("caller").exception("the caller logs %s", error)
    said = _said(everything)
    assert [canary for canary in CANARIES if canary in said] == []
    assert str(server.port) not in said
    assert len([each for each in everything.records if each.name == "connect"]) == 1
    assert {each.name for each in everything.records} <= {"connect", "caller"}


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
def test_it_logs_nothing_personal_when_there_is_no_connection(client_for, everything, call):
    client = client_for(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(VitecError):
        client.send(call)
    assert [canary for canary in CANARIES if canary in _said(everything)] == []


def test_it_logs_nothing_personal_of_kept_connections(client_for, everything):
    def once(line: Line) -> None:
        line.request()
        line.send(answer(200, b"[]"))

    with Server(once) as server:
        client = client_for(server.url)
        for _ in range(3):
            client.send(READ)
            server.settle()
    assert [canary for canary in CANARIES if canary in _said(everything)] == []


def test_it_logs_codes_and_figures(client_for, everything):
    with Server(answering(200, b'"VID1"')) as server:
        reply = client_for(server.url).send(WRITE)
    (record,) = everything.records
    assert record.name == "connect"
    assert record.levelno == logging.INFO
    assert (record.endpoint, record.outcome, record.status) == ("test.create", "answered", 200)
    assert (record.size, record.call_id) == (6, reply.request_id)
    assert record.milliseconds == reply.milliseconds
    for part in ("test.create", "answered", "200", "6 bytes", reply.request_id):
        assert part in record.getMessage()


def test_it_logs_a_failure_as_a_warning_with_its_cause(client_for, everything):
    with Server(saying(b"")) as server, pytest.raises(VitecError):
        client_for(server.url).send(WRITE)
    (record,) = everything.records
    assert record.levelno == logging.WARNING
    assert (record.outcome, record.status) == ("unknown", None)
    assert record.cause == "RemoteDisconnected"


def test_it_logs_that_the_callback_stopped_a_send_without_its_text(client_for, everything):
    def fail() -> None:
        raise LookupError("body-canary")

    with Server(Line.hang) as server, pytest.raises(LookupError):
        client_for(server.url).send(WRITE, before_first_byte=fail)
    (record,) = everything.records
    assert (record.outcome, record.cause) == ("stopped", "LookupError")
    assert "body-canary" not in _said(everything)


def test_it_leaves_the_lines_of_other_users_of_urllib3(everything):
    logging.getLogger("urllib3.connectionpool").debug("somebody else's")
    assert "somebody else's" in everything.text
