from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation

from calendar_app.forms import AppointmentForm
from offices.models import Colleague, Office
from tests.factories import make_colleague

pytestmark = pytest.mark.django_db

Bound = Callable[..., AppointmentForm]


def cleaned(form: AppointmentForm) -> dict[str, Any]:
    assert form.is_valid(), form.errors
    return form.cleaned_data


def written(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M%z}"


@pytest.mark.parametrize(
    ("start", "end", "starts_at", "ends_at"),
    [
        ("2027-03-02 10:00", "", "2027-03-02T10:00+0100", "2027-03-02T11:00+0100"),
        ("2027-03-02 10:00", "15:30", "2027-03-02T10:00+0100", "2027-03-02T15:30+0100"),
        ("2027-03-02 10:00", "15.30", "2027-03-02T10:00+0100", "2027-03-02T15:30+0100"),
        ("2027-03-02 10:00", "kl 11", "2027-03-02T10:00+0100", "2027-03-02T11:00+0100"),
        ("2027-03-02 10:00", "11", "2027-03-02T10:00+0100", "2027-03-02T11:00+0100"),
        ("2027-03-02 10:00", "45 min", "2027-03-02T10:00+0100", "2027-03-02T10:45+0100"),
        ("2027-03-02 10:00", "1,5 h", "2027-03-02T10:00+0100", "2027-03-02T11:30+0100"),
        ("2027-03-02 10:00", "1.5 h", "2027-03-02T10:00+0100", "2027-03-02T11:30+0100"),
        ("2027-03-02 10:00", "0,25 tim", "2027-03-02T10:00+0100", "2027-03-02T10:15+0100"),
        ("2027-03-02 10:00", "2 timmar", "2027-03-02T10:00+0100", "2027-03-02T12:00+0100"),
        ("2027-03-02 10:00", "1h 20min", "2027-03-02T10:00+0100", "2027-03-02T11:20+0100"),
        ("2027-03-02 10:00", "en kvart", "2027-03-02T10:00+0100", "2027-03-02T10:15+0100"),
        ("2027-03-02 10:00", "3/3 9", "2027-03-02T10:00+0100", "2027-03-03T09:00+0100"),
        ("2027-03-02 10:00", "fre", "2027-03-02T10:00+0100", "2027-03-05T10:00+0100"),
        ("2027-03-02 10:00", "3 dagar", "2027-03-02T10:00+0100", "2027-03-05T10:00+0100"),
        ("2027-03-02 23:30", "", "2027-03-02T23:30+0100", "2027-03-03T00:30+0100"),
        ("imorgon 9", "", "2026-11-19T09:00+0100", "2026-11-19T10:00+0100"),
        ("3v", "", "2026-12-09T09:00+0100", "2026-12-09T10:00+0100"),
        ("idag 15", "", "2026-11-18T15:00+0100", "2026-11-18T16:00+0100"),
        # Earlier today may be entered afterwards.
        ("2026-11-18 08:00", "", "2026-11-18T08:00+0100", "2026-11-18T09:00+0100"),
        ("v 53 2026", "", "2026-12-28T09:00+0100", "2026-12-28T10:00+0100"),
        ("fre v 53", "", "2027-01-01T09:00+0100", "2027-01-01T10:00+0100"),
        ("29/2", "", "2028-02-29T09:00+0100", "2028-02-29T10:00+0100"),
        ("den 31", "", "2026-12-31T09:00+0100", "2026-12-31T10:00+0100"),
        # The spring night of 23 hours.
        ("2027-03-28 01:30", "", "2027-03-28T01:30+0100", "2027-03-28T03:30+0200"),
        ("2027-03-28 01:30", "30 min", "2027-03-28T01:30+0100", "2027-03-28T03:00+0200"),
        ("2027-03-27 22:00", "8 h", "2027-03-27T22:00+0100", "2027-03-28T07:00+0200"),
        ("2027-03-27 22:00", "28/3 6", "2027-03-27T22:00+0100", "2027-03-28T06:00+0200"),
        # The autumn night of 25 hours.
        ("2027-10-31 02:30", "", "2027-10-31T02:30+0200", "2027-10-31T02:30+0100"),
        ("2027-10-31 02:30", "45 min", "2027-10-31T02:30+0200", "2027-10-31T02:15+0100"),
        ("2027-10-31 01:30", "03:30", "2027-10-31T01:30+0200", "2027-10-31T03:30+0100"),
        ("2027-10-30 22:00", "8 h", "2027-10-30T22:00+0200", "2027-10-31T05:00+0100"),
    ],
)
def test_the_times_of_an_event(
    bound: Bound, start: str, end: str, starts_at: str, ends_at: str
) -> None:
    data = cleaned(bound(starts_at=start, ends_at=end))

    assert written(data["starts_at"]) == starts_at
    assert written(data["ends_at"]) == ends_at


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2027-03-26", "", "2027-03-26", "2027-03-26"),
        ("2027-03-26 14:00", "", "2027-03-26", "2027-03-26"),
        ("2027-03-26", "2027-03-29", "2027-03-26", "2027-03-29"),
        ("2027-03-26", "sön", "2027-03-26", "2027-03-28"),
        ("2027-03-26", "1 dag", "2027-03-26", "2027-03-26"),
        ("2027-03-26", "3 dagar", "2027-03-26", "2027-03-28"),
        ("2027-03-22", "1 vecka", "2027-03-22", "2027-03-28"),
        ("2027-03-22", "2v", "2027-03-22", "2027-04-04"),
        ("2027-03-26", "15:30", "2027-03-26", "2027-03-26"),
        ("2027-10-30", "2 days", "2027-10-30", "2027-10-31"),
        ("idag", "", "2026-11-18", "2026-11-18"),
        ("v 53 2026", "fre v 53 2026", "2026-12-28", "2027-01-01"),
        ("29/2", "", "2028-02-29", "2028-02-29"),
    ],
)
def test_the_days_of_an_all_day_event(
    bound: Bound, start: str, end: str, first: str, last: str
) -> None:
    data = cleaned(bound(all_day_event="on", starts_at=start, ends_at=end))

    assert f"{data['starts_at']:%Y-%m-%d %H:%M}" == f"{first} 00:00"
    assert f"{data['ends_at']:%Y-%m-%d %H:%M}" == f"{last} 00:00"


