"""When a series falls: pure reckoning, in the wall-clock time of Stockholm.

Vitec says only which fields there are. How a series is counted out is our reading of them, the
usual one, and unverified:

* Ten o'clock stays ten o'clock over both nights of the clock change, see `lib.series`.
* A month without the day (the 31st, or 29 February) is skipped; nothing moves to another day.
* Weeks are counted from Monday, so that every other week means the same as in the week numbers.
* A series has no end: Vitec knows neither a last day nor a count. What shall end is therefore sent
  as single events, see `dates_of`.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import itertools
import math

from connect.enums import RecurrencePattern
from lib import series, workdays
from lib.daywords import STOCKHOLM

# What may be sent at once, and how far a series is followed that passes over its days.
MOST = 500
LOOKED_AT = 4 * MOST
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_A_LEAP_YEAR, _A_PLAIN_YEAR = 2028, 2027
FEBRUARY = 2


@dataclasses.dataclass(frozen=True)
class Rule:
    """How something repeats; the day of the month and the month are those of the start.

    interval: every n-th day, week, month or year. weekdays: Monday is 0; of a weekly rule only.
    """

    pattern: RecurrencePattern
    interval: int = 1
    weekdays: tuple[int, ...] = ()


def occurrences(rule: Rule, start: dt.datetime, count: int) -> list[dt.datetime]:
    """The first `count` times, aware and in Stockholm time; the first is the start itself.

    start: aware, on a day that the rule names. Fewer come only where the calendar itself ends.
    """
    return list(itertools.islice(series.moments(rule_text(rule, start), start), count))


@dataclasses.dataclass(frozen=True)
class Dates:
    """The times of a series that ends: those that are kept, and those passed over as days off.

    more: there would be more than may be sent at once, so that `kept` is not all.
    """

    kept: tuple[dt.datetime, ...]
    passed_over: tuple[dt.datetime, ...]
    more: bool = False


def dates_of(rule: Rule, start: dt.datetime, end: dt.date | int, skip_days_off: bool) -> Dates:
    """The times of a series up to its last day, or so many of them; a day passed over is none.

    end: the last day that may be one, or how many are wanted.
    """
    kept: list[dt.datetime] = []
    passed_over: list[dt.datetime] = []
    for moment in itertools.islice(series.moments(rule_text(rule, start), start), LOOKED_AT):
        day = moment.date()
        if day > end if isinstance(end, dt.date) else len(kept) == end:
            break
        if skip_days_off and not workdays.is_working_day(day):
            passed_over.append(moment)
        elif len(kept) == MOST:
            return Dates(tuple(kept), tuple(passed_over), more=True)
        else:
            kept.append(moment)
    else:
        return Dates(tuple(kept), tuple(passed_over), more=True)
    return Dates(tuple(kept), tuple(passed_over))


def ends_with(start: dt.datetime, end: dt.datetime, moment: dt.datetime) -> dt.datetime:
    """When the one at `moment` ends, if the first is from `start` to `end`.

    At the same time of day; in the spring night, where that may be no time at all, as long after.
    """
    first, last, local = (each.astimezone(STOCKHOLM) for each in (start, end, moment))
    shown = local.replace(tzinfo=None) + (last.replace(tzinfo=None) - first.replace(tzinfo=None))
    over = shown.replace(tzinfo=STOCKHOLM, fold=last.fold).astimezone(dt.UTC)
    if over <= moment.astimezone(dt.UTC):
        over = moment.astimezone(dt.UTC) + (end.astimezone(dt.UTC) - start.astimezone(dt.UTC))
    return over.astimezone(STOCKHOLM)


def rule_text(rule: Rule, start: dt.datetime) -> str:
    """The rule as RFC 5545 writes it: `FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=31`."""
    local = start.astimezone(STOCKHOLM)
    parts = [f"FREQ={rule.pattern.value.upper()}", f"INTERVAL={rule.interval}", "WKST=MO"]
    if rule.weekdays:
        parts.append("BYDAY=" + ",".join(_WEEKDAYS[day] for day in sorted(rule.weekdays)))
    if rule.pattern == RecurrencePattern.YEARLY:
        parts.append(f"BYMONTH={local.month}")
    if _names_day(rule):
        parts.append(f"BYMONTHDAY={local.day}")
    return ";".join(parts)


def skips_months(rule: Rule, start: dt.datetime) -> bool:
    """Does a monthly series ever come to a month that has no such day?"""
    if rule.pattern != RecurrencePattern.MONTHLY:
        return False
    local = start.astimezone(STOCKHOLM)
    step = math.gcd(rule.interval, 12)
    months = {(local.month - 1 + added) % 12 + 1 for added in range(0, 12, step)}
    return any(local.day > _shortest(month) for month in months)


def only_leap_years(rule: Rule, start: dt.datetime) -> bool:
    """Does it come on 29 February alone?"""
    local = start.astimezone(STOCKHOLM)
    if (local.month, local.day) != (FEBRUARY, calendar.monthrange(_A_LEAP_YEAR, FEBRUARY)[1]):
        return False
    whole_years = rule.pattern == RecurrencePattern.MONTHLY and rule.interval % 12 == 0
    return whole_years or rule.pattern == RecurrencePattern.YEARLY


def _names_day(rule: Rule) -> bool:
    return rule.pattern in (RecurrencePattern.MONTHLY, RecurrencePattern.YEARLY)


def _shortest(month: int) -> int:
    return calendar.monthrange(_A_PLAIN_YEAR, month)[1]
