"""Spans of days that staff ask for by name, all counted from a given today."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt

from django.utils.translation import gettext as _

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


@dataclasses.dataclass(frozen=True)
class Range:
    """Days from first to last, both included. key: what leads to it, "" for none."""

    label: str
    first: dt.date
    last: dt.date
    key: str = ""


def quick_ranges(today: dt.date) -> list[Range]:
    """Today, tomorrow, this week, the next, the last thirty days, this month."""
    monday = today - today.weekday() * DAY
    next_monday = monday + WEEK
    days_of_month = calendar.monthrange(today.year, today.month)[1]
    return [
        Range(_("Today"), today, today, "t"),
        Range(_("Tomorrow"), today + DAY, today + DAY),
        Range(_("This week, w %d") % _week(monday), monday, monday + 6 * DAY),
        Range(_("Next week, w %d") % _week(next_monday), next_monday, next_monday + 6 * DAY, "v"),
        Range(_("Last 30 days"), today - 29 * DAY, today),
        Range(_("This month"), today.replace(day=1), today.replace(day=days_of_month)),
    ]


def beside(first: dt.date, last: dt.date, *, ahead: bool) -> tuple[dt.date, dt.date]:
    """The span of the same length just before or after; a whole month's is the whole month."""
    if _is_month(first, last):
        other = last + DAY if ahead else first - DAY
        length = calendar.monthrange(other.year, other.month)[1]
        return other.replace(day=1), other.replace(day=length)
    length_of = last - first + DAY
    return (first + length_of, last + length_of) if ahead else (first - length_of, last - length_of)


def _is_month(first: dt.date, last: dt.date) -> bool:
    whole = calendar.monthrange(first.year, first.month)[1]
    return first.day == 1 and last == first.replace(day=whole)


def _week(day: dt.date) -> int:
    return day.isocalendar().week
