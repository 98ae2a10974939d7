"""*Hämta nu*: an administrator's wish, kept as a row, that the sync worker comes for.

A row and no message, so that nobody waits for a broker.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import IntegrityError, transaction
from django.utils import timezone

from offices.models import Office, SyncRun
from offices.registry import fetch_everything

JOB = "fetch_now"
# Between two wishes of an office.
FLOOR = dt.timedelta(seconds=60)


def wish(office: Office) -> bool:
    """Have everything of the office fetched. False: it was asked for a moment ago."""
    wishes = SyncRun.objects.filter(office=office, job=JOB)
    if wishes.filter(started_at__gt=timezone.now() - FLOOR).exists():
        return False
    try:
        with transaction.atomic():
            slot = int(time.time() // FLOOR.total_seconds())
            SyncRun.objects.create(office=office, job=JOB, slot=slot)
    except IntegrityError:
        return False
    return True


def fulfil() -> int:
    """Fetch for every office that wishes it; returns how many. Of two workers one does it."""
    done = 0
    for row in SyncRun.objects.filter(job=JOB, finished_at=None).select_related("office"):
        mine = SyncRun.objects.filter(pk=row.pk, finished_at=None).update(
            finished_at=timezone.now()
        )
        if mine:
            fetch_everything(row.office)
            done += 1
    return done