@pytest.mark.parametrize(
    ("posted", "field", "code"),
    [
        ({"user_id": ""}, "user_id", "required"),
        ({"user_id": "HAN9"}, "user_id", "invalid_choice"),
        ({"subject": ""}, "subject", "required"),
        ({"subject": "   "}, "subject", "required"),
        ({"subject": "x" * 256}, "subject", "max_length"),
        ({"location": "x" * 256}, "location", "max_length"),
        ({"note": "x" * 4001}, "note", "max_length"),
        ({"starts_at": ""}, "starts_at", "required"),
        ({"starts_at": "hoppsan"}, "starts_at", "unreadable"),
        ({"starts_at": "31/2"}, "starts_at", "no_such_day"),
        ({"starts_at": "2027-02-29"}, "starts_at", "no_such_day"),
        ({"starts_at": "v 53 2027"}, "starts_at", "no_such_day"),
        ({"starts_at": "mån 2/3 2027"}, "starts_at", "wrong_weekday"),
        ({"starts_at": "2027-03-28 02:30"}, "starts_at", "no_such_time"),
        ({"starts_at": "2026-11-17 23:59"}, "starts_at", "past"),
        ({"starts_at": "2020-01-01"}, "starts_at", "past"),
        ({"starts_at": "igår", "all_day_event": "on"}, "starts_at", "past"),
        ({"ends_at": "09:59"}, "ends_at", "before"),
        ({"ends_at": "10:00"}, "ends_at", "before"),
        ({"ends_at": "0 min"}, "ends_at", "before"),
        ({"ends_at": "2027-03-01 12:00"}, "ends_at", "before"),
        ({"ends_at": "hoppsan"}, "ends_at", "unreadable"),
        ({"ends_at": "25:00"}, "ends_at", "no_such_time"),
        ({"ends_at": "x" * 61}, "ends_at", "max_length"),
        ({"starts_at": "2027-03-28 01:30", "ends_at": "02:30"}, "ends_at", "no_such_time"),
        ({"starts_at": "2027-10-31 02:30", "ends_at": "02:30"}, "ends_at", "before"),
        ({"all_day_event": "on", "ends_at": "2027-03-01"}, "ends_at", "before"),
        ({"all_day_event": "on", "ends_at": "0 dagar"}, "ends_at", "before"),
        ({"recurrence": "Hourly"}, "recurrence", "invalid_choice"),
        ({"recurrence": "daily"}, "recurrence", "invalid_choice"),
        ({"recurrence": "Daily", "recurrence_interval": "0"}, "recurrence_interval", "min_value"),
        ({"recurrence": "Daily", "recurrence_interval": "-1"}, "recurrence_interval", "min_value"),
        ({"recurrence": "Daily", "recurrence_interval": "100"}, "recurrence_interval", "max_value"),
        ({"recurrence": "Daily", "recurrence_interval": "1,5"}, "recurrence_interval", "invalid"),
        ({"recurrence": "Weekly", "recurrence_interval": "x"}, "recurrence_interval", "invalid"),
        (
            {"recurrence": "Weekly", "recurrence_day_of_weeks": ["Monday"]},
            "recurrence_day_of_weeks",
            "start",
        ),
        (
            {"recurrence": "Weekly", "recurrence_day_of_weeks": ["Tisdag"]},
            "recurrence_day_of_weeks",
            "invalid_choice",
        ),
        (
            {"recurrence": "Weekly", "recurrence_day_of_weeks": ["Tuesday", "7"]},
            "recurrence_day_of_weeks",
            "invalid_choice",
        ),
    ],
)
def test_what_is_refused_and_where(
    bound: Bound, posted: dict[str, Any], field: str, code: str
) -> None:
    form = bound(**posted)

    assert list(form.errors) == [field]
    assert form.has_error(field, code)


