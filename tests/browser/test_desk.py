"""The desk after an open house: twenty visitors from a paper list, by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack, wait_until

# As they stand on a paper: first name, last name, mobile.
VISITORS = [
    ("Anna", "Andersson", "0701740605"),
    ("Lars", "Johansson", "0701740606"),
    ("Eva", "Karlsson", "0701740607"),
    ("Mohammed", "Ali", "0701740608"),
    ("Karin", "Nilsson", "0701740609"),
    ("Per", "Eriksson", "0701740610"),
    ("Sara", "Lindqvist", "0701740611"),
    ("Ola", "Berg", "0701740612"),
    ("Ingrid", "Öberg", "0701740613"),
    ("Fatima", "Hassan", "0701740614"),
    ("Johan", "Svensson", "0701740615"),
    ("Li", "Wang", "0701740616"),
    ("Elisabeth", "Gustafsson", "0701740617"),
    ("Nils", "Pettersson", "0701740618"),
    ("Maria", "Lund", "0701740619"),
    ("Åke", "Sjöberg", "0701740620"),
    ("Hanna", "von Essen", "0701740621"),
    ("Emil", "Holm", "0701740622"),
    ("Birgitta", "Ek", "0701740623"),
    ("Oskar", "Lindgren", "0701740624"),
]
BUDGET = 30


class Keys:
    """A keyboard that counts; the mouse is never touched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def write(self, text: str) -> None:
        for letter in text:
            self.page.keyboard.type(letter)
            self.pressed += 1

    def visitor(self, first: str, last: str, mobile: str) -> int:
        """Writes a row and sends it; how many keys that took."""
        before = self.pressed
        self.write(first)
        self.press("Tab")
        self.write(last)
        self.press("Tab")
        self.write(mobile)
        self.press("Enter")
        return self.pressed - before


def open_desk(page: Page, number: int = 0) -> None:
    """The page of one of today's slots at which visitors are registered."""
    page.goto("/viewings/")
    page.goto(str(page.get_by_role("link", name="Besökare").nth(number).get_attribute("href")))
    expect(page.locator("[data-desk-row]")).to_have_count(1)


def bookings(portal: Stack) -> list[dict[str, Any]]:
    """Every request for a participant that reached the practice Vitec, in order."""
    answer = requests.get(f"{portal.sandbox_url}/_sandbox/log", timeout=10).json()
    rows = answer if isinstance(answer, list) else answer["log"]
    wanted = [row for row in rows if row["method"] == "POST" and "/Participant" in str(row["path"])]
    return sorted(wanted, key=lambda row: str(row.get("at", "")))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def first_names(sent: list[dict[str, Any]]) -> list[str]:
    return [row["body"]["updatePerson"]["firstName"] for row in sent]


def test_twenty_visitors_by_keyboard(bokare: Page, portal: Stack) -> None:
    open_desk(bokare)
    before = len(bookings(portal))
    keys = Keys(bokare)

    spent = [keys.visitor(*visitor) for visitor in VISITORS]

    assert sum(spent) / len(spent) <= BUDGET
    listed = bokare.locator("[data-person-name]")
    for first, last, _mobile in VISITORS:
        expect(listed.filter(has_text=f"{first} {last}").first).to_be_visible()
    newest_first = listed.all_inner_texts()[: len(VISITORS)]
    assert newest_first == [f"{first} {last}" for first, last, _mobile in reversed(VISITORS)]
    wait_until(lambda: len(bookings(portal)) - before >= len(VISITORS), 60, "all are sent")
    sent = bookings(portal)[before:]
    assert sorted(first_names(sent)) == sorted(first for first, _last, _mobile in VISITORS)
    for row in sent:
        body = row["body"]
        assert body["participated"] is True
        assert not any(body["options"].values())
        assert not any(body[name] for name in body if "onfirmation" in name or "eminder" in name)
        assert set(body["updatePerson"]) == {"customerId", "firstName", "lastName", "cellPhone"}
    seventh_again(bokare, portal, keys)


def seventh_again(page: Page, portal: Stack, keys: Keys) -> None:
    before = len(bookings(portal))

    keys.visitor(*VISITORS[6])

    row = page.locator("[data-desk-row][data-wrong]")
    expect(row).to_contain_text(re.compile(r"Redan registrerad \d\d:\d\d"))
    expect(row.locator("[name=reach]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-desk-row][data-wrong]")).to_have_count(1)
    assert len(bookings(portal)) == before


def test_a_wrong_mobile_keeps_the_row_its_message_and_the_focus(bokare: Page) -> None:
    open_desk(bokare, 1)
    keys = Keys(bokare)

    keys.visitor("Bo", "Ek", "07017")

    row = bokare.locator("[data-desk-row][data-wrong]")
    expect(row).to_contain_text("inget telefonnummer")
    expect(row.locator("[name=reach]")).to_be_focused()
    expect(row.locator("[name=reach]")).to_have_value("07017")
    keys.write("40650")
    keys.press("Enter")
    expect(bokare.locator("[data-desk-saved]")).to_contain_text("Bo Ek")
    expect(bokare.get_by_text("070-174 06 50")).to_be_visible()
    expect(bokare.locator("[data-desk-row][data-wrong]")).to_have_count(0)
    assert focused(bokare) == "update_person-first_name"


