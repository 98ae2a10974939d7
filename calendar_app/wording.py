"""A calendar event in words, for the person who sends it and for the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

from calendar_app.clashes import Clash
from calendar_app.payloads import rule_of
from calendar_app.recurrence import Rule, only_leap_years, skips_months
from connect.enums import RecurrencePattern
from lib import daywords, workdays
from offices.agendas import Entry
from offices.models import Colleague, Office
from submissions.kinds import Line


def describe_appointment(office: Office, data: Mapping[str, Any]) -> list[Line]:
    """What, when, whose calendar, how it repeats, where, a note; only what was entered."""
    lines = [
        Line(gettext("Subject"), data["subject"]),
        Line(gettext("Day and time"), when_words(data)),
        Line(gettext("Calendar of"), people_words(office, data["user_id"])),
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


def names_of(office: Office, vitec_ids: Iterable[str]) -> dict[str, str]:
    """By which names staff know these users, in the order given."""
    ids = list(vitec_ids)
    rows = Colleague.objects.filter(office=office, vitec_id__in=ids)
    return {each: each for each in ids} | dict(rows.values_list("vitec_id", "name"))


def people_words(office: Office, vitec_ids: Iterable[str]) -> str:
    """`Bo Alm och Cilla Dahl`."""
    return _and(list(names_of(office, vitec_ids).values()))


def clash_words(clash: Clash, names: Mapping[str, str]) -> str:
    """`Bo Alm har intagsmöte mån 8 feb 08:45`."""
    return gettext("%(who)s has %(what)s %(time)s") % {
        "who": names.get(clash.colleague_id, clash.colleague_id),
        "what": lower_first(str(clash.entry.what)),
        "time": short_words(clash.entry),
    }


def short_words(entry: Entry) -> str:
    """`mån 8 feb 08:45`, or the day alone."""
    local = entry.starts_at.astimezone(daywords.STOCKHOLM)
    day = short_day(local.date())
    return day if entry.all_day else f"{day} {local:%H:%M}"


def short_day(day: dt.date) -> str:
    """`mån 8 feb`: where the year stands above it."""
    return daywords.say_day(day, language=_language()).removesuffix(f" {day.year}")


def lower_first(words: str) -> str:
    """Within a sentence."""
    return words[:1].lower() + words[1:]


def passed_over_words(moment: dt.datetime) -> str:
    """`mån 29 mar hoppas över: annandag påsk`."""
    return gettext("%(day)s is passed over: %(reason)s") % {
        "day": short_day(moment.date()),
        "reason": workdays.day_off(moment.date()),
    }


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
    """`Varannan tisdag 10:00–11:00, tills vidare, utan slutdatum`, or with its last day."""
    rule = rule_of(data)
    if rule is None:
        return ""
    parts = {"every": every_words(rule, data["starts_at"]), "time": _time_words(data)}
    dates = data["recurrence_dates"]
    if dates is None:
        words = gettext("%(every)s %(time)s, until further notice, with no end date") % parts
    elif dates.kept:
        parts["day"] = day_words(dates.kept[-1].date())
        words = gettext("%(every)s %(time)s, the last time %(day)s") % parts
    else:
        words = gettext("%(every)s %(time)s") % parts
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
