"""What goes on by itself, and what the offices of a page tell of sending."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.signals import post_save
from django.dispatch import receiver

from offices import directory, pace
from offices.access import tell_of_offices
from offices.logins import Logins, NoCredential
from offices.models import Credential
from submissions import linking
from submissions.models import Batch, Outage, Pause
from submissions.outbox import end_pause
from submissions.pacing import on_its_way

pace.held_as_long_as(on_its_way)
directory.when_learned(linking.link)

tell_of_offices(
    is_flooded=Exists(Batch.objects.filter(flood=True, confirmed_at=None, office=OuterRef("pk"))),
    stands_still=Exists(Pause.objects.filter(ended_at=None, office=OuterRef("pk"))),
    # Of which logins, and so of which offices, is asked only then.
    away_somewhere=Exists(Outage.open_ones()),
)


@receiver(post_save, sender=Credential)
def end_pauses_of_office(instance: Any, **_: Any) -> None:
    """After a Credential was saved: all that it is for goes on, and no more."""
    logins = Logins(instance.office)
    # In order, as a claim takes the day's try of several.
    mine = Pause.objects.filter(office=instance.office, ended_at=None, paused_by=None)
    for pause in mine.order_by("pk"):
        if not pause.endpoint or _is_for(instance, logins, pause.endpoint):
            end_pause(pause, None)


def _is_for(login: Credential, logins: Logins, endpoint: str) -> bool:
    try:
        return logins.of(endpoint) == login
    except NoCredential:
        return False
