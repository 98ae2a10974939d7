from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from offices.models import Contact, Office
from offices.person_form import PERSON_FIELDS
from submissions.models import Submission
from tests.factories import (
    make_colleague,
    make_contact,
    make_lead_source,
    make_slot,
    make_viewing,
)
from tests.viewings.conftest import PERSON, posted
from viewings.forms import ParticipantForm
from viewings.models import TimeSlot

pytestmark = pytest.mark.django_db


def bound(office: Office, **values: Any) -> ParticipantForm:
    return ParticipantForm({"form_token": str(uuid.uuid4()), **posted(**values)}, office=office)


class TestWhom:
    def test_a_name_and_a_mobile_are_enough(self, office: Office, directories: None) -> None:
        form = bound(office)

        assert form.is_valid(), form.errors
        assert form.cleaned_data["viewing_id"] == "VIS1"

    def test_a_known_contact_is_enough(self, office: Office, directories: None) -> None:
        form = bound(office, person_first_name="", person_cell_phone="", person_contact_id="ADR1")

        assert form.is_valid(), form.errors
        assert form.cleaned_data[PERSON + "cell_phone"] == "070-174 06 05"

    def test_a_known_contacts_number_is_not_sent_without_need(
        self, office: Office, directories: None
    ) -> None:
        form = bound(
            office, person_cell_phone="", person_contact_id="ADR1", person_email_address="a@ek.se"
        )

        assert form.is_valid(), form.errors
        assert form.cleaned_data[PERSON + "cell_phone"] == ""

    def test_a_contact_of_whom_nothing_is_known_needs_a_channel(
        self, office: Office, directories: None
    ) -> None:
        make_contact(office, "ADR2", "Bo Ek", phone="")

        form = bound(office, person_cell_phone="", person_contact_id="ADR2")

        assert form.has_error(PERSON + "cell_phone", "channel")

    def test_a_neighbours_contact_is_unknown(
        self, office: Office, neighbour_office: Office, directories: None
    ) -> None:
        make_contact(neighbour_office, "ADR9")

        assert bound(office, person_contact_id="ADR9").has_error(PERSON + "contact_id", "unknown")

    @pytest.mark.parametrize("channel", ["tele_phone", "work_phone", "cell_phone"])
    def test_any_telephone_but_another_is_a_channel(
        self, office: Office, directories: None, channel: str
    ) -> None:
        empty = {"person_cell_phone": ""}

        assert bound(office, **{**empty, f"person_{channel}": "08-465 004 35"}).is_valid()
        assert not bound(office, **empty, person_other_phone="08-465 004 35").is_valid()


class TestWhich:
    def test_it_offers_coming_slots_first_and_then_those_of_the_last_fortnight(
        self, office: Office
    ) -> None:
        now = timezone.now()
        for number, days in ((1, 3), (2, 1), (3, -2), (4, -5), (5, -20)):
            viewing = make_viewing(office, f"VIS{number}", starts_at=now + dt.timedelta(days=days))
            make_slot(office, f"TID{number}", viewing)

        [_empty, (_coming, coming), (_past, past)] = bound(office).fields["time_slot_id"].choices

        assert [value for value, _label in coming] == ["TID2", "TID1"]
        assert [value for value, _label in past] == ["TID3", "TID4"]

    @pytest.mark.parametrize("model", ["slot", "viewing"])
    def test_what_vitec_no_longer_lists_is_not_offered(
        self, office: Office, directories: None, model: str
    ) -> None:
        slot = TimeSlot.objects.get()
        gone = slot if model == "slot" else slot.viewing
        gone.missing_since = timezone.now()
        gone.save()

        assert bound(office).has_error("time_slot_id", "invalid_choice")

    def test_a_neighbours_slot_is_no_choice(
        self, office: Office, neighbour_office: Office, directories: None
    ) -> None:
        make_slot(neighbour_office, "TID9")

        assert bound(office, time_slot_id="TID9").has_error("time_slot_id", "invalid_choice")

    def test_what_is_over_is_registered_at_the_door_and_not_booked(self, office: Office) -> None:
        viewing = make_viewing(office, starts_at=timezone.now() - dt.timedelta(days=3))
        make_slot(office, viewing=viewing)

        assert bound(office).has_error("time_slot_id", "over")
        assert bound(office, mode="door").is_valid()


