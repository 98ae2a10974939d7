"""Signing in at a real browser: in the middle of a form, in another tab, with a passkey."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_comeback import FORM, living
from tests.browser.test_interest import (
    CORNERS,
    NEW,
    PATIENCE,
    WISH,
    Keys,
    corners_of,
    draw,
    received,
    say_the_rest,
    say_what,
    say_who,
)
from tests.browser.test_pages import LOOKS, faults
from tests.journeys.stack import Stack, free_day, wait_until

ACCOUNT_PAGES = [
    "/account/sessions/",
    "/account/password/",
    "/account/second-step/",
    "/account/second-step/passkeys/",
    "/accounts/people/",
    "/accounts/back/",
    "/account/confirm/",
]


def end_sessions(portal: Stack) -> None:
    """Every session ends on the server; the browsers keep their cookies."""
    url = portal.env.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("DELETE FROM django_session")
        return
    database = sqlite3.connect(portal.folder / "vitecportal.sqlite3", timeout=20)
    with database:
        database.execute("DELETE FROM django_session")
    database.close()


def open_first_meeting(page: Page) -> None:
    """The page with the comeback's form of the next meeting that is booked."""
    for ahead in range(1, 15):
        day = dt.date.today() + dt.timedelta(days=ahead)  # noqa: DTZ011 - the demo's own day
        page.goto(f"/meetings/?day={day:%Y-%m-%d}")
        links = page.locator(f"a[href^='{FORM}?meeting=']")
        if links.count():
            page.goto(str(links.first.get_attribute("href")))
            return
    raise AssertionError("no meeting in the coming two weeks")


def sign_in_here(page: Page, username: str = "bokare") -> None:
    page.get_by_label("Användarnamn").fill(username)
    page.get_by_label("Lösenord").fill("vitecportal")
    page.keyboard.press("Enter")


def test_a_session_that_ends_while_she_writes_loses_nothing(bokare: Page, portal: Stack) -> None:
    before = len(portal.comebacks())
    open_first_meeting(bokare)
    bokare.get_by_label("Dag och tid").fill(free_day())
    end_sessions(portal)
    bokare.get_by_label("Anteckning").fill("Vill sälja åt mamma")

    again = bokare.get_by_role("link", name="Logga in igen")
    expect(again).to_be_visible()
    with bokare.expect_popup() as opened:
        again.click()
    tab = opened.value
    with tab.expect_event("close"):
        sign_in_here(tab)

    expect(bokare.get_by_text("Du är inloggad igen")).to_be_visible()
    expect(bokare.get_by_label("Anteckning")).to_have_value("Vill sälja åt mamma")
    expect(bokare.get_by_text("Utkast sparat").first).to_be_visible()
    bokare.get_by_label("Anteckning").focus()
    bokare.keyboard.press("Control+Enter")
    living(bokare, "delivered")
    assert len(portal.comebacks()) == before + 1


def test_a_session_that_ends_in_the_middle_of_an_interest_keeps_the_area_that_was_drawn(
    bokare: Page, portal: Stack
) -> None:
    bokare.goto(NEW)
    keys = Keys(bokare)
    caller = say_who(keys)
    bokare.get_by_text("Rita området på en karta").click()
    canvas = bokare.locator("[data-map-canvas]")
    expect(canvas.get_by_text("Rissne")).to_be_visible(timeout=PATIENCE)
    draw(canvas, CORNERS[:4])
    drawn = corners_of(bokare).input_value()
    assert drawn.count(",") >= 4
    bokare.get_by_label("Bostadsrätt").first.focus()
    say_what(keys)
    end_sessions(portal)
    say_the_rest(keys)

    again = bokare.get_by_role("link", name="Logga in igen")
    expect(again).to_be_visible(timeout=PATIENCE)
    with bokare.expect_popup() as opened:
        again.click()
    tab = opened.value
    with tab.expect_event("close"):
        sign_in_here(tab)

    expect(bokare.get_by_text("Du är inloggad igen")).to_be_visible()
    expect(corners_of(bokare)).to_have_value(drawn)
    expect(canvas.locator(".map-drawn")).to_be_visible()
    bokare.locator("[name='update_person-first_name']").focus()
    bokare.keyboard.press("Control+Enter")
    living(bokare, "delivered")
    arrived = received(portal)
    assert arrived["updatePerson"]["cellPhone"] == caller.shown
    [wish] = arrived["lookingForAccommodations"]
    # Vitec wants the ring closed.
    assert len(wish["polygon"]) == 5
    assert {name: wish[name] for name in WISH} == WISH


