"""An area interest with a person on the phone: keys and clicks counted, and what Vitec received."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import in_good_order, sign_in
from tests.browser.test_comeback import living
from tests.browser.test_pages import LOOKS, faults
from tests.journeys.stack import Stack

NEW = "/interests/new/"
FIRST = "looking_for_accommodations-0-"
MOST_KEYS = 80
# Milliseconds in which two clicks are one.
DOUBLE_CLICK = 300
# Milliseconds that an answer may take where many tests share a machine.
PATIENCE = 60_000
CORNERS = [(0.3, 0.3), (0.5, 0.2), (0.7, 0.3), (0.75, 0.6), (0.5, 0.8), (0.3, 0.65)]


class Keys:
    """Fingers on a keyboard: every key counts, and one held down with another."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += len(name.split("+"))

    def tab_to(self, name: str) -> None:
        """Tab until the field has the focus."""
        for _ in range(12):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab, but {self.focused()}")

    def focused(self) -> str:
        return str(
            self.page.evaluate(
                "(document.activeElement.name || document.activeElement.id || '')"
                ".replace(/^id_/, '')"
            )
        )


def received(portal: Stack) -> dict[str, Any]:
    """The body of the latest area interest that reached the practice Vitec."""
    records = requests.get(f"{portal.sandbox_url}/_sandbox/records", timeout=10).json()
    return json.loads(records["interests"][-1]["bodyText"])  # type: ignore[no-any-return]


_numbers = itertools.count(5)


@dataclasses.dataclass(frozen=True)
class Caller:
    """Nobody before: the same person twice a day would be asked about."""

    number: int = dataclasses.field(default_factory=lambda: next(_numbers))

    @property
    def mobile(self) -> str:
        return f"07017406{self.number:02d}"

    @property
    def shown(self) -> str:
        """As Vitec gets it."""
        return f"070-174 06 {self.number:02d}"

    @property
    def email(self) -> str:
        return f"an{self.number:02d}@ek.se"


def say_who(keys: Keys) -> Caller:
    caller = Caller()
    for name, text in (
        ("first_name", "Anna"),
        ("last_name", "Ek"),
        ("cell_phone", caller.mobile),
        ("email_address", caller.email),
    ):
        keys.tab_to(f"update_person-{name}")
        keys.write(text)
    return caller


def say_what(keys: Keys) -> None:
    for name in ("housing_cooperative", "row_house"):
        keys.tab_to(FIRST + name)
        keys.press("Space")
    for name, text in (
        ("living_space-min", "70"),
        ("number_of_rooms-min", "3"),
        ("number_of_rooms-max", "4"),
        ("price-min", "3m"),
        ("price-max", "4,5m"),
    ):
        keys.tab_to(FIRST + name)
        keys.write(text)


def say_the_rest(keys: Keys) -> None:
    """The present home by its first letter, and that the person was informed on the telephone."""
    keys.tab_to("present_accommodation-estate_type")
    keys.write("b")
    keys.tab_to("update_person-obtain_through")
    keys.write("t")


WISH = {
    "housingCooperative": True,
    "rowHouse": True,
    "livingSpace": {"min": 70},
    "numberOfRooms": {"min": 3, "max": 4},
    "price": {"min": 3_000_000, "max": 4_500_000},
    "active": True,
}


@pytest.fixture
def keys(bokare: Page) -> Keys:
    bokare.goto(NEW)
    expect(bokare.locator("[name='update_person-first_name']")).to_be_focused()
    return Keys(bokare)


@pytest.fixture
def the_map(keys: Keys) -> Locator:
    keys.page.get_by_text("Rita området på en karta").click()
    canvas = keys.page.locator("[data-map-canvas]")
    expect(canvas.get_by_text("Rissne")).to_be_visible(timeout=PATIENCE)
    return canvas


def said(page: Page) -> Locator:
    return page.locator(f"#{FIRST}said")


