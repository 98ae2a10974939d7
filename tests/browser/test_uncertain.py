"""An administrator with twelve uncertain ones: looked for and decided in few clicks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_pages import faults
from tests.journeys.stack import Person, Stack, running

MOST_CLICKS = 6


@pytest.fixture(scope="module")
def after_the_outage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Eight comebacks and two events that arrived without an answer, two comebacks that did not."""
    with running(tmp_path_factory.mktemp("uncertain"), settling=1) as stack:
        person = Person(stack, "bokare")
        pages = []
        for fault, count in (("cut_after", 8), ("cut_before", 2)):
            stack.behave("comeback", fault, times=count)
            sent = [person.new_comeback() for _ in range(count)]
            for page in sent:
                person.wait_for(page, "uncertain", "delivered")
            pages += sent
        stack.behave("appointment", "cut_after", times=2)
        for day in ("2027-03-02", "2027-03-03"):
            person.wait_for(new_event(person, day), "uncertain")
        yield stack


def new_event(person: Person, day: str):  # type: ignore[no-untyped-def]
    """An event in the first colleague's calendar, written without JavaScript; its page.

    Two at the same time would be asked about.
    """
    page = person.get("/calendar/appointments/new/")
    colleague = re.search(r'<option value="(HAN[^"]+)"', page.text)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert colleague
    assert token
    fields = {"form_token": token[1], "user_id": colleague[1], "subject": uuid.uuid4().hex}
    return person.post("/calendar/appointments/new/", page, starts_at=f"{day} 10:00", **fields)


def test_twelve_are_settled_in_six_clicks_and_nothing_is_there_twice(
    browser: Browser, after_the_outage: Stack
) -> None:
    stack, clicks = after_the_outage, 0
    page = browser.new_context(base_url=stack.url).new_page()
    sign_in(page, "admin", stack.url)

    def click(name: str, nth: int = 0) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role("button", name=name).nth(nth).click()
        page.wait_for_load_state()

    page.get_by_role("link", name=re.compile("Osäker")).first.click()
    clicks += 1
    click("Stäm av")
    expect(page.get_by_role("heading", name=re.compile("Finns inte hos Vitec .?2"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Kan inte läsas .?2"))).to_be_visible()
    assert faults(page) == []

    click("Finns inte, sänd igen")
    boxes = page.get_by_role("checkbox")
    for number in range(2):
        boxes.nth(number).press("Space")
    page.get_by_label("Skäl").press_sequentially("Bo ser dem i sin kalender")
    click("Finns i Vitec")

    expect(page.get_by_role("heading", name="Inget är osäkert")).to_be_visible()
    assert clicks <= MOST_CLICKS
    wait_until_delivered(page)
    assert len(stack.comebacks()) == 10
    assert len(stack.comeback_requests()) == 12
    page.context.close()


def wait_until_delivered(page: Page) -> None:
    """The two that were sent again."""
    page.goto("/submissions/?state=delivered")
    for _ in range(30):
        if page.locator("table.sent tbody tr").count() == 12:
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("not all were delivered")
