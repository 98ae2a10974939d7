"""Rows of the directories, added and mended by hand in the administration."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from offices import choices
from offices.directory import find_contacts
from offices.models import Colleague, Contact, ContactCategory, CustomField, Estate, Office
from tests.factories import make_colleague, make_contact, make_user


@pytest.fixture
def as_staff(office: Office) -> Client:
    """An administrator of one office, with every permission, but not of the whole portal."""
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)
    return client


def add(client: Client, model: str, office: Office, **values: Any) -> Any:
    url = reverse(f"admin:offices_{model}_add")
    return client.post(url, {"office": office.pk, **values})


def change(client: Client, row: Any, **values: Any) -> Any:
    url = reverse(f"admin:offices_{row._meta.model_name}_change", args=[row.pk])
    return client.post(url, values)


def test_a_colleague_is_added_and_offered(as_staff: Client, office: Office) -> None:
    answer = add(as_staff, "colleague", office, vitec_id="  HAN 7 ", name="Bo Alm", public="on")

    assert answer.status_code == 302
    row = Colleague.objects.get()
    assert (row.vitec_id, row.listed) == ("HAN 7", False)
    assert [choice.value for choice in choices.colleagues(office)] == ["HAN 7"]


def test_whoever_has_one_office_need_not_choose_it(as_staff: Client, office: Office) -> None:
    page = as_staff.get(reverse("admin:offices_colleague_add")).content.decode()

    assert f'<option value="{office.pk}" selected>' in page


def test_the_same_id_twice_is_refused(as_staff: Client, office: Office) -> None:
    make_colleague(office, "HAN1")

    answer = add(as_staff, "colleague", office, vitec_id="HAN1", name="Bo Alm")

    assert answer.status_code == 200
    assert Colleague.objects.count() == 1


def test_a_row_that_is_wrong_is_no_longer_offered_and_kept(
    as_staff: Client, office: Office
) -> None:
    row = make_colleague(office)

    change(as_staff, row, name="Bo Alm", gone="on")
    assert choices.colleagues(office) == []
    assert Colleague.objects.exists()

    change(as_staff, row, name="Bo Alm")
    assert len(choices.colleagues(office)) == 1


def test_a_home_is_known_by_its_address_which_stands_in_no_list(
    as_staff: Client, office: Office
) -> None:
    add(as_staff, "estate", office, vitec_id="OBJ1", street_address="Hemligavägen 77")

    assert [choice.label for choice in choices.estates(office)] == ["Hemligavägen 77"]
    page = as_staff.get(reverse("admin:offices_estate_changelist")).content.decode()
    assert "OBJ1" in page
    assert "Hemligavägen" not in page


def test_categories_and_fields_are_added_with_all_they_have(
    as_staff: Client, office: Office
) -> None:
    add(as_staff, "contactcategory", office, vitec_id="1", name="Köpare", read_only="on")
    add(as_staff, "customfield", office, vitec_id="lan", label="Lån", valid_for_text="Person, X,")

    assert ContactCategory.objects.get().read_only
    assert CustomField.objects.get().valid_for == ["Person", "X"]


class TestContacts:
    VALUES = {
        "name": "Kanarieline Fågelström",
        "phones": "070-174 06 05\r\n08-465 004 00",
        "email": "k@example.se",
        "address": "Storgatan 4",
    }

    def test_a_contact_is_added_and_found(self, as_staff: Client, office: Office) -> None:
        answer = add(as_staff, "contact", office, vitec_id="ADR7", **self.VALUES)

        assert answer.status_code == 302, answer.content.decode()
        (contact,) = find_contacts(office, "kanarie 08465")
        assert contact.vitec_id == "ADR7"

    def test_details_are_mended_and_the_old_words_forgotten(
        self, as_staff: Client, office: Office
    ) -> None:
        row = make_contact(office, name="Anna Ek")

        answer = change(as_staff, row, **self.VALUES)

        assert answer.status_code == 302, answer.content.decode()
        assert find_contacts(office, "anna") == []
        assert Contact.objects.get().details["phones"] == ["070-174 06 05", "08-465 004 00"]

    def test_mending_twice_is_kept_both_times(self, as_staff: Client, office: Office) -> None:
        row = make_contact(office)
        for name in ("Bo", "Eva", "Bo"):
            change(as_staff, row, **{**self.VALUES, "name": name})
            assert Contact.objects.get().name == name

    def test_a_number_that_is_none_is_refused(self, as_staff: Client, office: Office) -> None:
        answer = add(as_staff, "contact", office, vitec_id="A", name="Bo", phones="hoppsan")

        assert "hoppsan är inget telefonnummer." in answer.content.decode()
        assert not Contact.objects.exists()

    def test_it_can_be_taken_out_of_the_search(self, as_staff: Client, office: Office) -> None:
        row = make_contact(office)

        change(as_staff, row, **self.VALUES, gone="on")

        assert find_contacts(office, "kanarie") == []

    def test_the_history_names_the_id_alone(self, as_staff: Client, office: Office) -> None:
        add(as_staff, "contact", office, vitec_id="ADR7", **self.VALUES)

        entry = LogEntry.objects.get()
        assert entry.object_repr == "ADR7"
        assert "Kanarie" not in entry.change_message


@pytest.mark.parametrize("model", ["colleague", "contact", "estate", "usergroup"])
def test_nothing_is_added_to_a_strangers_office(
    as_staff: Client, neighbour_office: Office, model: str
) -> None:
    values = {"vitec_id": "X1", "name": "Bo", "street_address": "Storgatan 4"}

    answer = add(as_staff, model, neighbour_office, **values)

    assert answer.status_code == 200
    assert not Contact.objects.exists()
    assert not Estate.objects.exists()
    assert not Colleague.objects.exists()


def test_a_strangers_row_does_not_exist(as_staff: Client, neighbour_office: Office) -> None:
    row = make_contact(neighbour_office)

    assert change(as_staff, row, name="Bo").status_code == 404
    assert Contact.objects.get().name == "Anna Ek"


def test_no_row_can_be_deleted(as_staff: Client, office: Office) -> None:
    row = make_colleague(office)
    url = reverse("admin:offices_colleague_delete", args=[row.pk])

    assert as_staff.post(url, {"post": "yes"}).status_code == 403
    assert Colleague.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["Storgatan 4", "Anna Ek", "Andersson", "anna@x.se", "0701740607", "18900101-9802", "Åkesson1"],
)
@pytest.mark.parametrize("model", ["contact", "estate"])
def test_nothing_of_a_person_is_typed_where_an_id_stands_in_clear(
    as_staff: Client, office: Office, model: str, typed: str
) -> None:
    values = {"name": "Bo", "street_address": "Storgatan 4"}
    answer = add(as_staff, model, office, vitec_id=typed, **values)
    assert "ser inte ut som ett id" in answer.content.decode()
    assert not Contact.objects.exists()
    assert not Estate.objects.exists()
    add(as_staff, model, office, vitec_id="OBJ30011_1702400000", **values)
    assert Contact.objects.exists() or Estate.objects.exists()
