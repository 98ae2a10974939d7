"""What has happened to a meeting and around it: booked, seen, changed, sent from here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from meetings import past
from meetings.changes import sentences
from meetings.facts import Life
from meetings.filters import NEXT_STEPS
from meetings.history import lives_of
from meetings.models import Meeting
from submissions.models import Submission

# The latest ones; a meeting that has more has more to tell than anybody reads.
MOST_SENT = 50
MOST_CHANGES = 200


@dataclasses.dataclass(frozen=True)
class Happening:
    """One thing that happened. at: aware. said: each a sentence.

    seen: (from, to) in words, between which syncs a change was seen; None for what is exact.
    before_url: the list as it was before a change. submission: what was sent, if this is that.
    """

    at: dt.datetime
    icon: str
    said: list[str]
    seen: tuple[str, str] | None = None
    before_url: str = ""
    submission: Submission | None = None


def happenings(meeting: Meeting, *, amounts: bool) -> list[Happening]:
    """The latest first. Two queries."""
    found = [*_changes(meeting, amounts), *_sent(meeting)]
    if meeting.booked_date:
        found.append(Happening(meeting.booked_date, "calendar-plus", [_booked(meeting)]))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _booked(meeting: Meeting) -> str:
    if meeting.booked_by_name:
        return gettext("Booked by %s, says Vitec") % meeting.booked_by_name
    return gettext("Booked, says Vitec")


def _changes(meeting: Meeting, amounts: bool) -> list[Happening]:
    lives: list[Any] = lives_of(meeting)[-MOST_CHANGES:]
    first = gettext("First seen by the portal")
    found = [Happening(lives[0].observed_from, "eye", [first])]
    for before, after in itertools.pairwise(lives):
        seen_until = before.seen_until or before.observed_from
        found.append(
            Happening(
                at=before.observed_to,
                icon="history",
                said=sentences(before, after, amounts=amounts),
                seen=past.between(seen_until, before.observed_to),
                before_url=list_url(before, past.within(seen_until, before.observed_to)),
            )
        )
    return found


def list_url(life: Life, moment: dt.datetime) -> str:
    """The list as it was at that moment, on the day that the meeting then had."""
    when = life.meeting_date or moment
    day = timezone.localtime(when).date().isoformat()
    query = {
        "date_from": day,
        "date_to": day,
        "office": life.office.customer_id,
        "as_of": past.stamp(moment),
    }
    return f"{reverse('meetings:list', query=query)}#meeting-{life.meeting_key}"


def _sent(meeting: Meeting) -> list[Happening]:
    if not meeting.person_hash:
        return []
    sent = Submission.objects.filter(
        office=meeting.office, person_hash=meeting.person_hash, kind__in=NEXT_STEPS
    )
    return [
        Happening(submission.created_at, submission.kind_icon, [], submission=submission)
        for submission in sent.select_related("created_by").order_by("-created_at")[:MOST_SENT]
    ]
