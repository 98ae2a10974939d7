"""When a series falls: pure reckoning, in the wall-clock time of Stockholm.

Vitec says only which fields there are. How a series is counted out is our reading of them, the
usual one, and unverified:

* Ten o'clock stays ten o'clock over both nights of the clock change, see `lib.series`.
* A month without the day (the 31st, or 29 February) is skipped; nothing moves to another day.
* Weeks are counted from Monday, so that every other week means the same as in the week numbers.
* A series has no end: Vitec knows neither a last day nor a count.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import itertools
import math

from connect.enums import RecurrencePattern
from lib import series
from lib.daywords import STOCKHOLM

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
