"""The first page of the morning: by key from day to week, by text, and fetched on demand."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Request, Route, expect

from meetings.columns import ALL
from tests.browser.test_pages import faults
from tests.journeys.stack import Stack, free_day

DAY = dt.timedelta(days=1)
MORNING = "/meetings/"
# Nothing covers the middle of any of these, and nothing shows through.
ON_TOP = """(cells) => cells.map((cell) => {
  const { left, top, width, height } = cell.getBoundingClientRect();
  return cell.contains(document.elementFromPoint(left + width / 2, top + height / 2));
})"""


def today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - the demo's own day


def asked(page: Page) -> dict[str, str]:
    """The filter, as it stands in the address."""
    query = parse_qs(urlsplit(page.url).query)
    return {name: values[0] for name, values in query.items()}


def far(page: Page) -> None:
    """Enough days for meetings of every kind, and more than one page of them."""
    page.goto(f"{MORNING}?date_from={today() - 200 * DAY}&date_to={today() + 50 * DAY}")


def test_signing_in_leads_to_the_meetings_of_today_with_the_filter_in_the_address(
    bokare: Page,
) -> None:
    assert asked(bokare) == {"date_from": str(today()), "date_to": str(today())}
    expect(bokare.get_by_role("heading", level=1)).to_contain_text("Idag")
    expect(bokare.get_by_role("heading", level=1)).to_contain_text(
        f"vecka {today().isocalendar().week}"
    )
    expect(bokare.locator("#freshness")).to_contain_text("Uppdaterad")


def test_one_key_leads_to_tomorrow_and_one_to_next_week(bokare: Page) -> None:
    bokare.keyboard.press("ArrowRight")
    bokare.wait_for_url(f"**date_from={today() + DAY}**")

    bokare.keyboard.press("t")
    bokare.wait_for_url(f"**date_from={today()}**")

    bokare.keyboard.press("v")
    monday = today() + (7 - today().weekday()) * DAY
    bokare.wait_for_url(f"**date_from={monday}&date_to={monday + 6 * DAY}**")
    expect(bokare.get_by_role("heading", level=1)).to_contain_text(
        f"vecka {monday.isocalendar().week}"
    )


def test_no_page_view_asks_vitec(bokare: Page, portal: Stack) -> None:
    before = portal.meeting_requests()
    for _again in range(3):
        bokare.goto(MORNING)
    expect(bokare.get_by_role("heading", level=1)).to_be_visible()
    # The timetable may have come by meanwhile; it asks for two spans, not for three pages.
    assert len(portal.meeting_requests()) - len(before) in (0, 2)


def test_a_choice_changes_list_address_and_chips_and_back_takes_it_back(bokare: Page) -> None:
    far(bokare)
    whole = bokare.locator(".page-sub").first.inner_text()

    bokare.get_by_label("Typ", exact=True).select_option("Viewing")
    chip = bokare.get_by_role("link", name=re.compile("Typ: Visningsmöte"))
    expect(chip).to_be_visible()
    assert asked(bokare)["type"] == "Viewing"
    assert bokare.locator(".page-sub").first.inner_text() != whole
    expect(bokare.locator(".row-kind").filter(has_text="Intagsmöte")).to_have_count(0)

    bokare.go_back()
    expect(bokare.locator("#filters select[name=type]")).to_have_value("")
    expect(bokare.locator(".page-sub").first).to_have_text(whole)
    bokare.go_forward()
    bokare.wait_for_url("**type=Viewing")
    expect(chip).to_be_visible()
    chip.click()
    expect(chip).to_have_count(0)
    expect(bokare.locator(".page-sub").first).to_have_text(whole)


def held(page: Page, address: str) -> list[Route]:
    """The requests to it, which are answered when the test lets them go on."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile(address), hold)
    return waiting


def test_forward_before_the_scripts_have_come_shows_the_list_of_its_address(bokare: Page) -> None:
    far(bokare)
    kind = bokare.locator("#filters select[name=type]")
    kind.select_option("Viewing")
    bokare.wait_for_url("**type=Viewing")

    scripts = held(bokare, r"/vendor/htmx\.")
    bokare.evaluate("history.back()")
    expect(kind).to_have_value("")
    bokare.evaluate("history.forward()")
    expect(bokare).to_have_url(re.compile("type=Viewing$"))
    assert scripts
    for script in scripts:
        script.continue_()
    bokare.unroute_all()

    expect(kind).to_have_value("Viewing")
    expect(bokare.locator(".row-kind").filter(has_text="Intagsmöte")).to_have_count(0)
    assert asked(bokare)["type"] == "Viewing"


