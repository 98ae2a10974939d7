from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission
from tests.factories import make_slot, make_viewing
from tests.viewings.conftest import PERSON, posted
from tests.viewings.test_forms import BAD
from viewings import sync
from viewings.models import TimeSlot

pytestmark = pytest.mark.django_db

LIST = reverse("viewings:list")
NEW = reverse("viewings:new_participant")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Client, **values: Any) -> Any:
    return client.post(NEW, {"form_token": str(uuid.uuid4()), **posted(**values)})


class TestList:
    def test_it_shows_who_may_still_come_and_how_full_it_is(
        self, as_bokare: Client, office: Office
    ) -> None:
        viewing = make_viewing(office, places=4, commentary="Portkod av mäklaren")
        slot = make_slot(office, viewing=viewing, registered=4, attended=1)

        text = text_of(as_bokare.get(LIST))

        assert "Storgatan 4" in text
        assert "Portkod av mäklaren" in text
        assert "Fullt" in text
        assert slot.booking_url.replace("&", "&amp;") in text

    def test_the_past_is_behind_a_link(self, as_bokare: Client, office: Office) -> None:
        then = timezone.now() - dt.timedelta(days=3)
        slot = make_slot(office, viewing=make_viewing(office, starts_at=then))

        assert "Storgatan 4" not in text_of(as_bokare.get(LIST))
        past = text_of(as_bokare.get(LIST, {"past": "1"}))
        assert f'href="{slot.page_url}"' in past
        assert slot.booking_url.replace("&", "&amp;") not in past

    def test_what_vitec_no_longer_lists_says_so_and_takes_nobody(
        self, as_bokare: Client, office: Office
    ) -> None:
        slot = make_slot(office, viewing=make_viewing(office, missing_since=timezone.now()))

        text = text_of(as_bokare.get(LIST))

        assert "Finns inte längre hos Vitec" in text
        assert slot.booking_url.replace("&", "&amp;") not in text

    def test_a_viewing_without_slots_says_so(self, as_bokare: Client, office: Office) -> None:
        make_viewing(office)

        assert "inga tider" in text_of(as_bokare.get(LIST))

    def test_a_neighbour_sees_none_of_it(self, as_grannkontor: Client, office: Office) -> None:
        make_slot(office)

        assert "Storgatan 4" not in text_of(as_grannkontor.get(LIST))

    def test_it_costs_the_same_few_queries_however_many_there_are(
        self, as_bokare: Client, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(12):
            make_slot(office, f"TID{number}")

        with django_assert_max_num_queries(14):
            as_bokare.get(LIST)


class TestPrefill:
    def test_a_slot_is_chosen(self, as_bokare: Client, office: Office, directories: None) -> None:
        form = as_bokare.get(NEW, {"slot": "TID1"}).context["form"]

        assert form["time_slot_id"].value() == "TID1"
        assert not form.at_the_door

    @pytest.mark.parametrize("mode", ["booking", "door"])
    def test_what_belongs_to_one_mode_is_marked_so(
        self, as_bokare: Client, office: Office, directories: None, mode: str
    ) -> None:
        text = text_of(as_bokare.get(NEW, {"slot": "TID1", "mode": mode}))

        door = text[text.index("only-door") : text.index("</fieldset>", text.index("only-door"))]
        assert "Deltog på visningen" in door
        assert text.index("only-booking") < text.index("Bekräftelse via SMS")
        assert re.search(rf'value="{mode}"[^>]* checked', text)

    def test_going_to_the_other_mode_and_back_loses_nothing(
        self, as_bokare: Client, directories: None
    ) -> None:
        typed = posted(mode="door", sms_confirmation="on", reminder_minutes="x", step="look")

        form = as_bokare.post(NEW, {"form_token": str(uuid.uuid4()), **typed}).context["form"]

        assert form["sms_confirmation"].value()
        assert form["reminder_minutes"].value() == "x"
        assert form[PERSON + "first_name"].value() == "Anna"

    def test_a_slot_that_is_over_opens_at_the_door(self, as_bokare: Client, office: Office) -> None:
        then = timezone.now() - dt.timedelta(days=3)
        make_slot(office, viewing=make_viewing(office, starts_at=then))

        assert as_bokare.get(NEW, {"slot": "TID1"}).context["form"].at_the_door

    @pytest.mark.parametrize("query", [{"slot": "TID9"}, {"mode": "x"}, {"slot": "'", "mode": ""}])
    def test_what_is_unknown_fills_in_nothing(
        self, as_bokare: Client, directories: None, query: dict[str, str]
    ) -> None:
        form = as_bokare.get(NEW, query).context["form"]

        assert form["time_slot_id"].value() == ""
        assert not form.at_the_door

    def test_a_neighbour_is_offered_nothing(
        self, as_grannkontor: Client, directories: None
    ) -> None:
        assert "Storgatan" not in text_of(as_grannkontor.get(NEW, {"slot": "TID1"}))

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"places": 1}, "alla platser tagna"),
            (
                {"no_later_than": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
                "sista bokningstid passerat",
            ),
        ],
    )
    def test_what_vitec_will_probably_refuse_is_said_before(
        self, as_bokare: Client, office: Office, fields: dict[str, Any], said: str
    ) -> None:
        make_slot(office, viewing=make_viewing(office, **fields), registered=1)

        text = text_of(as_bokare.get(NEW, {"slot": "TID1"}))
        notice = text.rindex("<p", 0, text.index(said))
        assert "only-booking" in text[notice : text.index(said)]


