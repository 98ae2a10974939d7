"""Every way a send can end, on real sockets: what the client says, and what the server knows."""

from __future__ import annotations

import dataclasses
import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connect import client as client_module
from connect.calls import Answer, Call, Endpoint, Reply
from connect.errors import (
    Busy,
    Denied,
    FieldMessage,
    NotSent,
    OutcomeUnknown,
    Refused,
    VitecError,
)
from tests.connect.wire import (
    PATIENCE,
    Behaviour,
    Line,
    Server,
    answer,
    answering,
    certificate,
    deaf_port,
    free_port,
    saying,
)


def _call(answer: Answer, *, writes: bool, body: object = None) -> Call:
    endpoint = Endpoint("test.thing", "POST", "Thing/{customer_id}", answer, writes)
    return endpoint.call({"customer_id": "M1"}, body=body or {"note": "hej"})


WRITE = _call(Answer.TEXT, writes=True)
INTEREST = _call(Answer.ANYTHING, writes=True)
READ = _call(Answer.JSON, writes=False)


@dataclasses.dataclass(frozen=True)
class Ends:
    """How a send ends, and how many whole requests the server then has."""

    name: str
    behaviour: Behaviour
    error: type[VitecError]
    requests: int = 1
    status: int | None = None
    cause: str | None = None

    @property
    def never(self) -> bool:
        """True when only a limit of the client ends it."""
        return self.cause in (SILENCE, "deadline")


def _reset_at_accept(line: Line) -> None:
    line.reset()


def _reset_before_the_first_byte(line: Line) -> None:
    line.server.marked.wait(PATIENCE)
    line.reset()


def _close_at_accept(line: Line) -> None:
    line.close()


def _reset_after_headers(line: Line) -> None:
    line.first_bytes()
    line.reset()


def _reset_after_request(line: Line) -> None:
    line.request()
    line.reset()


