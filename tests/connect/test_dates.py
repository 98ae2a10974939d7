from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.dates import STOCKHOLM, parse, to_vitec


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-08-31T11:46:09", "2026-08-31T11:46:09+02:00"),
        ("2026-08-31T11:46:09.65", "2026-08-31T11:46:09.650000+02:00"),
        ("2026-08-31T11:46:09.6", "2026-08-31T11:46:09.600000+02:00"),
        ("2025-11-08T20:05:22.5070421+01:00", "2025-11-08T20:05:22.507042+01:00"),
        ("2025-11-08T20:05:22.507042199+01:00", "2025-11-08T20:05:22.507042+01:00"),
        ("2025-11-08T20:05:22Z", "2025-11-08T21:05:22+01:00"),
        ("2025-07-08T20:05:22-05:00", "2025-07-09T03:05:22+02:00"),
        ("2015-01-01T12:00", "2015-01-01T12:00:00+01:00"),
        ("2015-01-01", "2015-01-01T00:00:00+01:00"),
        (" 2015-01-01T12:00:00 ", "2015-01-01T12:00:00+01:00"),
    ],
)
def test_it_reads_dates_as_swedish_time(text, iso):
    moment = parse(text)
    assert moment.isoformat() == iso
    assert moment.tzinfo is STOCKHOLM


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2027-03-28T01:59:59", "2027-03-28T01:59:59+01:00"),
        ("2027-03-28T02:30:00", "2027-03-28T03:30:00+02:00"),
        ("2027-03-28T03:00:00", "2027-03-28T03:00:00+02:00"),
        ("2027-10-31T02:30:00", "2027-10-31T02:30:00+02:00"),
        ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+02:00"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T02:30:00+01:00"),
        ("2027-10-31T03:00:00", "2027-10-31T03:00:00+01:00"),
    ],
)
def test_it_reads_the_nights_of_the_clock_change(text, iso):
    assert parse(text).isoformat() == iso
    assert to_vitec(parse(text)) == iso


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "0001-01-01T00:00:00", "0001-01-01T00:00:00.0000000", "0001-01-01T00:00:00Z"],
)
def test_it_reads_an_unset_date_as_none(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "snart",
        "2026-13-01T00:00:00",
        "2026-02-30",
        "12:00",
        "31/8 2026",
        "9999-12-31T23:59:59-01:00",
        17,
        {},
    ],
)
def test_it_refuses_garbage(text):
    with pytest.raises(ValueError, match=r".+"):
        parse(text)


def test_it_reads_the_last_date_of_dotnet():
    assert parse("9999-12-31T23:59:59.9999999").year == 9999


def test_it_writes_swedish_time_with_offset():
    assert to_vitec(datetime(2027, 3, 1, 8, 0, 0, 999, tzinfo=UTC)) == "2027-03-01T09:00:00+01:00"
    assert to_vitec(datetime(2027, 7, 1, 8, tzinfo=UTC)) == "2027-07-01T10:00:00+02:00"


def test_it_writes_no_date_without_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        to_vitec(datetime(2027, 3, 1, 9))  # noqa: DTZ001


@given(
    st.datetimes(
        datetime(1950, 1, 1),  # noqa: DTZ001
        datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_it_reads_what_it_writes(moment):
    assert parse(to_vitec(moment)) == moment.replace(microsecond=0)