@pytest.mark.parametrize(
    ("posted", "interval", "weekdays"),
    [
        ({"recurrence": "Daily"}, 1, []),
        ({"recurrence": "Daily", "recurrence_interval": "99"}, 99, []),
        ({"recurrence": "Weekly"}, 1, ["Tuesday"]),
        ({"recurrence": "Weekly", "recurrence_interval": "2"}, 2, ["Tuesday"]),
        (
            {"recurrence": "Weekly", "recurrence_day_of_weeks": ["Tuesday", "Sunday"]},
            1,
            ["Tuesday", "Sunday"],
        ),
        ({"recurrence": "Monthly", "recurrence_interval": "3"}, 3, []),
        ({"recurrence": "Monthly", "recurrence_day_of_weeks": ["Friday"]}, 1, []),
        ({"recurrence": "Daily", "recurrence_day_of_weeks": ["rubbish"]}, 1, []),
        ({"recurrence": "Yearly"}, 1, []),
        # What a folded field still holds says nothing while nothing repeats.
        ({"recurrence": "", "recurrence_interval": "500"}, None, []),
        ({"recurrence": "", "recurrence_day_of_weeks": ["Monday", "x"]}, None, []),
        ({}, None, []),
    ],
)
def test_how_it_repeats(
    bound: Bound, posted: dict[str, Any], interval: int | None, weekdays: list[str]
) -> None:
    data = cleaned(bound(**posted))

    assert data["recurrence"] == posted.get("recurrence", "")
    assert data["recurrence_interval"] == interval
    assert data["recurrence_day_of_weeks"] == weekdays


