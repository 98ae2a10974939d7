"""What a person that is sent does to Vitec's contacts, predicted by Vitec's own rule."""

from __future__ import annotations

from typing import Any

import pytest

from offices import protected
from offices.directory import contact_details, learn_contacts
from offices.models import Contact, Office, User
from offices.person_effects import (
    By,
    PersonEffect,
    identities,
    person_effects,
    predicted_hit,
    predicted_hits,
    replacements,
)

pytestmark = pytest.mark.django_db

ANNA = {"firstName": "Anna", "lastName": "Ek"}
MOBILE = "070-174 06 05"


@pytest.fixture
def anna(office: Office) -> Contact:
    return known(office)


def known(office: Office, vitec_id: str = "ADR1", **details: Any) -> Contact:
    facts = {
        "name": "Anna Ek",
        "phones": [MOBILE],
        "email": "anna@ek.se",
        "address": "Storgatan 4, 172 65 Sundbyberg",
        **details,
    }
    learn_contacts(office, {vitec_id: contact_details(**facts)})
    return Contact.objects.get(office=office, vitec_id=vitec_id)


HITS: list[tuple[dict[str, Any], By]] = [
    ({"contactId": "ADR1"}, By.CONTACT_ID),
    ({"contactId": "ADR1", "firstName": "Bo", "lastName": "Alm"}, By.CONTACT_ID),
    ({**ANNA, "cellPhone": MOBILE}, By.NAME_AND_CHANNEL),
    ({**ANNA, "cellPhone": "+46 70 174 06 05"}, By.NAME_AND_CHANNEL),
    ({**ANNA, "telePhone": MOBILE}, By.NAME_AND_CHANNEL),
    ({**ANNA, "email": {"emailAddress": "ANNA@ek.se"}}, By.NAME_AND_CHANNEL),
    ({"firstName": "anna", "lastName": "EK", "cellPhone": MOBILE}, By.NAME_AND_CHANNEL),
]

# A father and a son, a couple with one phone, half a name, a number that tells nothing.
MISSES: list[dict[str, Any]] = [
    {},
    ANNA,
    {"contactId": "ADR9"},
    {**ANNA, "cellPhone": "070-174 06 06"},
    {**ANNA, "workPhone": MOBILE},
    {**ANNA, "email": {"emailAddress2": "anna@ek.se"}},
    {"firstName": "Bo", "lastName": "Ek", "cellPhone": MOBILE},
    {"firstName": "Anna", "cellPhone": MOBILE},
    {"lastName": "Ek", "cellPhone": MOBILE},
    {"firstName": "Anna", "lastName": "Eklund", "cellPhone": MOBILE},
    {"firstName": "Anna Maria", "lastName": "Ek", "cellPhone": MOBILE},
    {"socialSecurityNumber": "189001019802"},
]


@pytest.mark.parametrize(("person", "by"), HITS)
def test_vitec_finds_the_contact(
    office: Office, anna: Contact, person: dict[str, Any], by: By
) -> None:
    hit = predicted_hit(office, person)

    assert hit is not None
    assert hit.contact == anna
    assert hit.by is by


@pytest.mark.parametrize("person", MISSES)
def test_vitec_finds_nobody(office: Office, anna: Contact, person: dict[str, Any]) -> None:
    assert predicted_hit(office, person) is None


def test_of_many_at_once_it_says_what_it_says_of_each(
    office: Office, anna: Contact, django_assert_max_num_queries: Any
) -> None:
    bo = known(office, "ADR2", name="Bo Ek", phones=["070-174 06 06"], email="")
    known(office, "ADR3", name="Anna Ekman")
    people = [
        *(person for person, _by in HITS),
        *MISSES,
        {"firstName": "Bo", "lastName": "Ek", "cellPhone": "070-174 06 06"},
        {"contactId": bo.vitec_id},
        {"contactId": "ADR9"},
    ]
    each = [predicted_hit(office, person) for person in people]

    with django_assert_max_num_queries(3):
        assert predicted_hits(office, people) == each
    assert {hit.contact for hit in each if hit} == {anna, bo}


def test_of_many_at_once_nobody_is_found_who_is_hidden(
    office: Office, bokare: User, anna: Contact
) -> None:
    protected.mark(office, anna.vitec_id, None)
    known(office, "ADR2", name="Bo Ek", phones=["070-174 06 06"], email="")
    people = [
        {**ANNA, "cellPhone": MOBILE},
        {"firstName": "Bo", "lastName": "Ek", "cellPhone": "070-174 06 06"},
    ]

    with protected.veiled(bokare):
        hidden, seen = predicted_hits(office, people)

    assert hidden is None
    assert seen is not None


def test_a_neighbours_contact_is_nobody(neighbour_office: Office, anna: Contact) -> None:
    assert predicted_hit(neighbour_office, {"contactId": "ADR1"}) is None
    assert predicted_hit(neighbour_office, {**ANNA, "cellPhone": MOBILE}) is None


