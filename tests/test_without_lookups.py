"""With every look-up refused, everything that staff send still arrives.

Each golden pair of every kind is posted and delivered to the practice Vitec; a kind that is added
later is picked up here by itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import meetings.sync
from meetings.models import Meeting
from offices import choices, importing, registry
from offices.capabilities import remember
from offices.models import Capability, Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.kinds import all_kinds, find_kind
from submissions.models import Pause, State, Submission
from tests.test_every_kind import EXAMPLES, directories, read
from viewings.models import TimeSlot

__all__ = ["directories"]


def refuse_everything(vitec: Sandbox, office: Office) -> None:
    """Every look-up answers 403, and each has been asked."""
    vitec.behave("lookups", "forbidden")
    registry.fetch_everything(office)
    known = Capability.objects.filter(office=office).exclude(name="meetings")
    assert known.exists()
    assert not known.filter(allowed=True).exists()


def refused_before(vitec: Sandbox, office: Office) -> None:
    """As `refuse_everything` leaves it, without asking anew."""
    vitec.behave("lookups", "forbidden")
    for lookup in registry.all_lookups():
        if lookup.key != "meetings":
            remember(office, lookup.key, allowed=False)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_kind_is_sent(
    path: Path, as_bokare: Client, office: Office, directories: None, vitec: Sandbox
) -> None:
    refused_before(vitec, office)
    example = read(path)
    kind = find_kind(example["kind"])
    assert kind is not None

    posted = {**example["posted"], "form_token": str(uuid.uuid4())}
    answer = as_bokare.post(reverse(kind.url_name), posted)
    assert answer.status_code == 302, answer.content.decode()
    asked = len(vitec.log())
    submission = Submission.objects.get()
    deliver(submission.pk)

    sent = vitec.log()[asked:]
    assert [(row["method"], row["path"].lstrip("/")) for row in sent] == [
        (example["call"]["method"], example["call"]["path"])
    ]
    assert sent[0]["body"] == example["call"]["body"]
    # The practice Vitec does not know the pair's ids, and says so; it denies nothing.
    assert sent[0]["status"] in (200, 204, 400, 404)
    assert not Pause.objects.exists()
    submission.refresh_from_db()
    assert submission.state in (State.DELIVERED, State.REJECTED)


def test_each_job_reaches_vitec_with_what_meetings_and_a_file_have_taught(
    as_bokare: Client, office: Office, vitec: Sandbox
) -> None:
    """From nothing but the call for meetings and a file of viewings, all the way to *delivered*."""
    refuse_everything(vitec, office)
    meetings.sync.sync_office(office, now=True)
    _import_a_viewing(vitec, office)
    meeting = Meeting.objects.filter(office=office).exclude(contact_id="").latest("meeting_date")
    broker = choices.colleagues(office)[0].value
    slot = TimeSlot.objects.offered(office).get()
    day = timezone.localdate() + dt.timedelta(days=3)
    person = {
        "update_person-first_name": "Anna",
        "update_person-last_name": "Ek",
        "update_person-cell_phone": "070-174 06 05",
    }
    jobs: dict[str, dict[str, str]] = {
        "meetings.create_comeback": {
            "contact_id": meeting.contact_id,
            "meeting_id": meeting.vitec_id,
            "date": f"{day} 09:00",
            "participant": f"userId:{broker}",
        },
        "viewings.add_participant": {"mode": "door", "time_slot_id": slot.vitec_id, **person},
        "interests.send_interest": {
            **person,
            "looking_for_accommodations-0-house": "on",
            "watched": "NotAsked",
        },
        "calendar_app.create_appointment": {
            "user_id": broker,
            "subject": "Fotografering",
            "starts_at": f"{day} 14:30",
        },
    }
    assert set(jobs) == {kind.key for kind in all_kinds()}

    for key, posted in jobs.items():
        kind = find_kind(key)
        assert kind is not None
        fields = {**posted, "form_token": str(uuid.uuid4())}
        answer = as_bokare.post(reverse(kind.url_name), fields)
        assert answer.status_code == 302, answer.content.decode()
        deliver(Submission.objects.latest("pk").pk)

    states = dict(Submission.objects.values_list("kind", "state"))
    assert states == dict.fromkeys(jobs, State.DELIVERED)
    assert not Pause.objects.exists()


def _import_a_viewing(vitec: Sandbox, office: Office) -> None:
    """What somebody writes down at Vitec's own screen: the first viewing that is still to come."""
    now = timezone.localtime().replace(tzinfo=None).isoformat()
    coming = (
        viewing
        for viewing in vitec.practice.store.of("viewings", office.customer_id)
        if viewing["startsAt"] > now and viewing["participantPerTimeSlot"] is None
    )
    viewing = min(coming, key=lambda viewing: viewing["startsAt"])
    slot = viewing["timeSlots"][0]
    start = dt.datetime.fromisoformat(slot["startsAt"])
    sheet = importing.find_sheet("viewings")
    assert sheet is not None
    text = (
        "tids-id;visnings-id;adress;datum;från\n"
        f"{slot['id']};{viewing['id']};Storgatan 4;{start:%Y-%m-%d};{start:%H:%M}"
    )
    importing.keep(office, sheet, importing.plan(office, sheet, text))


def test_every_kind_is_among_them() -> None:
    assert {kind.key for kind in all_kinds()} == {read(path)["kind"] for path in EXAMPLES}


def test_a_refused_look_up_is_asked_once_however_often_the_timetable_comes_round(
    office: Office, vitec: Sandbox
) -> None:
    vitec.behave("lookups", "forbidden")
    for _time in range(3):
        registry.fetch_everything(office)

    paths = [row["path"].partition("?")[0] for row in vitec.log()]
    refused = [path for path in paths if path != "/Meeting/GetMeetings"]
    assert refused
    assert len(refused) == len(set(refused))
