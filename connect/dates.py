"""Vitec's dates: Swedish wall clock, usually without offset, with nought to seven decimals."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def parse(text: str | None) -> datetime.datetime | None:
    """An aware datetime in Europe/Stockholm, or None for nothing.

    A bare value is Swedish wall clock; an offset is honoured. Nothing is None, "" and .NET's
    unset date, the year 1. Decimals beyond microseconds are cut. On the two nights of the clock
    change a bare time that does not exist moves forward (02:30 becomes 03:30 summer time), and
    one that exists twice is the first of the two.

    Raises ValueError for anything else.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("A date of Vitec must be text.")  # noqa: TRY004 - one error for garbage
    if not text.strip():
        return None
    moment = datetime.datetime.fromisoformat(text.strip())
    if moment.year == 1:
        return None
    if moment.utcoffset() is None:
        moment = moment.replace(tzinfo=STOCKHOLM, fold=0)
    try:
        # By way of UTC, which is what moves a time that does not exist.
        return moment.astimezone(datetime.UTC).astimezone(STOCKHOLM)
    except OverflowError:
        raise ValueError("A date of Vitec lies outside of the calendar.") from None


def to_vitec(moment: datetime.datetime) -> str:
    """Swedish local time with offset and whole seconds, such as `2027-03-01T09:00:00+01:00`.

    Raises ValueError for a naive datetime, whose zone nobody knows.
    """
    if moment.utcoffset() is None:
        raise ValueError("A date for Vitec must know its time zone.")
    return moment.astimezone(STOCKHOLM).isoformat(timespec="seconds")
