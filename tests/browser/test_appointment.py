"""An event in a colleague's calendar: what the page says while it is written."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_comeback import living
from tests.browser.test_pages import CALENDAR, faults
from tests.journeys.stack import Stack


def write(page: Page) -> None:
    """A complete event but for its end and its repetition."""
    page.goto(CALENDAR)
    colleague = page.get_by_role("combobox", name="Vems kalender")
    colleague.press("ArrowDown")
    colleague.press("Enter")
    # The very same twice within a day would be asked about.
    page.get_by_label("Ämne").fill(uuid.uuid4().hex)
    page.get_by_label("Börjar").fill("2027-03-02 10:00")


def repeat(page: Page, pattern: str) -> None:
    page.get_by_text("Upprepa", exact=True).click()
    page.get_by_label("Upprepas").select_option(pattern)


def test_the_times_are_said_back_while_they_are_typed(bokare: Page) -> None:
    write(bokare)
    expect(bokare.get_by_text("tis 2 mars 2027 kl. 10:00–11:00 (v. 9)")).to_be_visible()

    bokare.get_by_label("Slutar").press_sequentially("1,5 h")
    expect(bokare.get_by_text("tis 2 mars 2027 kl. 10:00–11:30 (v. 9)")).to_be_visible()

    bokare.get_by_label("Slutar").fill("")
    bokare.get_by_label("Hela dagen").check()
    expect(bokare.get_by_text("tis 2 mars 2027 (v. 9), hela dagen")).to_be_visible()


def test_a_day_off_is_left_for_the_next_working_day(bokare: Page) -> None:
    write(bokare)
    bokare.get_by_label("Börjar").fill("2027-03-26 10:00")

    bokare.get_by_role("button", name="Ta den").click()

    expect(bokare.get_by_label("Börjar")).to_have_value("2027-03-30 10:00")
    expect(bokare.get_by_text("Långfredagen")).to_have_count(0)


def test_a_series_shows_its_days_and_says_that_it_has_no_end(bokare: Page) -> None:
    write(bokare)
    expect(bokare.get_by_label("Intervall")).to_be_hidden()
    repeat(bokare, "Weekly")
    bokare.get_by_label("Intervall").fill("2")

    expect(bokare.get_by_text("Varannan tisdag 10:00–11:00, tills vidare")).to_be_visible()
    expect(bokare.get_by_text("har inget slut")).to_be_visible()
    expect(bokare.locator("#preview .series-days li")).to_have_count(10)

    bokare.get_by_label("torsdag").check()
    expect(bokare.get_by_text("börjar en tisdag")).to_be_visible()
    bokare.get_by_label("tisdag").check()
    expect(bokare.get_by_text("Tisdag och torsdag varannan vecka")).to_be_visible()


def test_it_is_sent_by_key_and_becomes_delivered(bokare: Page, portal: Stack) -> None:
    write(bokare)
    repeat(bokare, "Monthly")
    bokare.keyboard.press("Control+Enter")

    living(bokare, "delivered")
    expect(bokare.get_by_text("Den 2:a varje månad")).to_be_visible()


def test_what_is_wrong_stays_open_at_its_field(bokare: Page) -> None:
    write(bokare)
    repeat(bokare, "Daily")
    bokare.get_by_label("Intervall").fill("0")
    bokare.keyboard.press("Control+Enter")

    expect(bokare.get_by_label("Intervall")).to_be_focused()
    expect(bokare.get_by_label("Intervall")).to_have_value("0")


def test_a_series_is_accessible_and_fits(browser: Browser, portal: Stack, bokare: Page) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 900},
        base_url=portal.url,
        bypass_csp=True,
        storage_state=bokare.context.storage_state(),
    )
    page = context.new_page()
    write(page)
    repeat(page, "Weekly")
    expect(page.locator("#preview .series-days li")).to_have_count(10)

    found = faults(page)
    context.close()

    assert found == []


def test_without_javascript_the_days_are_asked_for(
    browser: Browser, portal: Stack, bokare: Page
) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        base_url=portal.url,
        storage_state=bokare.context.storage_state(),
    )
    page = context.new_page()
    page.goto(CALENDAR)
    page.get_by_label("Vems kalender").select_option(index=0)
    page.get_by_label("Ämne").fill(uuid.uuid4().hex)
    page.get_by_label("Börjar").fill("2027-03-02 10:00")
    repeat(page, "Daily")
    page.get_by_role("button", name="Visa vad som händer").click()

    expect(page.get_by_text(re.compile("Varje dag 10:00–11:00, tills vidare"))).to_be_visible()
    expect(page.get_by_label("Börjar")).to_have_value("2027-03-02 10:00")
    context.close()
