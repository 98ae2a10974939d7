"""A calendar event in words, for the person who sends it and for the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

from calendar_app.payloads import rule_of
from calendar_app.recurrence import Rule, only_leap_years, skips_months
from connect.enums import RecurrencePattern
from lib import daywords
from offices.models import Colleague, Office
from submissions.kinds import Line


def describe_appointment(office: Office, data: Mapping[str, Any]) -> list[Line]:
    """Whose calendar, what, when, how it repeats, where, a note; only what was entered."""
    lines = [
        Line(gettext("Calendar of"), colleague_words(office, data["user_id"])),
        Line(gettext("Subject"), data["subject"]),
        Line(gettext("Day and time"), when_words(data)),
    ]
    if rule := rule_of(data):
        lines.append(Line(gettext("Repeats"), series_words(data)))
        if remark := skipped_words(rule, data["starts_at"]):
            lines.append(Line(gettext("Short months"), remark))
    if data["location"]:
        lines.append(Line(gettext("Place"), data["location"]))
    if data["note"]:
        lines.append(Line(gettext("Note"), data["note"]))
    return lines


def colleague_words(office: Office, vitec_id: str) -> str:
    """By which name staff know the user."""
    colleague = Colleague.objects.filter(office=office, vitec_id=vitec_id).first()
    return colleague.name if colleague else vitec_id


def when_words(data: Mapping[str, Any]) -> str:
    """`tis 1 dec 2026 kl. 10:00–11:00 (v. 49)`, or its whole days."""
    start, end = data["starts_at"], data["ends_at"]
    if not data["all_day_event"]:
        return daywords.say_span(start, end, language=_language())
    days = day_words(start.date())
    if end.date() != start.date():
        days = f"{days} – {day_words(end.date())}"
    return gettext("%(days)s, all day") % {"days": days}


def moment_words(moment: dt.datetime) -> str:
    """`tis 1 dec 2026 kl. 10:00 (v. 49)`."""
    return daywords.say(moment, language=_language())


def day_words(day: dt.date) -> str:
    """`tis 1 dec 2026 (v. 49)`."""
    said = daywords.say_day(day, language=_language())
    return gettext("%(day)s (w. %(week)s)") % {"day": said, "week": day.isocalendar().week}


def series_words(data: Mapping[str, Any]) -> str:
    """`Varannan tisdag 10:00–11:00, tills vidare, utan slutdatum`."""
    rule = rule_of(data)
    if rule is None:
        return ""
    words = gettext("%(every)s %(time)s, until further notice, with no end date") % {
        "every": every_words(rule, data["starts_at"]),
        "time": _time_words(data),
    }
    return capfirst(words)


def every_words(rule: Rule, start: dt.datetime) -> str:
    """How often: `varannan tisdag`, `den 31:a varje månad`."""
    if rule.pattern == RecurrencePattern.DAILY:
        once, other, nth = _every_day()
    elif rule.pattern == RecurrencePattern.WEEKLY:
        once, other, nth = _every_week(len(rule.weekdays))
    elif rule.pattern == RecurrencePattern.MONTHLY:
        once, other, nth = _every_month()
    else:
        once, other, nth = _every_year()
    template = {1: once, 2: other}.get(rule.interval, nth)
    return template % {
        "nth": ordinal(rule.interval),
        "days": _and([str(WEEKDAYS[day]) for day in rule.weekdays]),
        "day": ordinal(start.day),
        "date": f"{start.day} {MONTHS[start.month]}",
    }


def skipped_words(rule: Rule, start: dt.datetime) -> str:
    """What a day means that not every month or year has; "" where it makes no difference."""
    if only_leap_years(rule, start):
        return gettext("Only leap years have 29 February; the other years are skipped.")
    if skips_months(rule, start):
        day = ordinal(start.day)
        return gettext("Months that have no %(day)s are skipped.") % {"day": day}
    return ""


def ordinal(number: int) -> str:
    """`3:e`, `21:a`; `3rd`, `21st`."""
    teen = number % 100 in (11, 12, 13)
    last = number % 10
    if _language().startswith("en"):
        ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
        return f"{number}{ending}"
    return f"{number}:a" if last in (1, 2) and not teen else f"{number}:e"


def _every_day() -> tuple[str, str, str]:
    return gettext("every day"), gettext("every other day"), gettext("every %(nth)s day")


def _every_week(weekdays: int) -> tuple[str, str, str]:
    if weekdays == 1:
        return (
            gettext("every %(days)s"),
            gettext("every other %(days)s"),
            gettext("%(days)s every %(nth)s week"),
        )
    return (
        gettext("%(days)s every week"),
        gettext("%(days)s every other week"),
        gettext("%(days)s every %(nth)s week"),
    )


def _every_month() -> tuple[str, str, str]:
    return (
        gettext("the %(day)s of every month"),
        gettext("the %(day)s of every other month"),
        gettext("the %(day)s of every %(nth)s month"),
    )


def _every_year() -> tuple[str, str, str]:
    return (
        gettext("on %(date)s every year"),
        gettext("on %(date)s every other year"),
        gettext("on %(date)s every %(nth)s year"),
    )


def _time_words(data: Mapping[str, Any]) -> str:
    """The time of each: `10:00–11:00`; what lasts over midnight says for how many days."""
    start, end = data["starts_at"], data["ends_at"]
    days = (end.date() - start.date()).days
    if data["all_day_event"]:
        return ngettext("all day", "for %(days)s whole days", days + 1) % {"days": days + 1}
    if not days:
        return f"{start:%H:%M}–{end:%H:%M}"
    words = ngettext(
        "%(start)s–%(end)s the day after", "%(start)s–%(end)s %(days)s days later", days
    )
    return words % {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "days": days}


def _and(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _language() -> str:
    return get_language() or "sv"
