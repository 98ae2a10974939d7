"""Entries on the days of a month, and on the clock of a day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app import grid
from calendar_app.grid import Clock, Day
from offices.agendas import Entry
from tests.factories import STOCKHOLM

MONDAY = dt.date(2027, 3, 1)
WEEK = grid.week_days(MONDAY)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2027-{text}").replace(tzinfo=STOCKHOLM)


def entry(start: str, end: str = "", **values: object) -> Entry:
    return Entry("Möte", at(start), at(end) if end else None, **values)  # type: ignore[arg-type]


def days_of(*entries: Entry, days: list[dt.date] = WEEK) -> dict[int, list[str]]:
    """{day of the month: [time of each entry]}, days without any left out."""
    laid = grid.lay_out(entries, days)
    return {
        day.date.day: [f"{item.since}{item.till}" for item in day.items]
        for day in laid
        if day.items
    }


@pytest.mark.parametrize(
    ("found", "days"),
    [
        (entry("03-02T10:00", "03-02T11:00"), {2: ["10:00–11:00"]}),
        (entry("03-02T10:00"), {2: ["10:00"]}),
        (entry("03-02T23:30"), {2: ["23:30"]}),
        (entry("03-02T22:00", "03-03T06:00"), {2: ["22:00–"], 3: ["–06:00"]}),
        (entry("03-02T22:00", "03-04T06:00"), {2: ["22:00–"], 3: [""], 4: ["–06:00"]}),
        # Midnight is the end of the day before, not a day of its own.
        (entry("03-02T22:00", "03-03T00:00"), {2: ["22:00–"]}),
        (entry("03-02T00:00", "03-03T00:00", all_day=True), {2: [""]}),
        (entry("03-02T00:00", "03-05T00:00", all_day=True), {2: [""], 3: [""], 4: [""]}),
        # From before the week, and on into the next.
        (entry("02-27T00:00", "03-02T00:00", all_day=True), {1: [""]}),
        (entry("03-07T22:00", "03-08T06:00"), {7: ["22:00–"]}),
        (entry("03-08T10:00"), {}),
    ],
)
def test_an_entry_is_on_every_day_that_it_touches(found: Entry, days: dict[int, list[str]]) -> None:
    assert days_of(found) == days


def test_a_day_is_in_the_order_of_the_clock_whole_days_first() -> None:
    found = [
        entry("03-02T15:00"),
        entry("03-02T08:00", "03-02T09:00"),
        entry("03-02T00:00", "03-03T00:00", all_day=True),
        entry("03-01T20:00", "03-02T07:00"),
    ]

    assert days_of(*found)[2] == ["", "–07:00", "08:00–09:00", "15:00"]


@pytest.mark.parametrize("day", [28, 29])
def test_the_night_of_the_clock_change_is_two_days(day: int) -> None:
    found = entry("03-27T22:00", "03-28T04:00")

    assert days_of(found, days=[dt.date(2027, 3, day)]) == ({28: ["–04:00"]} if day == 28 else {})


def test_a_month_is_whole_weeks_with_iso_numbers() -> None:
    days = grid.month_days(dt.date(2026, 12, 15))
    weeks = grid.weeks(grid.lay_out([], days))

    assert [week.number for week in weeks] == [49, 50, 51, 52, 53]
    assert days[0] == dt.date(2026, 11, 30)
    assert days[-1] == dt.date(2027, 1, 3)


def test_days_off_have_their_names_and_weekends_none() -> None:
    days = grid.lay_out([], grid.week_days(dt.date(2027, 3, 26)))

    assert [day.holiday for day in days][4:] == ["långfredagen", "påskafton", "påskdagen"]
    assert [day.day_off for day in days] == [False] * 4 + [True] * 3
    (saturday,) = grid.lay_out([], [dt.date(2027, 3, 6)])
    assert (saturday.holiday, saturday.day_off) == ("", True)


# --- On the clock --------------------------------------------------------------------------------


def placed(*entries: Entry) -> list[tuple[int, int, int, int]]:
    """(row, to_row, part, wide) of each entry on 2 March, on a clock from eight to eighteen."""
    (day,) = grid.lay_out(entries, [dt.date(2027, 3, 2)])
    return [
        (item.row, item.to_row, item.part, item.wide)
        for item in grid.on_the_clock(day, Clock()).timed
    ]


def test_a_quarter_is_a_line() -> None:
    assert placed(entry("03-02T08:00", "03-02T09:00")) == [(1, 5, 1, 12)]
    assert placed(entry("03-02T09:15", "03-02T10:45")) == [(6, 12, 1, 12)]


def test_without_an_end_an_hour_is_taken_up() -> None:
    assert placed(entry("03-02T10:00")) == [(9, 13, 1, 12)]


def test_the_shortest_is_high_enough_to_be_read() -> None:
    assert placed(entry("03-02T10:00", "03-02T10:05")) == [(9, 11, 1, 12)]


def test_what_overlaps_stands_side_by_side() -> None:
    found = placed(
        entry("03-02T10:00", "03-02T11:00"),
        entry("03-02T10:30", "03-02T11:30"),
        entry("03-02T11:00", "03-02T12:00"),
        entry("03-02T13:00", "03-02T14:00"),
    )

    assert [(part, wide) for _row, _to, part, wide in found] == [(1, 6), (7, 6), (1, 6), (1, 12)]


def test_seven_at_once_still_fit_in_the_day() -> None:
    found = placed(*[entry("03-02T10:00", "03-02T11:00") for _ in range(7)])

    assert all(part + wide <= 13 for _row, _to, part, wide in found)


@pytest.mark.parametrize(
    ("found", "hours"),
    [
        ([], (8, 18)),
        ([entry("03-02T07:45", "03-02T08:15")], (7, 18)),
        ([entry("03-02T18:00", "03-02T19:15")], (8, 20)),
        ([entry("03-02T23:30")], (8, 24)),
        ([entry("03-02T22:00", "03-03T06:00")], (8, 24)),
    ],
)
def test_the_clock_shows_the_hours_of_work_and_what_lies_outside(
    found: list[Entry], hours: tuple[int, int]
) -> None:
    clock = grid.clock_of(grid.lay_out(found, [dt.date(2027, 3, 2)]))

    assert (clock.first, clock.last) == hours
    assert len(clock.hours) * 4 == clock.quarters


spans = st.tuples(
    st.datetimes(dt.datetime(2027, 3, 26), dt.datetime(2027, 3, 30)),  # noqa: DTZ001
    st.none() | st.integers(1, 4000),
)


def _entry_of(start: dt.datetime, minutes: int | None) -> Entry:
    begins = start.replace(second=0, microsecond=0, tzinfo=STOCKHOLM).astimezone(dt.UTC)
    ends = None if minutes is None else begins + dt.timedelta(minutes=minutes)
    return Entry("Möte", begins.astimezone(STOCKHOLM), ends)


@given(found=st.lists(spans, max_size=8))
def test_whatever_stands_there_fits_its_day_and_nothing_lies_on_another(
    found: list[tuple[dt.datetime, int | None]],
) -> None:
    days = [dt.date(2027, 3, 26) + dt.timedelta(days=number) for number in range(5)]
    laid = grid.lay_out([_entry_of(*span) for span in found], days)
    clock = grid.clock_of(laid)

    for day in laid:
        cells = _cells(grid.on_the_clock(day, clock), clock)
        if len(day.timed) <= max(grid.LANES):
            assert len(cells) == len(set(cells))


def _cells(day: Day, clock: Clock) -> list[tuple[int, int]]:
    """Every square of the grid that is covered, once for each time."""
    assert all(1 <= item.row < item.to_row <= clock.quarters + 3 for item in day.timed)
    return [
        (row, part)
        for item in day.timed
        for row in range(item.row, item.to_row)
        for part in range(item.part, item.part + item.wide)
    ]
