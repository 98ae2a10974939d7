"""Versions: what the meetings were like at any past moment, to the row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import reading
from meetings.history import as_of
from meetings.intake import Intake
from meetings.models import Meeting, MeetingVersion
from meetings.windows import Span
from offices.models import Office, SyncRun
from tests.factories import STOCKHOLM

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 10, 24, 20, tzinfo=STOCKHOLM)
YEAR = Span(dt.date(2026, 1, 1), dt.date(2027, 12, 31), by_booking_date=False)
IDS = ["CAL1", "CAL2", "CAL3", "CAL4"]

# Both nights of the clock change, and the turn of the year.
DAYS = st.sampled_from(
    [
        "2026-10-25T02:30:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
        "2026-12-31T23:59:59.9",
        "2027-01-01T00:00:00",
        "2027-03-28T02:30:00",
        "2027-03-28T03:30:00",
    ]
)
ROWS = st.fixed_dictionaries(
    {
        "meetingDate": DAYS,
        "state": st.sampled_from(["Booked", "CancelledByAgent", None]),
        "contactName": st.sampled_from(["Anna Ek", "Åsa Öst"]),
        "newField": st.sampled_from([None, 1, {"a": [1]}]),
    }
)
# What Vitec holds at each sync; an id that is left out has been deleted there.
PASTS = st.lists(st.dictionaries(st.sampled_from(IDS), ROWS, max_size=4), min_size=1, max_size=6)


def listed(office: Office, moment: dt.datetime) -> dict[str, tuple[dict[str, Any], bool]]:
    """The past list as the versions tell it: what each row said, and whether it was missing."""
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for row in as_of(office, moment):
        assert row.vitec_id not in found, "two versions of one meeting at one moment"
        found[row.vitec_id] = (reading.canonical(row.row), row.missing_since is not None)
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(past=PASTS)
def test_the_versions_rebuild_every_past_list_exactly(
    office: Office, past: list[dict[str, dict[str, Any]]]
) -> None:
    Meeting.objects.all().delete()
    SyncRun.objects.all().delete()
    known: dict[str, tuple[dict[str, Any], bool]] = {}
    expected = []
    for number, held in enumerate(past):
        moment = START + dt.timedelta(minutes=3 * number)
        known = {vitec_id: (said, True) for vitec_id, (said, _gone) in known.items()}
        for vitec_id, row in held.items():
            known[vitec_id] = (reading.canonical({"id": vitec_id, **row}), False)
        if not held:
            known = {vitec_id: (said, True) for vitec_id, (said, _gone) in known.items()}
        synced(office, number, held, moment)
        expected.append((moment, dict(known)))

    for moment, rows in expected:
        assert listed(office, moment) == rows
        assert listed(office, moment + dt.timedelta(minutes=2)) == rows
    assert listed(office, START - dt.timedelta(seconds=1)) == {}


def synced(
    office: Office, number: int, held: dict[str, dict[str, Any]], moment: dt.datetime
) -> None:
    run = SyncRun.objects.create(office=office, job="meetings", slot=number)
    intake = Intake(office, run)
    intake.take([{"id": vitec_id, **row} for vitec_id, row in held.items()], moment)
    intake.mark_missing(intake.unseen([YEAR], None), moment)
    SyncRun.objects.filter(pk=run.pk).update(finished_at=moment)


def test_a_clock_that_was_set_back_leaves_the_order_of_the_versions(office: Office) -> None:
    rows = [{"id": "CAL1", "state": state, "meetingDate": "2026-11-24"} for state in "ABC"]
    moments = [START, START - dt.timedelta(hours=1), START]
    for number, (row, moment) in enumerate(zip(rows, moments, strict=True)):
        synced(office, number, {"CAL1": row}, moment)

    lives = [*MeetingVersion.objects.all(), Meeting.objects.get()]

    assert [life.state for life in lives] == ["A", "B", "C"]
    assert lives[0].observed_from < lives[1].observed_from < lives[2].observed_from


def test_syncs_without_a_change_leave_one_version(office: Office) -> None:
    row = {"state": "Booked", "meetingDate": "2026-11-24T10:00:00"}
    for number in range(3):
        synced(office, number, {"CAL1": row}, START + dt.timedelta(minutes=number))

    assert Meeting.objects.get().observed_from == START
    assert not MeetingVersion.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"state": None}, {}, []),
        ({"estateStatus": {}}, {"estateStatus": None}, []),
        ({"meetingDate": "2026-11-24T10:00:00"}, {"meetingDate": "2026-11-24T09:00:00Z"}, []),
        ({"meetingDate": "2026-10-25T02:30:00"}, {"meetingDate": "2026-10-25T02:30:00+01:00"},
         ["meetingDate"]),
        ({"cellPhone": "070"}, {"cellPhone": "070", "someday": 1}, ["someday"]),
    ],
)  # fmt: skip
def test_what_counts_as_a_change(
    before: dict[str, Any], after: dict[str, Any], changed: list[str]
) -> None:
    assert reading.changed_fields(before, after) == changed
    same = reading.fingerprint(reading.canonical(before)) == reading.fingerprint(
        reading.canonical(after)
    )
    assert same is not bool(changed)
