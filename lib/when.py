"""Reckoning with days and clock times in Europe/Stockholm, each counted from a given today.

Everything here is calendar arithmetic without words. A day that does not exist, or lies outside
the years anybody plans for, raises `Unreadable("no_such_day")`; a clock time that does not exist,
in general or on the day the clocks go forward, raises `Unreadable("no_such_time")`.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")

_YEARS: Final = range(1900, 2200)

Code = Literal[
    "empty",
    "unreadable",
    "no_such_day",
    "no_such_time",
    "wrong_weekday",
    "wrong_week",
    "days_disagree",
]


class Unreadable(ValueError):
    """The text names no day and time; `code` says why, and the form finds the words for it."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def exact_day(year: int, month: int, day: int, today: date | None = None) -> date:
    """That very day; `today` is taken only so that all reckonings can be called alike."""
    if year not in _YEARS:
        raise Unreadable("no_such_day")
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("no_such_day") from None


def days_ahead(days: int, today: date) -> date:
    """`today` plus that many days."""
    try:
        return _within_reach(today + timedelta(days=days))
    except OverflowError:
        raise Unreadable("no_such_day") from None


def months_ahead(months: int, today: date) -> date:
    """The same day of a later month, or its last day when that month is shorter."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if year not in _YEARS:
        raise Unreadable("no_such_day")
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def weekday_ahead(weekday: int, today: date) -> date:
    """The next such weekday strictly after `today` (Monday is 0)."""
    return days_ahead((weekday - today.weekday() - 1) % 7 + 1, today)


def weekday_weeks_ahead(weeks: int, weekday: int, today: date) -> date:
    """The weekday of the ISO week that lies `weeks` weeks after the week of `today`."""
    return days_ahead(7 * weeks + weekday - today.weekday(), today)


def weekday_of_week(week: int, year: int | None, weekday: int, today: date) -> date:
    """The weekday of an ISO week.

    Without a year the week is the first such one, from the ISO year of `today` on, that exists and
    has not ended before `today`. So week 53 waits for a year that has it, and on 1 January 2027 the
    current week is week 53 of 2026.
    """
    if year is not None:
        return _iso_day(year, week, weekday)
    if not 1 <= week <= 53:
        raise Unreadable("no_such_day")
    start = today.isocalendar().year
    for candidate in range(start, start + 9):
        sunday = _iso_day_or_none(candidate, week, 6)
        if sunday is not None and sunday >= today:
            return _within_reach(sunday - timedelta(days=6 - weekday))
    raise Unreadable("no_such_day")


def day_of_year(month: int, day: int, today: date) -> date:
    """The first such date that is not before `today`; 29 February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        found = _day_or_none(year, month, day)
        if found is not None and found >= today:
            return _within_reach(found)
    raise Unreadable("no_such_day")


def day_of_month(day: int, today: date) -> date:
    """The first such day of a month that is not before `today`; the 31st waits for a long month."""
    for months in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        found = _day_or_none(year, month + 1, day)
        if found is not None and found >= today:
            return _within_reach(found)
    raise Unreadable("no_such_day")


def clock_time(hour: int, minute: int) -> time:
    """A time on the 24-hour clock; 24:00 is not one."""
    try:
        return time(hour, minute)
    except ValueError:
        raise Unreadable("no_such_time") from None


def stockholm(day: date, clock: time) -> datetime:
    """The moment when clocks in Stockholm show `clock` on `day`.

    The hour skipped in spring is `no_such_time`; of the hour that comes twice in autumn the first
    is meant.
    """
    shown = clock.replace(fold=0, tzinfo=None)
    moment = datetime.combine(day, shown, STOCKHOLM)
    if moment.astimezone(UTC).astimezone(STOCKHOLM).time() != shown:
        raise Unreadable("no_such_time")
    return moment


def _within_reach(day: date) -> date:
    if day.year not in _YEARS:
        raise Unreadable("no_such_day")
    return day


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso_day(year: int, week: int, weekday: int) -> date:
    found = _iso_day_or_none(year, week, weekday)
    if found is None:
        raise Unreadable("no_such_day")
    return _within_reach(found)


def _iso_day_or_none(year: int, week: int, weekday: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, weekday + 1)
    except ValueError:
        return None
