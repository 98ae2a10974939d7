"""After a viewing: a mark and a note for each visitor, and a comeback to those who care."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Membership, Office, User
from submissions.models import Batch, Submission
from tests.factories import make_colleague, make_contact, make_meeting, make_slot, make_viewing
from tests.viewings.conftest import posted
from viewings.models import Impression, Registration, TimeSlot

pytestmark = pytest.mark.django_db

KIND = "meetings.create_comeback"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def slot(office: Office) -> TimeSlot:
    """Over since an hour; Vitec names Anna and Åsa, of whom Anna was there."""
    make_contact(office, "ADR1", "Anna Ek", "070-174 06 05")
    make_contact(office, "ADR2", "Åsa Berg", "070-174 06 06")
    make_colleague(office)
    make_meeting(office, "CAL1", contact_id="ADR9", estate_id="OBJ1_2")
    starts = timezone.now() - dt.timedelta(hours=1)
    found = make_slot(office, viewing=make_viewing(office, starts_at=starts))
    found.participants.create(contact_id="ADR1", participated=True)
    found.participants.create(contact_id="ADR2")
    return found


def page(client: Client, slot: TimeSlot) -> Any:
    return client.get(reverse("viewings:afterwards", args=[slot.viewing_id]))


def impress(client: Client, slot: TimeSlot, who: str, **values: str) -> Any:
    address = reverse("viewings:impress", args=[slot.pk])
    return client.post(address, {"who": who, **values}, headers=HTMX)


def many(client: Client, slot: TimeSlot, **values: Any) -> Any:
    address = reverse("viewings:send_to_many", args=[slot.pk])
    return client.post(address, {"kind": KIND, "interest": "great", **values})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


class TestMarks:
    def test_who_was_there_stands_first(self, as_maklare: Client, slot: TimeSlot) -> None:
        answer = page(as_maklare, slot)

        names = [visitor.attendee.name for visitor in answer.context["people"].all]
        assert names == ["Anna Ek", "Åsa Berg"]

    def test_a_mark_and_a_note_are_kept_each_by_itself(
        self, as_maklare: Client, maklare: User, slot: TimeSlot
    ) -> None:
        impress(as_maklare, slot, "cADR1", interest="great")
        impress(as_maklare, slot, "cADR1", note=" Vill se igen ")
        impress(as_maklare, slot, "cADR1", interest="small")

        [visitor, _other] = page(as_maklare, slot).context["people"].all
        assert (visitor.interest, visitor.note) == ("small", "Vill se igen")
        assert Impression.objects.get().by == maklare

    def test_the_note_is_sealed(self, as_maklare: Client, slot: TimeSlot) -> None:
        impress(as_maklare, slot, "cADR1", interest="great", note="Ska skiljas")

        with connection.cursor() as cursor:
            cursor.execute("SELECT note FROM viewings_impression")
            [(stored,)] = cursor.fetchall()
        assert "skiljas" not in stored

    def test_nonsense_is_no_interest_and_a_strangers_key_is_not_there(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        impress(as_maklare, slot, "cADR1", interest="enormous")
        assert page(as_maklare, slot).context["marked"] == 0

        for who in ("", "cADR3", "r1", "x"):
            assert impress(as_maklare, slot, who, interest="great").status_code == 404

    def test_without_javascript_it_leads_back_to_the_person(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        address = reverse("viewings:impress", args=[slot.pk])

        answer = as_maklare.post(address, {"who": "cADR1", "interest": "great"})

        assert answer.headers["Location"] == f"{slot.afterwards_url}#person-cADR1"

    def test_one_of_ours_keeps_its_mark_when_vitec_names_the_person(
        self, as_maklare: Client, slot: TimeSlot, office: Office
    ) -> None:
        new = reverse("viewings:new_participant")
        form = posted(person_first_name="Bo", person_last_name="Ny", mode="door", participated="on")
        form["update_person-cell_phone"] = "070-174 06 99"
        as_maklare.post(new, {"form_token": str(uuid.uuid4()), **form})
        key = f"r{Registration.objects.get().pk}"
        impress(as_maklare, slot, key, interest="great", note="Kontant")
        assert len(page(as_maklare, slot).context["waiting"]) == 1

        make_contact(office, "ADR7", "Bo Ny", "070-174 06 99")
        slot.participants.create(contact_id="ADR7", participated=True)

        answer = page(as_maklare, slot)
        [bo] = answer.context["great"]
        assert (bo.note, bo.attendee.contact_id) == ("Kontant", "ADR7")
        assert answer.context["waiting"] == []

    def test_a_neighbour_sees_and_marks_nothing(
        self, as_grannkontor: Client, slot: TimeSlot
    ) -> None:
        assert page(as_grannkontor, slot).status_code == 404
        assert impress(as_grannkontor, slot, "cADR1", interest="great").status_code == 404
        assert many(as_grannkontor, slot).status_code == 404

    def test_it_asks_the_same_however_many_came(
        self,
        as_maklare: Client,
        slot: TimeSlot,
        office: Office,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(10, 40):
            make_contact(office, f"ADR{number}", f"Namn {number}", f"070-174 07 {number}")
            slot.participants.create(contact_id=f"ADR{number}", participated=True)

        page(as_maklare, slot)

        with django_assert_max_num_queries(12):
            assert len(page(as_maklare, slot).context["people"].all) == 32


class TestComingBack:
    @pytest.fixture(autouse=True)
    def bo_alm(self, maklare: User, slot: TimeSlot) -> None:
        """The broker of the home is the one who comes back."""
        Membership.objects.filter(user=maklare).update(colleague_id="HAN1")

    def test_the_form_is_filled_in_with_tomorrow_and_the_homes_broker(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        for who in ("cADR1", "cADR2"):
            impress(as_maklare, slot, who, interest="great")

        answer = many(as_maklare, slot)

        assert answer.context["form"]["date"].value() == "imorgon 10"
        assert answer.context["count"] == 2
        assert "Skapa 2 återkomster" in text_of(answer)
        assert not Submission.objects.exists()

    def test_all_with_great_interest_get_one_about_the_home(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        for who, interest in (("cADR1", "great"), ("cADR2", "small")):
            impress(as_maklare, slot, who, interest=interest)

        answer = many(
            as_maklare, slot, form_token=str(uuid.uuid4()), date="2027-03-01 10:00", note=""
        )

        assert answer.headers["Location"] == Batch.objects.get().get_absolute_url()
        [sent] = Submission.objects.all()
        assert sent.call.path.endswith("/ADR1")
        assert "OBJ1_2" in sent.call.body
        assert "HAN1" in sent.call.body

    def test_who_has_no_contact_id_yet_is_named_and_waits(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        new = reverse("viewings:new_participant")
        form = posted(person_first_name="Bo", person_last_name="Ny", mode="door", participated="on")
        as_maklare.post(new, {"form_token": str(uuid.uuid4()), **form})
        impress(as_maklare, slot, f"r{Registration.objects.get().pk}", interest="great")
        impress(as_maklare, slot, "cADR2", interest="great")

        answer = many(as_maklare, slot)

        assert [row.target.name for row in answer.context["out"]] == ["Bo Ny"]
        assert "Väntar på kontakt-id från Vitec" in text_of(answer)
        assert "Skapa 1 återkomst" in text_of(answer)

    def test_with_nobody_marked_there_is_nothing_to_send(
        self, as_maklare: Client, slot: TimeSlot
    ) -> None:
        assert many(as_maklare, slot).headers["Location"] == slot.afterwards_url
        assert many(as_maklare, slot, interest="x").status_code == 404
        assert many(as_maklare, slot, kind="viewings.add_participant").status_code == 404