def is_choice(request: Request) -> bool:
    return request.method == "POST"


def test_back_drops_the_answer_to_a_choice_that_was_still_on_its_way(bokare: Page) -> None:
    far(bokare)
    kind = bokare.locator("#filters select[name=type]")
    kind.select_option("Viewing")
    bokare.wait_for_url("**type=Viewing")

    slow = held(bokare, r"/meetings/(\?|$)")
    with bokare.expect_request(is_choice):
        bokare.get_by_label("Status", exact=True).select_option("Booked")
    with (
        bokare.expect_event("requestfailed", is_choice, timeout=5000),
        bokare.expect_request(lambda request: request.is_navigation_request()),
    ):
        bokare.evaluate("() => void setTimeout(() => history.back())")
    slow[-1].continue_()
    bokare.unroute_all()

    expect(kind).to_have_value("")
    assert not {"type", "state"} & asked(bokare).keys()
    bokare.go_forward()
    expect(kind).to_have_value("Viewing")
    assert asked(bokare)["type"] == "Viewing"


def test_a_text_finds_while_it_is_typed_and_stands_nowhere_but_in_its_field(bokare: Page) -> None:
    far(bokare)
    name = bokare.locator(".row-what").first.inner_text()
    phone = bokare.locator(".row-phone a").first.inner_text().strip()

    bokare.keyboard.press("f")
    bokare.locator("#q").press_sequentially(name)
    expect(bokare.locator(".active-filters")).to_contain_text(name)
    for row in bokare.locator(".row-what").all_inner_texts():
        assert row == name
    expect(bokare.locator("#q")).to_be_focused()

    bokare.locator("#q").fill(phone.replace("-", " ").replace("0", "+46 0", 1))
    expect(bokare.locator(".row-phone a").first).to_contain_text(phone)

    last_name = name.split()[-1]
    assert last_name not in bokare.url
    stored = bokare.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert last_name not in stored


def test_the_other_pages_of_a_search_keep_its_text(bokare: Page) -> None:
    far(bokare)
    bokare.locator("#q").fill("sundbyberg")
    expect(bokare.locator(".active-filters")).to_contain_text("sundbyberg")
    first = bokare.locator(".row-what").all_inner_texts()

    bokare.get_by_role("button", name="Nästa sida").click()

    expect(bokare.locator(".pages")).to_contain_text("Sida 2")
    expect(bokare.locator("#q")).to_have_value("sundbyberg")
    assert bokare.locator(".row-what").all_inner_texts() != first
    assert "sundbyberg" not in bokare.url


def test_a_heading_sorts_and_says_so(bokare: Page) -> None:
    far(bokare)

    bokare.get_by_role("link", name="Person").click()
    expect(bokare.locator("[aria-sort=ascending]")).to_contain_text("Person")
    bokare.get_by_role("link", name="Person").click()
    expect(bokare.locator("[aria-sort=descending]")).to_contain_text("Person")
    assert asked(bokare)["sort"] == "-person"


def test_a_wide_list_that_is_pushed_aside_says_whom_each_row_is_about(bokare: Page) -> None:
    bokare.set_viewport_size({"width": 1440, "height": 900})
    far(bokare)
    bokare.goto(f"{bokare.url}&columns={'.'.join(ALL)}")
    expect(bokare.locator(".card.wide")).to_be_visible()
    for pushed in (300, 5000):
        bokare.locator(".card.wide").evaluate("(card, left) => { card.scrollLeft = left }", pushed)
        for part in (".day-said", ".row-what", "thead .row-main", "thead .row-do", "td.row-do"):
            expect(bokare.locator(part).first).to_be_in_viewport(ratio=1)
        assert bokare.locator("thead :is(.row-main, .row-do)").evaluate_all(ON_TOP) == [True, True]


