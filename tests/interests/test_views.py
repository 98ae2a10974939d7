from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from interests import sync
from interests.models import Area, ExtraRequirement
from interests.profiles import PREFIX
from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission
from tests.interests.conftest import FIRST, PERSON, posted
from tests.interests.test_forms import BAD, BAD_ELSEWHERE

pytestmark = pytest.mark.django_db

NEW = reverse("interests:new_interest")
PROFILES = reverse("interests:change_profiles")
READ_BACK = reverse("interests:read_back")
HTMX = {"HX-Request": "true"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def send(client: Client, **values: Any) -> Any:
    return client.post(NEW, {**posted(**values), "form_token": str(uuid.uuid4())})


class TestThePage:
    def test_it_opens_in_the_order_of_the_conversation(
        self, as_bokare: Client, directories: None
    ) -> None:
        text = text_of(as_bokare.get(NEW))

        said = ["Förnamn", "Mobil", "Områden", "Län och kommuner", "Boendeform", "Boarea",
                "Antal rum", "Pris", "Nuvarande boende", "GDPR-informerad via"]  # fmt: skip
        places = [text.index(word) for word in said]
        assert places == sorted(places)

    def test_every_field_of_the_form_is_on_it(self, as_bokare: Client, directories: None) -> None:
        answer = as_bokare.get(NEW)
        text, form = text_of(answer), answer.context["form"]

        for name in form.fields:
            if name not in (PREFIX, PERSON + "contact_id", *form.not_offered):
                assert f'name="{name}"' in text, name
        for name in form.profiles[0].fields:
            assert f'name="{FIRST}{name}"' in text, name

    def test_a_contact_is_chosen_by_the_address(self, as_bokare: Client, directories: None) -> None:
        assert "Anna Ek" in text_of(as_bokare.get(NEW, {"contact": "ADR1"}))

    def test_a_neighbour_is_offered_nothing_of_ours(
        self, as_grannkontor: Client, directories: None
    ) -> None:
        text = text_of(as_grannkontor.get(NEW, {"contact": "ADR1"}))

        for name in ("Anna Ek", "Rissne", "Balkong", "Bo Alm"):
            assert name not in text

    def test_without_lists_from_vitec_it_still_serves(
        self, as_bokare: Client, office: Office
    ) -> None:
        text = text_of(as_bokare.get(NEW))

        assert "Stockholms län · AB 01" in text
        assert "Utökade krav" not in text


class TestProfiles:
    @pytest.mark.parametrize(
        ("step", "count"), [("look:add", 2), ("look:copy:0", 2), ("look:remove:0", 1)]
    )
    def test_over_htmx_the_list_comes_back_with_all_that_was_typed(
        self, as_bokare: Client, directories: None, step: str, count: int
    ) -> None:
        data = posted(first_special_request="Utsikt", first_price__min="3,5m")

        text = text_of(as_bokare.post(f"{PROFILES}?step={step}", data, headers=HTMX))

        assert text.count('class="profile"') == count
        assert "Utsikt" in text
        assert 'value="3,5m"' in text
        assert "<html" not in text

    def test_without_javascript_the_whole_page_comes_back(
        self, as_bokare: Client, directories: None
    ) -> None:
        data = posted(first_special_request="Utsikt") | {"step": "look:copy:0"}

        answer = as_bokare.post(NEW, data)

        assert answer.status_code == 200
        assert text_of(answer).count("Utsikt</textarea>") == 2
        assert "Sökprofil 2" in text_of(answer)
        assert not Submission.objects.exists()

    def test_nothing_is_complained_of_meanwhile(self, as_bokare: Client, office: Office) -> None:
        data = posted(first_housing_cooperative="") | {"step": "look:add"}

        assert "errorlist" not in text_of(as_bokare.post(NEW, data))
        assert "errorlist" not in text_of(as_bokare.post(f"{PROFILES}?step=look:add", data))

    def test_only_a_post_changes_them(self, as_bokare: Client, office: Office) -> None:
        assert as_bokare.get(PROFILES).status_code == 405
        assert as_bokare.get(READ_BACK).status_code == 405


class TestReadBack:
    def test_the_wish_and_the_amounts_are_said_while_they_are_typed(
        self, as_bokare: Client, directories: None
    ) -> None:
        data = posted(first_counties=["01"], first_price__max="4,5m", present_price="2500t")

        text = text_of(as_bokare.post(READ_BACK, data, headers=HTMX))

        assert "Söker bostadsrätt i Stockholms län, högst 4 500 000 kr." in text
        assert ">4 500 000 kr</output>" in text
        assert ">2 500 000 kr</output>" in text
        assert text.count("hx-swap-oob") == 5

    def test_half_a_word_breaks_nothing(self, as_bokare: Client, office: Office) -> None:
        data = posted(first_price__max="4,", first_polygon="59.3", present_price="x")

        text = text_of(as_bokare.post(READ_BACK, data, headers=HTMX))

        assert "Söker bostadsrätt." in text
        assert "errorlist" not in text

    def test_a_drawn_area_is_measured(self, as_bokare: Client, office: Office) -> None:
        data = posted(first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98")

        text = text_of(as_bokare.post(READ_BACK, data, headers=HTMX))

        assert "0,63 km², 3 hörn" in text


class TestSending:
    @pytest.mark.parametrize(
        ("field", "value"),
        [(FIRST + name, value) for name, value in BAD[::4]] + BAD_ELSEWHERE[::3],
    )
    def test_a_mistake_shows_the_form_again_and_sends_nothing(
        self, as_bokare: Client, directories: None, field: str, value: Any
    ) -> None:
        answer = as_bokare.post(NEW, {**posted(), field: value})

        assert answer.status_code == 422
        assert "errorlist" in text_of(answer)
        assert "Anna" in text_of(answer)
        assert not Submission.objects.exists()

    def test_nothing_of_it_stands_in_the_clear(self, as_bokare: Client, directories: None) -> None:
        send(as_bokare, first_special_request="Nära mormor", first_counties=["0184"])

        row = str(Submission.objects.values().get())
        listed = text_of(as_bokare.get(reverse("submissions:list")))
        for secret in ("Anna", "mormor", "070-174"):
            assert secret not in row
        assert "Söker bostadsrätt i Solna." in listed
        assert "070-174" not in listed

    def test_a_correction_is_filled_in_as_it_was(
        self, as_bokare: Client, directories: None, vitec: Sandbox
    ) -> None:
        vitec.behave("interest", "bad_request", times=1)
        send(as_bokare, first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98")
        deliver(Submission.objects.get().pk)
        refused = Submission.objects.get(state=State.REJECTED)

        text = text_of(as_bokare.get(NEW, {"corrects": str(refused.code)}))

        assert "59.36, 17.96" in text
        assert 'value="070-174 06 05"' in text


@pytest.mark.usefixtures("vitec")
class TestDelivery:
    def test_it_arrives_and_no_answer_is_a_success(
        self, as_bokare: Client, vitec: Sandbox, office: Office
    ) -> None:
        sync.sync_office(office, now=True)
        area = Area.objects.offered(office).get(name="Rissne")
        balcony = ExtraRequirement.objects.get(text="Balkong")
        send(
            as_bokare,
            first_counties=["01", "0184"],
            first_area_ids=[area.vitec_id],
            first_increased_requirement_ids=[balcony.vitec_id],
            first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98",
            first_price__max="4,5m",
        )

        deliver(Submission.objects.get().pk)

        assert Submission.objects.get().state == State.DELIVERED
        [record] = vitec.records()["interests"]
        [wish] = json.loads(record["bodyText"])["lookingForAccommodations"]
        assert wish["areaIds"] == [area.vitec_id]
        assert wish["countys"] == ["01", "0184"]
        assert wish["polygon"][0] == wish["polygon"][-1] == {"longitud": 17.96, "latitud": 59.36}

    def test_with_every_look_up_refused_it_still_arrives(
        self, as_bokare: Client, vitec: Sandbox, office: Office
    ) -> None:
        vitec.behave("lookups", "forbidden", times=3)
        sync.sync_office(office)

        send(as_bokare, first_counties=["0184"])
        deliver(Submission.objects.get().pk)

        assert Submission.objects.get().state == State.DELIVERED
        assert len(vitec.records()["interests"]) == 1

    def test_what_vitec_refuses_comes_back_in_its_profile(
        self, as_bokare: Client, vitec: Sandbox, office: Office
    ) -> None:
        send(as_bokare, **{f"{PREFIX}-1-house": "on", f"{PREFIX}-1-id": "SPR-UNKNOWN"})
        deliver(Submission.objects.get().pk)
        refused = Submission.objects.get(state=State.REJECTED)

        form = as_bokare.get(NEW, {"corrects": str(refused.code)}).context["form"]

        assert not form.profiles[0].errors
        assert "Sökpreferensen finns inte." in str(form.profiles[1].errors["id"])


def test_the_places_of_the_last_interest_come_first_in_the_next(
    as_bokare: Client, directories: None
) -> None:
    send(as_bokare, first_counties=["1280"], first_area_ids=["STD1"])

    form = as_bokare.get(NEW).context["form"].profiles[0]

    _close, (_heading, lately), *_rest = form.fields["counties"].choices
    assert [code for code, _name in lately] == ["1280"]


def test_the_offices_own_kommun_is_close_at_hand(as_bokare: Client, directories: None) -> None:
    form = as_bokare.get(NEW).context["form"].profiles[0]

    _heading, close = form.fields["counties"].choices[0]
    assert [code for code, _name in close] == ["0183", "01"]


class TestMaps:
    def test_the_offices_areas_are_drawn(
        self, as_bokare: Client, as_grannkontor: Client, directories: None
    ) -> None:
        areas = reverse("interests:areas")

        [area] = as_bokare.get(areas).json()["features"]
        ring = area["geometry"]["coordinates"][0]
        assert area["properties"] == {"name": "Rissne"}
        assert ring[0] == ring[-1] == [17.96, 59.36]
        assert as_grannkontor.get(areas).json()["features"] == []

    def test_what_was_drawn_is_shown_again_and_not_to_a_neighbour(
        self, as_bokare: Client, as_grannkontor: Client, directories: None
    ) -> None:
        send(as_bokare, first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98")
        page = Submission.objects.get().get_absolute_url()

        text = text_of(as_bokare.get(page))

        assert 'data-ring="[[17.96, 59.36], [17.98, 59.36], [17.98, 59.37]]"' in text
        assert "0,63 km², 3 hörn" in text
        assert as_grannkontor.get(page).status_code == 404

    def test_without_a_drawing_there_is_no_map(self, as_bokare: Client, directories: None) -> None:
        send(as_bokare)

        assert "<area-map" not in text_of(
            as_bokare.get(Submission.objects.get().get_absolute_url())
        )

    def test_nor_when_the_content_has_been_erased(
        self, as_bokare: Client, directories: None
    ) -> None:
        send(as_bokare, first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98")
        Submission.objects.update(key="")

        answer = as_bokare.get(Submission.objects.get().get_absolute_url())

        assert answer.status_code == 200
        assert "<area-map" not in text_of(answer)

    def test_the_page_tells_the_map_what_the_server_has_understood(
        self, as_bokare: Client, office: Office
    ) -> None:
        good = text_of(as_bokare.post(READ_BACK, posted(first_polygon="59.3 17\n59.4 17\n59.4 18")))
        bad = text_of(as_bokare.post(READ_BACK, posted(first_polygon="59 17\n60 18\n59 18\n60 17")))

        assert 'data-ring="[[17.0, 59.3], [17.0, 59.4], [18.0, 59.4]]"' in good
        assert "data-ring" not in bad
        assert "korsar sig själv" in bad

    def test_a_tile_server_is_named_to_the_map_by_setting(
        self, as_bokare: Client, office: Office, settings: Any
    ) -> None:
        assert 'data-tiles=""' in text_of(as_bokare.get(NEW))
        settings.MAP_TILE_URL = "https://tiles.example.se/{z}/{x}/{y}.png"

        assert 'data-tiles="https://tiles.example.se/{z}/{x}/{y}.png"' in text_of(
            as_bokare.get(NEW)
        )
        assert as_bokare.get(NEW)["Referrer-Policy"] == "same-origin"
