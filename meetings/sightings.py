"""When a sync last saw a meeting as it was: no row is written for what has not changed, so it is
told from the runs.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from django.utils import timezone

from meetings.models import Meeting
from offices.models import SyncRun
from offices.syncing import HISTORY

# The near days, the far ones, and what somebody asked for; see `meetings.sync`.
SPANS = ("", "wide", HISTORY)


class Sightings:
    """What the runs before this one have looked at, read when it is first asked for."""

    def __init__(self, run: SyncRun) -> None:
        self._run = run

    def last_of(self, meeting: Meeting) -> dt.datetime:
        """A moment at which the meeting was still as it stands here.

        When the latest run began that went well and asked for its day; without one, when it was
        first seen so.
        """
        if meeting.meeting_date is None:
            return meeting.observed_from
        day = timezone.localtime(meeting.meeting_date).date()
        began = (began for began, first, last in self._before if first <= day <= last)
        return max(next(began, meeting.observed_from), meeting.observed_from)

    @functools.cached_property
    def _before(self) -> list[tuple[dt.datetime, dt.date, dt.date]]:
        """When the latest run of each sort began, and the days it asked for; the latest first."""
        good = SyncRun.objects.filter(
            office=self._run.office_id,
            job=self._run.job,
            error="",
            finished_at__lte=self._run.started_at,
            window_from__isnull=False,
            window_to__isnull=False,
        ).order_by("-finished_at")
        columns = good.values_list("started_at", "window_from", "window_to")
        latest: list[Any] = [columns.filter(span=span).first() for span in SPANS]
        return sorted(filter(None, latest), reverse=True)
