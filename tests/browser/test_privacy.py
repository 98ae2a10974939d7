"""S11: a person asks what is held of them, and is erased: nothing of them is left in any file."""

from __future__ import annotations

import dataclasses
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_pages import faults
from tests.journeys.stack import ROOT, Person, Stack, running, wait_until

NAME, LAST = "Kanarina Fågelsson", "Fågelsson"
# From the range that is kept free for plays, so that nobody in the demo has it.
PHONE, EMAIL, NUMBER = "+44 7700 900123", "kanarina@example.se", "189001019802"
TRACES = [
    "Kanarina", "Fågelsson", "fågelsson", "7700900123", "900123", "kanarina@", "01019802",
    "0101-9802",
]  # fmt: skip
TOKEN = re.compile(r"gAAAA[A-Za-z0-9_-]{60,}={0,2}")
# So much of a sealed text in one piece would count as left: pages of a file cut them anywhere.
PIECE = 40
# What plays Vitec is no part of the portal.
NOT_OURS = "sandbox"


@pytest.fixture(scope="module")
def own_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A portal of its own: its files are searched byte by byte."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("the files of a PostgreSQL are not ours to read")
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


def register_her(stack: Stack) -> str:
    """Kanarina at the door of a viewing, by bokare; where her submission stands."""
    bokare = Person(stack, "bokare")
    page, slot = wait_until(lambda: _form_with_slot(bokare), 60, "a viewing with a slot")
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
    fields = {
        **hidden,
        "mode": "door",
        "participated": "on",
        "time_slot_id": slot,
        "update_person-first_name": "Kanarina",
        "update_person-last_name": "Fågelsson",
        "update_person-cell_phone": PHONE,
        "update_person-email_address": EMAIL,
        "update_person-social_security_number": NUMBER,
    }
    sent = bokare.post("/viewings/participants/new/?mode=door", page, **fields)
    assert "/submissions/" in sent.url, sent.text
    bokare.wait_for(sent, "delivered")
    return sent.url


def _form_with_slot(person: Person) -> tuple[Any, str] | None:
    page = person.get("/viewings/participants/new/?mode=door")
    select = page.text.partition('name="time_slot_id"')[2].partition("</select>")[0]
    slots = list(filter(None, re.findall(r'<option value="([^"]*)"', select)))
    return (page, slots[0]) if slots else None


def mark_her(stack: Stack) -> str:
    """Her identity is protected from now on, for a reason that names her; her contact's id."""
    ombud = Person(stack, "ombud")
    page = ombud.get("/offices/protected/")
    found = wait_until(
        lambda: re.search(r"contact=([\w-]+)", ombud.post("/offices/search/", page, q=NAME).text),
        30,
        "Vitec names her",
    )
    contact_id = str(found[1])
    reason = f"{NAME} är hotad"
    answer = ombud.post("/offices/protected/", page, contact_id=contact_id, reason=reason)
    assert LAST in answer.text, answer.text
    return contact_id


# --- Searching files ---------------------------------------------------------------------------


def files(stack: Stack) -> list[Path]:
    """Database, write-ahead log, broker, cache, logs, mail, everything that the portal has."""
    found = [path for path in stack.folder.rglob("*") if path.is_file()]
    return [path for path in found if NOT_OURS not in path.name]


def master(stack: Stack) -> Fernet:
    return Fernet((stack.folder / "secrets" / "field_encryption_key").read_text().strip())


@dataclasses.dataclass(frozen=True)
class Opened:
    """A sealed text of the database, what it says, and the sealed key by which it was opened."""

    token: str
    text: str
    by: str


def opened(stack: Stack) -> list[Opened]:
    """All that can be opened with the master key, and with the keys that it opens."""
    with sqlite3.connect(stack.folder / "vitecportal.sqlite3") as database:
        left = set(TOKEN.findall("\n".join(database.iterdump())))
    found, keys = [], [(master(stack), "")]
    while keys:
        key, by = keys.pop()
        for token in list(left):
            try:
                text = key.decrypt(token.encode()).decode()
            except InvalidToken:
                continue
            left.discard(token)
            found.append(Opened(token, text, by))
            if re.fullmatch(r"[\w-]{43}=", text):
                keys.append((Fernet(text), token))
    return found


def names_her(text: str) -> bool:
    return any(trace in text for trace in TRACES)


def sealed_of_her(stack: Stack) -> set[str]:
    """The sealed texts that tell of her, and the sealed keys that open them."""
    hers = [one for one in opened(stack) if names_her(one.text)]
    return {token for one in hers for token in (one.token, one.by) if token}


def pieces_left(stack: Stack, tokens: set[str]) -> int:
    """How many pieces of these sealed texts are in any file, deleted or not."""
    whole = b"\n".join(path.read_bytes() for path in files(stack))
    return sum(
        token[start : start + PIECE].encode() in whole
        for token in tokens
        # The first signs of all tokens are alike: version and time.
        for start in range(20, len(token) - PIECE, PIECE)
    )


def leaks(stack: Stack) -> list[str]:
    """Where a trace of her is: in the bytes of a file, or in what can be opened."""
    found = [f"sealed: {one.text[:40]}" for one in opened(stack) if names_her(one.text)]
    for path in files(stack):
        text = path.read_bytes().decode(errors="replace")
        found += [f"{trace} in {path.name}" for trace in TRACES if trace in text]
    return found


def rows(stack: Stack, query: str) -> list[Any]:
    with sqlite3.connect(stack.folder / "vitecportal.sqlite3") as database:
        return database.execute(query).fetchall()


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
        click(ombud.get_by_role("link", name="JSON"))
    assert EMAIL in Path(download.value.path()).read_text()
    assert ombud.pdf().startswith(b"%PDF")

    click(ombud.get_by_role("link", name="Radera"))
    ombud.get_by_label("Varför raderas personen?").fill(f"{NAME} har bett om det")
    ombud.keyboard.press("Enter")
    expect(ombud.get_by_text("Du har själv begärt den")).to_be_visible()
    expect(ombud.get_by_role("button", name="Godkänn och radera")).to_have_count(0)

    # The search finds her as long as she is there, so that its silence means something.
    sealed |= sealed_of_her(own_portal)
    assert len(sealed) >= 4
    assert pieces_left(own_portal, sealed) > 20

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
    with sqlite3.connect(own_portal.folder / "vitecportal.sqlite3") as database:
        assert not any(f"'{contact_id}'" in line for line in database.iterdump())
    assert pieces_left(own_portal, sealed) == 0

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
        page.get_by_role("link", name="Radera").click()
        expect(page.locator(".privacy-plan")).to_be_visible()
        assert faults(page) == []
        page.get_by_label("Varför raderas personen?").fill("Hon har bett om det")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Du har själv begärt den")).to_be_visible()
        assert faults(page) == []
        context.close()
