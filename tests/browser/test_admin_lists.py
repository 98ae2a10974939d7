"""The administrator's pages of an office's lists: looked at wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_pages import LOOKS, faults
from tests.journeys.stack import Stack

OFFICE = "/admin/offices/office/1/"
WRONG = "id;namn;mobil\nADR1;=cmd;12\n"
RIGHT = "id;namn;mobil\nADR900;Åsa Öberg;0701740605\n"


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def page_of_admin(
    request: pytest.FixtureRequest, browser: Browser, portal: Stack
) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        base_url=portal.url,
        bypass_csp=True,  # axe is injected by the test
    )
    in_good_order(portal)
    page = context.new_page()
    sign_in(page, "admin", portal.url)
    yield page
    context.close()


def choose(page: Page, text: str) -> None:
    file = {"name": "kontakter.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("CSV-fil").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Se vad den skulle göra").click()


def test_lists_test_and_import_have_no_fault(page_of_admin: Page) -> None:
    page = page_of_admin
    page.goto(f"{OFFICE}vitec/")
    assert faults(page) == []

    page.get_by_role("button", name="Testa anslutning").click()
    expect(page.locator("[data-lookup=tasks][data-result=allowed]")).to_be_visible()
    assert faults(page) == []

    page.locator("a[href$='/import/contact_search/']").click()
    assert faults(page) == []
    choose(page, WRONG)
    expect(page.get_by_text("namn: får inte börja med")).to_be_visible()
    assert faults(page) == []
    choose(page, RIGHT)
    expect(page.get_by_role("button", name="Importera", exact=True)).to_be_visible()
    assert faults(page) == []


def test_without_javascript_a_file_is_imported(browser: Browser, portal: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=portal.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Användarnamn").fill("admin")
    page.get_by_label("Lösenord").fill("vitecportal")
    page.get_by_role("button", name="Logga in").click()
    page.goto(f"{OFFICE}import/contact_search/")

    choose(page, RIGHT)
    page.get_by_role("button", name="Importera", exact=True).click()

    expect(page.get_by_text("Kontakter: 1 nya och 0 ändrade importerades.")).to_be_visible()
    context.close()
