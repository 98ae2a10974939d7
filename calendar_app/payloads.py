"""What the calendar says to Vitec: the endpoint, and a pure function to a frozen call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from calendar_app.clashes import Span
from calendar_app.recurrence import Rule, ends_with, rule_text
from connect import dates
from connect.calls import Answer, Call, Endpoint
from connect.enums import DayOfWeek, RecurrencePattern
from offices.models import Office
from submissions.kinds import Planned

# Vitec does not say what the end of an all-day event is (unverified). We send the midnight that
# ends its last day, as calendars commonly do; with no days here it is the midnight that begins it.
ALL_DAY_ENDS_AFTER = dt.timedelta(days=1)
A_DAY = dt.timedelta(days=1)

# Our weekdays (Monday is 0) by Vitec's names.
WEEKDAYS = [
    DayOfWeek.MONDAY,
    DayOfWeek.TUESDAY,
    DayOfWeek.WEDNESDAY,
    DayOfWeek.THURSDAY,
    DayOfWeek.FRIDAY,
    DayOfWeek.SATURDAY,
    DayOfWeek.SUNDAY,
]

CREATE_APPOINTMENT = Endpoint(
    key="calendar_app.create_appointment",
    method="POST",
    path="Appointment/{customer_id}/{user_id}",
    answer=Answer.TEXT,
    writes=True,
    fields={
        "id": "user_id",
        "userId": "user_id",
        "subject": "subject",
        "location": "location",
        "startsAt": "starts_at",
        "endsAt": "ends_at",
        "allDayEvent": "all_day_event",
        "note": "note",
        "recurrence": "recurrence",
        "recurrencePattern": "recurrence",
        "recurrenceDayOfWeeks": "recurrence_day_of_weeks",
        "recurrenceInterval": "recurrence_interval",
        "recurrenceMonth": "starts_at",
        "recurrenceDay": "starts_at",
    },
    source="https://connect.maklare.vitec.net/Help/Api/POST-Appointment-customerId-id",
)


def appointment_call(office: Office, data: Mapping[str, Any]) -> Call:
    """One event, or a series without end, in the calendar of one user.

    data: one of `appointment_parts`, or cleaned_data of AppointmentForm that names one colleague
    and no end of its series. Only what was entered is sent.
    """
    body: dict[str, Any] = {"subject": data["subject"]}
    if data["location"]:
        body["location"] = data["location"]
    ends_at = data["ends_at"]
    if data["all_day_event"]:
        # On the wall clock, so that it is midnight also after a night of 23 or 25 hours.
        ends_at += ALL_DAY_ENDS_AFTER
        body["allDayEvent"] = True
    body |= {"startsAt": dates.to_vitec(data["starts_at"]), "endsAt": dates.to_vitec(ends_at)}
    if data["note"]:
        body["note"] = data["note"]
    if rule := rule_of(data):
        body |= _recurrence(rule, data["starts_at"])
    places = {"customer_id": office.customer_id, "user_id": data["user_id"][0]}
    return CREATE_APPOINTMENT.call(places, body=body)


def appointment_times(_office: Office, data: Mapping[str, Any]) -> list[Planned]:
    """When the event is, with its series, in the calendar of its user."""
    ends_at = data["ends_at"] + A_DAY if data["all_day_event"] else data["ends_at"]
    rule = rule_of(data)
    return [
        Planned(
            starts_at=data["starts_at"],
            ends_at=ends_at,
            all_day=data["all_day_event"],
            colleague_id=data["user_id"][0],
            rule=rule_text(rule, data["starts_at"]) if rule else "",
        )
    ]


def appointment_parts(
    data: Mapping[str, Any],
) -> list[tuple[Mapping[str, Any], dt.datetime | None]]:
    """What becomes a call each: cleaned_data for one colleague, and which date it is.

    By colleague, then by date. A series without end stays one for each, with no date of its own;
    one that ends becomes single events, since Vitec's series have no end.
    """
    dates_of_series = data["recurrence_dates"]
    parts: list[tuple[Mapping[str, Any], dt.datetime | None]] = []
    for colleague_id in data["user_id"]:
        own = {**data, "user_id": [colleague_id]}
        if dates_of_series is None:
            parts.append((own, None))
        else:
            parts.extend((_single(own, moment), moment) for moment in dates_of_series.kept)
    return parts


def _single(data: Mapping[str, Any], moment: dt.datetime) -> Mapping[str, Any]:
    return {
        **data,
        "starts_at": moment,
        "ends_at": ends_with(data["starts_at"], data["ends_at"], moment),
        "recurrence": "",
        "recurrence_interval": None,
        "recurrence_day_of_weeks": [],
        "recurrence_until": "",
        "recurrence_dates": None,
    }


def spans_of(data: Mapping[str, Any], starts: Iterable[dt.datetime]) -> list[Span]:
    """From when to when the event takes up time, at each of these starts."""
    extra = A_DAY if data["all_day_event"] else dt.timedelta()
    return [
        (start, ends_with(data["starts_at"], data["ends_at"], start) + extra) for start in starts
    ]


def rule_of(data: Mapping[str, Any]) -> Rule | None:
    """How it repeats, from cleaned_data; None for once."""
    if not data["recurrence"]:
        return None
    return Rule(
        pattern=RecurrencePattern(data["recurrence"]),
        interval=data["recurrence_interval"],
        weekdays=tuple(WEEKDAYS.index(DayOfWeek(day)) for day in data["recurrence_day_of_weeks"]),
    )


def _recurrence(rule: Rule, start: dt.datetime) -> dict[str, Any]:
    """Day for monthly, month and day for yearly: the help page contradicts itself (unverified)."""
    fields: dict[str, Any] = {
        "recurrence": True,
        "recurrencePattern": rule.pattern.value,
        "recurrenceInterval": rule.interval,
    }
    if rule.pattern == RecurrencePattern.WEEKLY:
        fields["recurrenceDayOfWeeks"] = [WEEKDAYS[day].value for day in rule.weekdays]
    if rule.pattern == RecurrencePattern.YEARLY:
        fields["recurrenceMonth"] = start.month
    if rule.pattern in (RecurrencePattern.MONTHLY, RecurrencePattern.YEARLY):
        fields["recurrenceDay"] = start.day
    return fields
