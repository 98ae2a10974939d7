"""How long a meeting keeps its person: then it is a figure, however often Vitec still names it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from connect import rows
from meetings import reading
from offices.person_data import days

keep = days("MEETING_PERSON_DAYS")


def horizon() -> dt.datetime | None:
    """Meetings before then keep nobody; None where all do."""
    kept = keep()
    return timezone.now() - kept if kept is not None else None


def aged(row: dict[str, Any], before: dt.datetime | None) -> dict[str, Any]:
    """Vitec's row as it is kept: that of a meeting before then without its person."""
    when = rows.moment(row, "meetingDate") or rows.moment(row, "bookedDate")
    is_old = before is not None and when is not None and when < before
    return reading.impersonal(row) if is_old else row


def with_person(before: dt.datetime, observed: str = "observed_from") -> Q:
    """A condition for meetings of before then that still have their person.

    observed: the column that tells how old one without any date is.
    """
    by_meeting = Q(meeting_date__lt=before)
    by_booking = Q(meeting_date=None, booked_date__lt=before)
    by_sight = Q(meeting_date=None, booked_date=None, **{f"{observed}__lt": before})
    return Q(impersonal=False) & (by_meeting | by_booking | by_sight)
