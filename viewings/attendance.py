"""Who is registered to a slot: whom Vitec names and whom we have sent, each person once."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.utils import timezone

from lib import swedish_order
from lib.sealing import Unsealable
from offices import veil
from offices.known_people import Typed, describes
from offices.models import Contact
from submissions.models import State, Submission
from viewings.models import Registration, SlotParticipant, TimeSlot
from viewings.payloads import Participant, read_participant

# An undone registration is shown so long, for the one who wants to write it anew.
UNDONE_SHOWN = dt.timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class Attendee:
    """One person of a slot.

    name: "" where Vitec names a contact of whom we know nothing. submission: ours, if we sent it.
    at_vitec: Vitec names the person in the slot. missing_since: Vitec no longer does.
    contact_id: by which Vitec knows the person, "" as long as it has not told us. registration:
    the key of ours, None for one of Vitec's. is_veiled: who it is, is not for who asks.
    """

    name: str
    reach: str
    participated: bool
    at_vitec: bool
    submission: Submission | None = None
    missing_since: dt.datetime | None = None
    contact_id: str = ""
    registration: int | None = None
    is_veiled: bool = False

    @property
    def key(self) -> str:
        """What stands for the person within the slot."""
        return f"r{self.registration}" if self.registration else f"c{self.contact_id}"

    @property
    def is_undone(self) -> bool:
        return self.submission is not None and self.submission.state == State.CANCELLED


@dataclasses.dataclass(frozen=True)
class Attendance:
    """The people of a slot, ours first, the newest on top, then Vitec's by name.

    unnamed: how many more Vitec has there whose names we cannot read.
    """

    attendees: list[Attendee]
    unnamed: int


def attendance(slot: TimeSlot) -> Attendance:
    """Everybody of the slot. Costs three queries, and opens what we have sent."""
    theirs = list(slot.participants.all())
    ids = [row.contact_id for row in theirs]
    rows = Contact.objects.filter(office_id=slot.office_id, vitec_id__in=ids)
    contacts = {contact.vitec_id: contact for contact in rows}
    left = {row.contact_id: row for row in theirs}
    ours = [_ours(registration, left, contacts) for registration in _sent(slot)]
    unnamed = [row for row in left.values() if row.contact_id not in contacts]
    named = [_theirs(row, contacts[row.contact_id]) for row in left.values() if row not in unnamed]
    named.sort(key=lambda attendee: (bool(attendee.missing_since), _key(attendee)))
    there = sum(row.missing_since is None for row in unnamed)
    arrived = sum(_has_arrived(attendee) for attendee in ours)
    return Attendance(ours + named, max(0, there - arrived))


def _sent(slot: TimeSlot) -> list[Registration]:
    """Ours, the newest first; of the undone ones the latest alone."""
    rows = slot.registrations.select_related("submission__created_by", "submission__office")
    fresh = timezone.now() - UNDONE_SHOWN
    return [
        row
        for row in rows.order_by("-pk")
        if row.submission.state != State.CANCELLED or row.submission.changed_at > fresh
    ]


def _ours(
    registration: Registration, left: dict[str, SlotParticipant], contacts: dict[str, Contact]
) -> Attendee:
    """One of ours; whom Vitec names for the same person is taken out of `left`."""
    submission = registration.submission
    if submission.is_veiled:
        return _veiled(registration, left)
    try:
        said = read_participant(submission.call)
    except Unsealable:
        return Attendee(
            name="",
            reach="",
            participated=registration.participated,
            at_vitec=False,
            submission=submission,
            registration=registration.pk,
        )
    same = None
    if submission.state not in (State.CANCELLED, State.REJECTED):
        same = same_person(said, left, contacts)
    theirs = left.pop(same) if same else None
    contact = contacts.get(same or said.contact_id)
    if contact is None and said.contact_id:
        contact = _contact(submission, said.contact_id)
    here = theirs is not None and theirs.missing_since is None
    return Attendee(
        name=said.name or (contact.name if contact else said.contact_id),
        reach=next(iter((*said.phones, *said.emails)), "") or (contact.reach if contact else ""),
        participated=said.participated or bool(theirs and theirs.participated),
        at_vitec=here,
        submission=submission,
        missing_since=theirs.missing_since if theirs else None,
        contact_id=same or said.contact_id,
        registration=registration.pk,
    )


def _veiled(registration: Registration, left: dict[str, SlotParticipant]) -> Attendee:
    """Somebody who is not for the eyes of the person who asks."""
    theirs = left.pop(registration.contact_id, None)
    return Attendee(
        name=str(veil.MASK),
        reach="",
        participated=registration.participated or bool(theirs and theirs.participated),
        at_vitec=theirs is not None and theirs.missing_since is None,
        submission=registration.submission,
        missing_since=theirs.missing_since if theirs else None,
        contact_id=registration.contact_id,
        registration=registration.pk,
        is_veiled=True,
    )


def _contact(submission: Submission, vitec_id: str) -> Contact | None:
    return Contact.objects.filter(office_id=submission.office_id, vitec_id=vitec_id).first()


def same_person(
    said: Participant, left: dict[str, SlotParticipant], contacts: dict[str, Contact]
) -> str | None:
    """The contact id by which Vitec names the same person in the slot."""
    if said.contact_id:
        return said.contact_id if said.contact_id in left else None
    typed = Typed(said.first_name, said.last_name, said.phones, said.emails)
    known = (key for key in left if key in contacts and describes(contacts[key], typed))
    return next(known, None)


def _theirs(row: SlotParticipant, contact: Contact) -> Attendee:
    return Attendee(
        name=contact.name,
        reach=contact.reach,
        participated=row.participated,
        at_vitec=row.missing_since is None,
        missing_since=row.missing_since,
        contact_id=row.contact_id,
        is_veiled=contact.is_veiled,
    )


def _has_arrived(attendee: Attendee) -> bool:
    """Vitec has it, and may name it already by a contact id that tells us nothing."""
    submission = attendee.submission
    return bool(submission and submission.state == State.DELIVERED and not attendee.at_vitec)


def _key(attendee: Attendee) -> str:
    return swedish_order.sort_key(attendee.name)
