"""Nothing personal is shown again by the browser's Back button once somebody has signed out.

With the browser's own cache of whole pages, which Playwright turns off unless told not to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.browser.conftest import CHROMIUM, QUIET, in_good_order
from tests.journeys.stack import Stack


@pytest.fixture
def remembering(browser_type: BrowserType, portal: Stack) -> Iterator[BrowserContext]:
    """A browser that keeps whole pages for its Back button, as people's do."""
    browser = browser_type.launch(
        executable_path=CHROMIUM, args=QUIET,
        ignore_default_args=["--disable-back-forward-cache"],
    )  # fmt: skip
    context = browser.new_context(base_url=portal.url)
    yield context
    browser.close()


@pytest.fixture
def ombud(remembering: BrowserContext, portal: Stack) -> Page:
    """By the sign-in page: a session of their own, since it is ended."""
    in_good_order(portal)
    page = remembering.new_page()
    page.goto("/")
    page.get_by_label("Användarnamn").fill("ombud")
    page.get_by_label("Lösenord").fill("vitecportal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/meetings/**")
    return page


def far(page: Page) -> str:
    """A list with people on it; the name of one."""
    page.goto("/meetings/?date_from=&date_to=")
    name = page.locator(".row-what").first.inner_text().strip()
    assert re.search(r"\w", name)
    return name


def test_nothing_is_shown_again_after_signing_out(ombud: Page) -> None:
    name = far(ombud)
    other = ombud.context.new_page()
    other.goto("/account/sessions/")
    ombud.goto("/notices/")
    sign_out(other)

    ombud.go_back()

    expect(ombud).to_have_url(re.compile("/sign-in/"))
    assert name not in ombud.content()


def sign_out(page: Page) -> None:
    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action=\"/sign-out/\"]').submit()")
