import socket
import time
from typing import Any

import pytest
import requests

from sandbox.faults import FaultError
from sandbox.server import Sandbox

BODY = {"date": "2026-04-01T10:00:00"}


def send(
    box: Sandbox, path: str, *, timeout: float = 5, allow_redirects: bool = True
) -> requests.Response:
    """Post a comeback on a connection of its own."""
    return requests.post(
        box.url + path,
        json=BODY,
        auth=("sandbox", "sandbox"),
        timeout=timeout,
        allow_redirects=allow_redirects,
    )


def held(box: Sandbox) -> int:
    return len(box.records()["comebacks"])


@pytest.mark.parametrize(("fault", "work"), [("cut_before", 0), ("cut_after", 1), ("refuse", 0)])
def test_a_cut_connection_is_reset(box: Sandbox, comeback_path: str, fault: str, work: int) -> None:
    before = held(box)
    box.behave("comeback", fault, times=1)
    # A reset that meets a body on its way looks like an end to some clients.
    with pytest.raises(requests.ConnectionError, match=r"reset|without response"):
        send(box, comeback_path)
    entry = box.log()[-1]
    assert entry["status"] == ("refused" if fault == "refuse" else "cut")
    assert entry["fault"] == fault
    assert entry["worked"] is bool(work)
    assert held(box) == before + work
    assert send(box, comeback_path).status_code == 200, "the fault is used up"


def test_a_refusal_of_everything_comes_before_a_byte_is_sent(box: Sandbox) -> None:
    box.behave("*", "refuse", times=1)
    host, port = box.url.removeprefix("http://").split(":")
    with pytest.raises(ConnectionResetError):
        read_one_byte(host, int(port))


def read_one_byte(host: str, port: int) -> None:
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.recv(1)


def test_a_connection_kept_alive_is_refused_too(vitec: Any, comeback_path: str) -> None:
    assert vitec.post(comeback_path, BODY).status_code == 200
    vitec.box.behave("comeback", "refuse", times=1)
    with pytest.raises(requests.ConnectionError):
        vitec.post(comeback_path, BODY)


def test_a_lost_answer_leaves_the_client_waiting_with_the_work_done(
    box: Sandbox, comeback_path: str
) -> None:
    before = held(box)
    box.behave("comeback", "lose_answer", times=1)
    with pytest.raises(requests.ReadTimeout):
        send(box, comeback_path, timeout=0.4)
    assert held(box) == before + 1
    entry = box.log()[-1]
    assert (entry["status"], entry["worked"]) == ("lost", True)


@pytest.mark.parametrize(
    ("fault", "options", "status", "work"),
    [
        ("unauthorized", {}, 401, 0),
        ("forbidden", {}, 403, 0),
        ("too_many", {}, 429, 0),
        ("unavailable", {}, 503, 0),
        ("error_before", {}, 500, 0),
        ("error_after", {}, 500, 1),
    ],
)
def test_a_status_is_answered_before_or_after_the_work(
    box: Sandbox, comeback_path: str, fault: str, options: Any, status: int, work: int
) -> None:
    before = held(box)
    box.behave("comeback", fault, times=1, **options)
    answer = send(box, comeback_path)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert "Retry-After" not in answer.headers
    assert held(box) == before + work
    assert box.log()[-1]["worked"] is bool(work)


@pytest.mark.parametrize("fault", ["too_many", "unavailable"])
def test_retry_after_is_sent_when_asked_for(box: Sandbox, comeback_path: str, fault: str) -> None:
    box.behave("comeback", fault, times=1, retryAfter=7)
    assert send(box, comeback_path).headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("modelState", {"message": "The request is invalid.", "modelState": {"note": ["Nej."]}}),
        ("message", {"message": "Nej."}),
        ("validationErrors", {"validationErrors": [{"field": "note", "message": "Nej."}]}),
        ("string", "Nej."),
        ("list", ["Nej."]),
    ],
)
def test_a_bad_request_comes_in_every_shape(
    box: Sandbox, comeback_path: str, shape: str, expected: Any
) -> None:
    box.behave("comeback", "bad_request", times=1, shape=shape, field="note", text="Nej.")
    answer = send(box, comeback_path)
    assert answer.status_code == 400
    assert answer.json() == expected


def test_a_bad_request_may_be_garbage(box: Sandbox, comeback_path: str) -> None:
    box.behave("comeback", "bad_request", times=1, shape="garbage")
    answer = send(box, comeback_path)
    assert answer.status_code == 400
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_html_and_an_empty_body_come_with_the_work_done(box: Sandbox, comeback_path: str) -> None:
    before = held(box)
    box.behave("comeback", "html", times=1)
    box.behave("comeback", "empty", times=1)
    page, empty = send(box, comeback_path), send(box, comeback_path)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (empty.status_code, empty.content) == (200, b"")
    assert held(box) == before + 2


def test_half_a_body_ends_too_early(box: Sandbox, comeback_path: str) -> None:
    before = held(box)
    box.behave("comeback", "half_body", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        send(box, comeback_path)
    assert held(box) == before + 1


def test_a_trickling_body_arrives_byte_by_byte(box: Sandbox, comeback_path: str) -> None:
    box.behave("comeback", "trickle", times=1, seconds=0.005)
    started = time.monotonic()
    answer = send(box, comeback_path)
    assert answer.json().startswith("CAL")
    assert time.monotonic() - started >= 0.005 * (len(answer.content) - 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_latency_waits_before_or_after_the_work(
    box: Sandbox, comeback_path: str, when: str
) -> None:
    before = held(box)
    box.behave("comeback", "latency", times=1, seconds=60, when=when)
    with pytest.raises(requests.ReadTimeout):
        send(box, comeback_path, timeout=0.2)
    assert held(box) == before + (when == "after")


def test_a_redirect_leads_to_the_same_place_unless_told_otherwise(
    box: Sandbox, comeback_path: str
) -> None:
    before = held(box)
    box.behave("comeback", "redirect", times=2)
    answer = send(box, comeback_path, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, comeback_path)
    assert held(box) == before
    assert [row.status_code for row in send(box, comeback_path).history] == [307]


def test_faults_queue_and_the_first_that_matches_is_used(box: Sandbox, comeback_path: str) -> None:
    box.behave("interest", "forbidden")
    box.behave("comeback", "unavailable", times=2)
    box.behave("*", "too_many", times=1)
    box.behave("/meeting/comeback/*", "error_before", times=1)
    statuses = [send(box, comeback_path).status_code for _ in range(5)]
    assert statuses == [503, 503, 429, 500, 200]
    assert [row["endpoint"] for row in box.practice.faults.as_json()] == ["interest"]


def test_a_fault_without_an_end_stays(box: Sandbox, comeback_path: str) -> None:
    box.behave("comeback", "unavailable")
    assert {send(box, comeback_path).status_code for _ in range(3)} == {503}
    assert box.practice.faults.as_json()[0]["times"] is None


@pytest.mark.parametrize("endpoint", ["meetings", "lookups"])
def test_other_calls_are_left_alone(box: Sandbox, comeback_path: str, endpoint: str) -> None:
    box.behave(endpoint, "unavailable", times=1)
    assert send(box, comeback_path).status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "explode"},
        {"fault": "latency", "endpoint": "allt"},
        {"fault": "latency", "times": 0},
        {"fault": "latency", "seconds": "länge"},
        {"fault": "latency", "when": "sometimes"},
        {"fault": "bad_request", "shape": "round"},
        {"fault": "too_many", "retryAfter": -1},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(box: Sandbox, wish: Any) -> None:
    with pytest.raises(FaultError):
        box.practice.faults.add(wish)
