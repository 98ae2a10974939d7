"""What is counted as held, cancelled and signed, by whom and when."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from meetings import counting
from meetings.counting import Counts
from meetings.models import Meeting
from offices.models import Office
from submissions.models import person_hash
from tests.factories import make_meeting, make_submission
from tests.meetings.test_dashboard import at

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def held(office: Office, vitec_id: str, **fields: Any) -> Meeting:
    """A listing appointment of the past week, at a property of its own."""
    values = {"estate_id": vitec_id, "meeting_date": timezone.now() - 7 * DAY}
    return make_meeting(office, vitec_id, **{**values, **fields})


def counted() -> Counts:
    return counting.total(counting.by_person([Meeting.objects.all()], "broker"))


def test_held_is_what_has_passed_and_was_not_called_off(office):
    for state in ("", "Booked", "FollowedUp"):
        held(office, f"past-{state}", state=state)
        held(office, f"ahead-{state}", state=state, meeting_date=timezone.now() + DAY)
    counts = counted()
    assert (counts.booked, counts.held, counts.ahead, counts.others) == (6, 3, 3, 0)


def test_cancelled_ones_say_by_whom_where_vitec_does(office):
    for number, state in enumerate(("CancelledByAgent", "CancelledByCustomer", "Cancelled")):
        held(office, f"CAL{number}", state=state)
    counts = counted()
    assert (counts.by_broker, counts.by_customer, counts.cancelled, counts.held) == (1, 1, 3, 0)


def test_the_rest_is_not_relevant_missing_timeless_or_unheard_of(office):
    held(office, "CAL1", state="NotRelevant")
    held(office, "CAL2", missing_since=timezone.now())
    held(office, "CAL3", meeting_date=None)
    held(office, "CAL4", state="Postponed")
    held(office, "CAL5", state="CancelledByAgent", missing_since=timezone.now())
    counts = counted()
    assert (counts.booked, counts.others, counts.held, counts.cancelled) == (5, 5, 0, 0)


def test_of_held_listing_appointments_those_with_an_assignment_date_hit(office):
    signed = {"signature_date": timezone.now(), "commission": Decimal("50000.50")}
    held(office, "CAL1", **signed)
    held(office, "CAL2")
    held(office, "CAL3", type="Viewing", **signed)
    held(office, "CAL4", state="CancelledByCustomer", **signed)
    counts = counted()
    assert (counts.appointments, counts.signed, counts.hit_rate) == (2, 1, 50)
    assert counts.commission == Decimal("50000.50")


def test_several_appointments_about_a_property_lead_to_one_assignment(office):
    signed = {"signature_date": timezone.now(), "commission": Decimal(60000), "estate_id": "OBJ1"}
    held(office, "CAL1", broker_id="HAN1", **signed)
    held(office, "CAL2", broker_id="HAN2", meeting_date=timezone.now() - DAY, **signed)
    lines = {
        line.key: line.counts for line in counting.by_person([Meeting.objects.all()], "broker")
    }
    assert (lines["HAN1"].signed, lines["HAN1"].commission) == (0, 0)
    assert (lines["HAN2"].signed, lines["HAN2"].commission) == (1, 60000)
    assert counted().hit_rate == 50


def test_of_two_at_the_same_moment_one_counts(office):
    signed = {"signature_date": timezone.now(), "meeting_date": timezone.now() - DAY}
    held(office, "CAL1", **{**signed, "estate_id": "OBJ1"})
    held(office, "CAL2", **{**signed, "estate_id": "OBJ1"})
    assert counted().signed == 1


def test_the_same_property_id_of_another_office_is_another_property(office, neighbour_office):
    signed = {"signature_date": timezone.now(), "estate_id": "OBJ1"}
    held(office, "CAL1", **signed)
    held(neighbour_office, "CAL2", meeting_date=timezone.now() - DAY, **signed)
    assert counted().signed == 2


def test_without_a_property_every_assignment_counts(office):
    for number in range(2):
        held(office, f"CAL{number}", estate_id="", signature_date=timezone.now())
    assert counted().signed == 2


def test_a_next_step_since_the_booking_is_one(office, bokare):
    booked = {"person_hash": person_hash("ADR1"), "booked_date": timezone.now() - 9 * DAY}
    held(office, "CAL1", **booked)
    assert counted().without_next_step == 1
    make_submission(bokare, office)
    assert counted().without_next_step == 0


def test_no_meetings_have_no_hit_rate(office):
    assert counted() == Counts()
    assert Counts().hit_rate is None


def test_people_are_counted_by_id_also_when_their_name_changed(office):
    held(office, "CAL1", broker_id="HAN1", broker_name="Bo Alm")
    held(office, "CAL2", broker_id="HAN1", broker_name="Bo Ek")
    held(office, "CAL3", broker_id="HAN2", broker_name="Ann Ås")
    lines = counting.by_person([Meeting.objects.all()], "broker")
    assert [(line.label, line.counts.booked) for line in lines] == [("Bo Ek", 2), ("Ann Ås", 1)]


def test_a_week_begins_on_monday_in_stockholm_also_at_the_turn_of_the_year(office):
    for number, moment in enumerate(
        ("2026-12-28T00:00", "2027-01-03T23:59", "2027-01-04T00:00", "2026-12-27T23:59")
    ):
        held(office, f"CAL{number}", meeting_date=at(moment))
    lines = counting.by_week([Meeting.objects.all()], "meeting_date")
    assert [(str(line.key), line.counts.booked) for line in lines] == [
        ("2026-12-21", 1),
        ("2026-12-28", 2),
        ("2027-01-04", 1),
    ]


def test_every_division_has_the_same_total_and_takes_one_query(office, django_assert_num_queries):
    for number in range(7):
        held(
            office,
            f"CAL{number}",
            broker_id=f"HAN{number % 3}",
            source=f"Källa {number % 2}",
            meeting_date=timezone.now() - number * DAY,
        )
    rows = Meeting.objects.all()
    with django_assert_num_queries(4):
        totals = [
            counting.total(counting.by_person([rows], "broker")),
            counting.total(counting.by_person([rows], "booked_by")),
            counting.total(counting.by_column([rows], "source", "source")),
            counting.total(counting.by_week([rows], "meeting_date")),
        ]
    assert totals == [totals[0]] * 4
    assert totals[0].booked == 7
