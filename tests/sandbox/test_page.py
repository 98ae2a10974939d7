import re
from typing import Any

import pytest
import requests

from sandbox.faults import FAULTS
from sandbox.server import Sandbox


def page(box: Sandbox) -> requests.Response:
    return requests.get(f"{box.control_url}/_sandbox/", timeout=5)


def post(box: Sandbox, path: str, **fields: str) -> requests.Response:
    return requests.post(f"{box.control_url}/_sandbox{path}", data=fields, timeout=5)


def test_the_page_shows_what_is_held_and_the_latest_requests(
    box: Sandbox, vitec: Any, comeback_path: str
) -> None:
    note = "<script>alert('hej')</script> åäö"
    vitec.post(comeback_path, {"date": "2026-04-01T10:00:00", "note": note, "okänt": 1})
    text = page(box).text
    assert "kontakter <b>430</b>" in text
    assert comeback_path in text
    assert "okända fält: okänt" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert box.records()["comebacks"][-1]["id"] in text


def test_the_page_has_a_strict_policy_and_nothing_inline(box: Sandbox) -> None:
    answer = page(box)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script| style=| on\w+=", answer.text)
    assert 'lang="sv"' in answer.text
    sheet = requests.get(f"{box.control_url}/_sandbox/style.css", timeout=5)
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in sheet.text


def test_a_form_switches_a_fault_on_and_leads_back(box: Sandbox, vitec: Any) -> None:
    answer = post(
        box, "/behaviour", endpoint="lookups", fault="unavailable", times="", retryAfter="9"
    )
    assert [row.status_code for row in answer.history] == [303]
    assert "503 otillgängligt" in answer.text
    assert "tills vidare, Retry-After 9" in answer.text
    assert vitec.get("/Task/GetTasks", customerId="M30011").headers["Retry-After"] == "9"
    answer = post(box, "/clear", x="1")
    assert "Inga fel är påslagna" in answer.text


def test_a_form_resets_everything(box: Sandbox, vitec: Any) -> None:
    vitec.get("/Task/GetTasks", customerId="M30011")
    answer = post(box, "/reset", x="1")
    assert "Inga anrop än." in answer.text


def test_every_fault_can_be_chosen(box: Sandbox) -> None:
    text = page(box).text
    for fault in FAULTS:
        assert f'<option value="{fault}">' in text


def test_what_never_got_an_answer_is_told_in_words(box: Sandbox, vitec: Any) -> None:
    box.behave("lookups", "cut_before", times=1)
    with pytest.raises(requests.ConnectionError):
        vitec.get("/Task/GetTasks", customerId="M30011")
    assert '<b class="bad">bruten</b>' in page(box).text
