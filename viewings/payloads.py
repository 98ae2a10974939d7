"""What viewings say to Vitec: endpoints, and pure functions from form values to a frozen call."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from connect.calls import Answer, Call, Endpoint
from offices.models import Office
from offices.person_form import PERSON_PLACES, PERSON_WORDS, person_body

HELP = "https://connect.maklare.vitec.net/Help/Api/"

VIEWINGS = Endpoint(
    key="viewings.viewings",
    method="GET",
    path="Viewing/{customer_id}/{estate_id}",
    answer=Answer.JSON,
    writes=False,
    source=HELP + "GET-Viewing-customerId-estateId",
)
LEAD_SOURCES = Endpoint(
    key="viewings.lead_sources",
    method="GET",
    path="CRM/Lead/{customer_id}/LeadSources",
    answer=Answer.JSON,
    writes=False,
    source=HELP + "GET-CRM-Lead-customerId-LeadSources",
)

# Vitec's name -> ours, of the plain truth values. They are always sent: what is left out falls
# back on a rule that nobody has written down, and a message to a real person must be asked for.
SWITCHES = {
    "participated": "participated",
    "smsReminder": "sms_reminder",
    "mailConfirmation": "mail_confirmation",
    "smsConfirmation": "sms_confirmation",
}
OPTIONS = {
    "isDeadlineValidationEnabled": "options-is_deadline_validation_enabled",
    "enableBookingLimitValidation": "options-enable_booking_limit_validation",
}

ADD_PARTICIPANT = Endpoint(
    key="viewings.add_participant",
    method="POST",
    path="Viewing/{customer_id}/{viewing_id}/{time_slot_id}/Participant",
    answer=Answer.TEXT,
    writes=True,
    fields={
        "viewingId": "time_slot_id",
        "timeSlotId": "time_slot_id",
        **PERSON_PLACES,
        **SWITCHES,
        "reminderTime": "reminder_time",
        "contactMessage": "contact_message",
        "leadSourceId": "lead_source_id",
        **{f"options.{theirs}": ours for theirs, ours in OPTIONS.items()},
    },
    words={
        **PERSON_WORDS,
        "customerId": _("the office's customer id"),
        "returnBookingId": _("the wish for a booking id"),
        "options": _("what Vitec checks"),
        "body": _("the whole request"),
    },
    source=HELP + "POST-Viewing-customerId-viewingId-timeSlotId-Participant",
)


def participant_call(office: Office, data: Mapping[str, Any]) -> Call:
    """One person booked to one time slot, or registered there at the door.

    data: cleaned_data of ParticipantForm. `reminder_time` is minutes or None. Of the person only
    what was entered is sent: what is sent overwrites what Vitec has.
    """
    body: dict[str, Any] = {"updatePerson": person_body(office, data)}
    body |= {theirs: bool(data[ours]) for theirs, ours in SWITCHES.items()}
    if data["reminder_time"] is not None:
        body["reminderTime"] = data["reminder_time"]
    # An answer without a text could not be told from a failure.
    body["returnBookingId"] = True
    if data["contact_message"]:
        body["contactMessage"] = data["contact_message"]
    if data["lead_source_id"]:
        body["leadSourceId"] = data["lead_source_id"]
    body["options"] = {theirs: bool(data[ours]) for theirs, ours in OPTIONS.items()}
    places = {
        "customer_id": office.customer_id,
        "viewing_id": data["viewing_id"],
        "time_slot_id": data["time_slot_id"],
    }
    return ADD_PARTICIPANT.call(places, body=body)


@dataclasses.dataclass(frozen=True)
class Participant:
    """Who a frozen call books, and to what: told from the call, whatever form it came from."""

    time_slot_id: str
    contact_id: str
    first_name: str
    last_name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    participated: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def read_participant(call: Call) -> Participant:
    """The reverse of `participant_call`."""
    body = json.loads(call.body or "{}")
    person = body.get("updatePerson", {})
    phones = [person.get(name) for name in ("cellPhone", "telePhone", "workPhone", "otherPhone")]
    emails = [person.get("email", {}).get(name) for name in ("emailAddress", "emailAddress2")]
    return Participant(
        time_slot_id=unquote(call.path.split("/")[3]),
        contact_id=person.get("contactId", ""),
        first_name=person.get("firstName", ""),
        last_name=person.get("lastName", ""),
        phones=tuple(filter(None, phones)),
        emails=tuple(filter(None, emails)),
        participated=bool(body.get("participated")),
    )


def viewings_call(office: Office, estate_id: str) -> Call:
    """The past and coming viewings of one home, with slots and participants."""
    return VIEWINGS.call({"customer_id": office.customer_id, "estate_id": estate_id})


def lead_sources_call(office: Office) -> Call:
    return LEAD_SOURCES.call({"customer_id": office.customer_id})
