from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from interests.forms import InterestForm
from interests.kinds import INTEREST
from interests.profiles import PREFIX
from interests.wording import ring_words, wish_words
from offices.models import Office
from tests.factories import make_requirement
from tests.interests.conftest import bound, posted, query

pytestmark = pytest.mark.django_db


def sentence(office: Office, **values: Any) -> str:
    profile = bound(office, **values).profiles[0]
    profile.is_valid()
    return wish_words(office, profile.cleaned_data).replace("\u00a0", " ")


SENTENCES = [
    (
        {"first_row_house": "on", "first_counties": ["01"], "first_price__min": "3m",
         "first_price__max": "4,5m", "first_number_of_rooms__min": "3",
         "first_number_of_rooms__max": "4", "first_living_space__min": "70"},
        (
            "Söker bostadsrätt eller radhus i Stockholms län, 3–4 rum, 3 000 000–4 500 000 kr, "
            "minst 70 m²."
        ),
    ),
    ({}, "Söker bostadsrätt."),
    ({"first_active": ""}, "Söker bostadsrätt. Vilande: inga bostäder matchas mot den."),
    (
        {"first_house": "on", "first_cottage": "on"},
        "Söker bostadsrätt, villa eller fritidshus.",
    ),
    (
        {"first_counties": ["01", "0184"], "first_area_ids": ["STD1"]},
        "Söker bostadsrätt i Stockholms län, Solna och Rissne.",
    ),
    ({"first_price__max": "4m"}, "Söker bostadsrätt, högst 4 000 000 kr."),
    ({"first_number_of_rooms__min": "3", "first_number_of_rooms__max": "3"},
     "Söker bostadsrätt, 3 rum."),
    ({"first_number_of_rooms__max": "1"}, "Söker bostadsrätt, högst 1 rum."),
    ({"first_living_space__min": "70,5"}, "Söker bostadsrätt, minst 70,5 m²."),
    ({"first_plot_area__min": "500"}, "Söker bostadsrätt, tomt minst 500 m²."),
    (
        {"first_increased_requirement_ids": ["401", "402"]},
        "Söker bostadsrätt, med balkong och hiss.",
    ),
    (
        {"first_polygon": "59.36, 17.96\n59.36, 17.98\n59.37, 17.98\n59.37, 17.96"},
        "Söker bostadsrätt i ett ritat område på 1,3 km² vid Sundbyberg.",
    ),
    (
        {"first_foreign_property": "on", "first_country_code": "ES"},
        "Söker bostadsrätt utomlands (ES).",
    ),
    (
        {"first_foreign_property": "on", "first_polygon": "36.5, -4.9\n36.6, -4.9\n36.6, -4.8"},
        "Söker bostadsrätt utomlands, ett ritat område på 50 km².",
    ),
    ({"first_housing_cooperative": "", "first_price__max": "4m"},
     "Söker bostad, högst 4 000 000 kr."),
    ({"first_housing_cooperative": ""}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("values", "said"), SENTENCES)
def test_the_whole_wish_is_one_sentence(
    office: Office, directories: None, values: dict[str, Any], said: str
) -> None:
    make_requirement(office, "402", "Hiss")

    assert sentence(office, **values) == said


def test_in_english_too(office: Office) -> None:
    with translation.override("en"):
        said = sentence(office, first_counties=["01"], first_price__max="4,5m", first_house="on")

    assert said == (
        "Looking for housing cooperative flat or house in Stockholms län, at most 4 500 000 kr."
    )


def test_an_area_is_told_without_a_map() -> None:
    ring = [(17.96, 59.36), (17.98, 59.36), (17.98, 59.37), (17.96, 59.37)]

    said = ring_words(ring).replace("\u00a0", " ")

    assert said == "1,3 km², 4 hörn, mitt 59.3650, 17.9700, vid Sundbyberg"


def lines(form: InterestForm) -> dict[str, str]:
    assert form.is_valid(), form.errors
    described = INTEREST.describe(form.office, form.cleaned_data)
    return {line.label: line.value.replace("\u00a0", " ") for line in described}


def test_every_part_of_it_has_a_line(office: Office, directories: None) -> None:
    said = lines(
        bound(
            office,
            person_last_name="Ek",
            person_user_id="HAN1",
            person_social_security_number="189001019802",
            person_obtain_through="Phone",
            first_special_request="Utsikt",
            first_polygon="59.36, 17.96\n59.36, 17.98\n59.37, 17.98",
            present_estate_type="HousingCooperative",
            present_number_of_rooms="2",
            present_living_space="55,5",
            present_price="2,5m",
            present_coordinate="59.36, 17.97",
            present_other="Säljs i vår",
            notify_user="on",
            watched="Yes",
        )
    )

    assert said["Person"] == "Anna Ek"
    assert said["Sökprofil"].startswith("Söker bostadsrätt i ett ritat område")
    assert "3 hörn" in said["Ritat område"]
    assert said["Särskilda önskemål"] == "Utsikt"
    assert said["Nuvarande boende"] == (
        "Bostadsrätt, 2 rum, 55,5 m², 2 500 000 kr, 59.3600, 17.9700, Säljs i vår"
    )
    assert said["Ska matchas mot bostäder"] == "Ja"
    assert said["Personens mäklare"] == "Bo Alm"
    assert said["Meddelande"] == "Personens mäklare meddelas"
    assert said["Personnummer"] == "18900101-••••"
    assert said["GDPR-informerad via"] == "Telefon"


def test_several_profiles_are_numbered(office: Office) -> None:
    data = posted() | {f"{PREFIX}-1-house": "on"}

    said = lines(InterestForm(query(data), office=office))

    assert said["Sökprofil 1"] == "Söker bostadsrätt."
    assert said["Sökprofil 2"].startswith("Söker villa.")


def test_the_two_lines_of_a_list_hold_no_number_of_the_person(
    office: Office, directories: None
) -> None:
    form = bound(office, person_contact_id="ADR1", person_first_name="")

    assert form.is_valid()
    first, second = INTEREST.describe(office, form.cleaned_data)[:2]
    assert first.value == "Anna Ek"
    assert "070" not in first.value + second.value
