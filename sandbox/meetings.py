"""Meetings and comebacks (återkomster): listing them, and creating a comeback."""

from datetime import datetime
from typing import Any

from sandbox.calls import Answer, Call, ok
from sandbox.clock import bare, read_moment
from sandbox.persons import knows_user
from sandbox.problems import invalid_field
from sandbox.schemas import COMEBACK, GET_MEETINGS
from sandbox.store import Doc, new_id
from sandbox.validation import Checker

MOST_IDS = 20
_PARTICIPANT = ("userId", "userGroupId", "officeId")


def get_meetings(call: Call) -> Answer:
    """POST Meeting/GetMeetings: by booking date (``search``) or meeting date, bounds included."""
    criteria, checker = call.check(GET_MEETINGS)
    checker.done()
    customer_id = call.customer(criteria["customerId"])
    key = "bookedDate" if criteria.get("search") else "meetingDate"
    kind = criteria.get("type") or "Assignment"
    found = [
        _shown(doc)
        for doc in call.store.of("meetings", customer_id)
        if kind in ("All", doc["type"])
        and criteria["dateFrom"] <= read_moment(doc[key]) <= criteria["dateTo"]
    ]
    return ok(sorted(found, key=lambda doc: (doc[key], doc["id"])))


def get_meeting(call: Call) -> Answer:
    """GET Meeting/{customerId}/{id}."""
    return ok(_shown(call.known("meetings", call.params["id"], "Mötet")))


def _shown(doc: Doc) -> Doc:
    return {name: value for name, value in doc.items() if name != "customerId"}


def contact_meetings(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/{contactId}/Meeting, or several ids with commas between."""
    return _per_contact(call, "meetings", "bookedDate")


def contact_comebacks(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/{contactId}/ComebackMeeting, or several ids."""
    return _per_contact(call, "comebacks", "createdAt")


def _per_contact(call: Call, kind: str, created: str) -> Answer:
    contact_ids = [part for part in call.params["contactId"].split(",") if part]
    if len(contact_ids) > MOST_IDS:
        raise invalid_field("contactIds", f"Högst {MOST_IDS} id:n kan anges.")
    for contact_id in contact_ids:
        call.known("contacts", contact_id, "Kontakten")
    held = call.store.of(kind, call.customer())
    lists = [_dates(held, contact_id, created) for contact_id in contact_ids]
    return ok(lists if "," in call.params["contactId"] else lists[0])


def _dates(held: list[Doc], contact_id: str, created: str) -> Doc:
    rows = [
        {"id": doc["id"], "createdAt": doc[created], "meetingDate": doc["meetingDate"]}
        for doc in held
        if doc["contactId"] == contact_id
    ]
    return {"contactId": contact_id, "meetings": sorted(rows, key=lambda row: row["meetingDate"])}


def create_comeback(call: Call) -> Answer:
    """POST Meeting/Comeback/{customerId}/{contactId}; the answer is the new id."""
    customer_id = call.customer()
    contact = call.known("contacts", call.params["contactId"], "Kontakten")
    comeback, checker = call.check(COMEBACK)
    _check_date(call, checker, comeback.get("date"))
    _check_known(call, checker, comeback)
    _check_participant(call, checker, comeback.get("participant"))
    checker.done()
    doc = {
        "id": new_id("CAL"),
        "customerId": customer_id,
        "contactId": contact["id"],
        "createdAt": bare(call.clock.now()),
        **comeback,
        "meetingDate": bare(comeback["date"]),
        "bodyText": call.body_text,
    }
    del doc["date"]
    call.store.put("comebacks", doc["id"], doc)
    return ok(doc["id"])


def _check_date(call: Call, checker: Checker, date: datetime | None) -> None:
    # A comeback for this very minute is let through.
    if date is not None and date < call.clock.now().replace(second=0, microsecond=0):
        checker.add("date", "Datumet har passerat. En återkomst måste ligga framåt i tiden.")


def _check_known(call: Call, checker: Checker, comeback: Doc) -> None:
    for field, kind, what in (
        ("meetingId", "meetings", "Mötet"),
        ("estateId", "estates", "Objektet"),
    ):
        doc = call.store.get(kind, comeback[field]) if comeback.get(field) else None
        if comeback.get(field) and (doc is None or doc["customerId"] != call.customer()):
            checker.add(field, f"{what} finns inte.")


def _check_participant(call: Call, checker: Checker, participant: Any) -> None:
    if participant is None:
        return
    given = {name: participant[name] for name in _PARTICIPANT if participant.get(name)}
    if len(given) != 1:
        checker.add("participant", "Deltagare: en, och enbart en, kan anges.")
        return
    field, value = next(iter(given.items()))
    known = {
        "userId": lambda: knows_user(call.store, call.customer(), value),
        "userGroupId": lambda: _knows_group(call, value),
        "officeId": lambda: _knows_office(call, value),
    }
    if not known[field]():
        checker.add(f"participant.{field}", "Deltagaren finns inte.")


def _knows_group(call: Call, group_id: str) -> bool:
    group = call.store.get("groups", group_id)
    return group is not None and call.customer() in group["customerIds"]


def _knows_office(call: Call, office_id: str) -> bool:
    # Whether the real system wants the office id or the customer id is not known: both pass.
    office = call.store.get("offices", office_id)
    return office_id == call.customer() or (
        office is not None and office["customerId"] == call.customer()
    )