class TestSending:
    def test_it_says_in_words_what_will_happen(self, as_bokare: Client, directories: None) -> None:
        send(
            as_bokare,
            person_email_address="anna@ek.se",
            person_social_security_number="189001019802",
            sms_confirmation="on",
            mail_confirmation="on",
            sms_reminder="on",
            reminder_time="60",
        )

        said = {line.label: line.value for line in Submission.objects.get().lines}
        assert said["Person"] == "Anna"
        assert said["Visning"].startswith("Storgatan 4, ")
        assert said["Det här händer"] == (
            "Bokad · Bekräftelse via e-post · Bekräftelse via SMS · "
            "Påminnelse via SMS 60 minuter före"
        )
        assert said["Personnummer"] == "18900101-••••"

    def test_at_the_door_it_says_that_no_message_leaves(
        self, as_bokare: Client, directories: None
    ) -> None:
        send(as_bokare, mode="door", participated="on")

        said = {line.label: line.value for line in Submission.objects.get().lines}
        assert said["Det här händer"] == "Registreras som deltagare på plats · Inga meddelanden"
        assert said["Vitec kontrollerar"] == "ingenting"

    def test_no_number_of_the_person_stands_in_a_list_or_in_the_clear(
        self, as_bokare: Client, directories: None
    ) -> None:
        send(as_bokare, person_social_security_number="189001019802")

        listed = text_of(as_bokare.get(reverse("submissions:list")))
        row = str(Submission.objects.values().get())
        for number in ("070-174 06 05", "9802", "18900101"):
            assert number not in listed
        assert "070-174" not in row
        assert "9802" not in row.replace(row[row.find("sealed") :], "")
        assert "Anna" not in row

    @pytest.mark.parametrize(("field", "value"), [bad for bad in BAD if "\0" not in bad[1]])
    def test_a_mistake_shows_the_form_again_and_sends_nothing(
        self, as_bokare: Client, directories: None, field: str, value: str
    ) -> None:
        answer = send(as_bokare, **{field: value})

        assert answer.status_code == 422
        assert "errorlist" in text_of(answer) or 'role="alert"' in text_of(answer)
        assert not Submission.objects.exists()

    def test_a_search_for_a_contact_keeps_the_fields_name(
        self, as_bokare: Client, directories: None
    ) -> None:
        answer = as_bokare.post(
            reverse("offices:find_contacts"),
            {"contact_search": "anna", "picker": PERSON + "contact_id"},
        )

        assert 'name="update_person-contact_id"' in text_of(answer)


@pytest.fixture
def slot(vitec: Sandbox, office: Office) -> TimeSlot:
    """A coming slot of the practice Vitec with room, whose last time for booking has not passed."""
    sync.sync_office(office, now=True)
    later = TimeSlot.objects.offered(office).filter(starts_at__gt=timezone.now())
    return next(s for s in later if not s.is_full and s.viewing.takes_bookings)


@pytest.mark.usefixtures("vitec")
class TestDelivery:
    def test_a_booking_arrives_and_is_counted(
        self, as_bokare: Client, vitec: Sandbox, office: Office, slot: TimeSlot
    ) -> None:
        checks = dict.fromkeys(
            ["options-is_deadline_validation_enabled", "options-enable_booking_limit_validation"],
            "on",
        )
        send(as_bokare, time_slot_id=slot.vitec_id, sms_confirmation="on", **checks)

        deliver(Submission.objects.get().pk)

        submission = Submission.objects.get()
        assert submission.state == State.DELIVERED
        [record] = vitec.records()["participants"]
        assert record["timeSlotId"] == slot.vitec_id
        assert record["smsConfirmation"] is True
        assert record["id"] == submission.vitec_id
        sync.sync_office(office, now=True)
        assert TimeSlot.objects.get(pk=slot.pk).registered == slot.registered + 1

    def test_one_at_the_door_is_there_as_attended(
        self, as_bokare: Client, vitec: Sandbox, slot: TimeSlot
    ) -> None:
        send(as_bokare, time_slot_id=slot.vitec_id, mode="door", participated="on")

        deliver(Submission.objects.get().pk)

        assert Submission.objects.get().state == State.DELIVERED
        assert vitec.records()["participants"][0]["participated"] is True

    def test_what_vitec_refuses_comes_back_at_its_field(
        self, as_bokare: Client, vitec: Sandbox, slot: TimeSlot
    ) -> None:
        limited = TimeSlot.objects.exclude(viewing__places=None).filter(
            starts_at__gt=timezone.now()
        )
        slot = limited.select_related("viewing").first() or slot
        values = {"options-enable_booking_limit_validation": "on", "time_slot_id": slot.vitec_id}
        for number in range(slot.registered, (slot.viewing.places or 0) + 1):
            send(as_bokare, person_first_name=f"Anna{number}", **values)
            deliver(Submission.objects.latest("pk").pk)
        refused = Submission.objects.get(state=State.REJECTED)

        form = as_bokare.get(NEW, {"corrects": str(refused.code)}).context["form"]

        assert "fullbokat" in str(form.errors["options-enable_booking_limit_validation"])
