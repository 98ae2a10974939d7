"""Days on which the offices do not work, and why."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import workdays
from lib.workdays import day_off, is_working_day, next_working_day

OFF = [
    (date(2026, 11, 28), "lördag", "Saturday"),
    (date(2026, 11, 29), "söndag", "Sunday"),
    (date(2026, 12, 24), "julafton", "Christmas Eve"),
    (date(2026, 12, 25), "juldagen", "Christmas Day"),
    (date(2026, 12, 26), "annandag jul", "Second Day of Christmas"),
    (date(2026, 12, 31), "nyårsafton", "New Year's Eve"),
    (date(2027, 1, 1), "nyårsdagen", "New Year's Day"),
    (date(2027, 1, 6), "trettondedag jul", "Epiphany"),
    (date(2027, 3, 26), "långfredagen", "Good Friday"),
    (date(2027, 3, 27), "påskafton", "Holy Saturday"),
    (date(2027, 3, 28), "påskdagen", "Easter Sunday"),
    (date(2027, 3, 29), "annandag påsk", "Easter Monday"),
    (date(2027, 5, 1), "första maj", "May Day"),
    (date(2027, 5, 6), "Kristi himmelsfärdsdag", "Ascension Day"),
    (date(2027, 5, 15), "pingstafton", "Pentecost Eve"),
    (date(2027, 5, 16), "pingstdagen", "Pentecost"),
    (date(2027, 6, 6), "nationaldagen", "National Day"),
    (date(2027, 6, 25), "midsommarafton", "Midsummer Eve"),
    (date(2027, 6, 26), "midsommardagen", "Midsummer Day"),
    (date(2027, 11, 6), "alla helgons dag", "All Saints' Day"),
    (date(2028, 4, 14), "långfredagen", "Good Friday"),
    (date(2028, 4, 17), "annandag påsk", "Easter Monday"),
    (date(2028, 5, 25), "Kristi himmelsfärdsdag", "Ascension Day"),
    (date(2028, 6, 6), "nationaldagen", "National Day"),
    (date(2028, 6, 23), "midsommarafton", "Midsummer Eve"),
    (date(2028, 11, 4), "alla helgons dag", "All Saints' Day"),
]

WORKING = {
    "an ordinary Monday": date(2026, 11, 23),
    "the day before Epiphany": date(2027, 1, 5),
    "Maundy Thursday": date(2027, 3, 25),
    "the day after Easter Monday": date(2027, 3, 30),
    "Walpurgis Night": date(2027, 4, 30),
    "the Monday after May Day on a Saturday": date(2027, 5, 3),
    "the squeeze day after Ascension": date(2027, 5, 7),
    "the old Pentecost Monday": date(2027, 5, 17),
    "the day after National Day on a Sunday": date(2027, 6, 7),
    "the day before All Saints' Day": date(2027, 11, 5),
    "the day before Christmas Eve": date(2026, 12, 23),
}


@pytest.mark.parametrize(("day", "swedish", "english"), OFF)
def test_a_day_off_has_a_name_in_both_languages(day: date, swedish: str, english: str) -> None:
    assert day_off(day, "sv") == swedish
    assert day_off(day, "en") == english
    assert not is_working_day(day)


@pytest.mark.parametrize("day", WORKING.values(), ids=WORKING.keys())
def test_a_working_day_has_no_name(day: date) -> None:
    assert day_off(day, "sv") is None
    assert day_off(day, "en") is None
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2026, 12, 30), date(2027, 1, 4)),
        (date(2027, 3, 25), date(2027, 3, 30)),
        (date(2027, 5, 1), date(2027, 5, 3)),
        (date(2027, 6, 24), date(2027, 6, 28)),
        (date(2027, 11, 5), date(2027, 11, 8)),
    ],
)
def test_the_next_working_day_steps_over_every_day_off(day: date, following: date) -> None:
    assert next_working_day(day) == following


@pytest.mark.parametrize(
    ("active", "name"),
    [
        ("sv", "julafton"),
        ("en", "Christmas Eve"),
        ("en-gb", "Christmas Eve"),
        ("fi", "julafton"),
        (None, "julafton"),
    ],
)
def test_the_active_language_names_the_day(
    monkeypatch: pytest.MonkeyPatch, active: str | None, name: str
) -> None:
    monkeypatch.setattr(workdays, "get_language", lambda: active)
    assert day_off(date(2026, 12, 24)) == name


def test_two_holidays_on_one_day_are_both_named() -> None:
    # Ascension Day fell on May Day in 2008.
    assert set(str(day_off(date(2008, 5, 1), "sv")).split(" och ")) == {
        "första maj",
        "Kristi himmelsfärdsdag",
    }
    assert " and " in str(day_off(date(2008, 5, 1), "en"))


@pytest.mark.parametrize("moment", [datetime(2026, 12, 24, 9, tzinfo=UTC)])
def test_a_moment_is_refused_since_only_a_day_can_be_off(moment: datetime) -> None:
    for ask in (day_off, is_working_day, next_working_day):
        with pytest.raises(TypeError, match="day"):
            ask(moment)


def test_a_year_is_worked_out_once_per_language() -> None:
    workdays._holidays_of.cache_clear()
    for day in days(date(2027, 1, 1), date(2027, 12, 31)):
        day_off(day, "sv")
        day_off(day, "en")
    assert workdays._holidays_of.cache_info().misses == 2


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_the_next_working_day_is_later_near_and_worked(day: date) -> None:
    following = next_working_day(day)
    assert is_working_day(following)
    assert 1 <= (following - day).days <= 6
    between = days(day + timedelta(days=1), following - timedelta(days=1))
    assert not any(is_working_day(skipped) for skipped in between)


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_a_day_is_off_in_both_languages_or_in_neither(day: date) -> None:
    assert (day_off(day, "sv") is None) == (day_off(day, "en") is None)
