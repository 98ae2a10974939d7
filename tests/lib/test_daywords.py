"""Reading days and times from words, and saying them back."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib import when
from lib.daywords import STOCKHOLM, Reading, Unreadable, read, read_end, say, say_day, say_span

# Monday of week 48, in a year of 53 weeks.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=STOCKHOLM)


def reading(text: str, now: datetime = NOW, language: str = "sv") -> str:
    """The reading as text, with "?" after a time that was assumed."""
    found = read(text, now=now, language=language)
    return f"{found.moment:%Y-%m-%d %H:%M}" + ("" if found.time_given else "?")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def complaint(text: str, now: datetime = NOW, language: str = "sv") -> str:
    with pytest.raises(Unreadable) as refused:
        read(text, now=now, language=language)
    return refused.value.code


SWEDISH = {
    # Days near today.
    "idag": "2026-11-23 09:00?",
    "i dag": "2026-11-23 09:00?",
    "IDAG": "2026-11-23 09:00?",
    "  i   dag  ": "2026-11-23 09:00?",
    "idag 15": "2026-11-23 15:00",
    "idag kl 8": "2026-11-23 08:00",
    "imorgon": "2026-11-24 09:00?",
    "i morgon": "2026-11-24 09:00?",
    "Imorron": "2026-11-24 09:00?",
    "imorgon 9": "2026-11-24 09:00",
    "imorgon, 9": "2026-11-24 09:00",
    "imorgon kl 9": "2026-11-24 09:00",
    "imorgon kl. 9": "2026-11-24 09:00",
    "imorgon kl.9": "2026-11-24 09:00",
    "imorgon klockan 9": "2026-11-24 09:00",
    "9 imorgon": "2026-11-24 09:00",
    "kl 10 imorgon": "2026-11-24 10:00",
    "i morgon bitti": "2026-11-24 08:00",
    "imorgon bitti 7": "2026-11-24 07:00",
    "imorgon på morgonen": "2026-11-24 08:00",
    "imorgon förmiddag": "2026-11-24 10:00",
    "imorgon fm": "2026-11-24 10:00",
    "imorgon lunch": "2026-11-24 12:00",
    "imorgon lunch kl 1": "2026-11-24 13:00",
    "imorgon eftermiddag": "2026-11-24 14:00",
    "imorgon em": "2026-11-24 14:00",
    "imorgon kväll": "2026-11-24 18:00",
    "imorgon på kvällen": "2026-11-24 18:00",
    "imorgon kl 8 på kvällen": "2026-11-24 20:00",
    "imorgon kväll halv åtta": "2026-11-24 19:30",
    "imorgon halv tio": "2026-11-24 09:30",
    "imorgon nio": "2026-11-24 09:00",
    "imorgon klockan två": "2026-11-24 14:00",
    "imorgon kl 2": "2026-11-24 02:00",
    "imorgon tisdag 10": "2026-11-24 10:00",
    "imorgon tis 24 nov": "2026-11-24 09:00?",
    "i övermorgon": "2026-11-25 09:00?",
    "övermorgon": "2026-11-25 09:00?",
    "övermorgon 13.15": "2026-11-25 13:15",
    "igår": "2026-11-22 09:00?",
    # Spans.
    "om 3 dagar": "2026-11-26 09:00?",
    "3d": "2026-11-26 09:00?",
    "3 dgr": "2026-11-26 09:00?",
    "3 dgr.": "2026-11-26 09:00?",
    "om tre dagar": "2026-11-26 09:00?",
    "om en dag": "2026-11-24 09:00?",
    "om fjorton dagar": "2026-12-07 09:00?",
    "om 0 dagar": "2026-11-23 09:00?",
    "3v": "2026-12-14 09:00?",
    "3V": "2026-12-14 09:00?",
    "3 v": "2026-12-14 09:00?",
    "3 v.": "2026-12-14 09:00?",
    "3 veckor": "2026-12-14 09:00?",
    "om 3 veckor": "2026-12-14 09:00?",
    "om tre veckor": "2026-12-14 09:00?",
    "om en vecka": "2026-11-30 09:00?",
    "en vecka": "2026-11-30 09:00?",
    "om ett par veckor": "2026-12-07 09:00?",
    "3v 10": "2026-12-14 10:00",
    "3v10": "2026-12-14 10:00",
    "3v kl 10": "2026-12-14 10:00",
    "3 v 1030": "2026-12-14 10:30",
    "3v på eftermiddagen": "2026-12-14 14:00",
    "kl 10 om 3 veckor": "2026-12-14 10:00",
    "6 veckor framåt": "2027-01-04 09:00?",
    "3v tis": "2026-12-15 09:00?",
    "om 2 veckor på fredag kl 11": "2026-12-11 11:00",
    "2m": "2027-01-23 09:00?",
    "om 2 mån": "2027-01-23 09:00?",
    "om 2 mån.": "2027-01-23 09:00?",
    "2 månader": "2027-01-23 09:00?",
    "om en månad": "2026-12-23 09:00?",
    "1 mån": "2026-12-23 09:00?",
    "om 2 mån kl 14": "2027-01-23 14:00",
    "ett halvår": "2027-05-23 09:00?",
    "om ett halvår": "2027-05-23 09:00?",
    "om ett halvt år": "2027-05-23 09:00?",
    "om ett och ett halvt år": "2028-05-23 09:00?",
    "om ett kvartal": "2027-02-23 09:00?",
    "om ett år": "2027-11-23 09:00?",
    "1 år": "2027-11-23 09:00?",
    # Waits.
    "om 2 timmar": "2026-11-23 11:30",
    "om två timmar": "2026-11-23 11:30",
    "2h": "2026-11-23 11:30",
    "2 tim": "2026-11-23 11:30",
    "om 30 min": "2026-11-23 10:00",
    "om 30 minuter": "2026-11-23 10:00",
    "30 min.": "2026-11-23 10:00",
    "om en timme": "2026-11-23 10:30",
    "om 1 timme och 15 min": "2026-11-23 10:45",
    "1h 15min": "2026-11-23 10:45",
    "om en kvart": "2026-11-23 09:45",
    "om en halvtimme": "2026-11-23 10:00",
    "om en och en halv timme": "2026-11-23 11:00",
    "om 24 timmar": "2026-11-24 09:30",
    # Weekdays.
    "mån": "2026-11-30 09:00?",
    "må": "2026-11-30 09:00?",
    "måndag": "2026-11-30 09:00?",
    "tis": "2026-11-24 09:00?",
    "ons": "2026-11-25 09:00?",
    "on": "2026-11-25 09:00?",
    "tors": "2026-11-26 09:00?",
    "tor": "2026-11-26 09:00?",
    "to 13": "2026-11-26 13:00",
    "fre": "2026-11-27 09:00?",
    "fre.": "2026-11-27 09:00?",
    "lör": "2026-11-28 09:00?",
    "sön": "2026-11-29 09:00?",
    "söndag": "2026-11-29 09:00?",
    "so\u0308ndag": "2026-11-29 09:00?",
    "fre 1430": "2026-11-27 14:30",
    "fre 930": "2026-11-27 09:30",
    "fre 0930": "2026-11-27 09:30",
    "fre 2030": "2026-11-27 20:30",
    "fre 09": "2026-11-27 09:00",
    "mån 14": "2026-11-30 14:00",
    "på fredag": "2026-11-27 09:00?",
    "nu på fredag": "2026-11-27 09:00?",
    "på fredag kl 9:30": "2026-11-27 09:30",
    "på fredag 9.30": "2026-11-27 09:30",
    "fredag morgon": "2026-11-27 08:00",
    "fredag kväll": "2026-11-27 18:00",
    "9.30 på fredag": "2026-11-27 09:30",
    "1430 fre": "2026-11-27 14:30",
    "nästa fredag": "2026-12-04 09:00?",
    "nästa måndag": "2026-11-30 09:00?",
    "nästa tis 13": "2026-12-01 13:00",
    "nästa vecka": "2026-11-30 09:00?",
    "tisdag nästa vecka": "2026-12-01 09:00?",
    "nästa vecka på tisdag 15": "2026-12-01 15:00",
    "fredag om två veckor": "2026-12-11 09:00?",
    "fredag om 2 v kl 13": "2026-12-11 13:00",
    # Weeks.
    "v49": "2026-11-30 09:00?",
    "v 49": "2026-11-30 09:00?",
    "v. 49": "2026-11-30 09:00?",
    "v.49": "2026-11-30 09:00?",
    "vecka 49": "2026-11-30 09:00?",
    "tis v 49": "2026-12-01 09:00?",
    "tis v 49 13:30": "2026-12-01 13:30",
    "tis kl 13 v 49": "2026-12-01 13:00",
    "tis 10 v 49": "2026-12-01 10:00",
    "tisdag i vecka 49": "2026-12-01 09:00?",
    "vecka 49 på tisdag": "2026-12-01 09:00?",
    "v48": "2026-11-23 09:00?",
    "v47": "2027-11-22 09:00?",
    "v53": "2026-12-28 09:00?",
    "sön v53": "2027-01-03 09:00?",
    "v1": "2027-01-04 09:00?",
    "v2 tis": "2027-01-12 09:00?",
    "v 2 2028": "2028-01-10 09:00?",
    "2027-v2": "2027-01-11 09:00?",
    # Dates.
    "14/12": "2026-12-14 09:00?",
    "14/12 10:30": "2026-12-14 10:30",
    "14/12, 10:30": "2026-12-14 10:30",
    "14/12-26": "2026-12-14 09:00?",
    "14/12-26 10": "2026-12-14 10:00",
    "14/12/2026": "2026-12-14 09:00?",
    "14/12 2027": "2027-12-14 09:00?",
    "14/12 1930": "2026-12-14 19:30",
    "14.12.2026": "2026-12-14 09:00?",
    "14-12-2026": "2026-12-14 09:00?",
    "kl 10 14/12": "2026-12-14 10:00",
    "23/11": "2026-11-23 09:00?",
    "22/11": "2027-11-22 09:00?",
    "1/1": "2027-01-01 09:00?",
    "29/2": "2028-02-29 09:00?",
    "29 feb": "2028-02-29 09:00?",
    "14 dec": "2026-12-14 09:00?",
    "14 dec.": "2026-12-14 09:00?",
    "14 december": "2026-12-14 09:00?",
    "14 dec 10": "2026-12-14 10:00",
    "14 dec 2026": "2026-12-14 09:00?",
    "14 dec 2026 kl 10": "2026-12-14 10:00",
    "14 dec 1430": "2026-12-14 14:30",
    "14 dec kl 2030": "2026-12-14 20:30",
    "3 mar": "2027-03-03 09:00?",
    "1 maj 14.15": "2027-05-01 14:15",
    "den 14:e": "2026-12-14 09:00?",
    "den 14": "2026-12-14 09:00?",
    "den 14 10:30": "2026-12-14 10:30",
    "den 14:e kl 10": "2026-12-14 10:00",
    "14:e": "2026-12-14 09:00?",
    "den 1:a": "2026-12-01 09:00?",
    "den 23": "2026-11-23 09:00?",
    "den 31": "2026-12-31 09:00?",
    "den 14:e december": "2026-12-14 09:00?",
    "2027-03-01": "2027-03-01 09:00?",
    "2027-03-01 09:00": "2027-03-01 09:00",
    "2027-03-01T09:00": "2027-03-01 09:00",
    "2027-03-01T09:00:00": "2027-03-01 09:00",
    "2027–03–01": "2027-03-01 09:00?",
    "20270301": "2027-03-01 09:00?",
    "270301": "2027-03-01 09:00?",
    "261123 10": "2026-11-23 10:00",
    "2020-01-01": "2020-01-01 09:00?",
    "mån 14 dec": "2026-12-14 09:00?",
    "mån den 14 dec": "2026-12-14 09:00?",
    "måndagen den 14 december 2026 kl 9": "2026-12-14 09:00",
    "mån 14/12 13": "2026-12-14 13:00",
    "mån 14 dec v 51": "2026-12-14 09:00?",
    # Times alone.
    "9": "2026-11-24 09:00",
    "09": "2026-11-24 09:00",
    "kl 9": "2026-11-24 09:00",
    "9:30": "2026-11-24 09:30",
    "9:31": "2026-11-23 09:31",
    "15": "2026-11-23 15:00",
    "15:30": "2026-11-23 15:30",
    "15.30": "2026-11-23 15:30",
    "14.12": "2026-11-23 14:12",
    "1430": "2026-11-23 14:30",
    "930": "2026-11-24 09:30",
    "0": "2026-11-24 00:00",
    "00:00": "2026-11-24 00:00",
    "midnatt": "2026-11-24 00:00",
    "halv tio": "2026-11-24 09:30",
    "halv elva": "2026-11-23 10:30",
    "halv ett": "2026-11-23 12:30",
    "halv två": "2026-11-23 13:30",
    "halv 2": "2026-11-23 13:30",
    "kvart över nio": "2026-11-24 09:15",
    "kvart i tio": "2026-11-23 09:45",
    "kvart i ett": "2026-11-23 12:45",
    "kvart över 14": "2026-11-23 14:15",
    "tio i elva": "2026-11-23 10:50",
    "10 i 11": "2026-11-23 10:50",
    "fem över halv tre": "2026-11-23 14:35",
    "fem i halv tre": "2026-11-23 14:25",
    "på morgonen": "2026-11-24 08:00",
    "förmiddag": "2026-11-23 10:00",
    "lunch": "2026-11-23 12:00",
    "eftermiddag": "2026-11-23 14:00",
    "på kvällen": "2026-11-23 18:00",
    "kväll": "2026-11-23 18:00",
    "ikväll": "2026-11-23 18:00",
    "i kväll 20:30": "2026-11-23 20:30",
    "ikväll 8": "2026-11-23 20:00",
    "kl 8 ikväll": "2026-11-23 20:00",
    "i eftermiddag": "2026-11-23 14:00",
    "i eftermiddag kl 3": "2026-11-23 15:00",
}

ENGLISH = {
    "today": "2026-11-23 09:00?",
    "Tomorrow": "2026-11-24 09:00?",
    "tomorrow at 10am": "2026-11-24 10:00",
    "at 10am tomorrow": "2026-11-24 10:00",
    "tomorrow morning": "2026-11-24 08:00",
    "tomorrow noon": "2026-11-24 12:00",
    "the day after tomorrow": "2026-11-25 09:00?",
    "in 3 weeks": "2026-12-14 09:00?",
    "3 weeks": "2026-12-14 09:00?",
    "3 weeks from now": "2026-12-14 09:00?",
    "3w": "2026-12-14 09:00?",
    "3w 10": "2026-12-14 10:00",
    "in a week": "2026-11-30 09:00?",
    "in a fortnight": "2026-12-07 09:00?",
    "2 months": "2027-01-23 09:00?",
    "in two months at 2pm": "2027-01-23 14:00",
    "half a year": "2027-05-23 09:00?",
    "in a year": "2027-11-23 09:00?",
    "in 3 days": "2026-11-26 09:00?",
    "in 2 hours": "2026-11-23 11:30",
    "in half an hour": "2026-11-23 10:00",
    "45 mins": "2026-11-23 10:15",
    "mon": "2026-11-30 09:00?",
    "on friday": "2026-11-27 09:00?",
    "this friday": "2026-11-27 09:00?",
    "next friday": "2026-12-04 09:00?",
    "friday in two weeks": "2026-12-11 09:00?",
    "thurs 2:30pm": "2026-11-26 14:30",
    "week 49": "2026-11-30 09:00?",
    "w49": "2026-11-30 09:00?",
    "tuesday of week 49": "2026-12-01 09:00?",
    "2026-W49": "2026-11-30 09:00?",
    "14 dec": "2026-12-14 09:00?",
    "dec 14": "2026-12-14 09:00?",
    "December 14, 2026": "2026-12-14 09:00?",
    "Dec 14th 10am": "2026-12-14 10:00",
    "the 14th": "2026-12-14 09:00?",
    "14th of december at noon": "2026-12-14 12:00",
    "monday the 14th of december": "2026-12-14 09:00?",
    "3 may": "2027-05-03 09:00?",
    "10am": "2026-11-23 10:00",
    "10 a.m.": "2026-11-23 10:00",
    "2:30pm": "2026-11-23 14:30",
    "2.30 p.m.": "2026-11-23 14:30",
    "12am": "2026-11-24 00:00",
    "12pm": "2026-11-23 12:00",
    "noon": "2026-11-23 12:00",
    "midnight": "2026-11-24 00:00",
    "half past nine": "2026-11-24 09:30",
    "quarter past two": "2026-11-23 14:15",
    "a quarter to ten": "2026-11-23 09:45",
    "3 o'clock": "2026-11-23 15:00",
    "nine o’clock tomorrow": "2026-11-24 09:00",
    "tonight": "2026-11-23 18:00",
    "tonight at 8": "2026-11-23 20:00",
    "this afternoon": "2026-11-23 14:00",
    "3 in the afternoon": "2026-11-23 15:00",
}


@pytest.mark.parametrize(("text", "expected"), SWEDISH.items())
def test_swedish_words_are_read(text: str, expected: str) -> None:
    assert reading(text) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH.items())
def test_english_words_are_read(text: str, expected: str) -> None:
    assert reading(text, language="en") == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH.items())
def test_english_words_are_read_for_a_swedish_user_too(text: str, expected: str) -> None:
    assert reading(text, language="sv") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [item for item in SWEDISH.items() if item[0] not in {"on", "to 13"}],
)
def test_swedish_words_are_read_for_an_english_user_too(text: str, expected: str) -> None:
    assert reading(text, language="en-gb") == expected


OTHER_DAYS = [
    # Late evening and midnight.
    ("2026-11-23 23:45", "idag", "2026-11-23 09:00?"),
    ("2026-11-23 23:45", "imorgon", "2026-11-24 09:00?"),
    ("2026-11-23 23:45", "om 30 min", "2026-11-24 00:15"),
    ("2026-11-23 23:45", "23:50", "2026-11-23 23:50"),
    ("2026-11-23 23:45", "23:45", "2026-11-24 23:45"),
    ("2026-11-23 23:45", "ikväll", "2026-11-23 18:00"),
    ("2026-11-24 00:00", "0", "2026-11-25 00:00"),
    ("2026-11-24 00:00", "tis", "2026-12-01 09:00?"),
    ("2026-11-23 09:30:59", "9:30", "2026-11-24 09:30"),
    ("2026-11-23 09:30:59", "om 1 min", "2026-11-23 09:31"),
    # The weekday of today, and the end of the week.
    ("2026-11-27 08:00", "fre", "2026-12-04 09:00?"),
    ("2026-11-27 08:00", "nästa fredag", "2026-12-04 09:00?"),
    ("2026-11-27 08:00", "fredag om två veckor", "2026-12-11 09:00?"),
    ("2026-11-28 08:00", "fredag om två veckor", "2026-12-11 09:00?"),
    ("2026-11-29 08:00", "nästa måndag", "2026-11-30 09:00?"),
    ("2026-11-29 08:00", "nästa vecka", "2026-11-30 09:00?"),
    ("2026-11-25 08:00", "mån v 48", "2026-11-23 09:00?"),
    # The end of the year, and week 53 of 2026.
    ("2026-12-31 12:00", "imorgon", "2027-01-01 09:00?"),
    ("2026-12-31 12:00", "v53", "2026-12-28 09:00?"),
    ("2026-12-31 12:00", "v1", "2027-01-04 09:00?"),
    ("2026-12-31 12:00", "den 1", "2027-01-01 09:00?"),
    ("2026-12-31 12:00", "31/12", "2026-12-31 09:00?"),
    ("2026-12-31 12:00", "30/12", "2027-12-30 09:00?"),
    ("2026-12-21 12:00", "nästa fredag", "2027-01-01 09:00?"),
    ("2026-12-28 12:00", "nästa vecka", "2027-01-04 09:00?"),
    ("2027-01-01 12:00", "v53", "2026-12-28 09:00?"),
    ("2027-01-01 12:00", "sön v53", "2027-01-03 09:00?"),
    ("2027-01-04 12:00", "v53", "2032-12-27 09:00?"),
    ("2027-01-04 12:00", "v1", "2027-01-04 09:00?"),
    ("2027-01-11 12:00", "v1", "2028-01-03 09:00?"),
    # Months of unequal length.
    ("2027-01-31 12:00", "1 mån", "2027-02-28 09:00?"),
    ("2028-01-31 12:00", "1 mån", "2028-02-29 09:00?"),
    ("2027-01-31 12:00", "om 3 mån", "2027-04-30 09:00?"),
    ("2026-08-31 12:00", "ett halvår", "2027-02-28 09:00?"),
    ("2028-02-29 12:00", "om ett år", "2029-02-28 09:00?"),
    ("2028-02-29 12:00", "29/2", "2028-02-29 09:00?"),
    ("2028-03-01 12:00", "29/2", "2032-02-29 09:00?"),
    ("2097-01-01 12:00", "29 feb", "2104-02-29 09:00?"),
    ("2027-01-30 12:00", "den 29", "2027-03-29 09:00?"),
    ("2027-02-01 12:00", "den 31", "2027-03-31 09:00?"),
    # The clocks go forward on 2027-03-28 and back on 2027-10-31.
    ("2027-03-27 12:00", "imorgon 1:59", "2027-03-28 01:59"),
    ("2027-03-27 12:00", "imorgon kl 3", "2027-03-28 03:00"),
    ("2027-03-28 12:00", "2:30", "2027-03-29 02:30"),
    ("2027-03-27 23:00", "om 4 timmar", "2027-03-28 04:00"),
    ("2027-03-27 12:00", "om 24 timmar", "2027-03-28 13:00"),
    ("2027-03-22 12:00", "1v", "2027-03-29 09:00?"),
    ("2027-10-30 12:00", "imorgon 2:30", "2027-10-31 02:30"),
    ("2027-10-30 23:00", "om 4 timmar", "2027-10-31 02:00"),
    ("2027-10-30 12:00", "om 24 timmar", "2027-10-31 11:00"),
]


@pytest.mark.parametrize(("now", "text", "expected"), OTHER_DAYS)
def test_the_day_it_is_read_on_decides(now: str, text: str, expected: str) -> None:
    assert reading(text, now=local(now)) == expected


REFUSED = {
    "": "empty",
    " \t\n ": "empty",
    "hej": "unreadable",
    "ring Anna": "unreadable",
    "3x": "unreadable",
    "...": "unreadable",
    "om": "unreadable",
    "kl": "unreadable",
    "v": "unreadable",
    "nästa": "unreadable",
    "i fredags": "unreadable",
    "fredag lördag": "unreadable",
    "9 10 11": "unreadable",
    "1,5 v": "unreadable",
    "9 14/12": "unreadable",
    "14.12 10:30": "unreadable",
    "jan 2027": "unreadable",
    "12345": "unreadable",
    "-3 v": "unreadable",
    "2027-03-01 09:00:30": "unreadable",
    "2027-03-01T09:00+01:00": "unreadable",
    "٣v": "unreadable",
    "idag\x00": "unreadable",
    "14:30:15": "unreadable",
    "a " * 60: "unreadable",
    "x" * 5000: "unreadable",
    "9" * 5000: "unreadable",
    "31/2": "no_such_day",
    "32/1": "no_such_day",
    "12/25": "no_such_day",
    "30 feb": "no_such_day",
    "29/2-27": "no_such_day",
    "29/2 2027": "no_such_day",
    "29 feb 2027": "no_such_day",
    "2027-02-29": "no_such_day",
    "2027-13-01": "no_such_day",
    "271301": "no_such_day",
    "0/0": "no_such_day",
    "den 32": "no_such_day",
    "v54": "no_such_day",
    "v0": "no_such_day",
    "v53 2027": "no_such_day",
    "0000-01-01": "no_such_day",
    "9999-12-31": "no_such_day",
    "om 9999 år": "no_such_day",
    "om 9999 mån": "no_such_day",
    "om 9999 veckor": "no_such_day",
    "25": "no_such_time",
    "24:00": "no_such_time",
    "9:60": "no_such_time",
    "2460": "no_such_time",
    "imorgon 25": "no_such_time",
    "31.12": "no_such_time",
    "13am": "no_such_time",
    "15 på morgonen": "no_such_time",
    "ikväll 12": "no_such_time",
    "halv 25": "no_such_time",
    "14 dec 26": "no_such_time",
    "28/3 2:30": "no_such_time",
    "2027-03-28T02:00": "no_such_time",
    "2027-03-28 02:59": "no_such_time",
    "tis 14 dec": "wrong_weekday",
    "tis 14 dec 10:00": "wrong_weekday",
    "imorgon fredag": "wrong_weekday",
    "mån 14 dec v 50": "wrong_week",
    "imorgon 25 nov": "days_disagree",
}


@pytest.mark.parametrize(("text", "code"), REFUSED.items(), ids=lambda value: str(value)[:30])
def test_what_names_no_day_is_refused_with_a_code(text: str, code: str) -> None:
    assert complaint(text) == code


def test_the_short_swedish_weekdays_are_not_weekdays_in_english() -> None:
    assert reading("on", language="sv") == "2026-11-25 09:00?"
    assert complaint("on", language="en") == "unreadable"
    assert complaint("to", language="en") == "unreadable"


def test_a_default_time_fills_in_for_a_time_that_was_not_said() -> None:
    found = read("3v", now=NOW, default_time=time(13, 15))
    assert found == Reading(datetime(2026, 12, 14, 13, 15, tzinfo=STOCKHOLM), time_given=False)


def test_a_default_time_that_the_spring_night_skips_is_no_such_time() -> None:
    with pytest.raises(Unreadable, match="no_such_time"):
        read("28/3", now=NOW, default_time=time(2, 30))


def test_now_in_another_zone_is_taken_as_the_day_it_is_in_stockholm() -> None:
    # Half past eleven in the evening in London is already the next day here.
    now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert reading("idag", now=now) == "2026-11-24 09:00?"
    far = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=12)))
    assert reading("idag", now=far) == "2026-11-23 09:00?"


def test_a_naive_now_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware") as refused:
        read("idag", now=datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001
    assert not isinstance(refused.value, Unreadable)


def test_the_offset_follows_the_season() -> None:
    assert read("27/3-27 9", now=NOW).moment.isoformat() == "2027-03-27T09:00:00+01:00"
    assert read("28/3-27 9", now=NOW).moment.isoformat() == "2027-03-28T09:00:00+02:00"
    assert read("31/10-27 1", now=NOW).moment.isoformat() == "2027-10-31T01:00:00+02:00"
    assert read("31/10-27 9", now=NOW).moment.isoformat() == "2027-10-31T09:00:00+01:00"


def test_the_hour_that_comes_twice_in_autumn_means_the_first() -> None:
    found = read("2027-10-31 02:30", now=NOW)
    assert found.moment.isoformat() == "2027-10-31T02:30:00+02:00"


def test_a_time_alone_in_the_second_of_the_two_hours_is_tomorrow() -> None:
    now = datetime(2027, 10, 31, 2, 40, tzinfo=STOCKHOLM, fold=1)
    assert reading("2:50", now=now) == "2027-11-01 02:50"
    assert reading("2:50", now=now.replace(fold=0)) == "2027-10-31 02:50"


def test_a_wait_that_ends_in_the_second_of_the_two_hours_keeps_its_offset() -> None:
    found = read("om 5 timmar", now=datetime(2027, 10, 30, 22, 30, tzinfo=STOCKHOLM))
    assert found.moment.isoformat() == "2027-10-31T02:30:00+01:00"


def test_an_unreadable_text_is_a_value_error_with_a_code() -> None:
    refusal = Unreadable("no_such_day")
    assert isinstance(refusal, ValueError)
    assert refusal.code == "no_such_day"


class TestSaying:
    def test_swedish_is_in_lower_case_with_the_week(self) -> None:
        assert say(local("2026-12-14 09:00")) == "mån 14 dec 2026 kl. 09:00 (v. 51)"

    def test_english_says_the_same(self) -> None:
        said = say(local("2026-12-14 09:00"), language="en")
        assert said == "Mon 14 Dec 2026 at 09:00 (week 51)"

    def test_a_regional_language_is_its_language_and_an_unknown_one_swedish(self) -> None:
        moment = local("2026-12-14 09:00")
        assert say(moment, language="en-gb") == say(moment, language="en")
        assert say(moment, language="fi") == say(moment)

    def test_new_years_day_2027_is_in_week_53(self) -> None:
        assert say(local("2027-01-01 00:00")) == "fre 1 jan 2027 kl. 00:00 (v. 53)"

    def test_a_moment_in_another_zone_is_said_in_stockholm_time(self) -> None:
        assert say(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).startswith(
            "fre 1 jan 2027 kl. 00:30"
        )

    def test_today_and_tomorrow_lead_when_now_is_known(self) -> None:
        assert say(local("2026-11-23 14:00"), now=NOW) == "idag, mån 23 nov 2026 kl. 14:00 (v. 48)"
        assert say(local("2026-11-24 14:00"), now=NOW).startswith("imorgon, tis 24 nov 2026")
        assert say(local("2026-11-25 14:00"), now=NOW).startswith("ons 25 nov 2026")
        assert say(local("2026-11-24 14:00"), now=NOW, language="en").startswith("tomorrow, Tue 24")

    def test_a_naive_moment_is_a_mistake_of_the_caller(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            say(datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001
        with pytest.raises(ValueError, match="aware"):
            say(NOW, now=datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001

    def test_a_day_alone_has_no_time_and_no_week(self) -> None:
        assert say_day(date(2027, 5, 6)) == "tors 6 maj 2027"
        assert say_day(date(2027, 5, 6), language="en") == "Thu 6 May 2027"

    @pytest.mark.parametrize("month", range(1, 13))
    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_every_month_can_be_read_back(self, month: int, language: str) -> None:
        day = date(2027, month, 3 + month)
        said = say_day(day, language=language)
        assert read(said, now=NOW, language=language).moment.date() == day


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001


def to_the_minute(naive: datetime) -> datetime:
    """A moment of that time that exists, and the first of two."""
    moment = naive.replace(second=0, microsecond=0, fold=0, tzinfo=UTC)
    return moment.astimezone(STOCKHOLM).replace(fold=0)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(["sv", "en"]), st.booleans())
def test_what_is_said_can_be_read_back(naive: datetime, language: str, near: bool) -> None:
    moment = to_the_minute(naive)
    now = moment if near else NOW
    found = read(say(moment, language=language, now=now), now=now, language=language)
    assert found == Reading(moment, time_given=True)


@settings(deadline=None)
@given(
    MOMENTS, st.sampled_from(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y%m%d %H%M", "%y%m%d %H.%M"])
)
def test_iso_forms_can_be_read_back(naive: datetime, form: str) -> None:
    moment = to_the_minute(naive)
    assert read(moment.strftime(form), now=NOW) == Reading(moment, time_given=True)


JUMBLE = """
idag imorgon i på om in en ett tre halv halvt kvart över till och den nästa next vecka v week
mån tis fre sön dec may m d h min år dag timmar kl klockan at 9 09 14 30 31 53 99 930 1430 2027
261123 20270301 9999 : / . - , ( ) e a th t am pm kväll morgon ikväll lunch noon the of
"""
WORDS = st.sampled_from(JUMBLE.split())
GAPS = st.sampled_from(["", " ", "  "])


@settings(deadline=None)
@given(st.text())
@example("\ud800")
@example("İdag")
@example("²v")
@example("½ timme")
def test_any_text_is_read_or_refused(text: str) -> None:
    total(text, NOW)


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.tuples(WORDS, GAPS), max_size=12),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_any_jumble_of_its_own_words_is_read_or_refused(
    pieces: list[tuple[str, str]], now: datetime
) -> None:
    total("".join(word + gap for word, gap in pieces), now)


def total(text: str, now: datetime) -> None:
    for language in ("sv", "en"):
        try:
            found = read(text, now=now, language=language)
        except Unreadable:
            continue
        assert found.moment.tzinfo is STOCKHOLM
        assert (found.moment.second, found.moment.microsecond) == (0, 0)
        there_and_back = found.moment.astimezone(UTC).astimezone(STOCKHOLM)
        assert there_and_back.time() == found.moment.time()


@settings(deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2150, 1, 1)),
    st.integers(1, 53),
    st.integers(0, 6),
)
def test_a_week_without_a_year_is_never_over(today: date, week: int, weekday: int) -> None:
    found = when.weekday_of_week(week, None, weekday, today)
    assert (found.isocalendar().week, found.weekday()) == (week, weekday)
    assert found + timedelta(days=6 - weekday) >= today


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2150, 1, 1)), st.integers(0, 240))
def test_months_ahead_lands_in_the_right_month(today: date, months: int) -> None:
    found = when.months_ahead(months, today)
    assert (found.year - today.year) * 12 + found.month - today.month == months
    assert found.day == today.day or (found + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1,5 h", 90), ("1.5 h", 90), ("0,25 tim", 15), ("2,75 timmar", 165), ("1.05 h", 63)],
)
def test_parts_of_an_hour_can_be_decimals(text: str, minutes: int) -> None:
    assert read(f"om {text}", now=NOW).moment == NOW + timedelta(minutes=minutes)
    assert read_end(text, start=NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["1.5", "1,5 v", "1.5 4 h", "h 1.5", "1,555 h"])
def test_a_decimal_without_hours_is_no_length(text: str) -> None:
    try:
        found = read_end(text, start=NOW)
    except Unreadable:
        return
    assert found == NOW.replace(hour=1, minute=5)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("15:30", "2027-03-02 15:30"),
        ("halv tolv", "2027-03-02 11:30"),
        ("09:00", "2027-03-02 09:00"),
        ("45 min", "2027-03-02 10:45"),
        ("2 h", "2027-03-02 12:00"),
        ("fre", "2027-03-05 10:00"),
        ("fre 15", "2027-03-05 15:00"),
        ("3/3 12", "2027-03-03 12:00"),
        ("v 10", "2027-03-08 10:00"),
        ("2 dagar", "2027-03-04 10:00"),
        # Before the start: the caller judges that.
        ("1/3 2027", "2027-03-01 10:00"),
    ],
)
def test_an_end_is_counted_from_the_start(text: str, end: str) -> None:
    start = local("2027-03-02 10:00")
    assert f"{read_end(text, start=start):%Y-%m-%d %H:%M}" == end


@pytest.mark.parametrize("text", ["", "hoppsan", "25:00", "02:30"])
def test_an_end_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_end(text, start=local("2027-03-28 01:30"))


def test_a_length_is_real_hours_also_over_the_clock_change() -> None:
    spring, autumn = local("2027-03-28 01:30"), local("2027-10-31 01:30")
    assert f"{read_end('1 h', start=spring):%H:%M}" == "03:30"
    assert f"{read_end('3 h', start=autumn):%H:%M}" == "03:30"


@pytest.mark.parametrize(
    ("end", "swedish", "english"),
    [
        (
            "2026-12-14 10:00",
            "mån 14 dec 2026 kl. 09:00–10:00 (v. 51)",
            "Mon 14 Dec 2026 at 09:00–10:00 (week 51)",
        ),
        (
            "2026-12-21 10:00",
            "mån 14 dec 2026 kl. 09:00 (v. 51) – mån 21 dec 2026 kl. 10:00 (v. 52)",
            "Mon 14 Dec 2026 at 09:00 (week 51) – Mon 21 Dec 2026 at 10:00 (week 52)",
        ),
    ],
)
def test_a_span_in_words(end: str, swedish: str, english: str) -> None:
    start = local("2026-12-14 09:00")
    assert say_span(start, local(end)) == swedish
    assert say_span(start, local(end), language="en") == english
