from typing import Any

import pytest
import requests

from sandbox.control import Control
from sandbox.messages import Request
from sandbox.server import Sandbox

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def control(box: Sandbox, method: str, path: str, **options: Any) -> requests.Response:
    url = f"{box.control_url}/_sandbox{path}"
    return requests.request(method, url, timeout=5, allow_redirects=False, **options)


def test_faults_are_added_listed_and_cleared(box: Sandbox) -> None:
    wish = {"endpoint": "comeback", "fault": "too_many", "times": 2, "retryAfter": 5}
    added = control(box, "POST", "/behaviour", json=wish)
    assert added.status_code == 201
    assert wish.items() <= added.json().items()
    assert control(box, "GET", "/behaviour").json() == [added.json()]
    assert control(box, "DELETE", "/behaviour").status_code == 200
    assert control(box, "GET", "/behaviour").json() == []


def test_json_that_calls_itself_a_form_is_understood(box: Sandbox) -> None:
    data = '{"endpoint": "comeback", "fault": "html", "times": 1}'
    assert control(box, "POST", "/behaviour", data=data, headers=FORM).status_code == 201
    assert box.practice.faults.as_json()[0]["fault"] == "html"


def test_a_wrong_wish_is_400_with_a_message(box: Sandbox) -> None:
    for body in ({"fault": "explode"}, ["latency"], {}):
        answer = control(box, "POST", "/behaviour", json=body)
        assert answer.status_code == 400
        assert "fault" in answer.json()["message"]


def test_log_records_and_health_are_json(box: Sandbox, vitec: Any, comeback_path: str) -> None:
    vitec.post(comeback_path, {"date": "2026-04-01T10:00:00"})
    log = control(box, "GET", "/log").json()
    assert log == box.log()
    last = log[-1]["sequence"]
    assert control(box, "GET", f"/log?after={last - 1}").json() == log[-1:]
    assert control(box, "GET", "/records").json() == box.records()
    health = control(box, "GET", "/healthz").json()
    assert health["status"] == "ok"
    assert health["held"]["contacts"] >= 400


def test_reset_restores_the_fresh_data(box: Sandbox, vitec: Any, comeback_path: str) -> None:
    vitec.post(comeback_path, {"date": "2026-04-01T10:00:00"})
    assert control(box, "POST", "/reset").status_code == 200
    assert box.records()["comebacks"] == []


def test_the_port_is_really_closed_and_opened_again(box: Sandbox, vitec: Any) -> None:
    assert vitec.get("/Task/GetTasks", customerId="M30011").status_code == 200
    assert control(box, "POST", "/listening", json={"listening": False}).status_code == 200
    with pytest.raises(requests.ConnectionError, match="refused"):
        vitec.get("/Task/GetTasks", customerId="M30011")
    assert control(box, "POST", "/listening", json={"listening": True}).status_code == 200
    assert vitec.get("/Task/GetTasks", customerId="M30011").status_code == 200
    assert control(box, "POST", "/listening", json={"listening": "nej"}).status_code == 400


def test_control_is_on_the_same_port_when_it_has_none_of_its_own() -> None:
    with Sandbox(control_port=None) as box:
        assert box.control_url == box.url
        box.behave("*", "refuse")
        assert control(box, "GET", "/healthz").status_code == 200
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{box.url}/User/GetUser", timeout=5)
        answer = control(box, "POST", "/listening", json={"listening": False})
        assert answer.status_code == 409


def test_the_api_is_not_on_the_control_port_nor_control_on_the_apis(box: Sandbox) -> None:
    auth = ("sandbox", "sandbox")
    assert requests.get(f"{box.control_url}/User/GetUser", auth=auth, timeout=5).status_code == 404
    assert requests.get(f"{box.url}/_sandbox/log", auth=auth, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elak.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "elak.example.com"},
    ],
)
def test_pages_of_other_sites_may_not_post(box: Sandbox, headers: dict[str, str]) -> None:
    for path in ("/behaviour", "/clear", "/reset", "/listening"):
        answer = control(box, "POST", path, data="", headers={**FORM, **headers})
        assert answer.status_code == 403


def test_our_own_page_may_post(box: Sandbox) -> None:
    headers = {**FORM, "Origin": box.control_url, "Sec-Fetch-Site": "same-origin"}
    assert control(box, "POST", "/clear", data="", headers=headers).status_code == 303


def test_clients_of_other_machines_are_refused(box: Sandbox) -> None:
    host = requests.Request(headers={"Host": "127.0.0.1"}).headers
    request = Request("GET", "/_sandbox/log", host, client="192.0.2.7")  # type: ignore[arg-type]
    assert Control(box.practice, box.listening).answer(request).status == 403


def test_an_unknown_control_path_is_404(box: Sandbox) -> None:
    assert control(box, "GET", "/annat").status_code == 404
    assert control(box, "GET", "").headers["Location"] == "/_sandbox/"


def test_a_meeting_is_moved_taken_away_and_added_as_in_vitec_itself(box: Sandbox) -> None:
    store = box.practice.store
    meeting = dict(next(iter(store.all("meetings"))))

    moved = control(
        box, "POST", "/meetings", json={"id": meeting["id"], "meetingDate": "2030-01-02T10:00:00"}
    )
    assert moved.json() == {**meeting, "meetingDate": "2030-01-02T10:00:00"}
    assert store.get("meetings", meeting["id"]) == moved.json()

    assert control(box, "POST", "/meetings", json={"id": meeting["id"], "gone": True}).ok
    assert store.get("meetings", meeting["id"]) is None

    assert control(box, "POST", "/meetings", json={**meeting, "id": "CALNEW"}).ok
    assert store.get("meetings", "CALNEW") == {**meeting, "id": "CALNEW"}


def test_a_meeting_that_there_is_not_is_neither_moved_nor_taken_away(box: Sandbox) -> None:
    for wish in ({"id": "CAL0", "state": "Booked"}, {"id": "CAL0", "gone": True}):
        assert control(box, "POST", "/meetings", json=wish).status_code == 404
    assert control(box, "POST", "/meetings", json={"state": "Booked"}).status_code == 400