REPLACED: list[tuple[dict[str, Any], list[str]]] = [
    ({**ANNA, "cellPhone": MOBILE}, []),
    ({"firstName": "Anna"}, []),
    ({"email": {"emailAddress": "Anna@Ek.se"}}, []),
    ({"address": {"streetAddress": "Storgatan 4", "zipCode": "17265", "city": "Sundbyberg"}}, []),
    ({"firstName": "Anna", "lastName": "Alm"}, ["Namn: Anna Alm ersätter Anna Ek"]),
    ({"cellPhone": "070-174 06 06"}, [f"Mobil: 070-174 06 06 ersätter {MOBILE}"]),
    (
        {"telePhone": "08-465 004 35"},
        ["Hemtelefon: 08-465 004 35 läggs till, eller ersätter det Vitec har"],
    ),
    ({"email": {"emailAddress": "a@ek.se"}}, ["E-post: a@ek.se ersätter anna@ek.se"]),
    (
        {"address": {"streetAddress": "Lillgatan 1"}},
        ["Adress: Lillgatan 1 ersätter Storgatan 4, 172 65 Sundbyberg"],
    ),
    ({"wishAdvertising": False}, ["Det Vitec har som önskan om reklam ersätts också"]),
    (
        {"note": "x", "obtainThrough": "Phone"},
        ["Det Vitec har som GDPR-informerad via, anteckning ersätts också"],
    ),
]


@pytest.mark.parametrize(("person", "said"), REPLACED)
def test_what_differs_is_said_to_be_replaced(
    anna: Contact, person: dict[str, Any], said: list[str]
) -> None:
    assert replacements(anna, person) == said


def effects_of(office: Office, person: dict[str, Any]) -> list[PersonEffect]:
    return person_effects(person, predicted_hit(office, person))


class TestInWords:
    def test_a_stranger_becomes_a_contact(self, office: Office) -> None:
        [effect] = effects_of(office, {**ANNA, "cellPhone": MOBILE})

        assert effect.text == "Anna Ek blir en ny kontakt."
        assert not effect.overwrites

    def test_a_number_may_find_somebody_whom_we_cannot_foresee(self, office: Office) -> None:
        [effect] = effects_of(office, {**ANNA, "socialSecurityNumber": "189001019802"})

        assert "samma personnummer" in effect.text
        assert "9802" not in effect.text

    def test_a_known_one_is_named_with_what_is_replaced(
        self, office: Office, anna: Contact
    ) -> None:
        person = {**ANNA, "cellPhone": MOBILE, "email": {"emailAddress": "a@ek.se"}}

        first, second = effects_of(office, person)

        assert first.text.startswith("Ingen ny kontakt: Vitec tar personen för Anna Ek (070-174")
        assert second.text == "E-post: a@ek.se ersätter anna@ek.se"
        assert second.overwrites

    def test_a_chosen_one_of_whom_nothing_changes(self, office: Office, anna: Contact) -> None:
        texts = [effect.text for effect in effects_of(office, {"contactId": "ADR1"})]

        assert texts[0].startswith("Ingen ny kontakt: det går till Anna Ek")
        assert texts[1] == "Såvitt vi vet ändras inga uppgifter."

    def test_a_chosen_one_whom_we_no_longer_know(self, office: Office) -> None:
        [effect] = effects_of(office, {"contactId": "ADR9"})

        assert effect.text == "Den valda kontakten uppdateras hos Vitec."


class TestIdentities:
    def test_the_same_person_in_another_spelling_is_the_same(self, office: Office) -> None:
        one = identities(office, {**ANNA, "cellPhone": MOBILE})
        other = identities(
            office, {"firstName": "ANNA", "lastName": "ek", "cellPhone": "+46701740605"}
        )

        assert one == other == ["name anna ek 0701740605"]

    def test_a_known_one_typed_is_the_one_chosen(self, office: Office, anna: Contact) -> None:
        typed = identities(office, {**ANNA, "cellPhone": MOBILE})
        chosen = identities(office, {"contactId": "ADR1"})

        assert set(typed) & set(chosen) == {"contact ADR1"}

    def test_a_couple_with_one_phone_are_two(self, office: Office) -> None:
        anna = identities(office, {**ANNA, "cellPhone": MOBILE})
        bo = identities(office, {"firstName": "Bo", "lastName": "Ek", "cellPhone": MOBILE})

        assert not set(anna) & set(bo)

    def test_a_number_is_the_same_with_and_without_its_century(self, office: Office) -> None:
        assert identities(office, {"socialSecurityNumber": "189001019802"}) == identities(
            office, {"socialSecurityNumber": "900101-9802"}
        )

    def test_nothing_identifies_nobody(self, office: Office) -> None:
        assert identities(office, {}) == []
