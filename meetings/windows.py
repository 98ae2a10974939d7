"""Cutting a long span of days into calls: `GetMeetings` has no pages, only a first and a last day.

A window runs from midnight to midnight in Stockholm, its end not included. Whether Vitec counts
the last moment in is not known, so windows touch and a row on the border may come twice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from connect.dates import STOCKHOLM

SHORTEST, LONGEST = 1, 1461
# Rows in an answer, and seconds it took, beyond which the next window is shorter, or may be longer.
MANY, FEW = 5000, 1500
SLOW, QUICK = 10.0, 3.0


@dataclasses.dataclass(frozen=True)
class Span:
    """Days that are asked for, `last` included, by the day of the meeting or of its booking."""

    first: dt.date
    last: dt.date
    by_booking_date: bool

    def __contains__(self, moment: dt.datetime | None) -> bool:
        return moment is not None and self.begins <= moment < self.ends

    @property
    def begins(self) -> dt.datetime:
        """Midnight before the first day."""
        return midnight(self.first)

    @property
    def ends(self) -> dt.datetime:
        """Midnight after the last day."""
        return midnight(self.last + dt.timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def head(self, days: int) -> Span:
        """Its first days, at most all of them."""
        last = min(self.last, self.first + dt.timedelta(days=days - 1))
        return dataclasses.replace(self, last=last)

    def after(self, head: Span) -> Span | None:
        """What is left behind a head; None when that was all."""
        if head.last >= self.last:
            return None
        return dataclasses.replace(self, first=head.last + dt.timedelta(days=1))

    def __str__(self) -> str:
        kind = "bookedDate" if self.by_booking_date else "meetingDate"
        return f"{kind} {self.first}–{self.last}"


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins in Stockholm, aware."""
    return dt.datetime.combine(day, dt.time.min, STOCKHOLM)


def next_size(days: int, *, rows: int, seconds: float) -> int:
    """How many days to ask for next, by how an answer for so many days was."""
    if rows > MANY or seconds > SLOW:
        days //= 2
    elif rows < FEW and seconds < QUICK:
        days *= 2
    return max(SHORTEST, min(LONGEST, days))
