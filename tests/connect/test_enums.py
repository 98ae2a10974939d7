from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect import enums
from connect.enums import (
    Contacted,
    DayOfWeek,
    MeetingState,
    MeetingTypeCriteria,
    ObtainThrough,
    read,
)


@pytest.fixture(autouse=True)
def _nothing_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enums, "_reported", set())


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ("Booked", MeetingState.BOOKED),
        ("booked", MeetingState.BOOKED),
        (" CANCELLEDBYAGENT ", MeetingState.CANCELLED_BY_AGENT),
        (0, MeetingState.BOOKED),
        (4, MeetingState.CANCELLED_BY_CUSTOMER),
        (4.0, MeetingState.CANCELLED_BY_CUSTOMER),
        ("4", MeetingState.CANCELLED_BY_CUSTOMER),
        (None, None),
        ("", None),
    ],
)
def test_it_reads_names_and_numbers(value, member):
    assert read(MeetingState, value) is member


@pytest.mark.parametrize("value", ["Postponed", "5", "-1"])
def test_it_keeps_what_it_does_not_know(value):
    assert read(MeetingState, value) == value
    assert not isinstance(read(MeetingState, value), MeetingState)


@pytest.mark.parametrize("value", [True, False, [], {}, {"id": "canary"}])
def test_it_reads_nothing_from_what_is_no_name(value):
    assert read(MeetingState, value) is None


def test_it_reads_no_number_where_none_is_documented():
    assert read(Contacted, 0) == "0"
    assert read(Contacted, "none") == "none"
    assert read(Contacted, "no") is Contacted.NO


def test_it_reports_an_unknown_member_once_and_by_the_enumeration_only(caplog):
    with caplog.at_level(logging.DEBUG):
        for value in ("canary", "canary 2", {"x": "canary"}):
            read(MeetingState, value)
        read(DayOfWeek, "canary")
    assert caplog.messages == [
        "Vitec sent an unknown MeetingState",
        "Vitec sent an unknown DayOfWeek",
    ]


def test_it_travels_by_name():
    assert json.dumps({"type": MeetingTypeCriteria.ALL}) == '{"type": "All"}'
    assert f"{ObtainThrough.NOT_ASKED}" == "NotAsked"
    assert MeetingState("FollowedUp") is MeetingState.FOLLOWED_UP
    assert [day.number for day in DayOfWeek] == list(range(7))


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.text())
    | st.just(10**5000)
)
def test_it_never_fails(value):
    found = read(MeetingState, value)
    assert found is None or isinstance(found, str)