def test_who_writes_on_is_not_torn_away_by_a_mistake(bokare: Page) -> None:
    open_desk(bokare, 1)
    keys = Keys(bokare)
    bokare.route("**/register/", lambda route: (bokare.wait_for_timeout(300), route.continue_()))

    keys.visitor("Bo", "Ek", "1")
    keys.write("Cecilia")

    expect(bokare.locator("[data-desk-row][data-wrong]")).to_have_count(1)
    assert focused(bokare) == "update_person-first_name"
    expect(bokare.locator("[data-desk-row] [name$=first_name]").last).to_have_value("Cecilia")


def test_a_known_person_is_one_key_away(bokare: Page, portal: Stack) -> None:
    open_desk(bokare, 1)
    name = bokare.locator("[data-person-name]").last.inner_text()
    first, _space, last = name.partition(" ")
    keys = Keys(bokare)

    keys.write(first)
    keys.press("Tab")
    keys.write(last)
    expect(bokare.locator("[data-desk-take]").first).to_contain_text(name)
    keys.press("ArrowDown")

    expect(bokare.locator("[data-desk-chosen]")).to_contain_text(name)
    assert bokare.locator("[data-desk-contact]").first.input_value().startswith("ADR")


def test_a_receipt_is_undone_and_its_text_comes_back(undoing: Page, unhurried: Stack) -> None:
    open_desk(undoing, 1)
    before = len(bookings(unhurried))
    keys = Keys(undoing)
    keys.visitor("Ulla", "Ek", "0701740651")
    receipt = undoing.locator("[data-desk-saved]")
    expect(receipt).to_contain_text("Ulla Ek")

    receipt.get_by_role("button", name="Ångra").click()

    row = undoing.locator("[data-desk-row][data-undone]")
    expect(row.locator("[name=reach]")).to_have_value("0701740651")
    expect(receipt).to_have_count(0)
    assert len(bookings(unhurried)) == before


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text", text);
          const about = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", about));
        }""",
        text,
    )


def test_a_line_that_is_pasted_is_taken_apart(bokare: Page) -> None:
    open_desk(bokare, 1)

    paste(bokare, "Per von Essen 0701740652")

    row = bokare.locator("[data-desk-row]").first
    expect(row.locator("[name$=first_name]")).to_have_value("Per")
    expect(row.locator("[name$=last_name]")).to_have_value("von Essen")
    expect(row.locator("[name=reach]")).to_have_value("0701740652")


def test_several_lines_become_a_list_and_a_batch(bokare: Page, portal: Stack) -> None:
    open_desk(bokare, 1)
    before = len(bookings(portal))

    paste(bokare, "Ada Ek 0701740653\nIda Ek 07\nUno Ek 0701740654")

    expect(bokare).to_have_url(re.compile("/list/$"))
    wrong = bokare.locator("tr.wrong")
    expect(wrong).to_have_count(1)
    wrong.locator("[name=reach]").fill("0701740655")
    bokare.get_by_role("button", name="Sänd 3 personer").click()
    expect(bokare).to_have_url(re.compile("/batches/"))
    wait_until(lambda: len(bookings(portal)) - before == 3, 60, "all are sent")


def test_the_list_is_filtered_in_the_browser_alone(bokare: Page) -> None:
    open_desk(bokare, 0)
    people = bokare.locator("[data-person]")
    expect(people.nth(5)).to_be_visible()
    asked: list[str] = []
    bokare.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))

    bokare.get_by_label("Filtrera på namn").fill("von ess")

    expect(bokare.locator("[data-person]:visible")).to_have_count(1)
    assert not any("von" in each for each in asked)


def test_the_other_mode_keeps_what_is_typed(bokare: Page) -> None:
    bokare.goto("/viewings/participants/new/")
    bokare.get_by_label("Förnamn").fill("Anna")
    bokare.get_by_label("Bekräftelse via SMS").check()

    bokare.get_by_text("Vid dörren", exact=True).click()
    expect(bokare.get_by_label("Bekräftelse via SMS")).to_be_hidden()
    expect(bokare.get_by_label("Deltog på visningen")).to_be_visible()
    bokare.get_by_text("Boka i förväg", exact=True).click()

    expect(bokare.get_by_label("Bekräftelse via SMS")).to_be_checked()
    expect(bokare.get_by_label("Förnamn")).to_have_value("Anna")


@pytest.mark.parametrize("width", [1440, 390])
def test_without_javascript_five_rows_stand_ready(
    browser: Browser, portal: Stack, width: int
) -> None:
    context = browser.new_context(
        java_script_enabled=False, base_url=portal.url, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Användarnamn").fill("bokare")
    page.get_by_label("Lösenord").fill("vitecportal")
    page.get_by_role("button", name="Logga in").click()
    page.goto("/viewings/")
    page.goto(str(page.get_by_role("link", name="Besökare").nth(1).get_attribute("href")))

    rows = page.locator(".desk-row:visible")
    expect(rows).to_have_count(5)
    rows.nth(0).locator("[name$=first_name]").fill("Moa")
    rows.nth(0).locator("[name=reach]").fill(f"07017406{61 if width > 500 else 62}")
    rows.nth(1).locator("[name$=first_name]").fill("Fel")
    rows.nth(1).locator("[name=reach]").fill("07")
    page.get_by_role("button", name="Registrera alla").click()

    expect(page.get_by_text("1 besökare är registrerad.")).to_be_visible()
    expect(page.locator(".desk-row:visible [name=reach]")).to_have_value("07")
    context.close()
