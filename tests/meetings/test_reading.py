"""A row of Vitec's, read without trusting it; and the words by which a sealed row is found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import reading
from meetings.models import Meeting
from offices.models import Office
from tests.factories import make_meeting


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"state": "FollowedUp", "cancelledBy": "Kund"}, "FollowedUp"),
        ({"state": 3}, "CancelledByAgent"),
        ({"state": "Nytt"}, "Nytt"),
        ({"cancelledBy": "Mäklare"}, "CancelledByAgent"),
        ({"cancelledBy": "Avbokat av kunden"}, "CancelledByCustomer"),
        ({"cancelledBy": "Okänd"}, "Cancelled"),
        ({"cancelledBy": None}, ""),
        ({}, ""),
    ],
)
def test_the_state_falls_back_on_who_cancelled(row: dict[str, Any], state: str) -> None:
    assert reading.state_of(row) == state


@pytest.mark.django_db
def test_without_a_state_the_date_says_whether_it_is_booked(office: Office) -> None:
    ahead = make_meeting(office, "CAL1", state="")
    past = make_meeting(office, "CAL2", state="", meeting_date="2020-01-01T10:00:00+01:00")
    past.refresh_from_db()

    assert (ahead.shown_state, past.shown_state) == ("Booked", "")


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (85000.5, Decimal("85000.5")),
        ("85000,50", Decimal("85000.50")),
        (True, None),
        ("mycket", None),
        (float("inf"), None),
        (1e300, None),
        (None, None),
    ],
)
def test_an_amount_is_a_number_or_nothing(value: Any, amount: Decimal | None) -> None:
    assert reading.columns({"id": "CAL1", "commissionWithoutTaxes": value})["commission"] == amount


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "contactId", "contactName", "address", "telePhone", "cellPhone", "meetingDate", "bookedDate",
    "type", "state", "brokerId", "brokerName", "estateId", "estateStatus", "assignmentSource",
    "commissionSource", "commissionWithoutTaxes", "commissionType", "cancelledBy", "accessDate",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_answer_breaks_the_reading(row: dict[str, Any]) -> None:
    row = {"id": "CAL1", **row}

    columns = reading.columns(row)
    said = reading.canonical(row)

    assert reading.fingerprint(said)
    assert reading.changed_fields(row, row) == []
    for field in Meeting._meta.concrete_fields:
        longest = getattr(field, "max_length", None)
        if longest and field.name in columns:
            assert len(columns[field.name]) <= longest
