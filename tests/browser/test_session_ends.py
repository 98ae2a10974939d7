"""A session that ends while something is typed that no draft keeps: nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_desk import Keys, bookings, first_names, open_desk
from tests.browser.test_many import afterwards
from tests.browser.test_sign_in import end_sessions, sign_in_here
from tests.journeys.stack import Stack, wait_until

ENDED = "Du har blivit utloggad. Det du har skrivit står kvar här."
AGAIN = "Du är inloggad igen"


@pytest.fixture
def maklare(page: Page, portal: Stack, complaints: list[str]) -> Page:
    in_good_order(portal)
    sign_in(page, "maklare", portal.url)
    return page


@pytest.fixture
def ombud(page: Page, portal: Stack, complaints: list[str]) -> Page:
    in_good_order(portal)
    sign_in(page, "ombud", portal.url)
    return page


def unmarked(page: Page) -> list[Locator]:
    """Visitors of whom nothing has been said yet; other tests' marks stay where they are."""
    silent = page.locator("[data-visitor]:not(:has([aria-pressed='true']))")
    ids = silent.evaluate_all("found => found.map(one => one.id)")
    return [page.locator(f"[id='{one}']") for one in ids]


def number_in(button: Locator) -> int:
    """As in *Återkomst till alla med stort intresse (3)*; 0 where it stands without."""
    found = re.search(r"\((\d+)\)", button.inner_text()) if button.count() else None
    return int(found[1]) if found else 0


def sign_in_beside(page: Page, username: str) -> None:
    """In a new tab, as the page offers once it has heard of it."""
    expect(page.get_by_text(ENDED)).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Logga in igen").click()
    with opened.value.expect_event("close"):
        sign_in_here(opened.value, username)
    expect(page.get_by_text(AGAIN)).to_be_visible()
    expect(page.get_by_text(ENDED)).to_be_hidden()


def test_what_is_looked_up_while_typing_at_the_desk_stays(bokare: Page, portal: Stack) -> None:
    open_desk(bokare, 1)
    end_sessions(portal)

    Keys(bokare).write("Tora")

    expect(bokare.get_by_text(ENDED)).to_be_visible()
    expect(bokare.locator("[data-desk-row] [name$=first_name]")).to_have_value("Tora")


def test_rows_sent_from_the_desk_too_late_go_by_enter_after_signing_in(
    bokare: Page, portal: Stack
) -> None:
    open_desk(bokare, 1)
    before = len(bookings(portal))
    keys = Keys(bokare)
    end_sessions(portal)
    keys.visitor("Tora", "Ek", "0701740671")
    keys.visitor("Tage", "Ek", "0701740672")

    sign_in_beside(bokare, "bokare")

    first = bokare.locator("[data-desk-row] [name=reach]").first
    expect(first).to_have_value("0701740671")
    expect(first).to_be_focused()
    saved = bokare.locator("[data-desk-saved]")
    keys.press("Enter")
    expect(saved.filter(has_text="Tora Ek")).to_be_visible()
    first.focus()
    keys.press("Enter")
    expect(saved.filter(has_text="Tage Ek")).to_be_visible()
    # One that is made afterwards knows the new session too.
    keys.visitor("Tyra", "Ek", "0701740673")
    expect(saved.filter(has_text="Tyra Ek")).to_be_visible()
    wait_until(lambda: len(bookings(portal)) - before == 3, 60, "all are sent")
    assert sorted(first_names(bookings(portal)[before:])) == ["Tage", "Tora", "Tyra"]


def test_the_reason_of_an_erasure_stays_when_somebody_is_searched_for(
    ombud: Page, portal: Stack
) -> None:
    ombud.goto("/privacy/")
    ombud.get_by_label("Telefon, e-post, namn").fill("and")
    ombud.keyboard.press("Enter")
    ombud.get_by_role("button", name="Registerutdrag").first.click()
    ombud.get_by_role("button", name="Radera").click()
    reason = ombud.get_by_label("Varför raderas personen?")
    reason.fill("Hon har bett om det")
    end_sessions(portal)

    ombud.locator("#quick-search").press_sequentially("ek")
    sign_in_beside(ombud, "ombud")

    expect(reason).to_have_value("Hon har bett om det")
    reason.press("Enter")
    expect(ombud.get_by_text("Du har själv begärt den")).to_be_visible()
    expect(ombud.get_by_text("Hon har bett om det")).to_be_visible()


def test_a_mark_and_a_note_after_the_viewing_are_sent_again(maklare: Page, portal: Stack) -> None:
    afterwards(maklare, [], 0)
    there = maklare.url
    first, second, *_ = unmarked(maklare)
    note = first.locator("[data-note]")
    great = second.locator("[data-interest='1']")
    end_sessions(portal)

    note.fill("Vill se den igen")
    note.press("Enter")
    great.click()
    expect(maklare.locator("#offline")).to_be_hidden()
    marked = maklare.locator("#after-bar")
    before = marked.inner_text()
    with maklare.expect_response("**/impression/") as kept:
        sign_in_beside(maklare, "maklare")
    assert kept.value.ok
    expect(marked).not_to_have_text(before)
    maklare.goto(there)
    expect(note).to_have_value("Vill se den igen")
    expect(great).to_have_attribute("aria-pressed", "true")


def test_nobody_is_left_out_who_was_marked_too_late(maklare: Page, portal: Stack) -> None:
    afterwards(maklare, [], 1)
    first, second, *_ = unmarked(maklare)
    many = maklare.locator("#after-bar [name=kind]")
    before = number_in(many)
    first.locator("[data-interest='1']").click()
    expect(many).to_contain_text(f"({before + 1})")
    end_sessions(portal)
    second.locator("[data-interest='1']").click()
    expect(maklare.get_by_text(ENDED)).to_be_visible()

    many.click()
    sign_in_beside(maklare, "maklare")

    expect(many).to_contain_text(f"({before + 2})")
