"""What meetings say to Vitec: endpoints, and pure functions from form values to a frozen call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connect import dates
from connect.calls import Answer, Call, Endpoint
from offices.models import Office
from submissions.kinds import Planned

ALL_TYPES = "All"
HELP = "https://connect.maklare.vitec.net/Help/Api/"

GET_MEETINGS = Endpoint(
    key="meetings.get_meetings",
    method="POST",
    path="Meeting/GetMeetings",
    answer=Answer.JSON,
    writes=False,
    source=HELP + "POST-Meeting-GetMeetings",
)

CREATE_COMEBACK = Endpoint(
    key="meetings.create_comeback",
    method="POST",
    path="Meeting/Comeback/{customer_id}/{contact_id}",
    answer=Answer.TEXT,
    writes=True,
    fields={
        "contactId": "contact_id",
        "date": "date",
        "meetingId": "meeting_id",
        "estateId": "estate_id",
        "participant": "participant",
        "participant.userId": "participant",
        "participant.userGroupId": "participant",
        "participant.officeId": "participant",
        "note": "note",
    },
    source=HELP + "POST-Meeting-Comeback-customerId-contactId",
)


def comeback_call(office: Office, data: Mapping[str, Any]) -> Call:
    """One follow-up with one contact.

    data: cleaned_data of ComebackForm. `date` is aware; `participant` is (Vitec's field, id) or
    None. Only what was entered is sent: what is left out Vitec leaves as it is.
    """
    body: dict[str, Any] = {"date": dates.to_vitec(data["date"])}
    for name, field in (("meetingId", "meeting_id"), ("estateId", "estate_id")):
        if data[field]:
            body[name] = data[field]
    if data["participant"]:
        field, value = data["participant"]
        body["participant"] = {field: value}
    if data["note"]:
        body["note"] = data["note"]
    places = {"customer_id": office.customer_id, "contact_id": data["contact_id"]}
    return CREATE_COMEBACK.call(places, body=body)


def comeback_times(_office: Office, data: Mapping[str, Any]) -> list[Planned]:
    """The moment of the comeback; given to a group or the office it is in nobody's own calendar."""
    field, value = data["participant"] or ("", "")
    return [Planned(data["date"], colleague_id=value if field == "userId" else "")]


def comeback_names(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Whose it is to do; a group or the office's pool is nobody's name."""
    field, value = data["participant"] or ("", "")
    return {"participant": [value] if field == "userId" else []}


def meetings_call(
    office: Office, date_from: Any, date_to: Any, *, by_booking_date: bool, kind: str = ALL_TYPES
) -> Call:
    """Meetings between two aware moments, by the day of the meeting or of its booking.

    kind: one of MeetingTypeCriteria. Left out, Vitec would name intake meetings only.
    """
    body = {
        "customerId": office.customer_id,
        "dateFrom": dates.to_vitec(date_from),
        "dateTo": dates.to_vitec(date_to),
        "search": by_booking_date,
        "type": str(kind),
    }
    return GET_MEETINGS.call(body=body)
