"""What is booked next with a meeting's contact, by the submissions that left from here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from connect import rows
from lib.sealing import Unsealable
from meetings.filters import NEXT_STEPS
from meetings.models import MeetingFacts
from submissions.models import LIVE, Submission

# When the thing sent is to happen, by the names Vitec has for it.
_WHEN = ("date", "startsAt")


@dataclasses.dataclass(frozen=True)
class NextStep:
    """One comeback or calendar event. when: aware, None for one that can no longer be read."""

    submission: Submission
    when: dt.datetime | None
    meeting_id: str

    @property
    def url(self) -> str:
        return reverse("submissions:detail", args=[self.submission.code])


def find(meetings: Iterable[MeetingFacts]) -> dict[int, NextStep]:
    """By the key of each meeting that has one: the latest sent for the meeting, else the latest
    with its contact since it was booked. One query.
    """
    wanted = [meeting for meeting in meetings if meeting.person_hash]
    sent = Submission.objects.filter(
        person_hash__in={meeting.person_hash for meeting in wanted},
        kind__in=NEXT_STEPS,
        state__in=LIVE,
    ).order_by("-created_at", "-pk")
    by_person: dict[tuple[int, str], list[NextStep]] = defaultdict(list)
    if wanted:
        for submission in sent:
            by_person[submission.office_id, submission.person_hash].append(_step(submission))
    found = {}
    for meeting in wanted:
        office_id: int = meeting.office_id  # type: ignore[attr-defined]
        if step := _choose(meeting, by_person[office_id, meeting.person_hash]):
            found[meeting.pk] = step
    return found


def _choose(meeting: Any, steps: list[NextStep]) -> NextStep | None:
    for step in steps:
        if step.meeting_id == meeting.vitec_id:
            return step
    booked = meeting.booked_date
    return next((s for s in steps if booked and s.submission.created_at >= booked), None)


def _step(submission: Submission) -> NextStep:
    try:
        body = json.loads(submission.call.body or "{}")
    except Unsealable:
        return NextStep(submission, None, "")
    when = next((moment for key in _WHEN if (moment := rows.moment(body, key))), None)
    return NextStep(submission, when, rows.text(body, "meetingId"))
