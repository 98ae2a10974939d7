"""A new login for an office ends what the old one brought to a standstill."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from offices.models import Credential
from submissions.models import Pause
from submissions.outbox import end_pause


@receiver(post_save, sender=Credential)
def end_pauses_of_office(instance: Any, **_: Any) -> None:
    """After a Credential was saved."""
    for pause in Pause.objects.filter(office=instance.office, ended_at=None):
        end_pause(pause, None)