def test_fetch_now_says_how_it_goes_until_the_list_is_new(bokare: Page, portal: Stack) -> None:
    before = len(portal.meeting_requests())
    button = bokare.get_by_role("button", name="Hämta nu")

    with bokare.expect_response(lambda answer: "/meetings/fetch/" in answer.url):
        button.click()
    with bokare.expect_response(
        lambda answer: "HX-Trigger" in answer.headers or "hx-trigger" in answer.headers
    ):
        expect(button).to_be_hidden()

    expect(button).to_be_visible(timeout=30_000)
    expect(bokare.locator("#freshness")).to_contain_text("nyss")
    assert len(portal.meeting_requests()) > before


def test_filters_pages_and_search_have_no_fault(
    browser: Browser, portal: Stack, bokare: Page
) -> None:
    for width, scheme in ((1440, "light"), (390, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=portal.url,
            bypass_csp=True,
            storage_state=bokare.context.storage_state(),
        )
        page = context.new_page()
        far(page)
        page.locator(".filter-more summary").click()
        page.get_by_label("Nästa steg saknas").check()
        expect(page.locator(".active-filters")).to_contain_text("Nästa steg saknas")
        assert faults(page) == []
        page.locator("#q").fill("zzz")
        expect(page.locator(".nothing")).to_be_visible()
        assert faults(page) == []
        context.close()


def test_it_all_stands_without_javascript(browser: Browser, portal: Stack, bokare: Page) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        base_url=portal.url,
        storage_state=bokare.context.storage_state(),
    )
    page = context.new_page()
    far(page)
    page.get_by_label("Typ", exact=True).select_option("Viewing")
    page.get_by_role("button", name="Filtrera").click()
    assert asked(page)["type"] == "Viewing"

    page.locator("#q").fill("sundbyberg")
    page.get_by_role("button", name="Filtrera").click()
    expect(page.locator(".active-filters")).to_contain_text("sundbyberg")
    expect(page.locator(".row-kind").filter(has_text="Intagsmöte")).to_have_count(0)
    page.get_by_role("link", name=re.compile("Text: sundbyberg")).click()
    expect(page.locator("#q")).to_have_value("")
    assert asked(page)["type"] == "Viewing"
    context.close()


def press(page: Page, letter: str) -> None:
    """A letter that is on a Swedish keyboard only, as the browser gets it from one."""
    line = page.context.new_cdp_session(page)
    line.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": letter, "text": letter})
    line.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": letter})
    line.detach()


def coming(page: Page) -> None:
    """The list of a month ahead, where meetings are booked."""
    page.goto(f"{MORNING}?date_from={today() + DAY}&date_to={today() + 40 * DAY}&state=Booked")


def test_nobody_answered_so_call_again_in_three_weeks_in_sixteen_keys(
    bokare: Page, portal: Stack
) -> None:
    coming(bokare)
    bokare.keyboard.press("ArrowDown")
    bokare.keyboard.press("ArrowDown")
    row = bokare.locator("[data-row]").nth(1)
    expect(row).to_be_focused()
    row_id = row.get_attribute("id")
    before = len(portal.comeback_requests())

    # From here on every key counts: å, 3v, Tab, the note, Ctrl and Enter.
    press(bokare, "å")
    expect(bokare.get_by_label("Dag och tid")).to_be_focused()
    bokare.keyboard.type("3v")
    bokare.keyboard.press("Tab")
    bokare.keyboard.type("ej svar")
    keys = 1 + len("3v") + 1 + len("ej svar") + 2
    expect(bokare.locator("#inline-reading")).to_contain_text("kl. 09:00 (v. ")
    bokare.keyboard.press("Control+Enter")
    assert keys <= 16

    sent = bokare.locator("[data-inline-sent]")
    expect(sent).to_contain_text("Återkomst")
    expect(bokare.locator(f"#{row_id} .next-step")).to_contain_text("Levererad", timeout=15_000)
    expect(bokare.locator(f"#{row_id}")).to_be_focused()
    assert "date_from" in bokare.url
    assert len(portal.comeback_requests()) == before + 1
    body = portal.comeback_requests()[-1]["body"]
    assert body["note"] == "ej svar"
    assert {"date", "meetingId", "participant", "note"} <= set(body)
    assert list(body["participant"]) == ["userId"]


