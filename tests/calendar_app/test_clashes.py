from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from calendar_app.clashes import clashes_of
from offices.models import Office, User
from submissions.models import Occurrence, State, Submission
from tests.factories import make_meeting, make_submission, make_viewing

pytestmark = pytest.mark.django_db


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2027-{text}:00+01:00")


def found(office: Office, start: str, end: str, *people: str) -> list[str]:
    span = (at(start), at(end))
    return [
        f"{clash.colleague_id} {clash.entry.what}"
        for clash in clashes_of(office, people or ("HAN1",), [span])
    ]


@pytest.mark.parametrize(
    ("start", "end", "clashes"),
    [
        ("02-08T08:30", "02-08T09:15", 1),
        # Vitec says no end; a meeting is taken to last an hour.
        ("02-08T09:30", "02-08T10:00", 1),
        ("02-08T08:45", "02-08T09:45", 1),
        ("02-08T00:00", "02-09T00:00", 1),
        ("02-07T22:00", "02-08T23:00", 1),
        # What meets at the minute does not clash.
        ("02-08T08:00", "02-08T08:45", 0),
        ("02-08T09:45", "02-08T10:00", 0),
        ("02-07T08:45", "02-07T09:45", 0),
    ],
)
def test_a_meeting_clashes_with_what_overlaps(
    office: Office, start: str, end: str, clashes: int
) -> None:
    make_meeting(office, meeting_date=at("02-08T08:45"))

    assert found(office, start, end) == ["HAN1 Intagsmöte"] * clashes


@pytest.mark.parametrize(
    "changed",
    [{"state": "CancelledByCustomer"}, {"state": "NotRelevant"}, {"broker_id": "HAN2"}],
)
def test_what_takes_up_no_time_of_hers_does_not_clash(
    office: Office, changed: dict[str, Any]
) -> None:
    make_meeting(office, meeting_date=at("02-08T08:45"), **changed)

    assert found(office, "02-08T08:30", "02-08T09:15") == []


def test_a_meeting_that_began_before_midnight_is_found(office: Office) -> None:
    make_meeting(office, meeting_date=at("02-07T23:30"))

    assert found(office, "02-08T00:00", "02-08T01:00") == ["HAN1 Intagsmöte"]


def test_each_colleague_is_looked_at(office: Office) -> None:
    make_meeting(office, meeting_date=at("02-08T08:45"))
    make_meeting(office, "CAL2", meeting_date=at("02-08T08:45"), broker_id="HAN2")

    assert found(office, "02-08T08:30", "02-08T09:15", "HAN2", "HAN1", "HAN3") == [
        "HAN2 Intagsmöte",
        "HAN1 Intagsmöte",
    ]


def test_viewings_and_calls_to_make_clash_with_nothing(office: Office, bokare: User) -> None:
    make_viewing(office, starts_at=at("02-08T08:30"))
    make_submission(bokare, office, date=at("02-08T08:45"))

    assert found(office, "02-08T08:30", "02-08T09:15") == []


@pytest.mark.parametrize(
    ("state", "clashes"),
    [(State.QUEUED, 1), (State.DELIVERED, 1), (State.UNKNOWN, 1), (State.CANCELLED, 0)],
)
def test_an_event_that_was_sent_from_here_clashes_while_it_may_be_there(
    office: Office, bokare: User, state: State, clashes: int
) -> None:
    make_submission(bokare, office)
    Occurrence.objects.update(
        starts_at=at("01-04T08:00"),
        ends_at=at("01-04T09:00"),
        rule="FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO",
    )
    Submission.objects.update(state=state)

    assert found(office, "02-08T08:30", "02-08T09:15") == ["HAN1 Återkomst"] * clashes
    assert found(office, "02-09T08:30", "02-09T09:15") == []


def test_the_neighbours_calendars_are_not_looked_at(
    office: Office, neighbour_office: Office
) -> None:
    make_meeting(neighbour_office, meeting_date=at("02-08T08:45"))

    assert found(office, "02-08T08:30", "02-08T09:15") == []


def test_the_hour_that_comes_twice_is_two_hours(office: Office) -> None:
    first = dt.datetime.fromisoformat("2027-10-31T02:30:00+02:00")
    make_meeting(office, meeting_date=first)
    second = dt.datetime.fromisoformat("2027-10-31T02:30:00+01:00")

    assert clashes_of(office, ["HAN1"], [(second, second + dt.timedelta(minutes=30))]) == []
    assert clashes_of(office, ["HAN1"], [(first, first + dt.timedelta(minutes=30))])


def test_nobody_and_no_time_clash_with_nothing(office: Office) -> None:
    make_meeting(office, meeting_date=at("02-08T08:45"))

    assert clashes_of(office, [], [(at("02-08T08:30"), at("02-08T09:15"))]) == []
    assert clashes_of(office, ["HAN1"], []) == []


def test_many_dates_cost_no_more_questions_than_one(
    office: Office, django_assert_num_queries: Any
) -> None:
    make_meeting(office, meeting_date=at("02-08T08:45"))
    spans = [
        (at("01-04T08:30") + dt.timedelta(days=day), at("01-04T09:15") + dt.timedelta(days=day))
        for day in range(300)
    ]

    with django_assert_num_queries(2):
        assert len(clashes_of(office, ["HAN1"], spans)) == 1
