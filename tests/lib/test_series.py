"""A written series against the calendar itself."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import series
from lib.daywords import STOCKHOLM

A_DAY = dt.timedelta(days=1)
DAILY = "FREQ=DAILY;INTERVAL=1"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def written(moments: object) -> list[str]:
    return [f"{moment:%m-%d %H:%M%z}" for moment in moments]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("start", "times"),
    [
        ("2027-03-27T10:00", ["03-27 10:00+0100", "03-28 10:00+0200", "03-29 10:00+0200"]),
        ("2027-10-30T10:00", ["10-30 10:00+0200", "10-31 10:00+0100", "11-01 10:00+0100"]),
        # The hour that spring skips, and the one that autumn has twice.
        ("2027-03-27T02:30", ["03-27 02:30+0100", "03-28 03:30+0200", "03-29 02:30+0200"]),
        ("2027-10-30T02:30", ["10-30 02:30+0200", "10-31 02:30+0200", "11-01 02:30+0100"]),
    ],
)
def test_the_time_of_day_stays_over_both_clock_changes(start: str, times: list[str]) -> None:
    assert written(itertools.islice(series.moments(DAILY, at(start)), 3)) == times


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    start = at("2027-03-27T10:00")

    ours = itertools.islice(series.moments(DAILY, start), 5)
    theirs = itertools.islice(series.moments(DAILY, start.astimezone(dt.UTC)), 5)

    assert list(ours) == list(theirs)


def test_a_window_takes_its_first_moment_and_leaves_its_last() -> None:
    start = at("2027-01-04T08:30")
    weekly = "FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO"

    found = series.between(weekly, start, at("2027-03-22T08:30"), at("2027-04-05T08:30"))

    assert written(found) == ["03-22 08:30+0100", "03-29 08:30+0200"]


def test_a_window_before_the_series_is_empty() -> None:
    assert series.between(DAILY, at("2027-05-01T10:00"), at("2027-04-01"), at("2027-05-01")) == []


@given(
    start=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1)),  # noqa: DTZ001
    ahead=st.integers(0, 900),
    length=st.integers(0, 60),
)
def test_every_day_of_a_window_is_in_it_once(start: dt.datetime, ahead: int, length: int) -> None:
    first = start.replace(minute=0, second=0, microsecond=0, hour=12, tzinfo=STOCKHOLM)
    begin = first.replace(hour=0) + dt.timedelta(days=ahead)

    found = series.between(DAILY, first, begin, begin + dt.timedelta(days=length))

    assert [moment.date() for moment in found] == [
        (begin + number * A_DAY).date() for number in range(length)
    ]
