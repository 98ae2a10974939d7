"""Every submission of this app's kind is noted with its slot, in the transaction that saves it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from submissions.models import Submission
from viewings.models import Registration, TimeSlot
from viewings.payloads import ADD_PARTICIPANT, read_participant


@receiver(post_save, sender=Submission)
def note_slot(instance: Submission, created: bool, **_: Any) -> None:
    """After a submission was saved for the first time."""
    if not created or instance.endpoint != ADD_PARTICIPANT.key:
        return
    said = read_participant(instance.call)
    slot = TimeSlot.objects.filter(office_id=instance.office_id, vitec_id=said.time_slot_id).first()
    if slot is not None:
        Registration.objects.create(
            submission=instance,
            slot=slot,
            contact_id=said.contact_id,
            participated=said.participated,
        )
