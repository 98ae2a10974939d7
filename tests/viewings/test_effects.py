from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office
from submissions.models import Submission
from tests.factories import STOCKHOLM, make_contact, make_slot, make_viewing
from tests.viewings.conftest import posted
from viewings import kinds
from viewings.effects import effects
from viewings.forms import ParticipantForm
from viewings.models import SlotParticipant, TimeSlot

pytestmark = pytest.mark.django_db

NEW = reverse("viewings:new_participant")
NOON = dt.datetime(2027, 6, 1, 12, 0, tzinfo=STOCKHOLM)


@pytest.fixture
def slot(office: Office, directories: None) -> TimeSlot:
    viewing = make_viewing(office, "VIS7", starts_at=NOON)
    return make_slot(office, "TID7", viewing)


def told(office: Office, **values: Any) -> list[str]:
    """What the form says that it will do."""
    data = {"form_token": str(uuid.uuid4()), **posted(time_slot_id="TID7", **values)}
    form = ParticipantForm(data, office=office)
    assert form.is_valid(), form.errors
    call = kinds.PARTICIPANT.build(office, form.cleaned_data)
    [found] = effects(office, [call])
    return [f"{effect.tone}: {effect.text}" for effect in found]


class TestEffects:
    def test_a_stranger_is_booked_and_gets_no_message(self, office: Office, slot: TimeSlot) -> None:
        assert told(office) == [
            "creates: Anna blir en ny kontakt.",
            "creates: Bokas till visningen: Storgatan 4, tis 1 juni 2027 kl. 12:00–12:30 (v. 22)",
            "creates: Ett lead skapas, med den källa som är förvald hos Vitec.",
            "note: Inget meddelande går till någon.",
        ]

    def test_each_message_says_to_whom_and_when(self, office: Office, slot: TimeSlot) -> None:
        values = dict.fromkeys(["sms_confirmation", "mail_confirmation", "sms_reminder"], "on")

        messages = told(office, person_email_address="a@ek.se", reminder_time="60", **values)[-3:]

        when = "tis 1 juni 2027 kl. 11:00 (v. 22) (60 minuter före)"
        assert messages == [
            "message: SMS till 070-174 06 05 genast: en bekräftelse",
            "message: E-post till a@ek.se genast: en bekräftelse",
            f"message: SMS till 070-174 06 05 {when}: en påminnelse",
        ]

    def test_a_reminder_without_sms_says_when(self, office: Office, slot: TimeSlot) -> None:
        [said] = [text for text in told(office, reminder_time="1440") if "message" in text]

        assert "mån 31 maj 2027 kl. 12:00" in said

    def test_at_the_door_the_attendance_is_said(self, office: Office, slot: TimeSlot) -> None:
        said = told(office, mode="door", participated="on", lead_source_id="7")

        assert any(text.startswith("creates: Registreras som deltagare") for text in said)
        assert "creates: Ett lead skapas, med källan Visning." in said

    def test_a_task_is_named_with_its_person(self, office: Office, slot: TimeSlot) -> None:
        task = {"person_task-predefined_task_id": "UPP1", "person_task-assigned_to": "HAN1"}

        assert "creates: Bo Alm får en uppgift: Ring upp" in told(office, **task)
        assert "creates: En uppgift läggs upp: Ring" in told(office, **{"person_task-note": "Ring"})

    def test_what_of_a_known_contact_is_replaced_is_said(
        self, office: Office, slot: TimeSlot
    ) -> None:
        said = told(office, person_contact_id="ADR1", person_cell_phone="070-174 06 99")

        assert any(text.startswith("overwrites:") and "070-174 06 99" in text for text in said)

    def test_the_page_shows_them_while_one_writes(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        url = reverse("submissions:look", args=[kinds.PARTICIPANT.key])
        data = {"form_token": str(uuid.uuid4()), **posted(time_slot_id="TID7")}

        text = as_bokare.post(url, data).content.decode()

        assert "Anna blir en ny kontakt." in text
        assert not Submission.objects.exists()


class TestTheSamePersonInTheSlot:
    def send(self, client: Client, **values: Any) -> Any:
        return client.post(NEW, {"form_token": str(uuid.uuid4()), **posted(**values)})

    def asked(self, client: Client, **values: Any) -> list[str]:
        answer = self.send(client, **values)
        assert answer.status_code in (302, 409)
        if answer.status_code == 302:
            return []
        return [concern.text for concern in answer.context["preview"].concerns]

    @pytest.mark.parametrize(
        "again",
        [
            {"person_note": "Annat"},
            {"person_cell_phone": "+46 70 174 06 05", "sms_confirmation": "on"},
            {"mode": "door", "participated": "on"},
        ],
    )
    def test_by_name_and_number_however_they_are_written(
        self, as_bokare: Client, directories: None, again: dict[str, Any]
    ) -> None:
        self.send(as_bokare)

        [said] = self.asked(as_bokare, **again)

        assert "redan registrerad" in said

    @pytest.mark.parametrize(
        "other",
        [
            {"person_first_name": "Bo"},
            {"person_cell_phone": "070-174 06 99"},
            {"time_slot_id": "TID2"},
        ],
    )
    def test_a_son_another_number_and_another_time_are_something_else(
        self, as_bokare: Client, office: Office, directories: None, other: dict[str, Any]
    ) -> None:
        make_slot(office, "TID2")
        self.send(as_bokare)

        assert self.asked(as_bokare, **other) == []

    def test_a_colleague_is_asked_too(
        self, as_bokare: Client, as_maklare: Client, directories: None
    ) -> None:
        self.send(as_bokare)

        assert self.asked(as_maklare, person_note="Annat")

    def test_the_neighbours_know_nothing_of_it(
        self, as_bokare: Client, neighbour_office: Office, as_grannkontor: Client, directories: None
    ) -> None:
        make_slot(neighbour_office, "TID1")
        self.send(as_bokare)

        assert self.asked(as_grannkontor) == []

    @pytest.mark.parametrize(
        ("participated", "words"), [(True, "redan som deltagare"), (False, "som anmäld")]
    )
    def test_whom_vitec_names_there_is_asked_about(
        self, as_bokare: Client, office: Office, directories: None, participated: bool, words: str
    ) -> None:
        slot = TimeSlot.objects.get(vitec_id="TID1")
        there = {"slot": slot, "contact_id": "ADR1", "participated": participated}
        SlotParticipant.objects.create(**there)

        [by_id] = self.asked(as_bokare, person_contact_id="ADR1")
        [by_name] = self.asked(as_bokare, person_last_name="Ek")

        assert words in by_id
        assert "Anna Ek" in by_name

    def test_who_vanished_there_may_come_again(
        self, as_bokare: Client, office: Office, directories: None
    ) -> None:
        SlotParticipant.objects.create(
            slot=TimeSlot.objects.get(vitec_id="TID1"),
            contact_id="ADR1",
            missing_since=timezone.now(),
        )

        assert self.asked(as_bokare, person_contact_id="ADR1") == []

    def test_at_the_desk_one_who_was_booked_is_one_enter_more(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_contact(office)
        slot = make_slot(office, viewing=make_viewing(office, starts_at=timezone.now()))
        there = SlotParticipant.objects.create(slot=slot, contact_id="ADR1")
        row = {"update_person-contact_id": "ADR1", "form_token": str(uuid.uuid4())}
        url = reverse("viewings:register", args=[slot.pk])

        asked = as_bokare.post(url, row, headers={"HX-Request": "true"})

        assert asked.status_code == 422
        said = asked.context["row"]
        assert said.concerns[0].key == f"booked:{there.pk}"
        again = row | {"although": said.concerns[0].key, "although_reason": said.reason}
        assert as_bokare.post(url, again, headers={"HX-Request": "true"}).status_code == 200