def _trickling_head(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    line.trickle()


def _trickling_status_line(line: Line) -> None:
    line.request()
    line.trickle(b"HTTP/1.1 200 ")


def _trickling_body(line: Line) -> None:
    line.request()
    line.send(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"')
    line.trickle()


def _trickling_endless_body(line: Line) -> None:
    line.request()
    line.send(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"id"')
    line.trickle()


def _trickling_error_body(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 400 Bad\r\nContent-Length: 100000\r\n\r\n")
    line.trickle()


def _endless_continue(line: Line) -> None:
    line.request()
    while not line.server.stopping.wait(0.01):
        line.send(b"HTTP/1.1 100 Continue\r\n\r\n")


def _too_large(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        line.send(b" " * 65536)


def _gzip_bomb() -> bytes:
    return answer(200, gzip.compress(b" " * 5_000_000), "Content-Encoding: gzip")


SILENCE = "ReadTimeoutError"
HTML = b"<html><body>Logga in</body></html>"
HEADERS = "".join(f"X-{number}: 1\r\n" for number in range(200)).encode()
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

AFTER_THE_FIRST_BYTE = [
    Ends("reset before the first byte", _reset_before_the_first_byte, OutcomeUnknown, 0),
    Ends("close at accept", _close_at_accept, OutcomeUnknown, 0),
    Ends("reset after the headers", _reset_after_headers, OutcomeUnknown, 0),
    Ends("reset after the request", _reset_after_request, OutcomeUnknown),
    Ends("close after the request", saying(b""), OutcomeUnknown, cause="RemoteDisconnected"),
    Ends("hang before reading", Line.idle, OutcomeUnknown, 0, cause=SILENCE),
    Ends("hang", saying(b"", Line.hang), OutcomeUnknown, cause=SILENCE),
    Ends("half status line, close", saying(b"HTTP/1.1 2"), OutcomeUnknown),
    Ends("half status line, hang", saying(b"HTTP/1.1 2", Line.hang), OutcomeUnknown, cause=SILENCE),
    Ends(
        "half head, hang", saying(b"HTTP/1.1 200 OK\r\n", Line.hang), OutcomeUnknown, cause=SILENCE
    ),
    Ends("no http", saying(b"SSH-2.0-OpenSSH_9\r\n"), OutcomeUnknown),
    Ends("too many headers", saying(b"HTTP/1.1 200 OK\r\n" + HEADERS), OutcomeUnknown),
    Ends("endless header", saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), OutcomeUnknown),
    Ends("half body, close", saying(OK_HEAD + b'"ab'), OutcomeUnknown, status=200),
    Ends("half body, hang", saying(OK_HEAD + b'"ab', Line.hang), OutcomeUnknown, cause=SILENCE),
    Ends("half body, reset", saying(OK_HEAD + b'"ab', Line.reset), OutcomeUnknown),
    Ends("half chunk, close", saying(CHUNKED + b'9\r\n"ab'), OutcomeUnknown, status=200),
    Ends("broken chunk", saying(CHUNKED + b"zz\r\n"), OutcomeUnknown, status=200),
    Ends("broken gzip", answering(200, b"x", "Content-Encoding: gzip"), OutcomeUnknown),
    Ends("trickling status line", _trickling_status_line, OutcomeUnknown, cause="deadline"),
    Ends("trickling head", _trickling_head, OutcomeUnknown, cause="deadline"),
    Ends("trickling body", _trickling_body, OutcomeUnknown, status=200, cause="deadline"),
    Ends("trickling open end", _trickling_endless_body, OutcomeUnknown, cause="deadline"),
    Ends("trickling refusal", _trickling_error_body, OutcomeUnknown, status=400, cause="deadline"),
    Ends("endless 100", _endless_continue, OutcomeUnknown, cause="deadline"),
    Ends("endless body", _too_large, OutcomeUnknown, status=200, cause="TooLarge"),
    Ends("gzip bomb", saying(_gzip_bomb()), OutcomeUnknown, status=200, cause="TooLarge"),
    Ends("101", saying(answer(101), Line.hang), OutcomeUnknown, status=101),
    Ends("103", saying(answer(103) + answer(200, b'"id"')), OutcomeUnknown, status=103),
    Ends("200 html", answering(200, HTML, kind="text/html"), OutcomeUnknown, status=200),
    Ends("200 empty", answering(200), OutcomeUnknown, status=200, cause="not json"),
    Ends("200 blank", answering(200, b" \r\n"), OutcomeUnknown, status=200),
    Ends("200 cut off", answering(200, b'{"id": '), OutcomeUnknown, status=200),
    Ends("200 NaN", answering(200, b"NaN"), OutcomeUnknown, status=200),
    Ends("200 too deep", answering(200, b"[" * 20_000), OutcomeUnknown, status=200),
    Ends("201", answering(201, b'"id"'), OutcomeUnknown, status=201),
    Ends("202", answering(202, b'"id"'), OutcomeUnknown, status=202),
    Ends("204", answering(204), OutcomeUnknown, status=204),
    Ends("206", answering(206, b'"id"'), OutcomeUnknown, status=206),
    *[
        Ends(f"{code}", answering(code, b"", "Location: /elsewhere"), OutcomeUnknown, status=code)
        for code in (300, 301, 302, 303, 304, 307, 308)
    ],
    Ends("400", answering(400, b"{}"), Refused, status=400),
    Ends("401", answering(401, b"", "WWW-Authenticate: Basic"), Denied, status=401),
    Ends("403", answering(403, HTML, kind="text/html"), Denied, status=403),
    Ends("404", answering(404), Refused, status=404),
    Ends("405", answering(405), Refused, status=405),
    Ends("408", answering(408), OutcomeUnknown, status=408),
    Ends("409", answering(409), Refused, status=409),
    Ends("413", answering(413), Refused, status=413),
    Ends("422", answering(422), Refused, status=422),
    Ends("429", answering(429), Busy, status=429),
    Ends("429, wait", answering(429, b"", "Retry-After: 7"), Busy, status=429),
    Ends("429, unreadable", answering(429, b"", "Retry-After: soon"), Busy, status=429),
    Ends("500", answering(500, b'{"message": "fel"}'), OutcomeUnknown, status=500),
    Ends("501", answering(501), OutcomeUnknown, status=501),
    Ends("502", answering(502, HTML, kind="text/html"), OutcomeUnknown, status=502),
    Ends("503 bare", answering(503), OutcomeUnknown, status=503),
    Ends("503, wait", answering(503, b"", "Retry-After: 7"), Busy, status=503),
    Ends("503, soon", answering(503, b"", "Retry-After: soon"), OutcomeUnknown, status=503),
    Ends("504", answering(504, b"", "Retry-After: 7"), OutcomeUnknown, status=504),
    Ends("600", answering(600), OutcomeUnknown, status=600),
    Ends("999", answering(999), OutcomeUnknown, status=999),
]


@pytest.fixture
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_LIMIT", 1_000_000)


@pytest.mark.usefixtures("_small_limits")
@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
@pytest.mark.parametrize("ends", AFTER_THE_FIRST_BYTE, ids=lambda ends: ends.name)
def test_it_says_after_the_first_byte_what_may_have_happened(client_for, ends: Ends, call: Call):
    marks: list[int] = []
    with Server(ends.behaviour) as server:

        def mark() -> None:
            marks.append(1)
            server.marked.set()

        client = client_for(server.url, hasty=ends.never)
        with pytest.raises(VitecError) as caught:
            client.send(call, before_first_byte=mark)
    assert type(caught.value) is ends.error
    assert len(server.requests) == ends.requests
    assert server.connections == 1
    assert marks == [1]
    if ends.status:
        assert caught.value.status == ends.status
    if ends.cause:
        assert caught.value.cause == ends.cause


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
def test_it_goes_by_the_mark_when_the_reset_races_with_the_connect(client_for, call):
    marks: list[int] = []
    with Server(_reset_at_accept) as server, pytest.raises(VitecError) as caught:
        client_for(server.url).send(call, before_first_byte=lambda: marks.append(1))
    assert type(caught.value) is (OutcomeUnknown if marks else NotSent)
    assert server.requests == []


@pytest.mark.parametrize("ends", ["half body, close", "half body, hang", "trickling body"])
def test_it_does_not_take_half_an_answer_for_one_where_anything_goes(client_for, ends: str):
    behaviour = next(each.behaviour for each in AFTER_THE_FIRST_BYTE if each.name == ends)
    with Server(behaviour) as server, pytest.raises(OutcomeUnknown) as caught:
        client_for(server.url, hasty=True).send(INTEREST)
    assert caught.value.status == 200


@dataclasses.dataclass(frozen=True)
class Works:
    name: str
    behaviour: Behaviour
    call: Call
    value: object
    status: int = 200


def _in_pieces(line: Line) -> None:
    line.request()
    for piece in (b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b'6\r\n"V', b"ID"):
        line.send(piece)
    line.send(b'1"\r\n0\r\n\r\n')


USABLE = [
    Works("a string", answering(200, b'"VID1"'), WRITE, "VID1"),
    Works("a string with umlauts", answering(200, '"kö"'.encode()), WRITE, "kö"),
    Works("a string with a mark", answering(200, b'\xef\xbb\xbf"VID1"'), WRITE, "VID1"),
    Works(
        "a string in another charset",
        answering(200, b'"k\xf6"', kind="application/json; charset=iso-8859-1"),
        WRITE,
        "kö",
    ),
    Works("a string until the close", saying(b'HTTP/1.1 200 OK\r\n\r\n"V"'), WRITE, "V"),
    Works("a string in pieces", _in_pieces, WRITE, "VID1"),
    Works("a string after 100", saying(answer(100) + answer(200, b'"VID1"')), WRITE, "VID1"),
    Works("anything: 204", answering(204), INTEREST, None, 204),
    Works("anything: nothing", answering(200), INTEREST, None),
    Works("anything: html", answering(200, HTML, kind="text/html"), INTEREST, None),
    Works("anything: a string", answering(200, b'"x"'), INTEREST, "x"),
    Works("a list", answering(200, b'[{"id": 1}]'), READ, [{"id": 1}]),
    Works("null", answering(200, b"null"), READ, None),
    Works(
        "a zipped list",
        answering(200, gzip.compress(b"[1]"), "Content-Encoding: gzip"),
        READ,
        [1],
    ),
]


@pytest.mark.parametrize("works", USABLE, ids=lambda works: works.name)
def test_it_returns_what_the_endpoint_promises(client_for, works: Works):
    with Server(works.behaviour) as server:
        reply = client_for(server.url).send(works.call)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.value) == (works.status, works.value)
    assert reply.request_id == server.requests[0].headers["x-request-id"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b'""', b'"  "', b"17", b"{}", b"[]", b"null", b"true"])
def test_it_takes_no_other_json_for_a_string(client_for, body: bytes):
    with Server(answering(200, body)) as server, pytest.raises(OutcomeUnknown) as caught:
        client_for(server.url).send(WRITE)
    assert caught.value.cause == "not a text"
    assert caught.value.text == body.decode()


def _plain_answer_to_a_handshake(line: Line) -> None:
    line.first_bytes()
    line.send(answer(400, b"plain"))


def _reset_in_the_handshake(line: Line) -> None:
    line.first_bytes()
    line.reset()


def _trickling_handshake(line: Line) -> None:
    line.first_bytes()
    line.send(b"\x16\x03\x03\x3f\xff")
    line.trickle(b"\x02\x00\x3f\xfb")


@pytest.fixture
def unreachable(request, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a host that cannot be reached, in the way the parameter says."""
    if request.param == "name not found":
        error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        monkeypatch.setattr(socket, "getaddrinfo", _raising(error))
        yield "http://vitec.example"
    elif request.param == "refused":
        yield f"http://127.0.0.1:{free_port()}"
    else:
        with deaf_port() as port:
            yield f"http://127.0.0.1:{port}"


def _raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("call", [WRITE, INTEREST, READ], ids=["write", "interest", "read"])
@pytest.mark.parametrize(
    ("unreachable", "cause"),
    [
        ("name not found", "NameResolutionError"),
        ("refused", "NewConnectionError"),
        ("connect timeout", "ConnectTimeoutError"),
    ],
    indirect=["unreachable"],
)
def test_it_says_not_sent_when_there_is_no_connection(client_for, unreachable, cause, call):
    marks: list[int] = []
    with pytest.raises(NotSent) as caught:
        client_for(unreachable, hasty=True).send(call, before_first_byte=lambda: marks.append(1))
    assert caught.value.cause == cause
    assert caught.value.status is None
    assert marks == []


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        (Line.hang, None),
        (_plain_answer_to_a_handshake, "SSLError"),
        (_close_at_accept, None),
        (_reset_in_the_handshake, None),
        (_trickling_handshake, None),
    ],
    ids=["mute", "plain http", "close", "reset", "trickle"],
)
def test_it_says_not_sent_when_the_handshake_fails(client_for, behaviour, cause, call):
    marks: list[int] = []
    with Server(behaviour) as server:
        client = client_for(server.url.replace("http:", "https:"), hasty=True)
        with pytest.raises(NotSent) as caught:
            client.send(call, before_first_byte=lambda: marks.append(1))
    assert server.requests == []
    assert marks == []
    if cause:
        assert caught.value.cause == cause


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"], ids=["unknown issuer", "other host"])
def test_it_says_not_sent_when_the_certificate_is_wrong(client_for, monkeypatch, tmp_path, host):
    context, authority = certificate(tmp_path, host)
    if host == "127.0.0.2":
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority))
    with Server(answering(200, b'"id"'), tls=context) as server, pytest.raises(NotSent) as caught:
        client_for(server.url).send(WRITE)
    assert caught.value.cause == "SSLCertVerificationError"
    assert server.bytes_received == 0


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path) -> ssl.SSLContext:
    context, authority = certificate(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority))
    return context


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
def test_it_sends_over_tls(client_for, trusted, call):
    with Server(answering(200, b'"id"'), tls=trusted) as server:
        client = client_for(server.url)
        assert [client.send(call).value for _ in range(2)] == ["id", "id"]
    assert len(server.requests) == 2
    assert server.connections == (2 if call.writes else 1)


def test_it_reads_the_authorities_once_for_all_connections(client_for, trusted, monkeypatch):
    read = []
    really = ssl.SSLContext.load_verify_locations

    def note(context, *places):
        read.append(places)
        really(context, *places)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", note)
    with Server(answering(200, b'"id"'), tls=trusted) as server:
        for _ in range(2):
            client = client_for(server.url)
            assert [client.send(call).value for call in (WRITE, WRITE, READ)] == ["id"] * 3
    assert len(server.requests) == 6
    assert len(read) == 1


@pytest.mark.parametrize("call", [WRITE, READ], ids=["write", "read"])
@pytest.mark.parametrize("behaviour", [_trickling_head, _trickling_body, _trickling_endless_body])
def test_it_ends_a_trickle_inside_tls_too(client_for, trusted, behaviour, call):
    limits = {"write_deadline": 0.6, "read_deadline": 0.6}
    with Server(behaviour, tls=trusted) as server, pytest.raises(OutcomeUnknown) as caught:
        client_for(server.url, **limits).send(call)
    assert caught.value.cause == "deadline"
    assert caught.value.milliseconds < 3000
    assert len(server.requests) == 1


def test_it_ends_a_request_that_nobody_reads(client_for):
    large = _call(Answer.TEXT, writes=True, body={"note": "x" * 20_000_000})
    with Server(Line.idle) as server, pytest.raises(OutcomeUnknown) as caught:
        client_for(server.url, write_deadline=1).send(large)
    assert caught.value.cause == "deadline"
    assert caught.value.milliseconds < 3000
    assert server.requests == []


def test_it_says_not_sent_when_the_time_is_up_before_the_first_byte(client_for, monkeypatch):
    name_is_found = threading.Event()
    look_up = socket.getaddrinfo

    def slow(*arguments: object, **options: object) -> object:
        name_is_found.wait(0.3)
        return look_up(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    marks: list[int] = []
    with Server(Line.hang) as server:
        client = client_for(server.url, write_deadline=0.1)
        with pytest.raises(NotSent) as caught:
            client.send(WRITE, before_first_byte=lambda: marks.append(1))
    assert caught.value.cause == "deadline"
    assert marks == []
    assert server.bytes_received == 0


def test_it_waits_for_no_connection_longer_than_for_the_whole_send(client_for):
    with deaf_port() as port, pytest.raises(NotSent) as caught:
        client_for(f"http://127.0.0.1:{port}", write_deadline=0.3).send(WRITE)
    assert caught.value.milliseconds < 3000


def test_it_says_unknown_when_the_time_is_up_during_the_callback(client_for):
    never = threading.Event()
    with Server(Line.hang) as server:
        client = client_for(server.url, write_deadline=0.1)
        with pytest.raises(OutcomeUnknown) as caught:
            client.send(WRITE, before_first_byte=lambda: never.wait(0.3) and None)
    assert caught.value.cause == "deadline"
    assert server.requests == []


def _date(**ahead: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        (lambda: "7", 7, 7),
        (lambda: "1.5", 1.5, 1.5),
        (lambda: "0", 0.5, 0.5),
        (lambda: "9" * 400, 3600, 3600),
        (lambda: _date(minutes=5), 290, 301),
        (lambda: _date(minutes=-5), 0.5, 0.5),
        (lambda: _date(days=5), 3600, 3600),
    ],
    ids=["seconds", "decimals", "nought", "endless", "date", "past date", "far date"],
)
@pytest.mark.parametrize("status", [429, 503])
def test_it_passes_on_how_long_to_wait(client_for, status, header, least, most):
    busy = answering(status, b"", f"Retry-After: {header()}")
    with Server(busy) as server, pytest.raises(Busy) as caught:
        client_for(server.url).send(WRITE)
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("hours", [-2, 2], ids=["our clock is ahead", "our clock is behind"])
def test_a_moment_is_by_the_clock_of_who_said_it(client_for, hours):
    date, then = _date(hours=hours), _date(hours=hours, minutes=5)
    busy = answering(429, b"", f"Date: {date}", f"Retry-After: {then}")
    with Server(busy) as server, pytest.raises(Busy) as caught:
        client_for(server.url).send(WRITE)
    assert 299 <= caught.value.retry_after <= 301


@pytest.mark.parametrize("header", ["soon", "-1", "NaN", "Fri, 99 Foo 2026", "Fri, 1 Jan 99999"])
def test_it_waits_for_no_unreadable_time(client_for, header):
    busy = answering(429, b"", f"Retry-After: {header}")
    with Server(busy) as server, pytest.raises(Busy) as caught:
        client_for(server.url).send(WRITE)
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [429, 503])
def test_it_takes_busy_for_unknown_where_it_is_told_so(client_for, status):
    with Server(answering(status, b"", "Retry-After: 7")) as server:
        client = client_for(server.url, busy_is_not_processed=frozenset({429, 503} - {status}))
        with pytest.raises(OutcomeUnknown) as caught:
            client.send(WRITE)
    assert caught.value.status == status


def test_of_one_endpoint_it_may_be_told_otherwise(client_for):
    with Server(answering(429, b"", "Retry-After: 7")) as server:
        client = client_for(server.url, busy_of_endpoint={WRITE.endpoint: frozenset({503})})
        with pytest.raises(OutcomeUnknown):
            client.send(WRITE)
    with Server(answering(429, b"", "Retry-After: 7")) as server:
        client = client_for(server.url, busy_of_endpoint={"another": frozenset({503})})
        with pytest.raises(Busy):
            client.send(WRITE)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"validationErrors": ["Datum saknas"]}, ("", "Datum saknas")),
        (
            {"validationErrors": [{"propertyName": "date", "errorMessage": "Saknas"}]},
            ("date", "Saknas"),
        ),
        ({"message": "Datum saknas"}, ("", "Datum saknas")),
        (
            {"message": "The request is invalid.", "modelState": {"comeback.Date": ["Saknas"]}},
            ("comeback.Date", "Saknas"),
        ),
        ({"title": "Bad Request", "errors": {"Date": ["Saknas"]}}, ("Date", "Saknas")),
        ("Datum saknas", ("", "Datum saknas")),
        (["Datum saknas"], ("", "Datum saknas")),
    ],
)
def test_it_reads_a_400_in_every_shape(client_for, body, said):
    text = json.dumps(body)
    with Server(answering(400, text.encode())) as server, pytest.raises(Refused) as caught:
        client_for(server.url).send(WRITE)
    assert caught.value.messages == (FieldMessage(*said),)
    assert caught.value.text == text


@pytest.mark.parametrize("body", [b"", HTML, b"\x00\xff\x00", b'{"message": "Dat'])
def test_it_finds_nothing_to_say_in_a_400_of_garbage(client_for, body):
    with Server(answering(400, body)) as server, pytest.raises(Refused) as caught:
        client_for(server.url).send(WRITE)
    assert caught.value.messages == ()
