"""A booker with a phone at her ear: keyboard only, and what the page tells her meanwhile."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack, free_day

FORM = "/meetings/comebacks/new/"


def open_first_meeting(page: Page) -> None:
    """The comeback's form of the next meeting that is booked."""
    for ahead in range(1, 15):
        day = dt.date.today() + dt.timedelta(days=ahead)  # noqa: DTZ011 - the demo's own day
        page.goto(f"/meetings/?day={day:%Y-%m-%d}")
        links = page.locator(f"a[href^='{FORM}?meeting=']")
        if links.count():
            # The list opens it under the row; by its address it is a page.
            page.goto(links.first.get_attribute("href") or "")
            return
    raise AssertionError("no meeting in the coming two weeks")


def living(page: Page, state: str) -> None:
    expect(page.locator(f"[data-state={state}]")).to_be_visible(timeout=15_000)


def test_it_is_booked_by_keyboard_and_becomes_delivered_before_her_eyes(
    bokare: Page, portal: Stack
) -> None:
    before = len(portal.comebacks())
    open_first_meeting(bokare)

    bokare.get_by_label("Dag och tid").press_sequentially(free_day())
    expect(bokare.get_by_text(re.compile(r"kl\. 09:00 \(v\. \d+\)")).first).to_be_visible()
    bokare.keyboard.press("Control+Enter")

    living(bokare, "grace")
    living(bokare, "delivered")
    expect(bokare.get_by_text("Levererad").first).to_be_visible()
    assert len(portal.comebacks()) == before + 1


def test_u_takes_it_back(undoing: Page, unhurried: Stack) -> None:
    before = len(unhurried.comeback_requests())
    open_first_meeting(undoing)
    undoing.get_by_label("Dag och tid").fill(free_day())
    undoing.keyboard.press("Control+Enter")
    living(undoing, "grace")

    undoing.keyboard.press("u")

    living(undoing, "undone")
    assert len(unhurried.comeback_requests()) == before


def test_the_page_stops_asking_once_it_is_settled(undoing: Page) -> None:
    open_first_meeting(undoing)
    undoing.get_by_label("Dag och tid").fill(free_day())
    undoing.keyboard.press("Control+Enter")
    expect(undoing.locator("#poll")).to_have_count(1)

    undoing.keyboard.press("u")
    living(undoing, "undone")

    expect(undoing.locator("#poll")).to_have_count(0)


def test_a_person_is_found_by_typing_and_chosen_by_key(bokare: Page) -> None:
    open_first_meeting(bokare)
    name = bokare.locator(".contact-chosen, [data-contact-name]").first
    known = bokare.get_by_role("radio", checked=True).first
    expect(known).to_be_attached()
    bokare.goto(FORM)

    bokare.get_by_role("searchbox", name="Kontakt").or_(
        bokare.locator("input[name=contact_search]")
    ).first.fill("070-174 06")
    options = bokare.locator("input[type=radio][name=contact_id]")
    expect(options.first).to_be_attached()
    bokare.keyboard.press("Enter")

    expect(bokare.locator("input[name=contact_id]:checked")).to_have_count(1)
    expect(bokare).to_have_url(re.compile(FORM))
    assert name is not None


def test_a_day_off_is_warned_and_the_next_working_day_taken(bokare: Page) -> None:
    open_first_meeting(bokare)
    field = bokare.get_by_label("Dag och tid")
    field.fill("25/12 10")

    expect(bokare.get_by_text("Juldagen")).to_be_visible()
    bokare.get_by_role("button", name="Ta den").click()

    expect(bokare.get_by_text("Juldagen")).to_have_count(0)
    expect(field).not_to_have_value("25/12 10")


def test_what_cannot_be_read_or_has_passed_is_said_while_typing(bokare: Page) -> None:
    open_first_meeting(bokare)
    field = bokare.get_by_label("Dag och tid")

    field.fill("hoppsan")
    expect(bokare.get_by_text("Det går inte att läsa som en dag.")).to_be_visible()
    field.fill("2020-01-01 09:00")
    expect(bokare.get_by_text("Det har passerat")).to_be_visible()


def test_nothing_typed_is_kept_in_the_browser(bokare: Page) -> None:
    open_first_meeting(bokare)
    bokare.get_by_label("Anteckning").fill("Kanariefågelsson")
    bokare.get_by_label("Dag och tid").fill("hoppsan")
    bokare.keyboard.press("Control+Enter")
    expect(bokare.get_by_text("Kanariefågelsson").first).to_be_attached()

    stored = bokare.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    assert "Kanarie" not in stored
    assert "Kanarie" not in bokare.url


@pytest.mark.parametrize("query", ["", "?contact=ADR1"])
def test_the_form_stands_without_javascript(browser: Browser, portal: Stack, query: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=portal.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Användarnamn").fill("bokare")
    page.get_by_label("Lösenord").fill("vitecportal")
    page.get_by_role("button", name="Logga in").click()

    page.goto(FORM + query)
    page.locator("input[name=contact_search]").fill("070-174 06")
    page.locator(".picker-box, .contact-picker, form").get_by_role(
        "button", name="Sök"
    ).first.click()

    expect(page.locator("input[type=radio][name=contact_id]").first).to_be_attached()
    context.close()


def test_what_it_will_do_is_said_while_she_writes(bokare: Page) -> None:
    open_first_meeting(bokare)

    bokare.get_by_label("Dag och tid").press_sequentially(free_day())

    expect(bokare.get_by_role("heading", name="Det här händer när du sänder")).to_be_visible()


def test_what_was_typed_stands_there_after_a_reload(bokare: Page) -> None:
    bokare.goto(FORM)
    bokare.get_by_label("Anteckning").fill("Vill ha utsikt")
    expect(bokare.get_by_text("Utkast sparat")).to_be_visible()

    bokare.reload()

    expect(bokare.get_by_label("Anteckning")).to_have_value("Vill ha utsikt")
    bokare.get_by_role("button", name="Kasta").click()
    expect(bokare.get_by_label("Anteckning")).to_have_value("")


def test_a_second_comeback_within_a_fortnight_is_warned_of_and_sent_with_a_reason(
    bokare: Page, portal: Stack
) -> None:
    day = free_day()
    _write_and_send(bokare, day)
    living(bokare, "delivered")
    before = len(portal.comebacks())

    _write_and_send(bokare, day)
    expect(bokare.get_by_role("heading", name="Titta innan du sänder")).to_be_visible()
    bokare.get_by_label("Varför ska det sändas ändå?").fill("Hon bad om två")
    bokare.get_by_role("button", name="Sänd ändå").click()

    living(bokare, "delivered")
    assert len(portal.comebacks()) == before + 1


def _write_and_send(page: Page, day: str) -> None:
    open_first_meeting(page)
    page.get_by_label("Dag och tid").press_sequentially(day)
    expect(page.get_by_role("heading", name="Det här händer")).to_be_visible()
    page.keyboard.press("Control+Enter")
