from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation

from calendar_app.forms import AppointmentForm
from offices.models import Colleague, Office, UserGroup
from tests.factories import make_colleague, make_meeting

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
        ({"user_id": []}, "user_id", "required"),
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


WEEKLY = {"recurrence": "Weekly", "starts_at": "2027-01-11 08:30"}


@pytest.mark.parametrize(
    ("until", "dates", "last"),
    [
        ("v 24", 22, "2027-06-14"),
        ("vecka 24", 22, "2027-06-14"),
        ("v. 24 2027", 22, "2027-06-14"),
        ("2027-06-14", 22, "2027-06-14"),
        ("14/6", 22, "2027-06-14"),
        ("14 juni", 22, "2027-06-14"),
        ("13/6 2027", 21, "2027-06-07"),
        ("22 ggr", 22, "2027-06-14"),
        ("22 gånger", 22, "2027-06-14"),
        ("22x", 22, "2027-06-14"),
        ("1 gång", 1, "2027-01-11"),
        ("2027-01-11", 1, "2027-01-11"),
        ("2 times", 2, "2027-01-18"),
        ("v 53 2032", 300, "2032-12-27"),
    ],
)
def test_until_when_it_repeats(bound: Bound, until: str, dates: int, last: str) -> None:
    data = cleaned(bound(**WEEKLY, recurrence_until=until, recurrence_skips_days_off="on"))
    kept = data["recurrence_dates"].kept

    assert kept[-1].date().isoformat() == last
    assert len(kept) == dates or until.startswith("v 53")


def test_a_week_means_the_whole_of_it(bound: Bound) -> None:
    fridays = {"recurrence": "Weekly", "starts_at": "2027-01-15 08:30"}
    data = cleaned(bound(**fridays, recurrence_until="v 24"))

    assert data["recurrence_dates"].kept[-1].date().isoformat() == "2027-06-18"


def test_days_off_are_kept_where_nobody_passes_over_them(bound: Bound) -> None:
    data = cleaned(bound(**WEEKLY, recurrence_until="v 24"))

    assert len(data["recurrence_dates"].kept) == 23
    assert data["recurrence_dates"].passed_over == ()


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({"recurrence_until": "hoppsan"}, "unreadable"),
        ({"recurrence_until": "31/2"}, "no_such_day"),
        ({"recurrence_until": "2027-02-29"}, "no_such_day"),
        ({"recurrence_until": "mån 2/3 2027"}, "wrong_weekday"),
        ({"recurrence_until": "25:00"}, "no_such_time"),
        ({"recurrence_until": "2027-01-10"}, "before"),
        ({"recurrence_until": "2020-01-01"}, "before"),
        ({"recurrence_until": "0 ggr"}, "count"),
        ({"recurrence_until": "501 ggr"}, "count"),
        ({"recurrence_until": "9999 gånger"}, "count"),
        ({"recurrence_until": "-3 ggr"}, "unreadable"),
        ({"recurrence_until": "1,5 ggr"}, "unreadable"),
        ({"recurrence_until": "99999 ggr"}, "unreadable"),
        ({"recurrence_until": "x" * 61}, "max_length"),
        ({"recurrence_until": "2190-01-01"}, "too_many"),
        ({"recurrence": "Daily", "recurrence_until": "2029-01-01"}, "too_many"),
        ({"recurrence_until": "251 ggr", "user_id": ["HAN1", "HAN2"]}, "too_many"),
        (
            {
                "starts_at": "2027-01-09",
                "recurrence_until": "v 24",
                "recurrence_skips_days_off": "on",
            },
            "none",
        ),
        (
            {
                "starts_at": "2027-01-09",
                "recurrence_until": "9 ggr",
                "recurrence_skips_days_off": "on",
            },
            "too_many",
        ),
    ],
)
def test_an_end_that_is_refused(
    bound: Bound, office: Office, posted: dict[str, Any], code: str
) -> None:
    make_colleague(office, "HAN2", "Cilla Dahl")
    form = bound(**WEEKLY | posted)

    assert list(form.errors) == ["recurrence_until"]
    assert form.has_error("recurrence_until", code)


def test_an_end_says_nothing_while_nothing_repeats(bound: Bound) -> None:
    data = cleaned(bound(recurrence_until="hoppsan"))

    assert data["recurrence_dates"] is None
    assert data["recurrence_until"] == ""


