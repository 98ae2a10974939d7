"""The series against an expansion that knows no rrule: day by day, month by month."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.recurrence import (
    MOST,
    Rule,
    dates_of,
    ends_with,
    occurrences,
    only_leap_years,
    skips_months,
)
from connect.enums import RecurrencePattern
from lib import workdays
from tests.factories import STOCKHOLM

DAILY, WEEKLY = RecurrencePattern.DAILY, RecurrencePattern.WEEKLY
MONTHLY, YEARLY = RecurrencePattern.MONTHLY, RecurrencePattern.YEARLY
A_DAY = dt.timedelta(days=1)

wall_clocks = st.datetimes(min_value=dt.datetime(2026, 1, 1), max_value=dt.datetime(2100, 12, 31))  # noqa: DTZ001
intervals = st.integers(1, 99)
counts = st.integers(1, 12)


def starting(wall_clock: dt.datetime) -> dt.datetime:
    """The moment that a form could hold: to the minute, and one that exists."""
    shown = wall_clock.replace(second=0, microsecond=0, tzinfo=STOCKHOLM)
    return shown.astimezone(dt.UTC).astimezone(STOCKHOLM).replace(fold=0)


def naive_days(rule: Rule, start: dt.date) -> Iterator[dt.date]:
    if rule.pattern in (DAILY, WEEKLY):
        day = start
        while True:
            if _is_due(rule, start, day):
                yield day
            day += A_DAY
    months = rule.interval * (12 if rule.pattern == YEARLY else 1)
    year, month = start.year, start.month
    while True:
        if start.day <= calendar.monthrange(year, month)[1]:
            yield dt.date(year, month, start.day)
        for _ in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _is_due(rule: Rule, start: dt.date, day: dt.date) -> bool:
    if rule.pattern == DAILY:
        return (day - start).days % rule.interval == 0
    mondays = [each - dt.timedelta(days=each.weekday()) for each in (start, day)]
    weeks = (mondays[1] - mondays[0]).days // 7
    return weeks % rule.interval == 0 and day.weekday() in rule.weekdays


def last_sunday(year: int, month: int) -> dt.date:
    day = dt.date(year, month, 31)
    while day.weekday() != 6:
        day -= A_DAY
    return day


def shown(day: dt.date, clock: dt.time) -> str:
    """What the clock shows, by the rule of the European Union: 02 is skipped, 03 comes instead."""
    hour = clock.hour + (day == last_sunday(day.year, 3) and clock.hour == 2)
    return f"{day} {hour:02}:{clock.minute:02}"


def expected(rule: Rule, start: dt.datetime, count: int) -> list[str]:
    days = naive_days(rule, start.date())
    return [shown(next(days), start.time()) for _ in range(count)]


def found(rule: Rule, start: dt.datetime, count: int) -> list[str]:
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in occurrences(rule, start, count)]


@given(wall_clocks, intervals, counts)
def test_daily_series(wall_clock: dt.datetime, interval: int, count: int) -> None:
    rule, start = Rule(DAILY, interval), starting(wall_clock)

    assert found(rule, start, count) == expected(rule, start, count)


@given(wall_clocks, intervals, counts, st.sets(st.integers(0, 6)))
def test_weekly_series(
    wall_clock: dt.datetime, interval: int, count: int, others: set[int]
) -> None:
    start = starting(wall_clock)
    rule = Rule(WEEKLY, interval, tuple(others | {start.weekday()}))

    assert found(rule, start, count) == expected(rule, start, count)


@given(wall_clocks, intervals, counts)
def test_monthly_series(wall_clock: dt.datetime, interval: int, count: int) -> None:
    rule, start = Rule(MONTHLY, interval), starting(wall_clock)

    assert found(rule, start, count) == expected(rule, start, count)


@given(wall_clocks, intervals, counts)
def test_yearly_series(wall_clock: dt.datetime, interval: int, count: int) -> None:
    rule, start = Rule(YEARLY, interval), starting(wall_clock)

    assert found(rule, start, count) == expected(rule, start, count)


@given(st.integers(2026, 2090), st.sampled_from([29, 30, 31]), st.integers(1, 12), intervals)
def test_it_is_known_beforehand_which_series_skip_months(
    year: int, day: int, month: int, interval: int
) -> None:
    if day > calendar.monthrange(year, month)[1]:
        return
    rule, start = Rule(MONTHLY, interval), dt.datetime(year, month, day, 10, tzinfo=STOCKHOLM)
    moments = occurrences(rule, start, 60)
    months = [moment.year * 12 + moment.month for moment in moments]
    gaps = {after - before for before, after in itertools.pairwise(months)}

    assert skips_months(rule, start) is (gaps != {interval})


@pytest.mark.parametrize("pattern", list(RecurrencePattern))
def test_the_start_is_the_first_of_them(pattern: RecurrencePattern) -> None:
    start = dt.datetime(2027, 3, 2, 10, tzinfo=STOCKHOLM)

    assert occurrences(Rule(pattern, weekdays=(1,) if pattern == WEEKLY else ()), start, 1) == [
        start
    ]


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31"])
def test_ten_stays_ten_over_the_night_of_the_clock_change(night: str) -> None:
    before = dt.datetime.fromisoformat(f"{night}T10:00").replace(tzinfo=STOCKHOLM) - A_DAY
    moments = occurrences(Rule(DAILY), before, 3)

    assert {f"{moment:%H:%M}" for moment in moments} == {"10:00"}
    assert moments[0].utcoffset() != moments[1].utcoffset()


@pytest.mark.parametrize(
    ("start", "offsets"),
    [
        ("2027-03-27T02:30", ["02:30+0100", "03:30+0200", "02:30+0200"]),
        ("2027-10-30T02:30", ["02:30+0200", "02:30+0200", "02:30+0100"]),
    ],
)
def test_what_the_nights_themselves_make_of_half_past_two(start: str, offsets: list[str]) -> None:
    first = dt.datetime.fromisoformat(start).replace(tzinfo=STOCKHOLM)

    assert [f"{m:%H:%M%z}" for m in occurrences(Rule(DAILY), first, 3)] == offsets


def test_the_31st_skips_short_months() -> None:
    start = dt.datetime(2027, 1, 31, 10, tzinfo=STOCKHOLM)

    assert [m.month for m in occurrences(Rule(MONTHLY), start, 7)] == [1, 3, 5, 7, 8, 10, 12]


def test_29_february_comes_in_leap_years_and_not_in_2100() -> None:
    start = dt.datetime(2092, 2, 29, 10, tzinfo=STOCKHOLM)

    assert [m.year for m in occurrences(Rule(YEARLY), start, 4)] == [2092, 2096, 2104, 2108]


def test_every_other_week_goes_through_week_53() -> None:
    start = dt.datetime(2026, 12, 15, 10, tzinfo=STOCKHOLM)
    weeks = [m.isocalendar().week for m in occurrences(Rule(WEEKLY, 2, (1,)), start, 4)]

    assert weeks == [51, 53, 2, 4]


def test_every_other_week_with_a_sunday_counts_weeks_from_monday() -> None:
    start = dt.datetime(2027, 3, 7, 10, tzinfo=STOCKHOLM)

    assert found(Rule(WEEKLY, 2, (0, 6)), start, 3) == [
        "2027-03-07 10:00",
        "2027-03-15 10:00",
        "2027-03-21 10:00",
    ]


@pytest.mark.parametrize(
    ("rule", "day", "only"),
    [
        (Rule(YEARLY), "2028-02-29", True),
        (Rule(MONTHLY, 12), "2028-02-29", True),
        (Rule(MONTHLY, 24), "2028-02-29", True),
        (Rule(MONTHLY, 1), "2028-02-29", False),
        (Rule(DAILY), "2028-02-29", False),
        (Rule(YEARLY), "2028-02-28", False),
        (Rule(YEARLY), "2028-03-29", False),
    ],
)
def test_which_series_come_in_leap_years_alone(rule: Rule, day: str, only: bool) -> None:
    start = dt.datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=STOCKHOLM)

    assert only_leap_years(rule, start) is only


# --- With an end ---------------------------------------------------------------------------------


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


MONDAYS = Rule(WEEKLY, weekdays=(0,))


def test_the_mondays_of_weeks_2_to_24_of_2027() -> None:
    dates = dates_of(MONDAYS, at("2027-01-11T08:30"), dt.date(2027, 6, 20), skip_days_off=True)

    assert len(dates.kept) == 22
    assert [moment.date() for moment in dates.passed_over] == [dt.date(2027, 3, 29)]
    assert dates.kept[0] == at("2027-01-11T08:30")
    assert dates.kept[-1] == at("2027-06-14T08:30")
    assert {f"{moment:%H:%M}" for moment in dates.kept} == {"08:30"}
    assert {str(moment.utcoffset()) for moment in dates.kept} == {"1:00:00", "2:00:00"}


def test_so_many_are_wanted_and_a_day_passed_over_is_none() -> None:
    dates = dates_of(MONDAYS, at("2027-03-15T08:30"), 4, skip_days_off=True)

    assert [f"{moment:%m-%d}" for moment in dates.kept] == ["03-15", "03-22", "04-05", "04-12"]
    assert [f"{moment:%m-%d}" for moment in dates.passed_over] == ["03-29"]


@pytest.mark.parametrize(
    ("rule", "start", "end", "days"),
    [
        # The 31st, and what has none.
        (Rule(MONTHLY), "2027-01-31T10:00", dt.date(2027, 7, 31), "0131 0331 0531 0731"),
        (Rule(MONTHLY), "2027-01-31T10:00", 3, "0131 0331 0531"),
        # 29 February.
        (Rule(YEARLY), "2028-02-29T10:00", 2, "0229 0229"),
        (Rule(MONTHLY), "2028-01-29T10:00", 3, "0129 0229 0329"),
        # Week 53, and over the turn of the year.
        (Rule(WEEKLY, weekdays=(4,)), "2026-12-25T10:00", dt.date(2027, 1, 8), "1225 0101 0108"),
        # Both nights of the clock change.
        (Rule(DAILY), "2027-03-27T02:30", dt.date(2027, 3, 29), "0327 0328 0329"),
        (Rule(DAILY), "2027-10-30T02:30", dt.date(2027, 11, 1), "1030 1031 1101"),
        (Rule(DAILY), "2027-03-28T00:00", dt.date(2027, 3, 28), "0328"),
    ],
)
def test_where_a_series_ends(rule: Rule, start: str, end: dt.date | int, days: str) -> None:
    dates = dates_of(rule, at(start), end, skip_days_off=False)

    assert " ".join(f"{moment:%m%d}" for moment in dates.kept) == days
    assert not dates.more


@given(wall_clocks, st.integers(1, 30), st.integers(0, 200), st.booleans())
def test_what_is_kept_and_what_is_passed_over_is_the_series(
    wall_clock: dt.datetime, interval: int, days: int, skip: bool
) -> None:
    rule, start = Rule(DAILY, interval), starting(wall_clock)
    last = start.date() + dt.timedelta(days=days)

    dates = dates_of(rule, start, last, skip)

    together = sorted((*dates.kept, *dates.passed_over))
    assert together == occurrences(rule, start, len(together))
    assert len(together) == days // interval + 1
    assert all(workdays.is_working_day(each.date()) for each in dates.kept) or not skip
    assert not any(workdays.is_working_day(each.date()) for each in dates.passed_over)


@given(wall_clocks, st.integers(1, 60), st.booleans())
def test_as_many_are_kept_as_are_wanted(wall_clock: dt.datetime, count: int, skip: bool) -> None:
    dates = dates_of(Rule(DAILY), starting(wall_clock), count, skip)

    assert len(dates.kept) == count


def test_more_than_may_be_sent_at_once_is_said_and_not_followed() -> None:
    dates = dates_of(Rule(DAILY), at("2027-01-01T10:00"), dt.date(2190, 1, 1), skip_days_off=False)

    assert dates.more
    assert len(dates.kept) == MOST


def test_a_series_of_nothing_but_days_off_comes_to_an_end() -> None:
    saturdays = Rule(WEEKLY, weekdays=(5,))

    assert dates_of(saturdays, at("2027-01-02T10:00"), dt.date(2027, 12, 31), True).kept == ()
    assert dates_of(saturdays, at("2027-01-02T10:00"), 5, skip_days_off=True).more


@pytest.mark.parametrize(
    ("start", "end", "moment", "ends"),
    [
        ("2027-03-01T08:30", "2027-03-01T09:15", "2027-03-29T08:30", "2027-03-29T09:15+0200"),
        ("2027-03-01T22:00", "2027-03-02T06:00", "2027-03-27T22:00", "2027-03-28T06:00+0200"),
        ("2027-10-01T22:00", "2027-10-02T06:00", "2027-10-30T22:00", "2027-10-31T06:00+0100"),
        # What the spring night leaves no time for is as long as the first.
        ("2027-03-27T02:30", "2027-03-27T03:30", "2027-03-28T03:30", "2027-03-28T04:30+0200"),
        ("2027-03-27T02:00", "2027-03-27T02:45", "2027-03-28T03:00", "2027-03-28T03:45+0200"),
        # A whole day is the midnights that begin its first and its last day.
        ("2027-03-01T00:00", "2027-03-01T00:00", "2027-03-28T00:00", "2027-03-28T00:00+0100"),
        ("2027-03-01T00:00", "2027-03-03T00:00", "2027-03-27T00:00", "2027-03-29T00:00+0200"),
    ],
)
def test_each_ends_at_the_same_time_of_day(start: str, end: str, moment: str, ends: str) -> None:
    over = ends_with(at(start), at(end), at(moment))

    assert f"{over:%Y-%m-%dT%H:%M%z}" == ends


@given(wall_clocks, st.integers(1, 3000), st.integers(0, 400))
def test_no_event_ends_before_it_begins(wall_clock: dt.datetime, minutes: int, ahead: int) -> None:
    start = starting(wall_clock)
    end = (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(STOCKHOLM)
    (moment,) = occurrences(Rule(DAILY), start, ahead + 1)[-1:]

    assert ends_with(start, end, moment).astimezone(dt.UTC) > moment.astimezone(dt.UTC)
