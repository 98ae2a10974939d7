"""Seeing at Vitec whether a participant has arrived: by who is booked to the slot.

Vitec tells neither when somebody was booked nor the booking's id. So one who stood there before we
tried proves nothing, and is left to a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from connect import lookups, rows
from connect.calls import Call
from connect.client import Client
from connect.errors import Denied
from offices.models import Office
from offices.same_person import is_the_same
from submissions.kinds import ReadBack, Span
from submissions.models import LIVE
from viewings.models import Registration, SlotParticipant, Viewing
from viewings.payloads import VIEWINGS, read_participant, viewings_call


def find_participants(
    client: Client, office: Office, call: Call, span: Span
) -> Sequence[str] | None:
    """One empty id for each who is booked to the slot and is the person that we sent."""
    viewing_id, slot_id = (unquote(part) for part in call.path.split("/")[2:4])
    if _sent_more_than_once(office, call):
        return None
    viewing = Viewing.objects.filter(office=office, vitec_id=viewing_id).first()
    if viewing is None or not viewing.estate_id:
        # Vitec is asked by the home; a viewing that was added by hand may not say whose it is.
        return None
    answer = client.send(viewings_call(office, viewing.estate_id)).value
    booked = _booked(answer, slot_id)
    if booked is None:
        return None
    person = json.loads(call.body or "{}")["updatePerson"]
    ours = _ours(client, office, booked, person)
    if ours is None or _stood_there_before(office, slot_id, ours, span):
        return None
    return [""] * len(ours)


def _sent_more_than_once(office: Office, call: Call) -> bool:
    """The same person to the same slot: it cannot be told which of ours is there."""
    said = read_participant(call)
    living = Registration.objects.filter(
        slot__office=office, slot__vitec_id=said.time_slot_id, submission__state__in=LIVE
    )
    if living.filter(submission__key="").exists():
        # Who that was has been erased: it may have been the same.
        return True
    ours = (read_participant(row.submission.call) for row in living.select_related("submission"))
    return sum((one.contact_id, one.name) == (said.contact_id, said.name) for one in ours) > 1


def _booked(answer: Any, slot_id: str) -> list[str] | None:
    """The contact ids of a slot; None when the answer does not name the slot."""
    for viewing in rows.children({"rows": answer}, "rows"):
        for slot in rows.children(viewing, "timeSlots"):
            if rows.text(slot, "id") == slot_id:
                people = rows.children(slot, "participants")
                return [rows.text(one, "contactId") for one in people]
    return None


def _ours(
    client: Client, office: Office, booked: list[str], person: Mapping[str, Any]
) -> list[str] | None:
    """Those of the booked who are the person; None when it cannot be seen who they are."""
    if contact_id := person.get("contactId"):
        return [one for one in booked if one == contact_id]
    try:
        known = lookups.persons(client, office.customer_id, [one for one in booked if one])
    except Denied:
        return None
    return [one.contact_id for one in known if is_the_same(one, person)]


def _stood_there_before(office: Office, slot_id: str, ours: list[str], span: Span) -> bool:
    return SlotParticipant.objects.filter(
        slot__office=office,
        slot__vitec_id=slot_id,
        contact_id__in=ours,
        first_seen__lt=span.first,
    ).exists()


READ_BACK = ReadBack(VIEWINGS, find_participants)
