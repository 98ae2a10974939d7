"""The picker by keyboard, by touch, with a screen reader's attributes, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_comeback import FORM as COMEBACK
from tests.browser.test_pages import CALENDAR, LOOKS, faults
from tests.journeys.stack import Stack

TOWNS = """
<label for="id_towns">Orter</label>
<pick-list class="pick" data-add="Lägg till …" data-remove="Ta bort" data-nothing="Inget hittades."
           data-found="Träffar:" data-more="Fler:">
  <select name="towns" id="id_towns" MULTIPLE>
    <option value="m">Malmö</option>
    <option value="o" data-words="OST">Orsa</option>
    <optgroup label="Dalarna"><option value="ä" data-label="Älvdalen" data-detail="Norra">
      Älvdalen · Norra</option></optgroup>
    <option value="å">Åre</option>
    <option value="x">Örebro</option>
  </select>
</pick-list>
"""


def choose(page: Page, label: str, text: str) -> None:
    """Choose in the picker of that label by what is written into it."""
    box = page.get_by_role("combobox", name=label)
    box.fill(text)
    box.press("Enter")


@pytest.fixture
def towns(bokare: Page) -> Locator:
    """A picker of one town, put into a page that is there already."""
    return _towns(bokare, "")


@pytest.fixture
def several_towns(bokare: Page) -> Locator:
    return _towns(bokare, "multiple")


def _towns(page: Page, multiple: str) -> Locator:
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('afterbegin', html)",
        TOWNS.replace("MULTIPLE", multiple),
    )
    return page.get_by_role("combobox", name="Orter")


def sent(page: Page) -> list[str]:
    """What the select would send."""
    script = "Array.from(document.querySelector('[name=towns]').selectedOptions, o => o.value)"
    return list(page.evaluate(script))


def shown(page: Page) -> list[str]:
    return page.get_by_role("option").locator(".pick-label").all_inner_texts()


def test_it_is_filled_by_keyboard_alone(bokare: Page) -> None:
    bokare.goto(COMEBACK)
    box = bokare.get_by_role("combobox", name="Utförs av")

    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    second = bokare.get_by_role("option").nth(1)
    expect(box).to_have_attribute("aria-activedescendant", str(second.get_attribute("id")))
    name = second.locator(".pick-label").inner_text()
    box.press("Enter")

    expect(box).to_have_attribute("aria-expanded", "false")
    assert box.input_value().startswith(name)
    expect(box).to_be_focused()
    assert bokare.url.endswith(COMEBACK)


def test_typing_narrows_the_list(towns: Locator, bokare: Page) -> None:
    towns.fill("m")

    assert shown(bokare) == ["Malmö"]
    expect(bokare.get_by_role("status").get_by_text("Träffar: 1")).to_be_attached()
    towns.fill("dal")
    assert shown(bokare) == []
    expect(bokare.get_by_text("Inget hittades.").first).to_be_visible()


def test_it_is_found_by_its_detail_and_by_other_words_too(towns: Locator, bokare: Page) -> None:
    towns.fill("norra älv")
    assert shown(bokare) == ["Älvdalen"]

    towns.fill("ost")
    assert shown(bokare) == ["Orsa"]


def test_swedish_letters_are_letters_of_their_own(towns: Locator, bokare: Page) -> None:
    towns.fill("o")
    assert shown(bokare) == ["Orsa"]
    towns.fill("ö")
    assert shown(bokare) == ["Örebro"]
    towns.fill("å")
    assert shown(bokare) == ["Åre"]


def test_who_has_no_swedish_keys_finds_them_still(towns: Locator, bokare: Page) -> None:
    towns.fill("malmo")
    assert shown(bokare) == ["Malmö"]
    towns.fill("orebro")
    assert shown(bokare) == ["Örebro"]


def test_escape_leaves_everything_as_it_was(towns: Locator, bokare: Page) -> None:
    towns.fill("åre")
    towns.press("Enter")
    towns.fill("mal")

    towns.press("Escape")

    expect(towns).to_have_value("Åre")
    expect(bokare.get_by_role("listbox")).to_be_hidden()
    assert sent(bokare) == ["å"]


def test_tab_takes_what_is_pointed_at(towns: Locator, bokare: Page) -> None:
    towns.fill("mal")

    towns.press("Tab")

    assert sent(bokare) == ["m"]
    expect(towns).not_to_be_focused()


def test_leaving_half_written_chooses_nothing_that_was_not_meant(
    towns: Locator, bokare: Page
) -> None:
    before = sent(bokare)
    towns.fill("hoppsan")

    bokare.locator("#quick-search").click()

    assert sent(bokare) == before
    expect(towns).to_have_value("Malmö")


def test_it_tells_others_of_a_change_as_a_select_does(towns: Locator, bokare: Page) -> None:
    bokare.evaluate(
        "window.told = []; document.addEventListener('change', e => told.push(e.target.value))"
    )
    towns.fill("åre")
    towns.press("Enter")

    assert bokare.evaluate("window.told") == ["å"]


def test_several_stand_as_chips_and_can_be_taken_away(several_towns: Locator, bokare: Page) -> None:
    for typed in ("mal", "åre", "orsa"):
        several_towns.fill(typed)
        several_towns.press("Enter")
    assert sent(bokare) == ["m", "o", "å"]

    bokare.get_by_role("button", name="Ta bort: Malmö").click()
    assert sent(bokare) == ["o", "å"]
    expect(several_towns).to_be_focused()
    several_towns.press("Backspace")
    assert sent(bokare) == ["o"]
    several_towns.press("ArrowDown")
    assert "Orsa" not in shown(bokare)


def test_headings_and_details_are_shown(towns: Locator, bokare: Page) -> None:
    towns.click()

    group = bokare.get_by_role("group", name="Dalarna")
    expect(group.get_by_role("option")).to_have_text("Älvdalen Norra")


def test_a_picker_that_arrives_later_works_as_well(bokare: Page) -> None:
    bokare.goto(COMEBACK)
    bokare.locator("input[name=contact_search]").fill("070-174 06")
    expect(bokare.locator("input[type=radio][name=contact_id]").first).to_be_attached()
    with bokare.expect_response("**/about/**"):
        bokare.keyboard.press("Enter")
    expect(bokare.locator("#about").get_by_role("combobox", name="Utförs av")).to_be_visible()

    box = bokare.get_by_role("combobox", name="Utförs av")
    box.press("ArrowDown")
    box.press("Enter")

    assert box.input_value()


@pytest.fixture(params=LOOKS)
def looked_at(request: pytest.FixtureRequest, browser: Browser, portal: Stack) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        base_url=portal.url,
        bypass_csp=True,  # axe is injected by the test
    )
    in_good_order(portal)
    page = context.new_page()
    sign_in(page, "bokare", portal.url)
    yield page
    context.close()


def test_open_with_chips_it_has_no_fault(looked_at: Page) -> None:
    looked_at.goto(CALENDAR)
    looked_at.get_by_role("combobox", name="Vems kalender").press("ArrowDown")
    assert faults(looked_at) == []

    box = _towns(looked_at, "multiple")
    box.fill("mal")
    box.press("Enter")
    box.press("ArrowDown")
    assert faults(looked_at) == []


def test_without_javascript_it_is_a_select(browser: Browser, portal: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=portal.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Användarnamn").fill("bokare")
    page.get_by_label("Lösenord").fill("vitecportal")
    page.get_by_role("button", name="Logga in").click()
    page.goto(CALENDAR)

    select = page.get_by_label("Vems kalender")
    select.select_option(index=1)

    assert select.input_value()
    context.close()
