"""One action for many: marked rows of the list, and the visitors of a viewing."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_meetings import DAY, MORNING, press, today
from tests.browser.test_pages import faults
from tests.journeys.stack import Stack, free_day

BATCH = re.compile(r"/submissions/batches/")


@pytest.fixture
def maklare(page: Page, portal: Stack, complaints: list[str]) -> Page:
    in_good_order(portal)
    sign_in(page, "maklare", portal.url)
    return page


def ahead(page: Page, **more: str) -> None:
    asked = {"date_from": str(today() + DAY), "date_to": str(today() + 40 * DAY), **more}
    page.goto(f"{MORNING}?" + "&".join(f"{name}={value}" for name, value in asked.items()))


class TestMarkedRows:
    def test_by_key_three_rows_get_one_comeback_each_and_the_list_stays(
        self, bokare: Page, portal: Stack
    ) -> None:
        ahead(bokare, state="Booked")
        rows = bokare.locator("[data-row]")
        rows.nth(5).focus()
        before = len(portal.comeback_requests())
        marked = [rows.nth(n).get_attribute("id") for n in (5, 6, 7)]

        bokare.keyboard.press("x")
        bokare.keyboard.press("Shift+ArrowDown")
        bokare.keyboard.press("Shift+ArrowDown")
        expect(bokare.locator("[data-marked-number]")).to_have_text("3")
        scrolled = bokare.evaluate("scrollY")
        press(bokare, "Å")
        expect(bokare.get_by_role("heading", name="Återkomst till 3 personer")).to_be_visible()
        expect(bokare.get_by_label("Dag och tid")).to_be_focused()
        bokare.keyboard.type(f"{free_day()} 10:15")
        bokare.keyboard.press("Tab")
        bokare.keyboard.type("ring igen")
        expect(bokare.get_by_role("button", name="Skapa 3 återkomster")).to_be_visible()
        bokare.keyboard.press("Control+Enter")

        sent = bokare.locator("[data-many-sent]")
        expect(sent).to_contain_text("3 av 3 finns i Vitec", timeout=60_000)
        assert len(portal.comeback_requests()) == before + 3
        bodies = [request["body"] for request in portal.comeback_requests()[-3:]]
        assert {body["note"] for body in bodies} == {"ring igen"}
        assert len({body["meetingId"] for body in bodies}) == 3
        for row in marked:
            expect(bokare.locator(f"#{row} .next-step")).to_contain_text("Levererad")
        bokare.get_by_role("button", name="Stäng").click()
        expect(bokare.locator(f"#{marked[-1]}")).to_be_focused()
        assert "date_from" in bokare.url
        # Three rows have grown by a line.
        assert abs(bokare.evaluate("scrollY") - scrolled) <= 150

    def test_by_mouse_a_span_is_marked_and_undone_before_it_leaves(
        self, undoing: Page, unhurried: Stack
    ) -> None:
        ahead(undoing, state="Booked")
        before = len(unhurried.comeback_requests())
        boxes = undoing.locator("[data-mark]")
        boxes.nth(1).click()
        boxes.nth(4).click(modifiers=["Shift"])
        expect(undoing.locator("[data-marked-number]")).to_have_text("4")

        undoing.get_by_role("button", name="Återkomst till markerade").click()
        undoing.get_by_label("Dag och tid").fill(f"{free_day()} 10:15")
        undoing.get_by_role("button", name="Skapa 4 återkomster").click()
        undoing.get_by_role("button", name=re.compile("Ångra de 4")).click()

        expect(undoing.locator("[data-many-sent]")).to_contain_text("Ångrad: 4")
        assert len(unhurried.comeback_requests()) == before
        assert MORNING in undoing.url

    def test_the_page_is_marked_at_once_and_escape_lets_go(self, bokare: Page) -> None:
        ahead(bokare)
        bokare.get_by_label("Markera alla på sidan").click()
        count = bokare.locator("[data-mark]").count()
        expect(bokare.locator("[data-marked-number]")).to_have_text(str(count))

        bokare.locator("[data-row]").first.focus()
        bokare.keyboard.press("Escape")

        expect(bokare.locator("[data-marked]")).to_be_hidden()

    def test_without_javascript_it_is_plain_pages(
        self, browser: Browser, portal: Stack, bokare: Page
    ) -> None:
        context = browser.new_context(
            base_url=portal.url,
            java_script_enabled=False,
            storage_state=bokare.context.storage_state(),
        )
        page = context.new_page()
        ahead(page, state="Booked")
        for number in (8, 9):
            page.locator("[data-mark]").nth(number).check()

        page.get_by_role("button", name="Återkomst till markerade").click()
        page.get_by_label("Dag och tid").fill(f"{free_day()} 10:15")
        page.get_by_role("button", name="Visa vad som händer").click()
        page.get_by_role("button", name="Skapa 2 återkomster").click()

        expect(page).to_have_url(BATCH)
        expect(page.locator(".batch-parts tbody tr")).to_have_count(2)
        context.close()

    def test_the_panel_has_no_fault(self, browser: Browser, portal: Stack, bokare: Page) -> None:
        for width, scheme in ((1440, "light"), (390, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
                base_url=portal.url,
                bypass_csp=True,
                storage_state=bokare.context.storage_state(),
            )
            page = context.new_page()
            ahead(page)
            page.locator("[data-mark]").nth(0).click()
            page.locator("[data-mark]").nth(3).click()
            page.get_by_role("button", name="Återkomst till markerade").click()
            page.get_by_label("Dag och tid").fill("25/12 10")
            expect(page.locator("#many-reading")).to_contain_text("Juldagen")
            assert faults(page) == []
            context.close()


VISITORS = 12
# How the twelve cared, in the order in which they stand on the page: 1 great, 2 small, 3 none.
MARKS = "111211131111"
# Two have come in from the street: Vitec has told of no contact id.
FROM_THE_STREET = 2


def known_people(page: Page, count: int) -> list[str]:
    """Contact ids of people whom the office has met, each once."""
    page.goto(f"{MORNING}?date_from={today() - 90 * DAY}&date_to={today() + 40 * DAY}&size=200")
    found: list[str] = []
    for row in page.locator("[data-row]").all():
        if len(found) == count:
            break
        pk = str(row.get_attribute("id")).removeprefix("meeting-")
        form = page.request.get(f"/meetings/{pk}/comeback/", headers={"HX-Request": "true"}).text()
        contact = re.search(r'name="contact_id"\s+value="([^"]+)"', form)
        if contact and contact[1] not in found:
            found.append(contact[1])
    return found


def afterwards(page: Page, people: list[str], number: int) -> list[str]:
    """The page after one of today's slots that ten of these and two strangers came to; who came."""
    page.goto("/viewings/")
    page.goto(str(page.get_by_role("link", name="Besökare").nth(number).get_attribute("href")))
    door = page.get_by_role("link", name="Hela formuläret").get_attribute("href")
    slot = re.search(r"slot=([^&]+)", str(door))
    here = re.search(r"/viewings/(\d+)/\?slot=(\d+)", page.url)
    assert slot
    assert here
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    strangers: list[str | None] = [None] * FROM_THE_STREET
    came = []
    for contact in [*people, *strangers]:
        form = {
            "csrfmiddlewaretoken": str(token),
            "form_token": str(uuid.uuid4()),
            "time_slot_id": slot[1],
            "mode": "door",
            "participated": "on",
        }
        if contact:
            form["update_person-contact_id"] = contact
        else:
            form["update_person-first_name"] = f"Gäst{uuid.uuid4().hex[:6]}"
            form["update_person-cell_phone"] = f"070-17{uuid.uuid4().int % 10**5:05}"
        if len(came) == VISITORS - FROM_THE_STREET and contact:
            continue
        answer = page.request.post(
            "/viewings/participants/new/", form=form, headers={"Referer": page.url}, max_redirects=0
        )
        # One whom Vitec has booked already would be asked about.
        if answer.status == 302 and contact:
            came.append(contact)
    assert not people or len(came) == VISITORS - FROM_THE_STREET
    page.goto(f"/viewings/{here[1]}/afterwards/?slot={here[2]}")
    return came