def test_somebody_else_who_signs_in_does_not_get_her_page(bokare: Page, portal: Stack) -> None:
    open_first_meeting(bokare)
    end_sessions(portal)
    bokare.get_by_label("Anteckning").fill("Vill sälja åt mamma")
    with bokare.expect_popup() as opened:
        bokare.get_by_role("link", name="Logga in igen").click()
    with opened.value.expect_event("close"):
        sign_in_here(opened.value, "maklare")
    expect(bokare.get_by_text("Någon annan har loggat in")).to_be_visible()
    expect(bokare.get_by_text("Du är inloggad igen")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_what_was_sent_too_late_goes_on_after_the_sign_in(
    browser: Browser, portal: Stack, scripts: bool
) -> None:
    in_good_order(portal)
    before = len(portal.comebacks())
    context = browser.new_context(base_url=portal.url, java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, "bokare", portal.url)
    open_first_meeting(page)
    page.get_by_label("Dag och tid").fill(free_day())
    page.get_by_label("Anteckning").fill("Vill sälja åt mamma")
    end_sessions(portal)
    page.locator(".send-foot .btn-primary").click()

    expect(page.get_by_text("inget är förlorat")).to_be_visible()
    sign_in_here(page)
    page.get_by_role("button", name="Fortsätt").click()
    page.wait_for_url("**/submissions/*-*/")
    assert "Vill sälja åt mamma" in page.content()
    context.close()
    wait_until(lambda: len(portal.comebacks()) == before + 1, what="the delivery")


@pytest.fixture
def with_a_key(browser: Browser, portal: Stack) -> Iterator[Page]:
    """A browser whose machine holds passkeys. Passkeys want a name, no number, for a host."""
    context: BrowserContext = browser.new_context(
        base_url=portal.url.replace("127.0.0.1", "localhost")
    )
    page = context.new_page()
    machine = context.new_cdp_session(page)
    machine.send("WebAuthn.enable")
    machine.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def test_a_passkey_is_added_and_signs_in_by_itself(with_a_key: Page, portal: Stack) -> None:
    page = with_a_key
    sign_in(page, "grannkontor", portal.url)
    page.goto("/account/second-step/")
    page.get_by_role("link", name="Lägg till en nyckel").click()
    page.get_by_label("Lösenord").fill("vitecportal")
    page.keyboard.press("Enter")
    page.get_by_label("Namn").fill("jobbdatorn")
    page.get_by_role("button", name="Lägg till").click()
    expect(page.get_by_role("heading", name="Reservkoder")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_role("button", name="Logga in med nyckel").click()
    page.wait_for_url("**/meetings/**")

    page.goto("/account/second-step/passkeys/")
    page.get_by_role("link", name="Ta bort").click()
    if "confirm" in page.url:
        page.get_by_label("Lösenord").fill("vitecportal")
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Ta bort").click()
    expect(page.get_by_text("Du har ingen nyckel än.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def test_no_page_of_the_account_has_a_fault(
    browser: Browser, portal: Stack, look: tuple[int, str]
) -> None:
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=portal.url,
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto("/sign-in/password/")
    assert faults(page) == []
    sign_in(page, "admin", portal.url)
    for path in ACCOUNT_PAGES:
        page.goto(path)
        assert faults(page) == [], path
    context.close()
