from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices import known_people
from offices.directory import contact_details, learn_contacts
from offices.known_people import Typed
from offices.models import Contact, Office
from tests.factories import make_contact

pytestmark = pytest.mark.django_db

PERSON = "update_person-"


def found(office: Office, *names: str, phone: str = "", email: str = "") -> list[str]:
    first, last = (*names, "", "")[:2]
    typed = Typed(first, last, (phone,) if phone else (), (email,) if email else ())
    return [one.contact.vitec_id for one in known_people.find(office, typed)]


@pytest.fixture
def people(office: Office) -> None:
    make_contact(office, "ADR1", "Anna Ek", "070-174 06 05")
    make_contact(office, "ADR2", "Bo Ek", "070-174 06 05")
    make_contact(office, "ADR3", "Anna Ek", "070-174 06 99")
    details = contact_details(name="Cia Alm", email="cia.alm@example.se")
    learn_contacts(office, {"ADR4": details})


@pytest.mark.usefixtures("people")
class TestFinding:
    def test_name_and_number_come_before_number_and_name(self, office: Office) -> None:
        assert found(office, "Bo", "Ek", phone="0701740605") == ["ADR2", "ADR1"]
        assert found(office, "anna", "ek", phone="+46 70 174 06 99")[0] == "ADR3"

    @pytest.mark.parametrize("email", ["cia.alm@example.se", "CIA.ALM@EXAMPLE.SE"])
    def test_an_e_mail_finds_in_any_case(self, office: Office, email: str) -> None:
        assert found(office, email=email) == ["ADR4"]

    @pytest.mark.parametrize("email", ["cia.alm@example", "cia", "@", "cia.alm@example.sen"])
    def test_half_an_e_mail_finds_nobody(self, office: Office, email: str) -> None:
        assert found(office, email=email) == []

    @pytest.mark.parametrize("phone", ["070", "07017406", "070-174 06 0", "0" * 40, "x"])
    def test_half_a_number_finds_nobody(self, office: Office, phone: str) -> None:
        assert found(office, phone=phone) == []

    def test_the_beginnings_of_both_names_are_enough(self, office: Office) -> None:
        assert found(office, "Ci", "Al") == ["ADR4"]
        assert found(office, "Ci") == []
        assert found(office, "C", "A") == []

    def test_whom_vitec_no_longer_has_is_not_offered(self, office: Office) -> None:
        Contact.objects.filter(vitec_id="ADR4").update(missing_since="2026-01-01T00:00:00Z")

        assert found(office, "Cia", "Alm") == []

    def test_a_neighbours_contacts_are_not_ours(self, neighbour_office: Office) -> None:
        assert found(neighbour_office, "Anna", "Ek", phone="0701740605") == []

    def test_vitec_takes_both_names_with_a_channel_for_the_same(self, office: Office) -> None:
        anna = Contact.objects.get(vitec_id="ADR1")

        assert known_people.describes(anna, Typed("Anna", "Ek", ("0701740605",)))
        assert not known_people.describes(anna, Typed("Anna", "Ek"))
        assert not known_people.describes(anna, Typed("Anna", "", ("0701740605",)))
        assert not known_people.describes(anna, Typed("Bo", "Ek", ("0701740605",)))


@pytest.mark.usefixtures("people")
class TestWhileAFormIsFilledIn:
    def ask(self, client: Client, **values: str) -> str:
        posted = {PERSON + name: value for name, value in values.items()}
        return str(client.post(reverse("offices:known_people"), posted).content.decode())

    def test_a_typed_number_is_matched_to_its_contact(self, as_bokare: Client) -> None:
        text = self.ask(as_bokare, cell_phone="0701740699")

        assert 'value="ADR3"' in text
        assert "Anna Ek" in text

    def test_the_chosen_one_stays_whatever_is_typed(self, as_bokare: Client) -> None:
        text = self.ask(as_bokare, cell_phone="0701740605", contact_id="ADR4")

        assert 'value="ADR4"' in text
        assert 'value="ADR1"' not in text

    def test_of_a_stranger_nothing_is_said(self, as_bokare: Client) -> None:
        assert "<input" not in self.ask(as_bokare, first_name="Xerxes", last_name="Q")

    def test_a_neighbour_is_told_nothing(self, as_grannkontor: Client) -> None:
        assert "<input" not in self.ask(as_grannkontor, cell_phone="0701740605")

    def test_without_javascript_they_stand_in_the_form(self, as_bokare: Client) -> None:
        typed = {PERSON + "cell_phone": "0701740699", "step": "look"}

        page = as_bokare.post(reverse("viewings:new_participant"), typed)

        assert 'value="ADR3"' in page.content.decode()
