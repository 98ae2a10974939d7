"""What somebody is about to put into calendars: its days in words, before anything is sent."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from calendar_app.clashes import clashes_of
from calendar_app.payloads import rule_of, spans_of
from calendar_app.recurrence import Rule, occurrences
from calendar_app.wording import (
    clash_words,
    day_words,
    moment_words,
    names_of,
    passed_over_words,
    series_words,
    short_day,
    skipped_words,
    when_words,
)
from lib import daywords, workdays
from offices.models import Office

SHOWN = 10


@dataclasses.dataclass(frozen=True)
class Day:
    """One day in words with its week, why it is a day off ("" for none), and what stands there."""

    said: str
    week: int
    day_off: str = ""
    clashes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Year:
    """The single events of one year, and the days passed over, in words."""

    number: int
    days: tuple[Day, ...]
    passed_over: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Preview:
    """said: the event, or the first of its series. series: how it repeats, "" for once.

    days: the first of a series without end. years: all single events of one that ends. people: how
    many calendars; singles: how many events in each; calls: how many calls to Vitec that makes.
    clashes: how many. instead, instead_typed: the next working day, in words and as typed.
    """

    said: str
    passed: bool
    people: int
    singles: int = 0
    series: str = ""
    days: tuple[Day, ...] = ()
    years: tuple[Year, ...] = ()
    clashes: tuple[str, ...] = ()
    skipped: str = ""
    day_off: str = ""
    instead: str = ""
    instead_typed: str = ""

    @property
    def calls(self) -> int:
        return self.people * (self.singles or 1)

    @property
    def passed_over(self) -> int:
        return sum(len(year.passed_over) for year in self.years)


def preview_of(office: Office, data: Mapping[str, Any]) -> Preview:
    """From cleaned_data; only people, times and the repetition are looked at."""
    start: dt.datetime = data["starts_at"]
    rule = rule_of(data)
    if rule is None:
        starts = [start]
    elif data["recurrence_dates"] is None:
        starts = occurrences(rule, start, SHOWN)
    else:
        starts = list(data["recurrence_dates"].kept)
    people = data.get("user_id", [])
    by_start = _clashes(office, people, data, starts)
    return Preview(
        said=when_words(data),
        passed=not data["all_day_event"] and start <= timezone.now(),
        people=max(1, len(people)),
        clashes=tuple(itertools.chain.from_iterable(by_start.values())),
        **(_series(data, rule, starts, by_start) if rule else _single(data, start)),
    )


def _clashes(
    office: Office, people: list[str], data: Mapping[str, Any], starts: Iterable[dt.datetime]
) -> dict[dt.datetime, list[str]]:
    found: dict[dt.datetime, list[str]] = defaultdict(list)
    names = names_of(office, people)
    for clash in clashes_of(office, people, spans_of(data, starts), data.get("about", "")):
        found[clash.starts_at].append(clash_words(clash, names))
    return found


def _series(
    data: Mapping[str, Any],
    rule: Rule,
    starts: list[dt.datetime],
    clashes: Mapping[dt.datetime, list[str]],
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "series": series_words(data),
        "skipped": skipped_words(rule, data["starts_at"]),
    }
    dates = data["recurrence_dates"]
    if dates is None:
        said = [(moment, day_words(moment.date())) for moment in starts]
        return facts | {"days": tuple(_day(each, words, clashes) for each, words in said)}
    return facts | {"singles": len(starts), "years": tuple(_years(dates, clashes))}


def _years(dates: Any, clashes: Mapping[dt.datetime, list[str]]) -> Iterable[Year]:
    numbers = sorted({moment.year for moment in (*dates.kept, *dates.passed_over)})
    for number in numbers:
        kept = [moment for moment in dates.kept if moment.year == number]
        over = [moment for moment in dates.passed_over if moment.year == number]
        yield Year(
            number=number,
            days=tuple(_day(each, short_day(each.date()), clashes) for each in kept),
            passed_over=tuple(passed_over_words(each) for each in over),
        )


def _day(moment: dt.datetime, said: str, clashes: Mapping[dt.datetime, list[str]]) -> Day:
    day = moment.date()
    return Day(
        said=said,
        week=day.isocalendar().week,
        day_off=workdays.day_off(day) or "",
        clashes=tuple(clashes.get(moment, ())),
    )


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
