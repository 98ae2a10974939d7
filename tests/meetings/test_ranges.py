"""Ready spans of days: weeks from Monday, the week that is in two years, months of any length."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from meetings.ranges import beside, quick_ranges


def spans(today: str) -> list[tuple[str, str]]:
    with translation.override("en"):
        found = quick_ranges(dt.date.fromisoformat(today))
    return [(each.first.isoformat(), each.last.isoformat()) for each in found]


def test_they_are_counted_from_today() -> None:
    assert spans("2026-11-21") == [
        ("2026-11-21", "2026-11-21"),
        ("2026-11-22", "2026-11-22"),
        ("2026-11-16", "2026-11-22"),
        ("2026-11-23", "2026-11-29"),
        ("2026-10-23", "2026-11-21"),
        ("2026-11-01", "2026-11-30"),
    ]


def test_the_week_at_the_turn_of_the_year_is_whole() -> None:
    with translation.override("en"):
        week = quick_ranges(dt.date(2027, 1, 1))[2]
    assert (week.first, week.last) == (dt.date(2026, 12, 28), dt.date(2027, 1, 3))
    assert "53" in week.label


@pytest.mark.parametrize(
    ("span", "before", "after"),
    [
        (("2026-11-21", "2026-11-21"), ("2026-11-20", "2026-11-20"), ("2026-11-22", "2026-11-22")),
        (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15"), ("2026-11-23", "2026-11-29")),
        (("2027-01-01", "2027-01-31"), ("2026-12-01", "2026-12-31"), ("2027-02-01", "2027-02-28")),
    ],
)
def test_what_is_beside_a_span_is_as_long(
    span: tuple[str, str], before: tuple[str, str], after: tuple[str, str]
) -> None:
    first, last = map(dt.date.fromisoformat, span)
    for wanted, ahead in ((before, False), (after, True)):
        found = beside(first, last, ahead=ahead)
        assert tuple(day.isoformat() for day in found) == wanted
