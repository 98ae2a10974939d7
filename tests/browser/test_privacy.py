"""S11: a person asks what is held of them, and is erased: nothing of them is left in any file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_pages import faults
from tests.journeys.stack import ROOT, Stack, running, wait_until
from tests.journeys.traces import (
    EMAIL,
    LAST,
    NAME,
    NUMBER,
    is_named,
    leaks,
    mark_her,
    pieces_left,
    register_her,
    rows,
    sealed_of_her,
)


@pytest.fixture(scope="module")
def own_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A portal of its own: its files are searched byte by byte."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("the same is searched on PostgreSQL by tests/journeys/test_erased.py")
    with running(tmp_path_factory.mktemp("privacy"), hold=0) as stack:
        yield stack


@pytest.fixture
def two_people(own_portal: Stack, browser: Browser, complaints: list[str]) -> Iterator[list[Page]]:
    """Both have the right; each at a browser of their own."""
    contexts = [browser.new_context(base_url=own_portal.url) for _one in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, name in zip(pages, ("ombud", "admin"), strict=True):
        sign_in(page, name, own_portal.url)
    yield pages
    for context in contexts:
        context.close()


def verify_audit(stack: Stack) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        cwd=ROOT, env=stack.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


# --- The story ---------------------------------------------------------------------------------


class Clicks:
    """Counts what somebody has to click; Enter in a field is none."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, thing: Any) -> None:
        self.count += 1
        thing.click()


def test_extract_and_erase_in_eight_clicks_and_nothing_is_left(
    two_people: list[Page], own_portal: Stack
) -> None:
    ombud, admin = two_people
    where = register_her(own_portal)
    contact_id = mark_her(own_portal)
    sealed = sealed_of_her(own_portal)
    click = Clicks()

    click(ombud.get_by_role("link", name="Personuppgifter"))
    ombud.get_by_label("Telefon, e-post, namn").fill("0044 7700 900123")
    ombud.keyboard.press("Enter")
    card = ombud.locator(".privacy-card").filter(has_text=NAME)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("18900101-••••")
    assert NUMBER not in ombud.content()
    click(card.get_by_role("button", name="Registerutdrag"))

    expect(ombud.get_by_role("heading", level=1)).to_have_text("Registerutdrag")
    expect(ombud.locator(".privacy-shelf").first).to_contain_text(LAST)
    assert NUMBER in ombud.content()
    assert "7700" not in ombud.url
    with ombud.expect_download() as download:
        click(ombud.get_by_role("link", name="Ladda ner som JSON"))
    assert EMAIL in Path(download.value.path()).read_text()
    assert ombud.pdf().startswith(b"%PDF")

    click(ombud.get_by_role("button", name="Radera"))
    ombud.get_by_label("Varför raderas personen?").fill(f"{NAME} har bett om det")
    ombud.keyboard.press("Enter")
    expect(ombud.get_by_text("Du har själv begärt den")).to_be_visible()
    expect(ombud.get_by_role("button", name="Godkänn och radera")).to_have_count(0)

    # The search finds her as long as she is there, so that its silence means something.
    sealed |= sealed_of_her(own_portal)
    assert len(sealed) >= 4
    assert len(pieces_left(own_portal, sealed)) > 20

    admin.goto(ombud.url)
    expect(admin.locator(".privacy-plan")).to_contain_text("Det som sänts till Vitec")
    click(admin.get_by_role("button", name="Godkänn och radera"))
    expect(admin.get_by_text("Personen är raderad")).to_be_visible()
    expect(admin.get_by_role("heading", name="Återstår att göra i Vitec")).to_be_visible()
    click(admin.get_by_role("button", name="Klart i Vitec"))
    assert click.count <= 8

    done = "SELECT count(*) FROM privacy_erasure WHERE overwritten_at IS NOT NULL"
    wait_until(lambda: rows(own_portal, done)[0][0] == 1, 60, "the files are written anew")
    assert leaks(own_portal) == []
    assert rows(own_portal, "SELECT count(*) FROM offices_protectedcontact")[0][0] == 0
    assert not is_named(own_portal, contact_id)
    assert pieces_left(own_portal, sealed) == []

    assert "as it was written" in verify_audit(own_portal)
    code = where.rstrip("/").rpartition("/")[2].replace("-", "")
    facts = rows(
        own_portal,
        "SELECT a.event FROM submissions_attempt a JOIN submissions_submission s "  # noqa: S608
        f"ON s.id = a.submission_id WHERE s.code = '{code}' ORDER BY a.id",
    )
    assert [event for (event,) in facts] == [
        "accepted", "claimed", "sending", "delivered", "erased"
    ]  # fmt: skip


def test_the_pages_have_no_fault_wide_and_narrow_light_and_dark(
    browser: Browser, own_portal: Stack, two_people: list[Page]
) -> None:
    for width, scheme in ((1440, "light"), (390, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=own_portal.url,
            bypass_csp=True,
            storage_state=two_people[0].context.storage_state(),
        )
        page = context.new_page()
        page.goto("/privacy/")
        assert faults(page) == []
        page.get_by_label("Telefon, e-post, namn").fill("and")
        page.keyboard.press("Enter")
        expect(page.locator(".privacy-card").first).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name="Registerutdrag").first.click()
        expect(page.locator(".privacy-shelf").first).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name="Radera").click()
        expect(page.locator(".privacy-plan")).to_be_visible()
        assert faults(page) == []
        page.get_by_label("Varför raderas personen?").fill("Hon har bett om det")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Du har själv begärt den")).to_be_visible()
        assert faults(page) == []
        context.close()