def test_a_wrong_start_is_the_only_complaint(bound: Bound) -> None:
    form = bound(starts_at="hoppsan", ends_at="09:00", recurrence="Weekly")

    assert list(form.errors) == ["starts_at"]


def test_only_those_who_are_there_can_be_chosen(bound: Bound, office: Office) -> None:
    make_colleague(office, "HAN2", "Cilla Dahl")
    Colleague.objects.filter(vitec_id="HAN2").update(missing_since=timezone.now())

    assert bound(user_id="HAN2").has_error("user_id", "invalid_choice")


def test_a_colleague_of_another_office_is_no_choice(bound: Bound, neighbour_office: Office) -> None:
    make_colleague(neighbour_office, "HAN3", "Dag Ek")

    assert bound(user_id="HAN3").has_error("user_id", "invalid_choice")


def test_the_messages_are_swedish_by_default(office: Office, bound: Bound) -> None:
    assert "inte efter starten" in str(bound(ends_at="09:00").errors)
    with translation.override("en"):
        assert "is not after the start" in str(bound(ends_at="09:00").errors)


def test_filled_in_again_it_means_the_same_tomorrow(bound: Bound) -> None:
    form = bound(starts_at="imorgon 9", ends_at="45 min")
    cleaned(form)

    assert form.again()["starts_at"] == ["2026-11-19 09:00"]
    assert form.again()["ends_at"] == ["45 min"]


class TestPreview:
    def test_there_is_none_before_a_start_is_said(self, bound: Bound, office: Office) -> None:
        assert AppointmentForm(office=office).preview is None
        assert bound(starts_at="").preview is None
        assert bound(ends_at="09:00").preview is None

    def test_it_needs_neither_subject_nor_colleague(self, bound: Bound) -> None:
        preview = bound(subject="", user_id="").preview

        assert preview is not None
        assert preview.said == "tis 2 mars 2027 kl. 10:00–11:00 (v. 9)"
        assert not preview.series

    def test_it_stands_also_on_a_form_without_complaints(self, bound: Bound) -> None:
        assert bound(subject="").without_complaints().preview is not None

    def test_it_names_the_first_ten_days_of_a_series_and_marks_days_off(self, bound: Bound) -> None:
        preview = bound(starts_at="2026-12-22 10:00", recurrence="Daily").preview

        assert preview is not None
        assert [day.said for day in preview.days][:2] == [
            "tis 22 dec 2026 (v. 52)",
            "ons 23 dec 2026 (v. 52)",
        ]
        assert [day.day_off for day in preview.days] == [
            "", "", "julafton", "juldagen", "annandag jul", "söndag", "", "", "", "nyårsafton",
        ]  # fmt: skip
        assert not preview.day_off

    @pytest.mark.parametrize(
        ("posted", "typed"),
        [({}, "2027-03-30 10:00"), ({"all_day_event": "on"}, "2027-03-30")],
    )
    def test_a_single_event_on_a_day_off_is_offered_the_next_working_day(
        self, bound: Bound, posted: dict[str, str], typed: str
    ) -> None:
        preview = bound(starts_at="2027-03-26 10:00", **posted).preview

        assert preview is not None
        assert preview.day_off == "långfredagen"
        assert preview.instead_typed == typed

    @pytest.mark.parametrize(
        ("posted", "passed"),
        [
            ({"starts_at": "2026-11-18 09:59"}, True),
            ({"starts_at": "2026-11-18 10:01"}, False),
            ({"starts_at": "2026-11-18", "all_day_event": "on"}, False),
        ],
    )
    def test_it_says_when_the_time_has_passed_today(
        self, bound: Bound, posted: dict[str, str], passed: bool
    ) -> None:
        preview = bound(**posted).preview

        assert preview is not None
        assert preview.passed is passed
