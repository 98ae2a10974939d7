"""What the meetings were like at a past moment, and what has changed since. Times are aware.

A version holds what was seen from one sync to another; the latest is the meeting itself. So the
past is read, never reckoned: no version is undone to get at an earlier one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from meetings.models import Meeting, MeetingVersion
from offices.models import Office


def as_of(office: Office, moment: dt.datetime) -> Iterator[Meeting | MeetingVersion]:
    """Every meeting of the office as the portal knew it at that moment, in no order."""
    still = Meeting.objects.filter(office=office, observed_from__lte=moment)
    then = MeetingVersion.objects.filter(
        office=office, observed_from__lte=moment, observed_to__gt=moment
    )
    return chain(still.iterator(), then.iterator())


def lives_of(meeting: Meeting) -> list[Meeting | MeetingVersion]:
    """Everything the meeting has been, oldest first; the last is what it is."""
    versions = list(meeting.versions.all())
    for version in versions:
        version.office = meeting.office
    return [*versions, meeting]
