from typing import Any

import pytest

TIMES = {"startsAt": "2026-03-12T09:00:00", "endsAt": "2026-03-12T10:00:00"}


@pytest.fixture
def path(meeting: Any) -> str:
    return f"/Appointment/M30011/{meeting['brokerId']}"


def test_an_event_is_held_with_the_body_as_it_came(vitec: Any, path: str) -> None:
    answer = vitec.post(path, {"subject": "Kontorsmöte", "allDayEvent": False, **TIMES})
    assert answer.status_code == 200
    record = vitec.box.records()["appointments"][-1]
    assert record["id"] == answer.json()
    assert record["subject"] == "Kontorsmöte"
    assert record["bodyText"] == answer.request.body.decode()
    assert record["createdAt"]


def test_a_weekly_series_takes_names_and_numbers_of_days(vitec: Any, path: str) -> None:
    body = {
        **TIMES,
        "recurrence": True,
        "recurrencePattern": 1,
        "recurrenceDayOfWeeks": ["Tuesday", 4],
        "recurrenceInterval": 2,
    }
    assert vitec.post(path, body).status_code == 200
    record = vitec.box.records()["appointments"][-1]
    assert record["recurrencePattern"] == "Weekly"
    assert record["recurrenceDayOfWeeks"] == ["Tuesday", "Thursday"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"endsAt": TIMES["endsAt"]}, "startsAt"),
        ({"startsAt": TIMES["startsAt"]}, "endsAt"),
        ({"startsAt": TIMES["endsAt"], "endsAt": TIMES["startsAt"]}, "endsAt"),
        ({**TIMES, "recurrence": True}, "recurrencePattern"),
        (
            {**TIMES, "recurrence": True, "recurrencePattern": "Weekly"},
            "recurrenceDayOfWeeks",
        ),
        ({**TIMES, "recurrencePattern": "Hourly"}, "recurrencePattern"),
        ({**TIMES, "recurrenceDayOfWeeks": [7]}, "recurrenceDayOfWeeks[0]"),
        ({**TIMES, "recurrenceInterval": 0}, "recurrenceInterval"),
        ({**TIMES, "recurrenceInterval": 1.5}, "recurrenceInterval"),
        ({**TIMES, "recurrenceMonth": 13}, "recurrenceMonth"),
        ({**TIMES, "recurrenceDay": 32}, "recurrenceDay"),
        ({**TIMES, "allDayEvent": "ja"}, "allDayEvent"),
        ({**TIMES, "subject": 7}, "subject"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    vitec: Any, path: str, errors_of: Any, body: Any, field: str
) -> None:
    assert set(errors_of(vitec.post(path, body))) == {field}


def test_the_user_must_work_at_the_office(vitec: Any, meeting: Any) -> None:
    assert vitec.post("/Appointment/M30011/HAN0", TIMES).status_code == 404
    others = vitec.get("/User/GetUser", CustomerId="M30012").json()
    other = next(user for user in others if user["customerId"] == ["M30012"])
    assert vitec.post(f"/Appointment/M30011/{other['userId']}", TIMES).status_code == 404
