from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings import sync
from meetings.models import Meeting
from offices.directory import find_contacts
from offices.models import Colleague, Contact, Office, SyncRun
from sandbox.server import Sandbox

pytestmark = pytest.mark.django_db


def test_it_keeps_every_meeting_and_what_it_teaches(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    run = SyncRun.objects.get()
    assert run.error == ""
    assert run.fetched == Meeting.objects.count() > 100
    assert Contact.objects.count() > 50
    assert Colleague.objects.count() > 3


def test_a_contact_learned_from_a_meeting_is_found_by_name(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)
    meeting = Meeting.objects.exclude(contact_id="").last()
    assert meeting is not None

    found = find_contacts(office, meeting.contact_name)

    assert meeting.contact_id in [contact.vitec_id for contact in found]


def test_a_second_sync_without_news_writes_no_meeting(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        sync.sync_office(office, now=True)

    writes = [q for q in queries if q["sql"].startswith(('INSERT INTO "meetings', 'UPDATE "meet'))]
    assert writes == []
    assert SyncRun.objects.last().changed == 0  # type: ignore[union-attr]


def test_it_asks_by_the_day_of_the_meeting_and_for_all_types(
    vitec: Sandbox, office: Office
) -> None:
    sync.sync_office(office, now=True)

    [request] = vitec.log()
    assert request["body"]["type"] == "All"
    assert request["body"]["search"] is False
    assert request["body"]["customerId"] == "M30011"


@pytest.mark.parametrize("fault", ["forbidden", "error_before", "html", "unavailable"])
def test_a_failure_is_on_record_and_keeps_what_was_known(
    vitec: Sandbox, office: Office, fault: str
) -> None:
    sync.sync_office(office, now=True)
    known = Meeting.objects.count()
    vitec.behave("meetings", fault, times=1)

    sync.sync_office(office, now=True)

    assert SyncRun.objects.order_by("pk").last().error  # type: ignore[union-attr]
    assert Meeting.objects.count() == known


def test_odd_rows_do_not_cost_the_office_its_meetings(
    vitec: Sandbox, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"id": "CAL1", "brokerName": "x" * 500, "contactId": "A" * 90},
        {"id": "CAL1", "brokerName": "Bo Alm"},
        {"id": "C" * 65},
        "no meeting",
    ]

    sync._keep(office, [row for row in rows if sync._is_meeting(row)])

    assert Meeting.objects.get().broker_name == "Bo Alm"


def test_a_row_that_cannot_be_read_does_not_lose_the_others() -> None:
    row = {"id": "CAL1", "meetingDate": "snart", "state": "Nytt", "address": None}

    meeting = sync._meeting(Office(), row, "", None)  # type: ignore[arg-type]

    assert meeting.meeting_date is None
    assert meeting.state == "Nytt"
    assert meeting.state_label == "Nytt"
