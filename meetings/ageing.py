"""How long a meeting keeps its person: then it is a figure, however often Vitec still names it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from connect import rows
from meetings import reading
from meetings.models import Meeting
from offices import retention
from offices.models import Office
from offices.person_data import days

keep = days("MEETING_PERSON_DAYS")


RULE = "meetings.meetings"


class Horizons(NamedTuple):
    """Meetings before `coming_in` are not stored with their person; those before `stored` that are
    keep them no longer. None where all do.
    """

    coming_in: dt.datetime | None
    stored: dt.datetime | None


def horizons() -> Horizons:
    """Now. They differ while a shorter time is announced: what is kept goes by no fetch either."""
    now, wanted = timezone.now(), keep()
    kept = retention.in_force(RULE, wanted)
    return Horizons(
        now - wanted if wanted is not None else None, now - kept if kept is not None else None
    )


def kept_in_full(office: Office, vitec_ids: Iterable[str]) -> set[str]:
    """Those that are stored with their person."""
    rows = Meeting.objects.filter(office=office, vitec_id__in=list(vitec_ids), impersonal=False)
    return set(rows.values_list("vitec_id", flat=True))


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
