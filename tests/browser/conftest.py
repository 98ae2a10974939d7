"""A real browser: Debian's Chromium, driven by Playwright, on a portal that runs.

Where no Chromium can be had these tests are left out, and the run says so; with CI=true that is
a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.journeys.stack import Person, Stack, running

CANDIDATES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


# How fast a page is, no test asks: a machine that is busy takes longer.
expect.set_options(timeout=30_000)

SIGN_IN = "/sign-in/"
# Of each running portal: the cookies of who has signed in, and an administrator without a browser.
_cookies: dict[tuple[str, str], list[Any]] = {}
_admins: dict[str, Person] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker("browser")
    if CHROMIUM or not mine:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("The browser tests need Chromium, and there is none here.")
    config.hook.pytest_deselected(items=mine)
    items[:] = [item for item in items if item not in mine]
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line("No Chromium here: the browser tests are left out.", yellow=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("portal"), hold=2) as stack:
        yield stack


@pytest.fixture(scope="session")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One that leaves a minute to undo what was sent: no test depends on how fast a browser is."""
    with running(tmp_path_factory.mktemp("unhurried"), hold=60) as stack:
        yield stack


@pytest.fixture(scope="session")
def base_url(portal: Stack) -> str:
    return portal.url


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser complained about: a page that breaks its own security policy, say."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            said.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield said
    assert said == []


@pytest.fixture
def bokare(context: BrowserContext, portal: Stack, complaints: list[str]) -> Page:
    """bokare at a browser, signed in, on the day's meetings."""
    in_good_order(portal)
    page = context.new_page()
    sign_in(page, "bokare", portal.url)
    return page


@pytest.fixture
def undoing(browser: Browser, unhurried: Stack) -> Iterator[Page]:
    """bokare where there is a minute to undo."""
    context = browser.new_context(base_url=unhurried.url)
    page = context.new_page()
    sign_in(page, "bokare", unhurried.url)
    yield page
    context.close()


def in_good_order(portal: Stack) -> None:
    """A practice Vitec that behaves, and no office paused by an earlier test."""
    portal.behave_well()
    admin = _admins.get(portal.url)
    if admin is None or SIGN_IN in admin.end_pauses().url:
        admin = _admins[portal.url] = Person(portal, "admin")
        admin.end_pauses()


def sign_in(page: Page, username: str, url: str) -> None:
    """At the portal with that address: by the sign-in page the first time, later with the cookies
    that it gave.

    A password is dear to check, and that is as it should be.
    """
    who = (url, username)
    if who in _cookies:
        page.context.add_cookies(_cookies[who])
    page.goto("/")
    if SIGN_IN in page.url:
        page.get_by_label("Användarnamn").fill(username)
        page.get_by_label("Lösenord").fill("vitecportal")
        page.keyboard.press("Enter")
    page.wait_for_url("**/meetings/**")
    _cookies[who] = page.context.cookies()
