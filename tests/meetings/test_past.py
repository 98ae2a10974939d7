"""A past moment: in an address, in words as people say them, and said back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from meetings import past
from tests.factories import STOCKHOLM

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("igår 16:10", "2026-11-20T16:10"),
        ("igår", "2026-11-20T09:00"),
        ("tors 12", "2026-11-19T12:00"),
        ("tors 19 nov 12:00", "2026-11-19T12:00"),
        ("19/11 12:00", "2026-11-19T12:00"),
        ("19 nov 12", "2026-11-19T12:00"),
        ("lör 9", "2026-11-21T09:00"),
        ("lör 11", "2026-11-14T11:00"),
        ("tis v 46", "2026-11-10T09:00"),
        ("07:40", "2026-11-21T07:40"),
        ("14:00", "2026-11-20T14:00"),
        ("idag 8", "2026-11-21T08:00"),
        ("2026-11-19 12:00", "2026-11-19T12:00"),
        ("2026-11-19T12:00", "2026-11-19T12:00"),
        ("2026-11-19", "2026-11-19T23:59"),
        ("2026-11-21", "2026-11-21T10:00"),
        ("2026-10-25T02:30+02:00", "2026-10-25T02:30"),
    ],
)
def test_words_mean_the_latest_time_that_has_been(today: Clock, typed: str, meant: str) -> None:
    assert past.read(typed) == at(meant)


@pytest.mark.parametrize(
    "typed",
    ["imorgon 9", "3v", "om 2 timmar", "nästa tors", "idag 23", "2027-01-01T00:00", "2 mån"],
)
def test_what_lies_ahead_is_no_past(today: Clock, typed: str) -> None:
    with pytest.raises(ValidationError):
        past.read(typed)


@pytest.mark.parametrize(
    "typed", ["hoppsan", "0001-01-01", "9999-12-31T23:59", "30/2", "2026-13-01"]
)
def test_what_is_no_day_is_refused(today: Clock, typed: str) -> None:
    with pytest.raises(ValidationError):
        past.read(typed)


def test_nothing_typed_is_now(today: Clock) -> None:
    assert past.read("  ") is None


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-19T12:00:00+01:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T01:30:00+00:00",
        "2026-03-29T01:00:01.500000+00:00",
    ],
)
def test_an_address_leads_to_the_very_moment(today: Clock, moment: str) -> None:
    exact = dt.datetime.fromisoformat(moment)

    read = past.read(past.stamp(exact))

    assert read is not None
    assert read.timestamp() == exact.timestamp()


def test_an_address_is_short_where_it_can_be(today: Clock) -> None:
    assert past.stamp(at("2026-11-19T12:00")) == "2026-11-19T12:00"


def test_between_two_syncs_a_whole_minute_is_chosen(today: Clock) -> None:
    first, last = at("2026-11-19T07:40:03"), at("2026-11-19T07:45:02")
    assert past.within(first, last) == at("2026-11-19T07:45")
    close = past.within(first, at("2026-11-19T07:40:05"))
    assert first <= close < at("2026-11-19T07:40:05")


def test_two_syncs_are_said_as_briefly_as_can_be(today: Clock) -> None:
    assert past.between(at("2026-11-19T07:40"), at("2026-11-19T07:45")) == (
        "tors 19 nov 07:40", "07:45",
    )  # fmt: skip
    assert past.between(at("2026-11-19T07:40"), at("2026-11-20T07:45"))[1] == "fre 20 nov 07:45"
    assert past.between(at("2026-11-21T07:40:01"), at("2026-11-21T07:40:09")) == (
        "idag 07:40:01", "07:40:09",
    )  # fmt: skip


def test_since_when_is_said_with_yesterday(today: Clock) -> None:
    said = [past.say_since(at(f"2026-11-{day}T16:10")) for day in ("21", "20", "19")]
    assert said == ["16:10", "igår 16:10", "tors 19 nov 16:10"]
