"""An event as a file that every calendar program reads (iCalendar, RFC 5545).

Read from the very call that was sent, so that the file says what Vitec was told.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Any

from calendar_app.payloads import ALL_DAY_ENDS_AFTER, WEEKDAYS
from calendar_app.recurrence import Rule, rule_text
from connect import dates
from connect.enums import DayOfWeek, RecurrencePattern
from lib.daywords import STOCKHOLM

A_DAY = dt.timedelta(days=1)
ZONE = "Europe/Stockholm"
# Octets of a line, its end not counted.
LONGEST = 75
# The rule of the European Union, in force since 1996.
_TIMEZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE}",
    "BEGIN:DAYLIGHT",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclasses.dataclass(frozen=True)
class Event:
    """uid: the same for the same event, ever. written: when, aware. body: as sent to Vitec.

    certain: it is in Vitec's calendar; else it may not be there.
    """

    uid: str
    written: dt.datetime
    body: dict[str, Any]
    certain: bool


def calendar_file(event: Event) -> str:
    """The whole file, its lines folded and ended as the standard wants them."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//vitecportal//vitecportal//SV",
        "CALSCALE:GREGORIAN",
        *_TIMEZONE,
        *_event_lines(event),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def rule_of_body(body: dict[str, Any]) -> Rule | None:
    """How it repeats, from what was sent; None for once."""
    if not body.get("recurrence"):
        return None
    named = body.get("recurrenceDayOfWeeks", [])
    return Rule(
        pattern=RecurrencePattern(body["recurrencePattern"]),
        interval=body["recurrenceInterval"],
        weekdays=tuple(WEEKDAYS.index(DayOfWeek(day)) for day in named),
    )


def _event_lines(event: Event) -> Iterator[str]:
    body = event.body
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(event.written)}"
    yield from _time_lines(body)
    yield f"SUMMARY:{_escaped(body['subject'])}"
    if body.get("location"):
        yield f"LOCATION:{_escaped(body['location'])}"
    if body.get("note"):
        yield f"DESCRIPTION:{_escaped(body['note'])}"
    yield f"STATUS:{'CONFIRMED' if event.certain else 'TENTATIVE'}"
    yield "END:VEVENT"


def _time_lines(body: dict[str, Any]) -> Iterator[str]:
    start, end = _moment(body["startsAt"]), _moment(body["endsAt"])
    rule = rule_of_body(body)
    if body.get("allDayEvent"):
        # The day on which it ends is not one of its days, whatever is sent to Vitec.
        last = (end - ALL_DAY_ENDS_AFTER).date()
        yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{last + A_DAY:%Y%m%d}"
    elif rule is None and (start.fold or end.fold):
        # The autumn night has an hour twice; without a zone each has its own name.
        yield f"DTSTART:{_utc(start)}"
        yield f"DTEND:{_utc(end)}"
    else:
        yield f"DTSTART;TZID={ZONE}:{start:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={ZONE}:{end:%Y%m%dT%H%M%S}"
    if rule is not None:
        yield f"RRULE:{rule_text(rule, start)}"


def _moment(text: str) -> dt.datetime:
    moment = dates.parse(text)
    if moment is None:
        raise ValueError("an event that was sent has a start and an end")
    return moment.astimezone(STOCKHOLM)


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """A text value: one line, whatever was typed."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    text = "\\n".join(text.splitlines())
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cc")


def _folded(line: str) -> str:
    """Cut after at most 75 octets, never within a character; what follows begins with a space."""
    parts, room = [""], LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append("")
            room = LONGEST - 1
        parts[-1] += sign
        room -= size
    return "\r\n ".join(parts)
