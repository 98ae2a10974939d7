import base64
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from sandbox.api import Login
from sandbox.server import Sandbox


@pytest.mark.parametrize("auth", [None, ("sandbox", "fel"), ("annan", "sandbox")])
def test_a_wrong_login_is_401_with_a_message(box: Sandbox, auth: Any) -> None:
    answer = requests.get(box.url + "/User/GetUser", auth=auth, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["message"]
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic %%%", "Bearer x", "Basic " + "c2FuZGJveA=="])
def test_a_garbled_login_is_401(box: Sandbox, header: str) -> None:
    headers = {"Authorization": header}
    assert requests.get(box.url + "/User/GetUser", headers=headers, timeout=5).status_code == 401


def test_another_customer_is_403_and_an_office_id_404(vitec: Any) -> None:
    assert vitec.get("/CRM/Usergroups/M99999").status_code == 403
    assert vitec.get("/Office/GetOffice", CustomerId="M99999").json()["message"]
    assert vitec.get("/CRM/Usergroups/FIR30011").status_code == 404


def test_a_login_may_be_limited_to_one_office() -> None:
    second = Login("partner", "hemligt", frozenset({"M30012"}))
    with Sandbox(customers=["M30011"], logins=[second]) as box:
        for auth, customer_id, status in (
            (("sandbox", "sandbox"), "M30011", 200),
            (("sandbox", "sandbox"), "M30012", 403),
            (("partner", "hemligt"), "M30012", 200),
            (("partner", "hemligt"), "M30011", 403),
        ):
            path = f"{box.url}/CRM/Usergroups/{customer_id}"
            assert requests.get(path, auth=auth, timeout=5).status_code == status


def test_fixed_parts_of_a_path_match_in_any_case_and_ids_are_decoded(vitec: Any) -> None:
    assert vitec.get("/crm/CONTACT/M30011/search", term="example").status_code == 200
    assert vitec.get("/office/getoffice", CUSTOMERID="M30011").status_code == 200
    assert vitec.get("/CRM/Usergroups/M%330011").status_code == 200


def test_an_unknown_path_is_404_and_a_wrong_method_405(vitec: Any) -> None:
    assert vitec.get("/Finns/Inte").status_code == 404
    assert vitec.get("/Meeting/GetMeetings/").status_code == 405


def test_a_body_must_be_json_and_say_so(vitec: Any) -> None:
    url = vitec.box.url + "/Meeting/GetMeetings"
    json_type = {"Content-Type": "application/json"}
    for data, headers, status in (
        (b"{", json_type, 400),
        (b"[]", json_type, 400),
        (b"", json_type, 400),
        (b'{"a": NaN}', json_type, 400),
        (b"\xff\xfe\xfa", json_type, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
    ):
        answer = vitec.session.post(url, data=data, headers=headers, timeout=5)
        assert answer.status_code == status
        assert answer.json()["message"]


def test_unknown_fields_are_let_through_and_noted(vitec: Any, comeback_path: str) -> None:
    body = {"date": "2026-04-01T10:00:00", "extra": 1, "participant": {"userID2": "x"}}
    vitec.post(comeback_path, body)
    assert vitec.box.log()[-1]["unknownFields"] == ["extra", "participant.userID2"]


def test_the_log_keeps_the_request_but_no_password(vitec: Any, comeback_path: str) -> None:
    text = '{"date":  "2026-04-01T10:00:00","note":"åäö"}'
    headers = {"Content-Type": "application/json", "X-Request-Id": "r-17", "User-Agent": "prov/1"}
    vitec.session.post(
        vitec.box.url + comeback_path, data=text.encode(), headers=headers, timeout=5
    )
    entry = vitec.box.log()[-1]
    assert entry["bodyText"] == text
    assert entry["body"]["note"] == "åäö"
    assert (entry["method"], entry["path"]) == ("POST", comeback_path)
    assert (entry["endpoint"], entry["status"], entry["worked"]) == ("comeback", 200, True)
    assert entry["headers"]["User-Agent"] == "prov/1"
    assert entry["headers"]["X-Request-Id"] == "r-17"
    assert entry["headers"]["Authorization"] == "sandbox"
    secret = base64.b64encode(b"sandbox:sandbox").decode()
    assert secret not in str(vitec.box.log())
    assert vitec.box.records()["comebacks"][-1]["bodyText"] == text


def test_one_connection_serves_many_requests(box: Sandbox) -> None:
    connection = HTTPConnection(box.url.removeprefix("http://"), timeout=5)
    token = base64.b64encode(b"sandbox:sandbox").decode()
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/User/GetUser", headers={"Authorization": f"Basic {token}"})
        assert len(connection.getresponse().read()) > 1000
        assert connection.sock is first
    connection.close()


def test_writes_from_several_threads_are_all_held(vitec: Any, comeback_path: str) -> None:
    before = len(vitec.box.records()["comebacks"])
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: write(vitec.box, comeback_path), range(40)))
    assert len(set(ids)) == 40
    assert len(vitec.box.records()["comebacks"]) == before + 40


def write(box: Sandbox, path: str) -> str:
    answer = requests.post(
        box.url + path, json={"date": "2026-04-01"}, auth=("sandbox", "sandbox"), timeout=5
    )
    comeback_id: str = answer.json()
    return comeback_id


def test_a_body_of_unknown_or_enormous_length_is_refused(vitec: Any) -> None:
    url = vitec.box.url + "/Meeting/GetMeetings"
    chunked = vitec.session.post(url, data=iter([b"{}"]), timeout=5)
    assert chunked.status_code == 411
    headers = {"Content-Length": str(6 * 1024 * 1024)}
    assert vitec.session.post(url, headers=headers, timeout=5).status_code == 413
