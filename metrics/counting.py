"""Counting the audit's events, each once, however many workers and monitors there are.

The audit is append-only, so its counts only ever grow, which is what a counter must do. Counting
all of it whenever a monitor asks would cost more every day; here a task adds what is new.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from metrics.models import DeliveryTime, OutcomeCount, Reading, Since
from submissions.models import Attempt, Event

# An id that was taken has long been committed, or never will be, when this much has passed.
SETTLED_AFTER = dt.timedelta(seconds=20)
AT_MOST = 20_000

LONGER = 1e12
BOUNDS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 11.0, 12.5, 15.0, 30.0, 60.0, 300.0, 3600.0, LONGER)

_COLUMNS = (
    "event",
    "at",
    "submission__office",
    "submission__kind",
    "submission__created_at",
    "submission__hold_until",
)


def count_events() -> int:
    """Add what was written since the last run; returns how many events that was.

    Two at once do no harm: the row that says how far we are is locked by the first.
    """
    now = timezone.now()
    Reading.objects.get_or_create(name="audit", defaults={"seen_at": now - SETTLED_AFTER})
    with transaction.atomic():
        reading = Reading.objects.select_for_update().get(name="audit")
        # A reading from the future means that the clock was set back.
        if now - SETTLED_AFTER < reading.seen_at <= now:
            return 0
        rows = _rows(reading)
        _count(rows)
        caught_up = len(rows) < AT_MOST
        if rows:
            reading.counted_to = rows[-1][0]
        if caught_up:
            reading.counted_to = reading.seen_to
            reading.seen_to = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0
            reading.seen_at = now
        reading.save()
    return len(rows)


Row = tuple[int, str, dt.datetime, int, str, dt.datetime, dt.datetime]


def _rows(reading: Reading) -> list[Row]:
    """Those between what was counted and what the last run saw, in order, in portions."""
    fresh = Attempt.objects.filter(pk__gt=reading.counted_to, pk__lte=reading.seen_to)
    return list(fresh.order_by("pk").values_list("pk", *_COLUMNS)[:AT_MOST])


def _count(rows: Iterable[Row]) -> None:
    outcomes: dict[tuple[int, str, str], int] = defaultdict(int)
    times: dict[tuple[str, str, float], list[float]] = defaultdict(list)
    for _, event, at, office, kind, accepted, due in rows:
        outcomes[office, kind, event] += 1
        if event == Event.DELIVERED:
            for measure, start in ((Since.ACCEPTED, accepted), (Since.DUE, due)):
                seconds = max(0.0, (at - start).total_seconds())
                times[kind, measure.value, bound_of(seconds)].append(seconds)
    for (office, kind, event), count in outcomes.items():
        row, _ = OutcomeCount.objects.get_or_create(office_id=office, kind=kind, event=event)
        OutcomeCount.objects.filter(pk=row.pk).update(count=F("count") + count)
    for (kind, since, bound), taken in times.items():
        time, _ = DeliveryTime.objects.get_or_create(kind=kind, since=since, bound=bound)
        DeliveryTime.objects.filter(pk=time.pk).update(
            count=F("count") + len(taken), seconds=F("seconds") + sum(taken)
        )


def bound_of(seconds: float) -> float:
    """The smallest of `BOUNDS` that is not below so many seconds."""
    return next(bound for bound in BOUNDS if seconds <= bound)