def test_k_plans_an_event_with_the_rows_person_and_leads_back_to_the_row(bokare: Page) -> None:
    coming(bokare)
    # Some way down, one that no other test has made a comeback to: that would be shown instead.
    row = bokare.locator("[data-row]:not(:has(.next-step))").nth(5)
    row.focus()
    row_id, name = row.get_attribute("id"), row.locator(".row-what").inner_text()
    scrolled, address = bokare.evaluate("scrollY"), bokare.url

    bokare.keyboard.press("k")
    bokare.wait_for_url("**?meeting=*")
    expect(bokare.get_by_label("Ämne")).to_have_value(re.compile(re.escape(name)))
    bokare.get_by_label("Börjar").fill(f"{free_day()} 9:23")
    bokare.keyboard.press("Control+Enter")
    expect(bokare.get_by_role("heading", level=1)).to_contain_text("Kalenderhändelse")
    bokare.get_by_role("link", name="Tillbaka till listan").click()

    bokare.wait_for_url(address)
    expect(bokare.locator(f"#{row_id}")).to_be_focused()
    expect(bokare.locator(f"#{row_id} .next-step")).to_contain_text("Kalenderhändelse")
    # The row has grown by a line.
    assert abs(bokare.evaluate("scrollY") - scrolled) <= 100


def test_by_touch_a_row_opens_and_its_comeback_is_sent_from_there(
    browser: Browser, portal: Stack, bokare: Page
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        base_url=portal.url,
        storage_state=bokare.context.storage_state(),
    )
    page = context.new_page()
    coming(page)
    row = page.locator("[data-row]").nth(2)
    row_id, name = row.get_attribute("id"), row.locator(".row-what").inner_text()
    before = len(portal.comeback_requests())

    row.locator(".row-state").tap()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", level=2)).to_have_text(name)
    panel.get_by_role("link", name=re.compile("Återkomst")).first.tap()
    expect(panel).to_have_count(0)
    page.get_by_label("Dag och tid").fill(f"{free_day()} 9:41")
    page.locator("[data-inline] button[type=submit]").last.tap()

    expect(page.locator(f"#{row_id} .next-step")).to_contain_text("Levererad", timeout=15_000)
    assert len(portal.comeback_requests()) == before + 1
    context.close()


def test_u_undoes_what_a_row_has_sent(undoing: Page, unhurried: Stack) -> None:
    coming(undoing)
    before = len(unhurried.comeback_requests())
    undoing.locator("[data-row]").nth(4).focus()
    press(undoing, "å")
    undoing.get_by_label("Dag och tid").fill(f"{free_day()} 9:17")
    undoing.keyboard.press("Control+Enter")
    expect(undoing.get_by_role("button", name="Ångra")).to_be_visible()

    undoing.keyboard.press("u")

    expect(undoing.locator("[data-inline-sent]")).to_contain_text("Ångrad")
    assert len(unhurried.comeback_requests()) == before


def test_escape_leaves_the_form_for_its_row_and_another_row_takes_it_over(bokare: Page) -> None:
    coming(bokare)
    first, second = bokare.locator("[data-row]").nth(0), bokare.locator("[data-row]").nth(1)
    first.locator("[data-inline-open]").click()
    expect(bokare.get_by_label("Dag och tid")).to_be_focused()
    second.locator("[data-inline-open]").click()
    expect(bokare.locator("[data-inline]")).to_have_count(1)

    bokare.get_by_label("Dag och tid").fill("hoppsan")
    bokare.keyboard.press("Control+Enter")
    expect(bokare.get_by_label("Dag och tid")).to_have_value("hoppsan")
    expect(
        bokare.locator("[data-inline] .errorlist, [data-inline] [aria-invalid=true]").first
    ).to_be_visible()
    bokare.keyboard.press("Escape")

    expect(bokare.locator("[data-inline]")).to_have_count(0)
    expect(second).to_be_focused()


def test_the_form_in_a_row_has_no_fault(browser: Browser, portal: Stack, bokare: Page) -> None:
    for width, scheme in ((1440, "light"), (390, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=portal.url,
            bypass_csp=True,
            storage_state=bokare.context.storage_state(),
        )
        page = context.new_page()
        coming(page)
        page.locator("[data-row]").nth(2).locator("[data-inline-open]").click()
        page.get_by_label("Dag och tid").fill("25/12 10")
        expect(page.locator("#inline-reading")).to_contain_text("Juldagen")
        assert faults(page) == []
        context.close()
