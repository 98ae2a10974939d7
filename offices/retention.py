"""Which of the times after which things go are in force: a shorter one is counted and told first.

A time that is new, or shorter than the one in force, takes nothing before a run has counted what it
would take, and so many days have passed or somebody has confirmed it. Until then the longer one
goes on. A longer one is in force at once: it takes less.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from offices.models import Retention, User


def in_force(rule: str, wanted: dt.timedelta | None) -> dt.timedelta | None:
    """How long things are kept now by the rule of this key, of which `wanted` is set; None for
    ever.
    """
    if wanted is None:
        return None
    row = Retention.objects.filter(rule=rule).first()
    if row is None or row.in_force is None:
        return None
    return max(wanted, row.in_force)


def settle(rule: str, wanted: dt.timedelta | None) -> dt.timedelta | None:
    """What is in force from now on, None for nothing; an announced time whose day has come is."""
    if wanted is None:
        # Whoever keeps for ever and comes back to a time is told anew what it takes.
        Retention.objects.filter(rule=rule).delete()
        return None
    row, _made = Retention.objects.get_or_create(rule=rule)
    has_come = row.takes_from is not None and row.takes_from <= timezone.now()
    told = row.announced == wanted and has_come
    takes_less = row.in_force is not None and wanted >= row.in_force
    if told or takes_less:
        _put_in_force(row, wanted)
    return row.in_force


def announce(rule: str, wanted: dt.timedelta, counted: int) -> Retention:
    """So many would go by a time that is not in force yet; the day on which it will be is set the
    first time that it is counted.
    """
    row, _made = Retention.objects.get_or_create(rule=rule)
    if row.announced != wanted:
        now = timezone.now()
        row.announced, row.announced_at = wanted, now
        row.takes_from = now + dt.timedelta(days=settings.PURGE_NOTICE_DAYS)
        row.confirmed_by = None
    row.counted = counted
    row.save()
    return row


def confirm(rule: str, wanted: dt.timedelta | None, user: User | None) -> bool:
    """Somebody has seen what it takes: the next run does. user: None at the server's console.

    False: no run has counted it by the time that is set now.
    """
    waiting = Retention.objects.filter(rule=rule, announced=wanted, takes_from__isnull=False)
    return wanted is not None and bool(waiting.update(takes_from=timezone.now(), confirmed_by=user))


def _put_in_force(row: Retention, keep: dt.timedelta) -> None:
    row.in_force = keep
    row.announced = row.announced_at = row.takes_from = None
    row.counted = 0
    row.save()
