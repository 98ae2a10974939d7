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
    """Days from first to last, both included.

    name: what stands for it whatever day it is. key: what leads to it, "" for none.
    """

    name: str
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
        Range("today", _("Today"), today, today, "t"),
        Range("tomorrow", _("Tomorrow"), today + DAY, today + DAY),
        Range("week", _("This week, w %d") % _week(monday), monday, monday + 6 * DAY),
        Range(
            "next_week",
            _("Next week, w %d") % _week(next_monday),
            next_monday,
            next_monday + 6 * DAY,
            "v",
        ),
        Range("last_30", _("Last 30 days"), today - 29 * DAY, today),
        Range("month", _("This month"), today.replace(day=1), today.replace(day=days_of_month)),
    ]


def range_named(name: str, today: dt.date) -> Range | None:
    """The ready span of that name, as it lies today."""
    return next((each for each in quick_ranges(today) if each.name == name), None)


def name_of(first: str, last: str, today: dt.date) -> str:
    """The name of the ready span between two days such as `2026-11-16`; "" where it is none."""
    days = (first, last)
    ready = quick_ranges(today)
    return next((r.name for r in ready if (r.first.isoformat(), r.last.isoformat()) == days), "")


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
