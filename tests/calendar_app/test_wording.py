from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from calendar_app.recurrence import Rule
from calendar_app.wording import describe_appointment, ordinal, series_words, skipped_words
from connect.enums import RecurrencePattern
from offices.models import Office
from tests.factories import STOCKHOLM, make_colleague


def values(**changed: Any) -> dict[str, Any]:
    """cleaned_data of a calendar event."""
    return {
        "user_id": ["HAN1"],
        "about": "",
        "subject": "Kontorsmöte",
        "location": "",
        "starts_at": dt.datetime(2027, 3, 2, 10, tzinfo=STOCKHOLM),
        "ends_at": dt.datetime(2027, 3, 2, 11, tzinfo=STOCKHOLM),
        "all_day_event": False,
        "note": "",
        "recurrence": "",
        "recurrence_interval": None,
        "recurrence_day_of_weeks": [],
        "recurrence_until": "",
        "recurrence_skips_days_off": True,
        "recurrence_dates": None,
        **changed,
    }


def repeated(pattern: str, interval: int = 1, *weekdays: str, **changed: Any) -> dict[str, Any]:
    return values(
        recurrence=pattern,
        recurrence_interval=interval,
        recurrence_day_of_weeks=list(weekdays),
        **changed,
    )


WORK = ("Monday", "Tuesday", "Friday")


@pytest.mark.parametrize(
    ("data", "swedish", "english"),
    [
        (repeated("Daily"), "Varje dag", "Every day"),
        (repeated("Daily", 2), "Varannan dag", "Every other day"),
        (repeated("Daily", 3), "Var 3:e dag", "Every 3rd day"),
        (repeated("Weekly", 1, "Tuesday"), "Varje tisdag", "Every Tuesday"),
        (repeated("Weekly", 2, "Tuesday"), "Varannan tisdag", "Every other Tuesday"),
        (repeated("Weekly", 21, "Tuesday"), "Tisdag var 21:a vecka", "Tuesday every 21st week"),
        (
            repeated("Weekly", 1, *WORK),
            "Måndag, tisdag och fredag varje vecka",
            "Monday, Tuesday and Friday every week",
        ),
        (
            repeated("Weekly", 2, "Tuesday", "Sunday"),
            "Tisdag och söndag varannan vecka",
            "Tuesday and Sunday every other week",
        ),
        (repeated("Monthly"), "Den 2:a varje månad", "The 2nd of every month"),
        (repeated("Monthly", 2), "Den 2:a varannan månad", "The 2nd of every other month"),
        (repeated("Monthly", 12), "Den 2:a var 12:e månad", "The 2nd of every 12th month"),
        (repeated("Yearly"), "Den 2 mars varje år", "On 2 March every year"),
        (repeated("Yearly", 2), "Den 2 mars vartannat år", "On 2 March every other year"),
        (repeated("Yearly", 5), "Den 2 mars vart 5:e år", "On 2 March every 5th year"),
    ],
)
def test_a_series_in_words(data: dict[str, Any], swedish: str, english: str) -> None:
    assert series_words(data) == f"{swedish} 10:00–11:00, tills vidare, utan slutdatum"
    with translation.override("en"):
        said = f"{english} 10:00–11:00, until further notice, with no end date"
        assert series_words(data) == said


@pytest.mark.parametrize(
    ("days", "hour", "all_day", "said"),
    [
        (0, 0, True, "Varje dag hela dagen,"),
        (2, 0, True, "Varje dag i 3 hela dagar,"),
        (1, 9, False, "Varje dag 10:00–09:00 dagen efter,"),
        (2, 9, False, "Varje dag 10:00–09:00 2 dagar senare,"),
    ],
)
def test_how_long_each_lasts(days: int, hour: int, all_day: bool, said: str) -> None:
    end = dt.datetime(2027, 3, 2 + days, hour, tzinfo=STOCKHOLM)

    assert series_words(repeated("Daily", ends_at=end, all_day_event=all_day)).startswith(said)


def test_what_happens_once_has_no_series() -> None:
    assert series_words(values()) == ""


@pytest.mark.parametrize(
    ("pattern", "day", "said"),
    [
        ("Monthly", "2027-01-31", "Månader som saknar den 31:a hoppas över."),
        ("Monthly", "2027-01-28", ""),
        ("Yearly", "2028-02-29", "Den 29 februari finns bara under skottår"),
        ("Yearly", "2027-01-31", ""),
        ("Daily", "2027-01-31", ""),
    ],
)
def test_what_a_day_means_that_not_every_month_has(pattern: str, day: str, said: str) -> None:
    start = dt.datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=STOCKHOLM)
    words = skipped_words(Rule(RecurrencePattern(pattern)), start)

    assert words.startswith(said)
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("number", "swedish", "english"),
    [
        (1, "1:a", "1st"), (2, "2:a", "2nd"), (3, "3:e", "3rd"), (4, "4:e", "4th"),
        (11, "11:e", "11th"), (12, "12:e", "12th"), (13, "13:e", "13th"), (20, "20:e", "20th"),
        (21, "21:a", "21st"), (22, "22:a", "22nd"), (23, "23:e", "23rd"), (31, "31:a", "31st"),
    ],
)  # fmt: skip
def test_ordinals(number: int, swedish: str, english: str) -> None:
    assert ordinal(number) == swedish
    with translation.override("en"):
        assert ordinal(number) == english


@pytest.mark.django_db
class TestDescription:
    def described(self, office: Office, **changed: Any) -> dict[str, str]:
        return {line.label: line.value for line in describe_appointment(office, values(**changed))}

    def test_only_what_was_entered_is_said(self, office: Office) -> None:
        make_colleague(office)

        assert self.described(office) == {
            "Ämne": "Kontorsmöte",
            "Dag och tid": "tis 2 mars 2027 kl. 10:00–11:00 (v. 9)",
            "Vems kalender": "Bo Alm",
        }

    def test_place_note_and_repetition_follow(self, office: Office) -> None:
        lines = self.described(
            office,
            location="Stora rummet",
            note="Kaffe",
            starts_at=dt.datetime(2027, 3, 31, 10, tzinfo=STOCKHOLM),
            ends_at=dt.datetime(2027, 3, 31, 11, tzinfo=STOCKHOLM),
            recurrence="Monthly",
            recurrence_interval=1,
        )

        assert list(lines)[3:] == ["Upprepas", "Korta månader", "Plats", "Anteckning"]
        assert lines["Vems kalender"] == "HAN1"

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (0, "tis 2 mars 2027 (v. 9), hela dagen"),
            (7, "tis 2 mars 2027 (v. 9) – tis 9 mars 2027 (v. 10), hela dagen"),
        ],
    )
    def test_whole_days_have_no_time(self, office: Office, days: int, said: str) -> None:
        midnight = dt.datetime(2027, 3, 2, tzinfo=STOCKHOLM)
        end = midnight + dt.timedelta(days=days)
        lines = self.described(office, starts_at=midnight, ends_at=end, all_day_event=True)

        assert lines["Dag och tid"] == said
