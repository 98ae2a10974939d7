"""Standing still: because a person wants it, or because Vitec has denied access.

A pause of Vitec's ends with a new login or by a person, and is tried once a day with a single
submission. A pause by a person ends by a person alone.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from offices.models import Office, User
from submissions import outbox
from submissions.journal import note
from submissions.models import Event, Pause, State, Submission

# An integrator who went on asking was blocked.
TRY_EVERY = dt.timedelta(days=1)


def pause(office: Office, endpoint: str, user: User, reason: str = "") -> bool:
    """Take up nothing more of an office, or of one endpoint of it. False: it was paused already.

    endpoint: "" for everything. What is being sent this moment is finished.
    """
    try:
        with transaction.atomic():
            Pause.objects.create(
                office=office, endpoint=endpoint, status=0, paused_by=user, reason=reason
            )
    except IntegrityError:
        return False
    return True


# --- Trying once a day -------------------------------------------------------------------------


def due_for_a_try() -> QuerySet[Pause]:
    """Vitec's own, of which nobody knows since yesterday whether they still hold."""
    by_vitec = Pause.objects.filter(ended_at=None, paused_by=None).exclude(status=0)
    tried = Coalesce("tried_at", "since")
    return by_vitec.annotate(tried=tried).filter(tried__lt=Now() - TRY_EVERY)


def let_one_through() -> None:
    """Of each pause whose day is over, set the first submission going that nothing else holds."""
    for each in due_for_a_try():
        first = _held_by_nothing_else(each).order_by("pk").first()
        if first is None:
            continue
        with transaction.atomic():
            this = Submission.objects.filter(pk=first.pk)
            if this.move(State.HELD, State.QUEUED, not_before=Now(), rung_at=None):
                note(first, Event.RELEASED)


def _held_by_nothing_else(one: Pause) -> QuerySet[Submission]:
    held = Submission.objects.filter(state=State.HELD, office=one.office_id)
    if one.endpoint:
        held = held.filter(endpoint=one.endpoint)
    over = Q(office=OuterRef("office"), endpoint__in=["", OuterRef("endpoint")], ended_at=None)
    others = Pause.objects.filter(over).exclude(pk__in=due_for_a_try().values("pk"))
    return held.filter(~Exists(others)).outside_paused_batches()


def takes_the_try(pauses: list[Pause]) -> bool:
    """May this one go in spite of the pauses, as the one of the day that sees whether they hold?

    Of two workers at once one may.
    """
    ids = [each.pk for each in pauses]
    if due_for_a_try().filter(pk__in=ids).count() < len(ids):
        return False
    taken = Coalesce("tried_at", "since")
    return all(
        Pause.objects.annotate(tried=taken)
        .filter(pk=pk, ended_at=None, tried__lt=Now() - TRY_EVERY)
        .update(tried_at=Now())
        for pk in ids
    )


def answered(submission: Submission) -> None:
    """Vitec let in the one that was sent in spite of its pauses: they are over."""
    for each in Pause.over(submission).filter(paused_by=None):
        outbox.end_pause(each, None)
