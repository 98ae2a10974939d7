"""What somebody is about to put into a calendar: its days in words, before anything is sent."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from calendar_app.payloads import rule_of
from calendar_app.recurrence import Rule, occurrences
from calendar_app.wording import day_words, moment_words, series_words, skipped_words, when_words
from lib import daywords, workdays

SHOWN = 10


@dataclasses.dataclass(frozen=True)
class Day:
    """One day of a series: in words with its week, and why it is a day off ("" for none)."""

    said: str
    day_off: str


@dataclasses.dataclass(frozen=True)
class Preview:
    """said: the event, or the first of its series. series: how it repeats, "" for once.

    instead, instead_typed: the next working day, in words and as the day's field reads it.
    """

    said: str
    passed: bool
    series: str = ""
    days: tuple[Day, ...] = ()
    skipped: str = ""
    day_off: str = ""
    instead: str = ""
    instead_typed: str = ""


def preview_of(data: Mapping[str, Any]) -> Preview:
    """From cleaned_data; only the times and the repetition are looked at."""
    start: dt.datetime = data["starts_at"]
    rule = rule_of(data)
    facts = _series(data, rule, start) if rule else _single(data, start)
    passed = not data["all_day_event"] and start <= timezone.now()
    return Preview(said=when_words(data), passed=passed, **facts)


def _series(data: Mapping[str, Any], rule: Rule, start: dt.datetime) -> dict[str, Any]:
    days = [moment.date() for moment in occurrences(rule, start, SHOWN)]
    return {
        "series": series_words(data),
        "skipped": skipped_words(rule, start),
        "days": tuple(Day(day_words(day), workdays.day_off(day) or "") for day in days),
    }


def _single(data: Mapping[str, Any], start: dt.datetime) -> dict[str, Any]:
    day_off = workdays.day_off(start.date())
    if not day_off:
        return {}
    working = workdays.next_working_day(start.date())
    if data["all_day_event"]:
        return {
            "day_off": day_off,
            "instead": day_words(working),
            "instead_typed": working.isoformat(),
        }
    moved = dt.datetime.combine(working, start.time(), daywords.STOCKHOLM)
    return {
        "day_off": day_off,
        "instead": moment_words(moved),
        "instead_typed": f"{moved:%Y-%m-%d %H:%M}",
    }