class TestDirectories:
    def test_without_a_directory_nothing_is_asked(self, office: Office) -> None:
        form = ParticipantForm(office=office)

        shown = {field.name for group in form.person_groups for field in group.fields}
        assert PERSON + "note" in shown
        assert PERSON + "task-note" in shown
        for name in ("category_ids", "user_id", "task-estate_id", "custom_field-value"):
            assert PERSON + name not in shown

    def test_with_them_everything_is(self, office: Office, directories: None) -> None:
        form = ParticipantForm(office=office)

        shown = {field.name for group in form.person_groups for field in group.fields}
        usual = {field.name for field in form.usual_person_fields}
        assert shown | usual == set(PERSON_FIELDS)
        assert not any(group.is_open for group in form.person_groups)

    def test_a_group_in_which_something_stands_is_open(
        self, office: Office, directories: None
    ) -> None:
        groups = bound(office, **{"person_task-note": "Ring"}).person_groups

        assert [group.is_open for group in groups].count(True) == 1

    def test_a_task_without_a_directory_is_said_in_a_note(self, office: Office) -> None:
        make_slot(office)
        make_colleague(office)
        values = {"person_task-assigned_to": "HAN1"}

        assert bound(office, **values).has_error(PERSON + "task-note", "required")
        assert bound(office, **values, **{"person_task-note": "Ring"}).is_valid()


class TestModes:
    def test_ahead_nobody_has_attended(self, office: Office, directories: None) -> None:
        form = bound(office, participated="on")

        assert form.is_valid(), form.errors
        assert form.cleaned_data["participated"] is False

    def test_at_the_door_no_message_leaves_and_nothing_is_checked(
        self, office: Office, directories: None
    ) -> None:
        names = ["sms_reminder", "mail_confirmation", "sms_confirmation"]
        checks = ["options-is_deadline_validation_enabled"]
        everything = dict.fromkeys([*names, *checks, "participated"], "on")

        form = bound(office, mode="door", reminder_time="60", **everything)

        assert form.is_valid(), form.errors
        assert form.cleaned_data["participated"] is True
        assert form.cleaned_data["reminder_time"] is None
        assert not any(form.cleaned_data[name] for name in [*names, *checks])

    def test_it_opens_with_both_checks_on(self, office: Office, directories: None) -> None:
        form = ParticipantForm(office=office)

        assert all(field.value() for field in form.check_fields)
        assert form["mode"].value() == "booking"
        assert not form.lead_fields_open

    @pytest.mark.parametrize(
        ("values", "minutes"),
        [
            ({}, None),
            ({"reminder_time": "1440"}, 1440),
            ({"reminder_time": "other", "reminder_minutes": "45"}, 45),
            ({"reminder_minutes": "45"}, 45),
        ],
    )
    def test_a_reminder_is_minutes(
        self, office: Office, directories: None, values: dict[str, str], minutes: int | None
    ) -> None:
        form = bound(office, **values)

        assert form.is_valid(), form.errors
        assert form.cleaned_data["reminder_time"] == minutes

    def test_an_sms_goes_to_the_known_contacts_mobile(
        self, office: Office, directories: None
    ) -> None:
        form = bound(
            office,
            person_cell_phone="",
            person_email_address="a@ek.se",
            person_contact_id="ADR1",
            sms_confirmation="on",
        )

        assert form.is_valid(), form.errors
        assert form.cleaned_data[PERSON + "cell_phone"] == "070-174 06 05"

    def test_a_known_contacts_landline_takes_no_sms(
        self, office: Office, directories: None
    ) -> None:
        make_contact(office, "ADR2", "Bo Ek", phone="08-465 004 35")
        values = {"person_cell_phone": "", "person_contact_id": "ADR2", "sms_confirmation": "on"}

        assert bound(office, **values).has_error(PERSON + "cell_phone", "needed")