class TestPeople:
    @pytest.fixture
    def group(self, office: Office) -> UserGroup:
        """Bo and Cilla, and one who is not there any more."""
        make_colleague(office)
        make_colleague(office, "HAN2", "Cilla Dahl")
        return UserGroup.objects.create(
            office=office,
            vitec_id="GRP1",
            name="Mäklarna",
            members=["HAN2", "HAN1", "HAN9"],
            last_seen=timezone.now(),
        )

    def test_a_group_is_its_members_who_are_there(self, bound: Bound, group: UserGroup) -> None:
        assert cleaned(bound(user_id=["userGroupId:GRP1"]))["user_id"] == ["HAN2", "HAN1"]

    def test_nobody_is_chosen_twice(self, bound: Bound, group: UserGroup) -> None:
        data = cleaned(bound(user_id=["HAN1", "userGroupId:GRP1", "HAN1"]))

        assert data["user_id"] == ["HAN1", "HAN2"]

    def test_a_group_without_members_is_not_offered(self, bound: Bound, group: UserGroup) -> None:
        UserGroup.objects.update(members=["HAN9"])

        form = bound(user_id=["userGroupId:GRP1"])

        assert form.has_error("user_id", "invalid_choice")
        assert "Mäklarna" not in str(form["user_id"])

    def test_a_group_says_how_many_it_is(self, bound: Bound, group: UserGroup) -> None:
        assert "2 personer" in str(bound()["user_id"])

    @pytest.mark.parametrize(
        "chosen", [["userGroupId:GRP9"], ["GRP1"], ["userGroupId:"], ["HAN1", "HAN9"], [""]]
    )
    def test_what_is_not_offered_is_refused(
        self, bound: Bound, group: UserGroup, chosen: list[str]
    ) -> None:
        assert bound(user_id=chosen).has_error("user_id", "invalid_choice")

    def test_a_group_of_the_neighbours_is_no_choice(
        self, bound: Bound, group: UserGroup, neighbour_office: Office
    ) -> None:
        UserGroup.objects.update(office=neighbour_office)

        assert bound(user_id=["userGroupId:GRP1"]).has_error("user_id", "invalid_choice")


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

    def test_it_stands_also_for_what_is_filled_in_beforehand(
        self, bound: Bound, office: Office
    ) -> None:
        bound()
        form = AppointmentForm(
            office=office, initial={"starts_at": "2027-03-02 10:00", "user_id": ["HAN1"]}
        )

        assert form.preview is not None
        assert form.preview.said == "tis 2 mars 2027 kl. 10:00–11:00 (v. 9)"

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

    def test_with_an_end_every_date_stands_by_year(self, bound: Bound) -> None:
        preview = bound(
            starts_at="2026-12-21 08:30",
            recurrence="Weekly",
            recurrence_until="v 1 2027",
            recurrence_skips_days_off="on",
        ).preview

        assert preview is not None
        assert [(year.number, len(year.days)) for year in preview.years] == [(2026, 2), (2027, 1)]
        assert [day.week for year in preview.years for day in year.days] == [52, 53, 1]
        assert preview.years[0].days[0].said == "mån 21 dec"
        assert preview.series.endswith("sista gången mån 4 jan 2027 (v. 1)")
        assert not preview.days

    def test_what_is_passed_over_is_named(self, bound: Bound) -> None:
        preview = bound(**WEEKLY, recurrence_until="v 24", recurrence_skips_days_off="on").preview

        assert preview is not None
        assert preview.years[0].passed_over == ("mån 29 mars hoppas över: annandag påsk",)
        assert (preview.singles, preview.passed_over) == (22, 1)

    def test_it_counts_the_calls(self, bound: Bound, office: Office) -> None:
        make_colleague(office, "HAN2", "Cilla Dahl")
        people = ["HAN1", "HAN2"]

        series = bound(**WEEKLY, user_id=people).preview
        singles = bound(**WEEKLY, user_id=people, recurrence_until="3 ggr").preview

        assert series is not None
        assert singles is not None
        assert (series.people, series.singles, series.calls) == (2, 0, 2)
        assert (singles.people, singles.singles, singles.calls) == (2, 3, 6)

    def test_a_clash_is_told_with_who_what_and_when(self, bound: Bound, office: Office) -> None:
        make_meeting(office, meeting_date=dt.datetime.fromisoformat("2027-02-08T08:45+01:00"))
        preview = bound(**WEEKLY, ends_at="9:15", recurrence_until="v 24").preview

        assert preview is not None
        assert preview.clashes == ("Bo Alm har intagsmöte mån 8 feb 08:45",)
        (day,) = [day for year in preview.years for day in year.days if day.clashes]
        assert day.said == "mån 8 feb"

    def test_the_first_days_of_a_series_without_end_are_looked_at_too(
        self, bound: Bound, office: Office
    ) -> None:
        make_meeting(office, meeting_date=dt.datetime.fromisoformat("2027-02-08T08:45+01:00"))
        preview = bound(**WEEKLY, ends_at="9:15").preview

        assert preview is not None
        assert [bool(day.clashes) for day in preview.days] == [False] * 4 + [True] + [False] * 5
