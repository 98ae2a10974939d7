"""What has changed since last time, one meeting beside the list, and the list as it was.

S1: what is new is known at a glance. S12: "who moved the meeting?" in three clicks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_meetings import DAY, MORNING, asked, press, today
from tests.browser.test_pages import faults
from tests.journeys.stack import Person, Stack, wait_until


def fetch(person: Person) -> None:
    """Have the meetings fetched, and wait until they are."""
    person.post("/meetings/fetch/", person.get(MORNING))
    # A run that is open already is ended first, and the timetable's next minute takes its turn.
    wait_until(lambda: _is_fetched(person.get("/meetings/freshness/").text), 120, "the fetch")


def _is_fetched(said: str) -> bool:
    """Once at all, and nothing is under way."""
    return "Uppdaterad" in said and "pending=1" not in said


@pytest.fixture(scope="module")
def berit(portal: Stack) -> Person:
    """bokare at another browser."""
    portal.behave_well()
    return Person(portal, "bokare")


@pytest.fixture(scope="module")
def changed(portal: Stack, berit: Person) -> Iterator[dict[str, dict[str, str]]]:
    """Since bokare has looked, one meeting was moved, one cancelled, one taken away, one added."""
    fetch(berit)
    berit.post("/meetings/seen/", berit.get(MORNING))
    found = portal.meetings(today() + DAY, today() + 60 * DAY)
    booked = sorted((m for m in found if m["state"] == "Booked"), key=lambda m: m["meetingDate"])
    moved, cancelled, gone = booked[:3]
    later = dt.datetime.fromisoformat(moved["meetingDate"]) + 7 * DAY
    portal.change_meeting(moved["id"], meetingDate=later.isoformat())
    portal.change_meeting(cancelled["id"], state="CancelledByCustomer", cancelledBy="Kund")
    portal.change_meeting(gone["id"], gone=True)
    portal.change_meeting("CALNEW", **_without_id(gone))
    fetch(berit)
    yield {"moved": moved, "cancelled": cancelled, "gone": gone}
    for meeting in (moved, cancelled, gone):
        portal.change_meeting(meeting["id"], **_without_id(meeting))
    portal.change_meeting("CALNEW", gone=True)


@pytest.fixture
def morning(changed: object, bokare: Page) -> Page:
    """bokare comes back, and looks at the day's meetings."""
    bokare.goto(MORNING)
    return bokare


def _without_id(meeting: dict[str, str]) -> dict[str, str]:
    return {"customerId": "M30011", **{k: v for k, v in meeting.items() if k != "id"}}


def said(moment: str) -> re.Pattern[str]:
    """A meeting's time as the list says where it was moved from."""
    local = dt.datetime.fromisoformat(moment)
    return re.compile(rf"Flyttad från \S+ {local.day} \S+( \d+)? {local:%H:%M}")


def test_the_first_look_says_what_is_new_and_one_click_shows_exactly_that(
    morning: Page, changed: dict[str, dict[str, str]]
) -> None:
    # S1: no click, no key.
    line = morning.locator(".news")
    expect(line).to_contain_text(re.compile(r"2 ändrade, 1 ny, 1 borta sedan \d\d:\d\d"))

    line.get_by_role("link").click()

    expect(morning.locator("[data-row]")).to_have_count(4)
    rows = morning.locator("[data-row]")
    expect(rows.filter(has_text=said(changed["moved"]["meetingDate"]))).to_have_count(1)
    expect(morning.locator(".row-news", has_text="Avbokat av kunden")).to_have_count(1)
    expect(morning.locator(".row-news", has_text="Borta hos Vitec")).to_have_count(1)
    expect(morning.locator(".row-news").get_by_text("Ny", exact=True)).to_have_count(1)


def test_who_moved_the_meeting_is_answered_in_three_clicks(
    morning: Page, changed: dict[str, dict[str, str]]
) -> None:
    before = dt.datetime.fromisoformat(changed["moved"]["meetingDate"])
    morning.goto(f"{MORNING}?news=changed")
    row = morning.locator("[data-row]").filter(has_text=said(changed["moved"]["meetingDate"]))
    name = row.locator(".row-what").inner_text()

    clicks = 0
    row.locator(".row-kind").click()
    clicks += 1
    panel = morning.locator("#panel")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text(re.compile(r"Flyttad från .+ till "))
    expect(panel).to_contain_text(re.compile(r"Ändrat hos Vitec, sågs mellan .+ och "))
    expect(panel).to_contain_text("Vitec säger inte vem som ändrade")

    panel.get_by_role("link", name="Listan som den såg ut före").first.click()
    clicks += 1
    expect(morning.locator(".past")).to_contain_text("Så här såg listan ut idag")
    then = morning.locator("[data-row]", has=morning.get_by_text(name, exact=True))
    expect(then.first).to_contain_text(f"{before:%H:%M}")
    expect(morning.get_by_role("heading", level=1)).to_contain_text(f"{before.day} ")
    expect(morning.locator("[data-inline-open]")).to_have_count(0)
    assert clicks <= 3

    morning.get_by_role("link", name="Tillbaka till nu").click()
    expect(morning.locator(".past")).to_have_count(0)