# What is typed, and the field that must say so.
BAD = [
    *(
        (PERSON + name, value)
        for name in ("first_name", "last_name")
        for value in ("x" * 31, "a\0")
    ),
    *(
        (PERSON + name, value)
        for name in ("cell_phone", "tele_phone", "work_phone", "other_phone")
        for value in ("123", "ring", "070-FLOWERS", "+", "070174060500000", "1" * 41,
                      "++46701740605", "070-174 06 05; DROP", "٠٧٠١٧٤٠٦٠٥")
    ),
    *(
        (PERSON + name, value)
        for name in ("email_address", "email_address2")
        for value in ("anna", "anna@", "@ek.se", "a b@ek.se", "anna@ek", f"{'a' * 100}@ek.se",
                      "a@ek.se, b@ek.se", "anna@@ek.se")
    ),
    *(
        (PERSON + "social_security_number", value)
        for value in ("1", "18900101980", "18900101-9803", "18901301-9802", "209001019802",
                      "A 12345-X", "1" * 21, "18900101 98O2", "000000000000")
    ),
    (PERSON + "street_address", "x" * 69),
    (PERSON + "zip_code", "1" * 16),
    (PERSON + "city", "x" * 26),
    *((PERSON + "country_code", value) for value in ("S", "SWE", "ZZ", "1", "46", "å")),
    *(
        (PERSON + "gdpr_approval_date", value)
        for value in ("2999-01-01", "2015-01-01", "0001-01-01", "2026-02-30", "snart", "1/1")
    ),
    *((PERSON + "obtain_through", value) for value in ("Mail", "1", "visit", "x" * 1000)),
    *((PERSON + "wish_advertising", value) for value in ("on", "true", "ja")),
    (PERSON + "note", "x" * 4001),
    *((PERSON + "approval_date", value) for value in ("2999-01-01", "2026-02-30", "i fjol", "-")),
    *((PERSON + "approval", value) for value in ("on", "true", "ja", "1")),
    *((PERSON + "category_ids", value) for value in ("KAT3", "KAT9", "Spekulant", "'")),
    *((PERSON + "user_id", value) for value in ("HAN9", "Bo Alm", "x" * 200)),
    *((PERSON + "lead_score", value) for value in ("0", "6", "-1", "1.5", "★", "x")),
    *(
        (PERSON + "coordinate-latitude", value)
        for value in ("91", "-90,1", "norr", "59,36,22", "1e99", "NaN", "59 36", "inf")
    ),
    *((PERSON + "coordinate-longitude", value) for value in ("180,5", "-181", "öst", "1" * 99)),
    *((PERSON + "task-predefined_task_id", value) for value in ("UPP9", "Ring upp")),
    *((PERSON + "task-estate_id", value) for value in ("OBJ9", "Storgatan 4")),
    *((PERSON + "task-assigned_to", value) for value in ("HAN9", "ADR1")),
    (PERSON + "task-note", "x" * 4001),
    *((PERSON + "custom_field-name", value) for value in ("Bransch", "husdjur", "x")),
    (PERSON + "custom_field-value", "x" * 4001),
    *((PERSON + "contact_id", value) for value in ("ADR9", "x" * 65, "'", "../..")),
    *(("time_slot_id", value) for value in ("", "TID9", "1", "TID1 ", "VIS1")),
    *(("reminder_time", value) for value in ("-1", "61", "off", "1e3")),
    *(
        ("reminder_minutes", value)
        for value in ("-1", "0", "1.5", "snart", "20161", "9" * 50, "NaN")
    ),
    ("contact_message", "x" * 4001),
    *(("lead_source_id", value) for value in ("8", "Visning")),
    *(("mode", value) for value in ("window", "Door")),
]  # fmt: skip


