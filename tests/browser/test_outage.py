"""Vitec is down for forty minutes: everybody is told, nothing is lost, nothing is hammered."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Sandbox
from tests.browser.conftest import sign_in
from tests.browser.test_pages import faults
from tests.journeys.stack import ROOT, Person, Stack, running, wait_until

BERIT, MALIN = 6, 3
# Every moment that is compared with now lies so much further back: the clock went forward.
FORWARD = """
import datetime as dt
from django.db.models import F
from offices.models import LineSeat, LineStart
from submissions.models import Outage, Submission
by = dt.timedelta(minutes={minutes})
for model, names in (
    (Outage, ["since", "probe_at", "asked_until"]),
    (Submission, ["not_before", "hold_until", "rung_at", "trying_since", "asked_until"]),
    (Submission, ["created_at"]),
    (LineSeat, ["until", "next_at"]),
    (LineStart, ["next_at"]),
):
    model.objects.update(**{{name: F(name) - by for name in names}})
"""
JOURNAL = """
import json
from submissions.models import Attempt
print("JOURNAL", json.dumps(list(Attempt.objects.order_by("pk").values_list("event", flat=True))))
"""


def in_the_portal(stack: Stack, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=ROOT, env=stack.env, text=True, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


def journal(stack: Stack) -> Counter[str]:
    [line] = re.findall(r"JOURNAL (.*)", in_the_portal(stack, JOURNAL))
    return Counter(json.loads(line))


@pytest.fixture(scope="module")
def vitec() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def stack(vitec: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patched:
        # With a Vitec of its own it is no practice portal, where nobody needs a second step.
        patched.setenv("REQUIRE_MFA_FOR", "none")
        with running(tmp_path_factory.mktemp("outage"), hold=0, vitec=vitec.url) as running_stack:
            yield running_stack


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """bokare at a browser."""
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    sign_in(page, "bokare", stack.url)
    yield page
    context.close()


def comebacks(vitec: Sandbox) -> list[dict[str, Any]]:
    return [row for row in vitec.log() if "/Meeting/Comeback/" in row["path"]]


def see(page: Page, text: str | re.Pattern[str], seconds: float = 60) -> None:
    """Load the page again until the text stands on it."""

    def there() -> bool:
        page.reload()
        return page.get_by_text(text).first.is_visible()

    wait_until(there, seconds, f"seeing {text}")


def test_forty_minutes_without_vitec(page: Page, vitec: Sandbox, stack: Stack) -> None:
    berit, malin, admin = (Person(stack, name) for name in ("bokare", "maklare", "admin"))
    vitec.listening(wanted=False)
    hers = [berit.new_comeback() for _ in range(BERIT)]
    theirs = [malin.new_comeback() for _ in range(MALIN)]

    page.goto("/submissions/")
    see(page, re.compile(r"Vitec svarar inte för .* sedan"))
    expect(page.get_by_text(f"{BERIT + MALIN} väntar")).to_be_visible()
    assert "Vitec svarar inte för" in malin.get("/meetings/").text
    # The neighbour has the same login at Vitec: told of the own office, and of no other.
    told = Person(stack, "grannkontor").get("/meetings/").text
    assert "Vitec svarar inte för Vikens Mäkleri Solna" in told
    assert "Sundbyberg" not in told

    in_the_portal(stack, FORWARD.format(minutes=40))
    page.goto(hers[0].url)
    expect(page.get_by_text(re.compile("Nästa försök"))).to_be_visible()
    assert faults(page) == []
    tries = journal(stack)
    assert tries["sending"] == 0
    assert tries["not_sent"] < 20, "nobody hammers"

    vitec.listening(wanted=True)
    for sent in (*hers, *theirs):
        berit.wait_for(sent, "delivered", seconds=120)
    codes = [re.search(r"[0-9a-f-]{36}", sent.url)[0] for sent in (*hers, *theirs)]  # type: ignore[index]
    assert len(set(codes)) == len(comebacks(vitec)) == BERIT + MALIN
    notes = [json.loads(row["bodyText"])["note"] for row in comebacks(vitec)]
    shown = [berit.get(sent.url.removeprefix(stack.url)).text for sent in (*hers, *theirs)]
    assert all(note in text for note, text in zip(notes, shown, strict=True)), "not in their order"

    page.goto("/notices/")
    see(page, f"Dina {BERIT} har levererats.", 60)
    expect(page.get_by_text(re.compile("Vitec svarar igen sedan"))).to_have_count(1)
    # The bell is counted a moment before the list: the first page to name it may not count it yet.
    page.reload()
    expect(page.get_by_role("link", name="1 oläst notis")).to_be_visible()
    assert f"Dina {MALIN} har levererats." in malin.get("/notices/").text
    assert "har levererats" not in admin.get("/notices/").text
    assert faults(page) == []
    page.get_by_role("button", name="Markera alla som lästa").click()
    expect(page.get_by_role("link", name="0 olästa notiser")).to_be_visible()
    assert "Vitec svarar inte för" not in malin.get("/meetings/").text


def test_a_password_that_does_not_work_holds_everything_at_once(
    page: Page, vitec: Sandbox, stack: Stack
) -> None:
    berit, admin = Person(stack, "bokare"), Person(stack, "admin")
    before = len(comebacks(vitec))
    vitec.behave("comeback", "unauthorized")

    sent = [berit.new_comeback() for _ in range(3)]
    for one in sent:
        berit.wait_for(one, "paused")

    assert len(comebacks(vitec)) == before + 1
    page.goto("/meetings/")
    expect(page.get_by_text(re.compile("Lösenordet gäller inte för M30011"))).to_be_visible()
    vitec.clear()
    admin.end_pauses()
    for one in sent:
        berit.wait_for(one, "delivered", seconds=60)
    assert len(comebacks(vitec)) == before + 4


def test_a_refusal_goes_back_to_the_senders_form(page: Page, vitec: Sandbox, stack: Stack) -> None:
    text = "Anteckningen får inte innehålla semikolon."
    vitec.behave("comeback", "bad_request", shape="modelState", field="note", text=text, times=1)
    berit = Person(stack, "bokare")
    sent = berit.new_comeback(note="a; b")
    berit.wait_for(sent, "rejected")

    page.goto("/notices/")
    see(page, "Vitec avvisade ett inskick.")
    page.get_by_role("button", name="Öppna").first.click()
    page.get_by_role("link", name=re.compile("Rätta och sänd igen")).click()

    expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("Anteckning"))).to_have_value("a; b")