def corners_of(page: Page) -> Locator:
    return page.locator(f"[name='{FIRST}polygon']")


def draw(canvas: Locator, corners: list[tuple[float, float]]) -> int:
    """Click the corners, shares of the map's width and height; returns how many clicks it took."""
    page = canvas.page
    page.get_by_role("button", name="Rita", exact=True).click()
    for number, place in enumerate(corners, 1):
        canvas.click(position=spot(canvas, place))
        # A second click too soon would be a double one.
        expect(canvas.locator(".marker-icon:not(.cursor-marker)")).to_have_count(number)
        page.wait_for_timeout(DOUBLE_CLICK)
    page.get_by_role("button", name="Klart").click()
    return len(corners) + 2


def spot(canvas: Locator, place: tuple[float, float]) -> Any:
    box = canvas.bounding_box()
    assert box is not None
    return {"x": box["width"] * place[0], "y": box["height"] * place[1]}


def test_on_the_phone_by_keyboard_alone(bokare: Page, portal: Stack, keys: Keys) -> None:
    caller = say_who(keys)
    keys.tab_to(FIRST + "counties")
    keys.write("stoc")
    keys.press("Enter")
    say_what(keys)
    expect(said(bokare)).to_have_text(
        "Söker bostadsrätt eller radhus i Stockholms län, 3–4 rum, "
        "3\u00a0000\u00a0000–4\u00a0500\u00a0000\u00a0kr, minst 70\u00a0m²."
    )
    say_the_rest(keys)
    keys.press("Control+Enter")

    living(bokare, "delivered")
    assert received(portal) == {
        "updatePerson": {
            "customerId": "M30011",
            "firstName": "Anna",
            "lastName": "Ek",
            "cellPhone": caller.shown,
            "email": {"emailAddress": caller.email},
            "obtainThrough": "Phone",
        },
        "lookingForAccommodations": [{"countys": ["01"], **WISH}],
        "presentAccommodation": {"estateType": "HousingCooperative"},
        "notifyUser": False,
        "watched": "NotAsked",
    }
    assert keys.pressed <= MOST_KEYS


def test_on_the_phone_with_an_area_of_six_corners_drawn(
    bokare: Page, portal: Stack, keys: Keys
) -> None:
    say_who(keys)
    bokare.get_by_text("Rita området på en karta").click()
    canvas = bokare.locator("[data-map-canvas]")
    expect(canvas.get_by_text("Rissne")).to_be_visible(timeout=PATIENCE)
    clicks = 1 + draw(canvas, CORNERS)
    expect(said(bokare)).to_contain_text("i ett ritat område på")
    bokare.get_by_label("Bostadsrätt").first.focus()
    say_what(keys)
    say_the_rest(keys)
    keys.press("Control+Enter")

    living(bokare, "delivered")
    [wish] = received(portal)["lookingForAccommodations"]
    polygon = wish.pop("polygon")
    assert wish == WISH
    assert len(polygon) == 7
    assert polygon[0] == polygon[-1]
    assert all(set(corner) == {"longitud", "latitud"} for corner in polygon)
    assert all(17 < corner["longitud"] < 19 and 59 < corner["latitud"] < 60 for corner in polygon)
    assert keys.pressed <= MOST_KEYS
    assert clicks <= 9
    shown = bokare.locator("[data-still] .map-drawn")
    expect(shown).to_be_visible()


