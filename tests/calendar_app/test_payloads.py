import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app import payloads
from calendar_app.payloads import appointment_call
from offices.models import Office
from tests.calendar_app.test_wording import repeated, values
from tests.factories import STOCKHOLM

OFFICE = Office(customer_id="M30011")


def body(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(appointment_call(OFFICE, data).body or "")  # type: ignore[no-any-return]


def test_only_what_was_entered_is_sent() -> None:
    assert body(values()) == {
        "subject": "Kontorsmöte",
        "startsAt": "2027-03-02T10:00:00+01:00",
        "endsAt": "2027-03-02T11:00:00+01:00",
    }


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (repeated("Daily", 2), {}),
        (repeated("Weekly", 2, "Tuesday"), {"recurrenceDayOfWeeks": ["Tuesday"]}),
        (repeated("Monthly", 2), {"recurrenceDay": 2}),
        (repeated("Yearly", 2), {"recurrenceDay": 2, "recurrenceMonth": 3}),
    ],
)
def test_each_pattern_sends_the_fields_that_it_needs(
    data: dict[str, Any], fields: dict[str, Any]
) -> None:
    sent = {name: value for name, value in body(data).items() if name.startswith("recurrence")}
    assert sent == {
        "recurrence": True,
        "recurrencePattern": data["recurrence"],
        "recurrenceInterval": 2,
        **fields,
    }


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_whole_days_run_from_midnight_to_midnight_over_the_clock_change(day: dt.date) -> None:
    midnight = dt.datetime.combine(day, dt.time(), STOCKHOLM)
    sent = body(values(starts_at=midnight, ends_at=midnight, all_day_event=True))

    assert sent["startsAt"].startswith(f"{day}T00:00:00")
    assert sent["endsAt"].startswith(f"{day + dt.timedelta(days=1)}T00:00:00")
    assert sent["startsAt"][-6:] != sent["endsAt"][-6:]


def test_where_an_all_day_event_ends_is_said_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "ALL_DAY_ENDS_AFTER", dt.timedelta())
    midnight = dt.datetime(2027, 3, 2, tzinfo=STOCKHOLM)

    sent = body(values(starts_at=midnight, ends_at=midnight, all_day_event=True))

    assert sent["endsAt"] == sent["startsAt"]


@given(user_id=st.text(min_size=1, max_size=40))
def test_any_id_is_one_segment_of_the_path(user_id: str) -> None:
    if user_id.strip() not in ("", ".", ".."):
        path = appointment_call(OFFICE, values(user_id=[user_id])).path

        assert path.count("/") == 2
        assert "?" not in path
        assert " " not in path
