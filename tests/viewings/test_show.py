from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office
from submissions.models import State, Submission
from tests.factories import make_contact, make_slot, make_viewing
from tests.viewings.conftest import posted
from viewings.attendance import attendance
from viewings.models import Registration, SlotParticipant, TimeSlot

pytestmark = pytest.mark.django_db

NEW = reverse("viewings:new_participant")


@pytest.fixture
def slot(office: Office) -> TimeSlot:
    return make_slot(office, registered=2, attended=1)


def send(client: Client, **values: Any) -> Submission:
    answer = client.post(NEW, {"form_token": str(uuid.uuid4()), **posted(**values)})
    assert answer.status_code == 302
    return Submission.objects.latest("pk")


def settle(submission: Submission, state: State) -> None:
    Submission.objects.filter(pk=submission.pk).update(state=state, changed_at=timezone.now())


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def counts(slot: TimeSlot) -> tuple[int, int, int, int]:
    now = TimeSlot.objects.counted().get(pk=slot.pk)
    return now.registered_now, now.attended_now, now.waiting, now.trouble


class TestCounts:
    def test_what_waits_is_not_yet_registered(self, as_bokare: Client, slot: TimeSlot) -> None:
        send(as_bokare)

        assert counts(slot) == (2, 1, 1, 0)

    def test_what_has_arrived_counts_until_vitec_counts_it_itself(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        submission = send(as_bokare, mode="door", participated="on")
        settle(submission, State.DELIVERED)
        assert counts(slot) == (3, 2, 0, 0)

        TimeSlot.objects.update(registered=3, attended=2, last_seen=timezone.now())

        assert counts(slot) == (3, 2, 0, 0)

    @pytest.mark.parametrize("state", [State.REJECTED, State.UNKNOWN, State.FAILED])
    def test_what_went_wrong_is_to_be_looked_at(
        self, as_bokare: Client, slot: TimeSlot, state: State
    ) -> None:
        settle(send(as_bokare), state)

        assert counts(slot) == (2, 1, 0, 1)

    def test_what_is_undone_counts_nowhere(self, as_bokare: Client, slot: TimeSlot) -> None:
        settle(send(as_bokare), State.CANCELLED)

        assert counts(slot) == (2, 1, 0, 0)

    def test_the_list_and_the_page_say_the_same(self, as_bokare: Client, slot: TimeSlot) -> None:
        settle(send(as_bokare), State.DELIVERED)

        for url in (reverse("viewings:list"), slot.page_url):
            shown = as_bokare.get(url).context
            slots = shown["slots"] if "slots" in shown else shown["viewings"][0].slots.all()
            assert slots[0].registered_now == 3


class TestPeople:
    def test_vitecs_are_named_by_the_offices_contacts(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        make_contact(office)
        SlotParticipant.objects.create(slot=slot, contact_id="ADR1", participated=True)
        SlotParticipant.objects.create(slot=slot, contact_id="ADR2")

        text = text_of(as_bokare.get(slot.page_url))

        assert "Anna Ek" in text
        assert "070-174 06 05" in text
        assert "1 till hos Vitec" in text

    def test_ours_stands_once_also_when_vitec_has_it(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        submission = send(as_bokare, person_last_name="Ek")
        settle(submission, State.DELIVERED)
        assert [person.name for person in attendance(slot).attendees] == ["Anna Ek"]

        make_contact(office)
        SlotParticipant.objects.create(slot=slot, contact_id="ADR1", participated=True)

        [person] = attendance(slot).attendees
        assert person.submission == submission
        assert person.at_vitec
        assert person.participated

    def test_by_contact_id_too(self, as_bokare: Client, office: Office, slot: TimeSlot) -> None:
        make_contact(office)
        send(as_bokare, person_contact_id="ADR1", person_first_name="")
        SlotParticipant.objects.create(slot=slot, contact_id="ADR1")

        [person] = attendance(slot).attendees
        assert person.name == "Anna Ek"

    def test_a_father_and_a_son_of_one_number_are_two(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        make_contact(office)
        send(as_bokare, person_first_name="Bo", person_last_name="Ek")
        SlotParticipant.objects.create(slot=slot, contact_id="ADR1")

        assert {person.name for person in attendance(slot).attendees} == {"Anna Ek", "Bo Ek"}

    def test_one_whose_name_vitec_withholds_is_presumably_ours(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        settle(send(as_bokare), State.DELIVERED)
        SlotParticipant.objects.create(slot=slot, contact_id="ADR8")
        SlotParticipant.objects.create(slot=slot, contact_id="ADR9")

        assert attendance(slot).unnamed == 1

    def test_who_vanished_at_vitec_is_kept_and_says_so(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        make_contact(office)
        SlotParticipant.objects.create(slot=slot, contact_id="ADR1", missing_since=timezone.now())

        assert "Finns inte längre hos Vitec" in text_of(as_bokare.get(slot.page_url))

    def test_an_erased_one_stands_without_a_name(self, as_bokare: Client, slot: TimeSlot) -> None:
        send(as_bokare)
        Submission.objects.update(key="")

        assert "Innehållet är raderat" in text_of(as_bokare.get(slot.page_url))

    def test_vitecs_stand_in_the_order_of_the_alphabet(
        self, office: Office, slot: TimeSlot
    ) -> None:
        for number, name in enumerate(["Örjan Ek", "Åsa Ek", "Bo Ek", "Ärla Ek"]):
            make_contact(office, f"ADR{number}", name)
            SlotParticipant.objects.create(slot=slot, contact_id=f"ADR{number}")

        names = [person.name.split()[0] for person in attendance(slot).attendees]
        assert names == ["Bo", "Åsa", "Ärla", "Örjan"]

    def test_nothing_of_them_stands_in_an_address(self, as_bokare: Client, slot: TimeSlot) -> None:
        send(as_bokare)

        page = text_of(as_bokare.get(slot.page_url))

        assert f"/viewings/{slot.viewing.pk}/" in page
        row = json.dumps(list(Registration.objects.values()), default=str)
        assert "Anna" not in row
        assert "070" not in row

    def test_it_costs_the_same_few_queries_however_many_there_are(
        self,
        as_bokare: Client,
        office: Office,
        slot: TimeSlot,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(8):
            send(as_bokare, person_first_name=f"Anna{number}")
            make_contact(office, f"ADR{number}", f"Bo Ek{number}")
            SlotParticipant.objects.create(slot=slot, contact_id=f"ADR{number}")

        with django_assert_max_num_queries(14):
            as_bokare.get(slot.page_url)


class TestThePage:
    def test_it_opens_the_slot_that_is_likely_meant(
        self, as_bokare: Client, office: Office
    ) -> None:
        viewing = make_viewing(office, starts_at=timezone.now() - dt.timedelta(hours=1))
        make_slot(office, "TID1", viewing)
        now = make_slot(office, "TID2", viewing, starts_at=timezone.now())
        make_slot(office, "TID3", viewing, starts_at=timezone.now() + dt.timedelta(hours=1))

        assert as_bokare.get(viewing.get_absolute_url()).context["slot"] == now

    @pytest.mark.parametrize("asked", ["x", "0", "999999999999999999999", "-1", "'"])
    def test_an_unknown_slot_is_none(self, as_bokare: Client, slot: TimeSlot, asked: str) -> None:
        answer = as_bokare.get(slot.viewing.get_absolute_url(), {"slot": asked})

        assert answer.context["slot"] == slot

    def test_the_living_part_asks_sooner_while_something_waits(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        url = reverse("viewings:living", args=[slot.viewing.pk])
        assert "every 20s" in text_of(as_bokare.get(url))

        send(as_bokare)

        living = text_of(as_bokare.get(url))
        assert "every 3s" in living
        assert "<html" not in living

    def test_one_of_ours_is_undone_in_its_grace(self, as_bokare: Client, slot: TimeSlot) -> None:
        submission = send(as_bokare)
        url = reverse("viewings:undo", args=[slot.viewing.pk, submission.code])

        answer = as_bokare.post(url)

        assert answer["Location"] == slot.page_url
        assert Submission.objects.get().state == State.CANCELLED

    def test_too_late_it_says_so(self, as_bokare: Client, slot: TimeSlot) -> None:
        submission = send(as_bokare)
        settle(submission, State.DELIVERED)

        answer = as_bokare.post(
            reverse("viewings:undo", args=[slot.viewing.pk, submission.code]), follow=True
        )

        assert "För sent att ångra" in text_of(answer)

    def test_a_viewing_that_vitec_no_longer_lists_says_so(
        self, as_bokare: Client, office: Office
    ) -> None:
        viewing = make_viewing(office, missing_since=timezone.now(), starts_at=timezone.now())
        slot = make_slot(office, viewing=viewing)

        text = text_of(as_bokare.get(slot.page_url))

        assert "listar inte längre den här visningen" in text
        assert slot.booking_url.replace("&", "&amp;") not in text
        assert "desk-rows" not in text

    def test_a_viewing_without_slots_says_so(self, as_bokare: Client, office: Office) -> None:
        assert "inga tider" in text_of(as_bokare.get(make_viewing(office).get_absolute_url()))
