"""In whose name somebody sends: brokers in their own, bookers in everybody's."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import kinds
from offices.models import Membership, Office, Right, RightException, Role, User
from offices.own_name import colleague_of, objection
from submissions.batches import BatchWish, submit_batch
from submissions.kinds import Part
from submissions.models import Submission
from submissions.naming import NotInOwnName
from tests.factories import (
    comeback_values,
    make_colleague,
    make_contact,
    make_meeting,
    make_slot,
    make_submission,
    make_user,
    make_user_group,
    make_viewing,
)
from viewings.models import TimeSlot

FORM = reverse("meetings:new_comeback")
EVENT = reverse("calendar_app:new_appointment")


@pytest.fixture
def directory(office: Office) -> None:
    make_contact(office)
    make_colleague(office)
    make_colleague(office, "HAN2", "Mia Lund")
    make_user_group(office)


@pytest.fixture
def mia(office: Office, directory: None) -> User:
    """A broker whom Vitec knows by the same name."""
    return make_user("mia", office, role=Role.BROKER, first_name="Mia", last_name="Lund")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def comeback(client: Client, participant: str):
    posted = {
        "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "date": "2030-03-04 09:00",
        "participant": participant, "office": "M30011",
    }  # fmt: skip
    return client.post(FORM, posted)


def test_a_broker_gives_a_comeback_to_herself(mia: User) -> None:
    assert comeback(as_(mia), "userId:HAN2").status_code == 302
    assert Submission.objects.get().created_by == mia


def test_she_gives_none_to_a_colleague_and_is_told_why(mia: User) -> None:
    answer = comeback(as_(mia), "userId:HAN1")
    assert answer.status_code == 422
    assert "Du får bara sända i eget namn. Välj Mia Lund" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_group_is_nobodys_name(mia: User) -> None:
    assert comeback(as_(mia), "userGroupId:GRP1").status_code == 302


def test_a_booker_gives_it_to_anybody(as_bokare: Client, directory: None) -> None:
    assert comeback(as_bokare, "userId:HAN1").status_code == 302


def test_a_broker_who_was_given_the_right_does_so_too(mia: User) -> None:
    mine = Membership.objects.get(user=mia)
    RightException.objects.create(membership=mine, right=Right.ON_BEHALF)
    assert comeback(as_(mia), "userId:HAN1").status_code == 302


def test_a_booker_who_lost_it_does_not(as_bokare: Client, bokare: User, directory: None) -> None:
    mine = Membership.objects.get(user=bokare)
    RightException.objects.create(membership=mine, right=Right.ON_BEHALF, granted=False)
    answer = comeback(as_bokare, "userId:HAN1")
    assert answer.status_code == 422
    assert "portalen vet inte vem du är i Vitec" in answer.content.decode()


def test_an_event_goes_into_her_own_calendar_alone(mia: User) -> None:
    def event(*whose: str):
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        posted = {
            "form_token": str(uuid.uuid4()), "user_id": list(whose), "subject": "Tvättstugan",
            "starts_at": f"{tomorrow} 09:00", "office": "M30011",
        }  # fmt: skip
        return as_(mia).post(EVENT, posted)

    assert event("HAN2", "HAN1").status_code == 422
    assert event("HAN2").status_code == 302


def test_while_she_writes_nothing_is_promised_that_will_be_refused(mia: User) -> None:
    look = reverse("submissions:look", args=["meetings.create_comeback"])
    posted = {
        "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "date": "2030-03-04 09:00",
        "participant": "userId:HAN1", "office": "M30011",
    }  # fmt: skip
    refused = as_(mia).post(look, posted).content.decode()
    allowed = as_(mia).post(look, {**posted, "participant": "userId:HAN2"}).content.decode()
    assert len(refused) < len(allowed)


class TestManyAtOnce:
    """What is sent to many, from every page that does so."""

    MANY = reverse("meetings:many")
    HERS = "Du får bara sända i eget namn. Välj Mia Lund"

    @pytest.fixture
    def rows(self, office: Office, mia: User) -> list[str]:
        """A meeting of Mia's own, and one of Bo's."""
        own = make_meeting(office, "CAL1", broker_id="HAN2", broker_name="Mia Lund")
        return [str(own.pk), str(make_meeting(office, "CAL2", contact_id="ADR2").pk)]

    def comebacks(self, mia: User, rows: list[str], **values: Any):
        posted = {
            "kind": "meetings.create_comeback", "meeting": rows, "note": "",
            "form_token": str(uuid.uuid4()), "date": "2030-03-04 09:00", **values,
        }  # fmt: skip
        return as_(mia).post(self.MANY, posted)

    def events(self, mia: User, rows: list[str], **values: Any):
        posted = {
            "kind": "calendar_app.create_appointment", "meeting": rows, "minutes": "20",
            "form_token": str(uuid.uuid4()), "starts_at": "2030-03-04 09:00", **values,
        }  # fmt: skip
        return as_(mia).post(self.MANY, posted)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(sent.call.body) for sent in Submission.objects.order_by("pk")]

    @pytest.mark.parametrize(
        ("send", "field", "value"),
        [("comebacks", "participant", "userId:HAN1"), ("events", "user_id", "HAN1")],
    )
    def test_none_goes_out_in_a_colleagues_name_and_the_form_says_why(
        self, mia: User, rows: list[str], send: str, field: str, value: str
    ) -> None:
        answer = getattr(self, send)(mia, rows, **{field: value})
        assert answer.status_code == 422
        assert self.HERS in str(answer.context["form"].errors[field])
        assert not Submission.objects.exists()

    def test_of_each_ones_own_broker_only_hers_go(self, mia: User, rows: list[str]) -> None:
        answer = self.comebacks(mia, rows)
        assert answer.status_code == 302
        assert [body["participant"] for body in self.bodies()] == [{"userId": "HAN2"}]

    def test_the_other_rows_say_why_before_she_sends(self, mia: User, rows: list[str]) -> None:
        for send in (self.comebacks, self.events):
            answer = send(mia, rows, step="look")
            assert [row.target.key for row in answer.context["out"]] == [rows[1]]
            assert self.HERS in answer.context["out"][0].obstacle
        assert not Submission.objects.exists()

    def test_all_go_in_her_own(self, mia: User, rows: list[str]) -> None:
        assert self.comebacks(mia, rows, participant="userId:HAN2").status_code == 302
        assert [body["participant"] for body in self.bodies()] == [{"userId": "HAN2"}] * 2

    def test_a_booker_sends_them_in_everybodys(self, bokare: User, rows: list[str]) -> None:
        assert self.comebacks(bokare, rows, participant="userId:HAN1").status_code == 302
        assert len(self.bodies()) == 2

    def test_it_asks_no_more_of_the_database_for_more_rows(
        self, mia: User, office: Office, rows: list[str], django_assert_max_num_queries: Any
    ) -> None:
        more = [make_meeting(office, f"MER{n}", contact_id=f"ADR1{n}").pk for n in range(40)]
        client = as_(mia)
        client.get(reverse("meetings:list"))
        posted = {
            "kind": "meetings.create_comeback", "meeting": [*rows, *more], "note": "",
            "form_token": str(uuid.uuid4()), "date": "2030-03-04 09:00",
        }  # fmt: skip
        with django_assert_max_num_queries(19):
            answer = client.post(f"{self.MANY}?look=1", posted)
        assert len(answer.context["out"]) == 41

    def test_after_a_viewing_too(self, mia: User, office: Office, slot: TimeSlot) -> None:
        slot.participants.create(contact_id="ADR1", participated=True)
        make_meeting(office)
        client = as_(mia)
        client.post(
            reverse("viewings:impress", args=[slot.pk]), {"who": "cADR1", "interest": "great"}
        )
        posted = {
            "kind": "meetings.create_comeback", "interest": "great", "note": "",
            "form_token": str(uuid.uuid4()), "date": "2030-03-04 09:00",
        }  # fmt: skip
        many = reverse("viewings:send_to_many", args=[slot.pk])
        for named in ({}, {"participant": "userId:HAN1"}):
            answer = client.post(many, {**posted, **named})
            assert answer.status_code == 422
            assert self.HERS in answer.content.decode()
        assert not Submission.objects.exists()

    @pytest.fixture
    def slot(self, office: Office) -> TimeSlot:
        begun = timezone.now() - dt.timedelta(minutes=5)
        return make_slot(office, viewing=make_viewing(office, starts_at=begun))

    def test_under_a_row_of_the_list_too(self, mia: User, rows: list[str]) -> None:
        posted = {
            "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "meeting_id": "CAL1",
            "date": "2030-03-04 09:00", "participant": "userId:HAN1", "office": "M30011",
        }  # fmt: skip
        inline = reverse("meetings:inline_comeback", args=[rows[0]])
        answer = as_(mia).post(inline, posted, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert self.HERS in answer.content.decode()

    @pytest.mark.parametrize("address", ["viewings:register", "viewings:visitor_list"])
    def test_the_desk_gives_nobody_a_broker_or_a_task(
        self, mia: User, slot: TimeSlot, address: str
    ) -> None:
        posted = {
            "update_person-first_name": "Siv", "update_person-last_name": "Dahl",
            "reach": "070-174 06 05", "form_token": str(uuid.uuid4()), "mode": "door",
            "list_token": str(uuid.uuid4()), "update_person-user_id": "HAN1",
            "update_person-task-assigned_to": "HAN1", "update_person-task-note": "Ring",
        }  # fmt: skip
        assert as_(mia).post(reverse(address, args=[slot.pk]), posted).status_code == 302
        [body] = self.bodies()
        assert "HAN1" not in json.dumps(body)


class TestWhereRowsAreMade:
    """A page that forgot to ask sends nothing."""

    def test_one(self, office: Office, mia: User) -> None:
        with pytest.raises(NotInOwnName):
            make_submission(mia, office)
        assert make_submission(mia, office, participant=("userId", "HAN2"))

    def test_several(self, office: Office, mia: User) -> None:
        def send(*whose: str) -> object:
            parts = [
                Part(comeback_values(contact_id=f"ADR{n}", participant=("userId", who)), {})
                for n, who in enumerate(whose)
            ]
            return submit_batch(
                BatchWish(
                    user=mia, office=office, kind=kinds.COMEBACK, token=uuid.uuid4(), parts=parts
                )
            )

        with pytest.raises(NotInOwnName):
            send("HAN2", "HAN1")
        assert not Submission.objects.exists()
        assert send("HAN2", "HAN2")


def test_who_one_is_is_said_at_the_place_or_found_by_the_name(office: Office, mia: User) -> None:
    found = colleague_of(mia, office)
    assert found is not None
    assert found.vitec_id == "HAN2"
    Membership.objects.filter(user=mia).update(colleague_id="HAN1")
    said = colleague_of(mia, office)
    assert said is not None
    assert said.vitec_id == "HAN1"


def test_of_two_of_one_name_neither_is_guessed(office: Office, mia: User) -> None:
    make_colleague(office, "HAN3", "Mia Lund")
    assert colleague_of(mia, office) is None
    assert "vet inte vem du är" in objection(mia, office, ["HAN2"])