class TestDrawing:
    def test_it_is_undone_corner_by_corner_and_then_as_a_whole(
        self, bokare: Page, the_map: Locator
    ) -> None:
        undo = bokare.get_by_role("button", name="Ångra")
        draw(the_map, CORNERS)
        expect(corners_of(bokare)).to_have_value(re.compile(r"^(.+\n){5}.+$"))
        bokare.get_by_role("button", name="Ta bort").click()
        expect(corners_of(bokare)).to_have_value("")

        undo.click()
        expect(corners_of(bokare)).to_have_value(re.compile(r"^(.+\n){5}.+$"))
        undo.click()
        expect(corners_of(bokare)).to_have_value("")
        expect(undo).to_be_disabled()

        bokare.get_by_role("button", name="Rita", exact=True).click()
        for place in CORNERS[:4]:
            the_map.click(position=spot(the_map, place))
            bokare.wait_for_timeout(DOUBLE_CLICK)
        undo.click()
        bokare.get_by_role("button", name="Klart").click()
        expect(corners_of(bokare)).to_have_value(re.compile(r"^(.+\n){2}.+$"))

    def test_a_corner_is_dragged(self, bokare: Page, the_map: Locator) -> None:
        draw(the_map, CORNERS[:4])
        before = corners_of(bokare).input_value()

        the_map.locator(".marker-icon:not(.marker-icon-middle)").first.drag_to(
            the_map, target_position=spot(the_map, (0.25, 0.45))
        )

        expect(corners_of(bokare)).not_to_have_value(before)
        after = corners_of(bokare).input_value()
        assert after.splitlines()[1:] == before.splitlines()[1:]

    def test_what_is_pasted_is_shown_and_what_crosses_itself_is_said(
        self, bokare: Page, the_map: Locator
    ) -> None:
        corners_of(bokare).fill("59.36, 17.96\n59.36, 17.98\n59.37, 17.98\n59.37, 17.96")
        expect(the_map.locator(".map-drawn")).to_be_visible()
        expect(bokare.get_by_text("1,3\u00a0km², 4 hörn")).to_be_visible()

        corners_of(bokare).fill("59.36, 17.96\n59.37, 17.98\n59.36, 17.98\n59.37, 17.96")
        expect(bokare.get_by_text("Gränsen korsar sig själv")).to_be_visible()

    def test_nothing_is_fetched_from_elsewhere(self, bokare: Page, portal: Stack) -> None:
        asked: list[str] = []
        bokare.on("request", lambda request: asked.append(request.url))
        bokare.goto(NEW)
        bokare.get_by_text("Rita området på en karta").click()
        expect(bokare.locator("[data-map-canvas]").get_by_text("Rissne")).to_be_visible(
            timeout=PATIENCE
        )

        assert [url for url in asked if not url.startswith((portal.url, "data:"))] == []

    def test_by_finger(self, browser: Browser, portal: Stack, bokare: Page) -> None:
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
            base_url=portal.url,
            storage_state=bokare.context.storage_state(),
        )
        page = context.new_page()
        page.goto(NEW)
        page.get_by_text("Rita området på en karta").tap()
        canvas = page.locator("[data-map-canvas]")
        expect(canvas.locator(".leaflet-container, .map-lan").first).to_be_attached()
        page.get_by_role("button", name="Rita", exact=True).tap()
        for place in CORNERS[:4]:
            canvas.tap(position=spot(canvas, place))
            page.wait_for_timeout(DOUBLE_CLICK)
        page.get_by_role("button", name="Klart").tap()

        expect(corners_of(page)).to_have_value(re.compile(r"^(.+\n){3}.+$"))
        context.close()


