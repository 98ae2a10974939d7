"""In whose name somebody sends: brokers in their own, bookers in everybody's."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Membership, Office, Right, RightException, Role, User
from offices.own_name import colleague_of, objection
from submissions.models import Submission
from tests.factories import make_colleague, make_contact, make_user, make_user_group

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
