"""Whom Vitec has taken a visitor for who was registered by a name alone."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet

from lib.sealing import Unsealable
from offices import veil
from offices.models import Contact, Office
from submissions.models import State, Submission, person_hash
from viewings.attendance import same_person
from viewings.models import LOOKING_BACK, Registration, SlotParticipant, start_of_today
from viewings.payloads import read_participant


def link_registrations(office: Office) -> int:
    """Note by which contact id Vitec names them in their slot; returns how many it told.

    From then on what was sent belongs to that contact: it is found, hidden and erased with them.
    Of no more than what a slot of the last fortnight or a coming one has.
    """
    with veil.lifted():
        people = _named(office)
        ids = {contact_id for there in people.values() for contact_id in there}
        contacts = Contact.objects.filter(office=office, vitec_id__in=ids)
        known = {contact.vitec_id: contact for contact in contacts}
        rows = _unlinked(office).filter(slot__in=people)
        return sum(_link(row, people[row.slot_id], known) for row in rows)


def _named(office: Office) -> dict[int, dict[str, SlotParticipant]]:
    """By slot and contact id whom Vitec names, of slots with a registration that is not linked."""
    slots = _unlinked(office).values("slot")
    found: dict[int, dict[str, SlotParticipant]] = defaultdict(dict)
    for row in SlotParticipant.objects.filter(slot__in=slots, missing_since=None):
        found[row.slot_id][row.contact_id] = row
    return found


def _unlinked(office: Office) -> QuerySet[Registration]:
    rows = Registration.objects.filter(
        slot__office=office,
        contact_id="",
        submission__person_hash="",
        submission__state=State.DELIVERED,
        slot__starts_at__gt=start_of_today() - LOOKING_BACK,
    )
    return rows.exclude(submission__key="").select_related("submission__office")


def _link(
    registration: Registration,
    there: dict[str, SlotParticipant],
    known: dict[str, Contact],
) -> bool:
    try:
        said = read_participant(registration.submission.call)
    except Unsealable:
        return False
    contact_id = same_person(said, there, known)
    if not contact_id:
        return False
    with transaction.atomic():
        # Only what is still as it was read: somebody may have erased it this very moment.
        row = Submission.objects.filter(pk=registration.submission_id, person_hash="")
        linked = row.exclude(key="").update(person_hash=person_hash(contact_id))
        if linked:
            Registration.objects.filter(pk=registration.pk).update(contact_id=contact_id)
    return bool(linked)