def test_there_are_plenty_of_mistakes() -> None:
    assert len(BAD) >= 80


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_mistake_is_told_at_its_field_in_swedish(
    office: Office, directories: None, field: str, value: str
) -> None:
    form = bound(office, **{field: value})

    assert not form.is_valid()
    assert form.errors[field]
    said = str(form.errors[field])
    assert not any(word in said for word in ("This ", "Write ", "Choose ", "There ", "Ensure "))


TOGETHER = [
    ({"person_first_name": ""}, PERSON + "first_name"),
    ({"person_first_name": "  "}, PERSON + "first_name"),
    ({"person_cell_phone": ""}, PERSON + "cell_phone"),
    ({"person_cell_phone": "", "person_other_phone": "08-465 004 35"}, PERSON + "cell_phone"),
    ({"person_cell_phone": "", "sms_confirmation": "on"}, PERSON + "cell_phone"),
    ({"person_cell_phone": "08-465 004 00", "sms_confirmation": "on"}, PERSON + "cell_phone"),
    (
        {"person_cell_phone": "08-465 004 00", "sms_reminder": "on", "reminder_time": "60"},
        PERSON + "cell_phone",
    ),
    (
        {"person_cell_phone": "", "person_tele_phone": "0846500435", "sms_reminder": "on",
         "reminder_time": "60"},
        PERSON + "cell_phone",
    ),
    ({"mail_confirmation": "on"}, PERSON + "email_address"),
    ({"mail_confirmation": "on", "person_email_address2": "a@ek.se"}, PERSON + "email_address"),
    ({"sms_reminder": "on"}, "reminder_time"),
    ({"reminder_time": "other"}, "reminder_minutes"),
    ({"reminder_time": "60", "reminder_minutes": "45"}, "reminder_minutes"),
    ({"reminder_minutes": "2880"}, "reminder_minutes"),
    ({"person_coordinate-latitude": "59,3"}, PERSON + "coordinate-longitude"),
    ({"person_coordinate-longitude": "17,9"}, PERSON + "coordinate-latitude"),
    ({"person_task-estate_id": "OBJ1_2"}, PERSON + "task-predefined_task_id"),
    ({"person_task-assigned_to": "HAN1"}, PERSON + "task-predefined_task_id"),
    ({"person_custom_field-name": "Husdjur"}, PERSON + "custom_field-value"),
    ({"person_custom_field-value": "Katt"}, PERSON + "custom_field-name"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "field"), TOGETHER)
def test_what_does_not_go_together_is_told_once_at_one_field(
    office: Office, directories: None, values: dict[str, str], field: str
) -> None:
    form = bound(office, **values)

    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1


def test_a_reminder_that_would_have_gone_already_is_refused(office: Office) -> None:
    make_slot(
        office, viewing=make_viewing(office, starts_at=timezone.now() + dt.timedelta(hours=1))
    )

    assert "reminder_time" in bound(office, reminder_time="120").errors
    assert bound(office, reminder_time="30").is_valid()


NAMES = sorted(set(ParticipantForm.base_fields) - {"form_token"})


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.dictionaries(
        st.sampled_from(NAMES),
        st.one_of(
            st.text(max_size=60), st.sampled_from(["on", "door", "TID1", "60", "other", "0"])
        ),
        max_size=8,
    )
)
@example(values={"reminder_minutes": "1", "mode": "door"})
def test_nothing_typed_breaks_it(
    office: Office, directories_once: None, values: dict[str, str]
) -> None:
    form = ParticipantForm({"form_token": str(uuid.uuid4()), **posted(), **values}, office=office)

    if form.is_valid():
        assert len(form.cleaned_data[PERSON + "cell_phone"]) <= 17
    else:
        assert set(form.errors) <= set(form.fields)
    assert not Submission.objects.exists()


@pytest.fixture
def directories_once(office: Office) -> None:
    if not Contact.objects.exists():
        make_contact(office)
        make_slot(office)
        make_lead_source(office)
