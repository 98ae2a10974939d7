"""Very many in a short time: accepted, and kept until a person says that it was meant.

A script gone wild or a key that sticks would send a hundred messages to customers. What a person
sends beyond `FLOOD_PER_MINUTE`, at all offices together, becomes part of a batch of its office that
begins paused, so that one press sends it all and one undoes it. Batches that were confirmed with
their number do not count.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from offices.access import managed_by
from offices.models import Office, User
from submissions.models import Batch, State, Submission

SPAN = dt.timedelta(minutes=1)


def joined_by(user: User, office: Office) -> Batch | None:
    """The flood that one more submission of this person belongs to; None when it may go.

    Call it in the transaction that saves the submission.
    """
    limit = settings.FLOOD_PER_MINUTE
    if not limit or _recently(user) < limit:
        return None
    mine = Batch.objects.filter(created_by=user, office=office, flood=True)
    try:
        with transaction.atomic():
            return mine.filter(confirmed_at=None).first() or Batch.objects.create(
                office=office,
                created_by=user,
                flood=True,
                form_token=uuid.uuid4(),
                paused_at=timezone.now(),
            )
    except IntegrityError:
        # Another of the person's forms was faster by a hair.
        return mine.order_by("-pk").first()


def _recently(user: User) -> int:
    """How many in the last minute, at whatever offices, but for what somebody has said yes to.

    A yes is of its office alone.
    """
    since = timezone.now() - SPAN
    singly = Q(batch=None) | Q(batch__flood=True)
    sent = Submission.objects.filter(singly, created_by=user, created_at__gt=since)
    confirmed = Batch.objects.filter(created_by=user, flood=True, confirmed_at__gt=since)
    for office_id, at in confirmed.values_list("office", "confirmed_at"):
        sent = sent.exclude(office=office_id, created_at__lte=at)
    return sent.count()


def open_for(user: User) -> QuerySet[Batch]:
    """Floods that this person may confirm: the own, and those of the offices to decide for."""
    waiting = Batch.objects.filter(flood=True, confirmed_at=None).filter(
        parts__state__in=[State.QUEUED, State.HELD]
    )
    return waiting.filter(Q(created_by=user) | Q(office__in=managed_by(user))).distinct()
