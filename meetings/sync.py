"""Meetings from Vitec, and what they teach us about contacts and colleagues."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from connect import dates, enums
from connect.client import Client
from lib.sealing import keyed_hash
from meetings.models import Meeting
from meetings.payloads import meetings_call
from meetings.teaching import teach
from offices.directory import contact_details, learn_contacts
from offices.models import Office
from offices.syncing import Pulled, run_sync

EVERY = 3 * 60
PAST = dt.timedelta(days=400)
AHEAD = dt.timedelta(days=90)


def sync_office(office: Office, *, now: bool = False) -> None:
    """Refresh the meetings of one office; see `offices.syncing.run_sync`."""
    run_sync(office, "meetings", EVERY, pull_meetings, now=now)


def pull_meetings(client: Client, office: Office) -> Pulled:
    """Meetings from a year back to three months ahead, by the day they are held."""
    today = timezone.now()
    call = meetings_call(office, today - PAST, today + AHEAD, by_booking_date=False)
    rows = [row for row in client.send(call).value or [] if _is_meeting(row)]
    changed = _keep(office, rows)
    _learn(office, rows)
    return Pulled(len(rows), changed)


def _is_meeting(row: Any) -> bool:
    return isinstance(row, dict) and 0 < len(str(row.get("id") or "")) <= 64


def _keep(office: Office, rows: list[dict[str, Any]]) -> int:
    """Upsert; an unchanged row costs no write. Returns how many were new or changed."""
    known = dict(Meeting.objects.filter(office=office).values_list("vitec_id", "fingerprint"))
    now = timezone.now()
    fresh = []
    # One row an id: a database that is told of one twice in a statement refuses them all.
    for row in {row["id"]: row for row in rows}.values():
        fingerprint = keyed_hash("meeting", json.dumps(row, sort_keys=True))
        if known.get(row["id"]) != fingerprint:
            fresh.append(_meeting(office, row, fingerprint, now))
    columns = [field.name for field in Meeting._meta.concrete_fields]
    keys = {"id", "office", "vitec_id", "first_seen"}
    with transaction.atomic():
        Meeting.objects.bulk_create(
            fresh,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["office", "vitec_id"],
            update_fields=[name for name in columns if name not in keys],
        )
    return len(fresh)


def _meeting(office: Office, row: dict[str, Any], fingerprint: str, now: dt.datetime) -> Meeting:
    return Meeting(
        office=office,
        vitec_id=row["id"],
        contact_id=_text(row, "contactId", 64),
        personal=_personal(row),
        fingerprint=fingerprint,
        meeting_date=_moment(row.get("meetingDate")),
        booked_date=_moment(row.get("bookedDate")),
        type=str(enums.read(enums.MeetingType, row.get("type")) or "")[:40],
        state=str(enums.read(enums.MeetingState, row.get("state")) or "")[:40],
        estate_id=_text(row, "estateId", 64),
        broker_id=_text(row, "brokerId", 64),
        broker_name=_text(row, "brokerName", 200),
        booked_by_name=_text(row, "bookedByName", 200),
        last_seen=now,
    )


def _text(row: dict[str, Any], key: str, longest: int) -> str:
    """Clipped: one odd value must not cost the office all its meetings."""
    return str(row.get(key) or "")[:longest]


def _personal(row: dict[str, Any]) -> dict[str, Any]:
    address = row.get("address") or {}
    town = " ".join(part for part in (address.get("zipCode"), address.get("city")) if part)
    lines = [part for part in (address.get("streetAddress"), town) if part]
    return contact_details(
        name=row.get("contactName") or "",
        phones=[row.get("cellPhone") or "", row.get("telePhone") or ""],
        address=", ".join(lines),
    )


def _moment(text: Any) -> dt.datetime | None:
    """An unreadable time must not lose the meeting; it is shown without one."""
    try:
        return dates.parse(text)
    except ValueError:
        return None


def _learn(office: Office, rows: list[dict[str, Any]]) -> None:
    """The latest meeting with a contact tells best how to reach them."""
    in_order = sorted(rows, key=lambda row: str(row.get("bookedDate") or ""))
    contacts = {row["contactId"]: _personal(row) for row in in_order if row.get("contactId")}
    learn_contacts(office, contacts)
    teach(office, rows)