class TestProfiles:
    def test_one_is_copied_changed_and_removed_and_the_rest_stays(
        self, bokare: Page, keys: Keys
    ) -> None:
        say_who(keys)
        say_what(keys)
        bokare.get_by_role("button", name=re.compile("En till likadan")).click()
        second = bokare.locator("#looking_for_accommodations-1")
        expect(second.get_by_role("combobox").first).to_be_focused(timeout=PATIENCE)
        expect(second.locator("[name$='price-max']")).to_have_value("4,5m")

        second.get_by_label("Villa").check()
        expect(second.locator(".reading-said")).to_contain_text("bostadsrätt, villa eller radhus")
        bokare.get_by_role("button", name=re.compile(r"Ta bort ?: 1")).click()

        expect(bokare.locator(".profile")).to_have_count(1)
        expect(said(bokare)).to_contain_text("bostadsrätt, villa eller radhus")
        expect(bokare.locator("[name='update_person-first_name']")).to_have_value("Anna")

    def test_only_requirements_that_fit_are_in_sight(self, bokare: Page, keys: Keys) -> None:
        bokare.get_by_text("Fler önskemål").click()
        expect(bokare.get_by_label("Hiss")).to_be_hidden()
        bokare.get_by_label("Bostadsrätt").first.check()
        expect(bokare.get_by_label("Hiss")).to_be_visible()
        expect(bokare.get_by_label("Sjöutsikt")).to_be_hidden()

    def test_what_is_wrong_is_told_at_its_field(self, bokare: Page, keys: Keys) -> None:
        say_who(keys)
        bokare.locator(f"[name='{FIRST}price-min']").fill("5m")
        bokare.locator(f"[name='{FIRST}price-max']").fill("4m")
        keys.press("Control+Enter")

        expect(bokare.get_by_text("Det är mindre än det lägsta.")).to_be_visible()
        expect(bokare.get_by_text("Välj minst en boendeform.")).to_be_visible()
        expect(bokare.locator(f"[name='{FIRST}price-min']")).to_have_value("5m")

    def test_a_draft_survives_a_reload(self, bokare: Page, keys: Keys) -> None:
        say_who(keys)
        bokare.get_by_text("Rita området på en karta").click()
        draw(bokare.locator("[data-map-canvas]"), CORNERS[:3])
        wishes = bokare.locator(f"[name='{FIRST}special_request']")
        bokare.get_by_text("Fler önskemål").click()
        with bokare.expect_response("**/submissions/look/**"):
            wishes.fill("Utsikt")
        expect(bokare).to_have_url(re.compile("draft="))
        corners = corners_of(bokare).input_value()
        bokare.reload()

        expect(wishes).to_have_value("Utsikt")
        expect(corners_of(bokare)).to_have_value(corners)
        expect(bokare.locator("[data-map-canvas] .map-drawn")).to_be_visible()

    def test_without_javascript_they_are_made_by_plain_buttons(
        self, browser: Browser, portal: Stack, bokare: Page
    ) -> None:
        context = browser.new_context(
            java_script_enabled=False,
            base_url=portal.url,
            storage_state=bokare.context.storage_state(),
        )
        page = context.new_page()
        page.goto(NEW)
        page.get_by_label("Län och kommuner").select_option("0184")
        page.get_by_label("Bostadsrätt").first.check()
        page.get_by_role("button", name=re.compile("En till likadan")).click()

        expect(page.locator(".profile")).to_have_count(2)
        expect(page.locator("#looking_for_accommodations-1").get_by_text("i Solna")).to_be_visible()
        page.get_by_role("button", name=re.compile(r"Ta bort ?: 2")).click()
        expect(page.locator(".profile")).to_have_count(1)
        context.close()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def page_of_bokare(
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
    sign_in(page, "bokare", portal.url)
    yield page
    context.close()


def test_the_page_has_no_fault_folded_or_unfolded(page_of_bokare: Page) -> None:
    page = page_of_bokare
    page.goto(NEW)
    assert faults(page) == []

    for fold in page.locator("main details").all():
        fold.evaluate("fold => { fold.open = true; }")
    draw(page.locator("[data-map-canvas]"), CORNERS)
    page.get_by_label("Bostadsrätt").first.check()
    expect(said(page)).to_contain_text("Söker bostadsrätt i ett ritat område")
    page.get_by_role("button", name=re.compile("En till likadan")).click()
    expect(page.locator(".profile")).to_have_count(2, timeout=PATIENCE)
    assert faults(page) == []

    page.keyboard.press("Control+Enter")
    page.locator(".errorlist").first.wait_for()
    assert faults(page) == []
