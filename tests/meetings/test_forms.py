from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import translation

from meetings.forms import ComebackForm
from offices.directory import learn_rows
from offices.models import Estate, Office, UserGroup
from tests.factories import STOCKHOLM, make_colleague, make_contact, make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def directories(office: Office) -> None:
    make_contact(office)
    make_colleague(office)
    make_meeting(office)


def bound(office: Office, **posted: Any) -> ComebackForm:
    values = {
        "form_token": str(uuid.uuid4()),
        "contact_id": "ADR1",
        "date": "2027-03-01 09:00",
        "participant": "userId:HAN1",
    }
    return ComebackForm({**values, **posted}, office=office)


def test_a_complete_form_is_valid(office: Office, directories: None) -> None:
    form = bound(office, meeting_id="CAL1", estate_id="OBJ1_2", note="Ring")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["date"] == dt.datetime(2027, 3, 1, 9, tzinfo=STOCKHOLM)
    assert form.cleaned_data["participant"] == ("userId", "HAN1")


@pytest.mark.parametrize("text", ["2020-01-01 09:00", "idag 00:00"])
def test_a_time_that_has_passed_is_refused_with_the_reason(
    office: Office, directories: None, text: str
) -> None:
    form = bound(office, date=text)

    assert form.has_error("date", "past")
    assert "har passerat" in str(form.errors["date"])


@pytest.mark.parametrize("text", ["hoppsan", "31/2", "v 99"])
def test_a_day_that_cannot_be_read_is_refused_in_swedish(
    office: Office, directories: None, text: str
) -> None:
    form = bound(office, date=text)

    assert "date" in form.errors
    assert not any(word in str(form.errors["date"]) for word in ("There is", "cannot"))


def test_the_typed_words_stay_in_the_field(office: Office, directories: None) -> None:
    assert 'value="hoppsan"' in str(bound(office, date="hoppsan")["date"])


def test_it_asks_for_exactly_one_participant(office: Office, directories: None) -> None:
    assert bound(office, participant="").has_error("participant", "required")


@pytest.mark.parametrize("choice", ["userId:HAN9", "officeId:FIR30012", "userGroupId:GRP1", "x"])
def test_a_participant_of_another_office_is_no_choice(
    office: Office, directories: None, choice: str
) -> None:
    assert "participant" in bound(office, participant=choice).errors


def test_a_group_is_sent_as_a_group(office: Office, directories: None) -> None:
    now = dt.datetime.now(STOCKHOLM)
    UserGroup.objects.create(office=office, vitec_id="GRP1", name="Norr", last_seen=now)

    form = bound(office, participant="userGroupId:GRP1")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["participant"] == ("userGroupId", "GRP1")


def test_the_offices_pool_goes_by_the_id_that_the_setting_says(
    office: Office, directories: None, settings: Any
) -> None:
    settings.VITEC_COMEBACK_OFFICE_ID = "customer_id"

    assert bound(office, participant="officeId:M30011").is_valid()
    assert not bound(office, participant="officeId:FIR30011").is_valid()


def test_a_contact_of_another_office_is_unknown(
    office: Office, neighbour_office: Office, directories: None
) -> None:
    make_contact(neighbour_office, "ADR9")

    assert bound(office, contact_id="ADR9").has_error("contact_id", "unknown")


def test_only_the_contacts_own_meetings_can_be_chosen(office: Office, directories: None) -> None:
    make_meeting(office, "CAL2", contact_id="ADR2")

    assert "meeting_id" in bound(office, meeting_id="CAL2").errors


def test_any_home_of_the_office_can_be_chosen_the_contacts_own_first(
    office: Office, neighbour_office: Office, directories: None
) -> None:
    learn_rows(Estate, office, {"OBJ7": {"address": "Ågatan 1"}}, complete=True)
    learn_rows(Estate, neighbour_office, {"OBJ8": {"address": "Ögatan 1"}}, complete=True)

    form = bound(office, estate_id="OBJ7")

    assert form.is_valid(), form.errors
    first = form.fields["estate_id"].choices[1]  # type: ignore[attr-defined]
    assert [value for value, _label in first[1]] == ["OBJ1_2"]
    assert bound(office, estate_id="OBJ8").has_error("estate_id", "invalid_choice")


def test_every_message_is_swedish_by_default(office: Office) -> None:
    form = ComebackForm({}, office=office)

    assert "Välj" in str(form.errors["contact_id"])
    with translation.override("en"):
        assert "Choose" in str(ComebackForm({}, office=office).errors["contact_id"])
