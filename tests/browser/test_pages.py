"""Every page, wide and narrow, light and dark: no accessibility fault, nothing that sticks out."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_comeback import FORM, living, open_first_meeting
from tests.browser.test_desk import open_desk
from tests.journeys.stack import Stack, free_day

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
CALENDAR = "/calendar/appointments/new/"
PAGES = [
    "/meetings/",
    FORM,
    f"{FORM}?contact=unknown",
    "/viewings/",
    "/viewings/?past=1",
    "/viewings/participants/new/",
    "/viewings/participants/new/?mode=door",
    CALENDAR,
    "/submissions/",
    "/nowhere/",
]
# Each width and each scheme once; EVERY_LOOK=1 has all four.
LOOKS = [(1440, "light"), (390, "dark")]
if os.environ.get("EVERY_LOOK"):
    LOOKS += [(1440, "dark"), (390, "light")]

# Far from every free day.
years = itertools.count(2045)


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest) -> tuple[int, str]:
    width, scheme = request.param
    return width, scheme


@pytest.fixture
def page_of_bokare(browser: Browser, portal: Stack, look: tuple[int, str]) -> Iterator[Page]:
    in_good_order(portal)
    with looked_at(browser, portal, look) as page:
        yield page


@pytest.fixture
def page_with_time_to_undo(
    browser: Browser, unhurried: Stack, look: tuple[int, str]
) -> Iterator[Page]:
    with looked_at(browser, unhurried, look) as page:
        yield page


@contextlib.contextmanager
def looked_at(browser: Browser, stack: Stack, look: tuple[int, str]) -> Iterator[Page]:
    """bokare, signed in, in a window of that width and scheme."""
    with window(browser, stack, look) as page:
        sign_in(page, "bokare", stack.url)
        yield page


@contextlib.contextmanager
def window(browser: Browser, stack: Stack, look: tuple[int, str]) -> Iterator[Page]:
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        base_url=stack.url,
        bypass_csp=True,  # axe is injected by the test
    )
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    """What axe-core finds, and whether the page is wider than its window."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(result => result.violations)")
    said = [
        f"{rule['id']}: {rule['help']} {[node['html'][:120] for node in rule['nodes'][:3]]}"
        for rule in found
    ]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width[0] > width[1]:
        said.append(f"the page is {width[0]} px wide in a window of {width[1]} px")
    return said


def test_signing_in_has_no_fault(browser: Browser, portal: Stack, look: tuple[int, str]) -> None:
    with window(browser, portal, look) as page:
        page.goto("/")
        assert faults(page) == []


def test_no_page_has_a_fault(page_of_bokare: Page) -> None:
    page = page_of_bokare
    for path in PAGES:
        page.goto(path)
        assert faults(page) == [], path


def test_the_form_and_what_can_be_undone_have_no_fault(page_with_time_to_undo: Page) -> None:
    page = page_with_time_to_undo
    fill_for_christmas(page)
    assert faults(page) == []

    page.keyboard.press("Control+Enter")
    living(page, "grace")
    assert faults(page) == []

    page.keyboard.press("u")
    living(page, "undone")
    assert faults(page) == []


def test_what_has_been_delivered_has_no_fault(page_of_bokare: Page) -> None:
    page = page_of_bokare
    fill_for_christmas(page)
    page.keyboard.press("Control+Enter")
    living(page, "delivered")

    assert faults(page) == []


def fill_for_christmas(page: Page) -> None:
    """The form of a meeting, with the note that it is a day off.

    Each time another year's: two comebacks within a fortnight would be asked about.
    """
    open_first_meeting(page)
    page.get_by_label("Dag och tid").fill(f"{next(years)}-12-25 10:00")
    page.get_by_text("Juldagen").wait_for()


def test_a_form_with_errors_has_no_fault(page_of_bokare: Page) -> None:
    page = page_of_bokare
    page.goto(FORM)
    page.keyboard.press("Control+Enter")
    page.locator(".invalid-feedback, .errorlist").first.wait_for()

    assert faults(page) == []


@pytest.mark.parametrize("fault", ["lose_answer", "bad_request", "forbidden"])
def test_what_went_wrong_has_no_fault_either(
    page_of_bokare: Page, portal: Stack, fault: str
) -> None:
    page = page_of_bokare
    portal.behave("comeback", fault, times=1)
    state = {"lose_answer": "uncertain", "bad_request": "rejected", "forbidden": "paused"}[fault]
    open_first_meeting(page)
    page.get_by_label("Dag och tid").fill(free_day())
    page.keyboard.press("Control+Enter")
    living(page, state)

    assert faults(page) == []


def test_the_desk_of_a_viewing_and_a_list_have_no_fault(page_of_bokare: Page) -> None:
    page = page_of_bokare
    open_desk(page)
    assert faults(page) == []

    row = page.locator("[data-desk-row]").last
    row.locator("[name$=first_name]").fill("Bo")
    row.locator("[name=reach]").fill("07")
    row.locator("[name=reach]").press("Enter")
    page.locator("[data-desk-row][data-wrong]").wait_for()
    assert faults(page) == []

    page.get_by_role("link", name="Klistra in en lista").click()
    assert faults(page) == []
    page.get_by_label("Listan").fill("Anna Ek 07\nBo;Ek;bo@ek.se")
    page.get_by_role("button", name="Gå igenom listan").click()
    page.locator("tr.wrong").wait_for()
    assert faults(page) == []


def test_the_whole_form_unfolded_has_no_fault(page_of_bokare: Page) -> None:
    page = page_of_bokare
    page.goto("/viewings/participants/new/")
    for summary in page.locator("details.more > summary").all():
        summary.click()
    page.get_by_label("Förnamn").fill("Gustav")
    page.get_by_label("Efternamn").fill("Pettersson")
    page.locator(".known-list").wait_for()

    assert faults(page) == []