class Counted:
    """Clicks and keys that are more than the text of a note."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = self.clicks = 0

    def key(self, key: str) -> None:
        press(self.page, key) if key == "å" else self.page.keyboard.press(key)
        self.keys += 1

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


class TestAfterTheViewing:
    def came_back_to(self, page: Page, portal: Stack, before: int, people: list[str]) -> None:
        """Those with great interest whom Vitec knows, tomorrow at ten, and nobody else."""
        expect(page).to_have_url(BATCH)
        great = MARKS.count("1")
        count = great - FROM_THE_STREET
        expect(page.locator("#progress-said")).to_contain_text(
            f"{count} av {count} finns i Vitec", timeout=60_000
        )
        expect(page.locator(".batch-parts .state")).to_have_text(["Levererad"] * count)
        sent = portal.comeback_requests()[before:]
        assert len(sent) == count
        tomorrow = (today() + DAY).isoformat()
        for request in sent:
            assert request["path"].rsplit("/", 1)[1] in people
            assert request["body"]["date"].startswith(f"{tomorrow}T10:00")
            assert request["body"]["estateId"]
            assert list(request["body"]["participant"]) == ["userId"]

    def test_by_keyboard_twelve_marks_and_notes_and_one_comeback_take_26_keys(
        self, maklare: Page, portal: Stack
    ) -> None:
        people = afterwards(maklare, known_people(maklare, 18), 0)
        before = len(portal.comeback_requests())
        hand = Counted(maklare)
        there = maklare.url
        expect(maklare.locator("[data-visitor]").first).to_be_focused()

        for number, mark in enumerate(MARKS, start=1):
            hand.key(mark)
            maklare.keyboard.type(f"not {number}")
            hand.key("Enter")
        expect(maklare.locator("#after-bar")).to_contain_text(f"{VISITORS} av")
        expect(maklare.locator("#after-bar")).to_contain_text("2 väntar på kontakt-id från Vitec")
        hand.key("å")
        expect(maklare.locator(".many-out")).to_contain_text("Väntar på kontakt-id från Vitec")
        expect(maklare.get_by_label("Dag och tid")).to_have_value("imorgon 10")
        expect(maklare.get_by_role("button", name="Skapa 8 återkomster")).to_be_visible()
        hand.key("Enter")

        self.came_back_to(maklare, portal, before, people)
        assert hand.keys <= 26
        maklare.goto(there)
        expect(maklare.locator("[data-note]").nth(11)).to_have_value("not 12")
        expect(maklare.locator("[data-note]").first).to_have_value("not 1")

    def test_by_mouse_it_takes_14_clicks(self, maklare: Page, portal: Stack) -> None:
        people = afterwards(maklare, known_people(maklare, 36)[18:], 1)
        before = len(portal.comeback_requests())
        hand = Counted(maklare)

        for number, mark in enumerate(MARKS):
            person = maklare.locator("[data-visitor]").nth(number)
            hand.click(person.locator(f"[data-interest='{mark}']"))
            maklare.keyboard.type("Vill se igen")
        many = maklare.get_by_role("button", name=re.compile("^Återkomst till alla med stort"))
        expect(many).to_contain_text("(10)")
        hand.click(many)
        hand.click(maklare.get_by_role("button", name="Skapa 8 återkomster"))

        self.came_back_to(maklare, portal, before, people)
        assert hand.clicks <= 14

    def test_the_page_has_no_fault(self, browser: Browser, portal: Stack, maklare: Page) -> None:
        afterwards(maklare, [], 0)
        there = maklare.url
        for width, scheme in ((1440, "light"), (390, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
                base_url=portal.url,
                bypass_csp=True,
                storage_state=maklare.context.storage_state(),
            )
            page = context.new_page()
            page.goto(there)
            page.locator("[data-interest='1']").first.click()
            expect(page.locator("#after-bar")).to_contain_text("väntar på kontakt-id")
            assert faults(page) == []
            context.close()
