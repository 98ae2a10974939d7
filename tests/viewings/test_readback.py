from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission, Verdict
from submissions.reconcile import reconcile
from tests.submissions.conftest import SHORT
from tests.viewings.conftest import posted
from viewings import sync
from viewings.models import SlotParticipant, TimeSlot

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(vitec: Sandbox, office: Office, settings: Any) -> TimeSlot:
    """A coming slot that the practice Vitec knows."""
    settings.RECONCILE_SETTLING_SECONDS = 0
    settings.VITEC_TIME_LIMITS = SHORT
    sync.sync_office(office, now=True)
    coming = TimeSlot.objects.filter(starts_at__gt=timezone.now(), viewing__missing_since=None)
    chosen = coming.order_by("starts_at").first()
    assert chosen is not None
    return chosen


def sent(client: Client, vitec: Sandbox, slot: TimeSlot, fault: str, **values: Any) -> Submission:
    """A visitor registered at the door, with an answer that never came."""
    data = {"form_token": str(uuid.uuid4()), **posted(time_slot_id=slot.vitec_id, **values)}
    client.post(reverse("viewings:new_participant"), data)
    submission = Submission.objects.latest("pk")
    vitec.behave("participant", fault, times=1)
    deliver(submission.pk)
    submission.refresh_from_db()
    assert submission.state == State.UNKNOWN
    return submission


def state_of(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.state


def test_a_stranger_who_arrived_is_found_among_the_slots_people(
    as_bokare: Client, vitec: Sandbox, slot: TimeSlot
) -> None:
    submission = sent(as_bokare, vitec, slot, "cut_after")

    assert reconcile(submission)

    assert state_of(submission) == State.DELIVERED


def test_one_who_did_not_arrive_is_said_to_be_absent(
    as_bokare: Client, vitec: Sandbox, slot: TimeSlot
) -> None:
    submission = sent(as_bokare, vitec, slot, "cut_before")

    assert not reconcile(submission)

    submission.refresh_from_db()
    assert submission.verdict == Verdict.ABSENT


def test_who_stood_there_before_proves_nothing(
    as_bokare: Client, vitec: Sandbox, slot: TimeSlot, office: Office, bokare: User
) -> None:
    submission = sent(as_bokare, vitec, slot, "cut_after")
    sync.sync_office(office, now=True)
    ours = vitec.records()["participants"][-1]["contactId"]
    before = timezone.now() - dt.timedelta(hours=1)
    assert SlotParticipant.objects.filter(contact_id=ours).update(first_seen=before)

    assert not reconcile(submission)

    submission.refresh_from_db()
    assert submission.verdict == Verdict.UNREADABLE


@pytest.mark.parametrize("path", ["/Viewing/*", "/CRM/*/Person"])
def test_where_the_look_is_refused_a_person_decides(
    as_bokare: Client, vitec: Sandbox, slot: TimeSlot, path: str
) -> None:
    submission = sent(as_bokare, vitec, slot, "cut_after")
    vitec.behave(path, "forbidden")

    assert not reconcile(submission)

    submission.refresh_from_db()
    assert submission.verdict == Verdict.UNREADABLE


def test_of_two_of_the_same_person_nobody_can_tell_which_is_there(
    as_bokare: Client, vitec: Sandbox, slot: TimeSlot
) -> None:
    first = sent(as_bokare, vitec, slot, "cut_after")

    second = sent(
        as_bokare,
        vitec,
        slot,
        "cut_before",
        person_note="En gång till",
        although=[f"submission:{first.code}"],
        although_reason="Far och son",
    )

    assert second != first
    assert not reconcile(second)
    second.refresh_from_db()
    assert second.verdict == Verdict.UNREADABLE