def test_a_row_opens_its_panel_by_key_and_escape_leads_back(morning: Page) -> None:
    morning.goto(f"{MORNING}?date_from={today() + DAY}&date_to={today() + 40 * DAY}&state=Booked")
    morning.keyboard.press("ArrowDown")
    morning.keyboard.press("ArrowDown")
    row = morning.locator("[data-row]").nth(1)
    expect(row).to_be_focused()

    morning.keyboard.press("Enter")
    panel = morning.get_by_role("dialog")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading", level=2)).to_have_text(
        row.locator(".row-what").inner_text()
    )
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    morning.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(row).to_be_focused()

    morning.keyboard.press("Enter")
    expect(panel).to_be_visible()
    press(morning, "å")
    expect(panel).to_have_count(0)
    expect(morning.get_by_label("Dag och tid")).to_be_focused()
    morning.keyboard.press("Escape")
    expect(row).to_be_focused()


def test_a_past_moment_is_asked_for_in_words(morning: Page) -> None:
    morning.get_by_text("Så här såg listan ut …").click()
    field = morning.get_by_label("Vilken tidpunkt?")
    field.fill("imorgon 9")
    field.press("Enter")
    expect(morning.locator("#as-of-wrong")).to_contain_text("framåt i tiden")
    expect(morning.locator(".past")).to_have_count(0)

    field.fill("igår 16:10")
    field.press("Enter")
    expect(morning.locator(".past")).to_contain_text("16:10")
    assert asked(morning)["as_of"] == f"{today() - DAY}T16:10"
    morning.get_by_label("Typ", exact=True).select_option("Viewing")
    morning.wait_for_url("**type=Viewing**")
    assert asked(morning)["as_of"] == f"{today() - DAY}T16:10"
    morning.reload()
    expect(morning.locator(".past")).to_contain_text("16:10")


def test_question_mark_lists_the_keys_and_so_does_a_button(bokare: Page) -> None:
    bokare.keyboard.press("?")
    keys = bokare.get_by_role("dialog")
    expect(keys).to_contain_text("Tangenter")
    expect(keys).to_contain_text("återkomst från raden")
    bokare.keyboard.press("v")
    expect(keys).to_be_visible()
    bokare.keyboard.press("Escape")
    expect(keys).to_have_count(0)

    bokare.get_by_role("button", name="Tangenter").click()
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Stäng").click()
    expect(keys).to_have_count(0)


def test_while_vitec_is_away_the_list_stands_and_says_since_when(
    bokare: Page, portal: Stack, berit: Person
) -> None:
    fetch(berit)
    bokare.goto(MORNING)
    rows = bokare.locator("[data-row]").count()
    portal.behave("meetings", "error_before")
    fetch(berit)
    bokare.goto(MORNING)

    expect(bokare.locator("#freshness")).to_contain_text(re.compile(r"Uppdaterad \d\d:\d\d"))
    expect(bokare.locator(".freshness-failed")).to_contain_text("misslyckades")
    expect(bokare.locator("[data-row]")).to_have_count(rows)
    portal.behave_well()


def test_panel_past_and_versions_have_no_fault(
    browser: Browser, portal: Stack, morning: Page
) -> None:
    for width, scheme in ((1440, "light"), (390, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=portal.url,
            bypass_csp=True,
            storage_state=morning.context.storage_state(),
        )
        page = context.new_page()
        page.goto(f"{MORNING}?news=changed")
        page.locator(".row-what").first.click()
        expect(page.locator("#panel")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Jämför versioner").click()
        expect(page.locator(".differs").first).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Listan som den såg ut då").first.click()
        expect(page.locator(".past")).to_be_visible()
        assert faults(page) == []
        context.close()


def test_it_all_stands_without_javascript(browser: Browser, portal: Stack, morning: Page) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        base_url=portal.url,
        storage_state=morning.context.storage_state(),
    )
    page = context.new_page()
    page.goto(MORNING)
    page.locator(".news").get_by_role("link").click()
    page.locator(".row-what").first.click()
    expect(page.locator(".happened")).to_be_visible()
    page.get_by_role("link", name="Jämför versioner").click()
    page.goto(MORNING)
    page.get_by_text("Så här såg listan ut …").click()
    page.get_by_label("Vilken tidpunkt?").fill("igår 16:10")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.locator(".past")).to_contain_text("16:10")
    page.get_by_role("link", name="Tillbaka till nu").click()
    page.get_by_role("button", name="Sett").click()
    expect(page.locator(".news")).to_have_count(0)
    context.close()
