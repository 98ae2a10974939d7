"""Booking people to a viewing's time slot, and taking them away again."""

from datetime import datetime

from sandbox.calls import Answer, Call, no_content, ok
from sandbox.clock import bare, read_moment
from sandbox.demo_lists import LEAD_SOURCES
from sandbox.persons import check_person, save_person
from sandbox.problems import not_found
from sandbox.schemas import BOOK_EXISTING, BOOK_NEW
from sandbox.store import Doc, new_id
from sandbox.validation import Checker

_WITHOUT_WORK_FLOW = "ProspectiveLogFlow"


def book_new(call: Call) -> Answer:
    """POST Viewing/{customerId}/{viewingId}/{timeSlotId}/Participant.

    The answer is the booking id when ``returnBookingId`` is true, otherwise an empty string.
    """
    viewing, slot = _slot(call)
    booking, checker = call.check(BOOK_NEW)
    person = booking.get("updatePerson")
    check_person(call, checker, person, "updatePerson.")
    if person and person.get("customerId") not in (None, "", call.customer()):
        checker.add("updatePerson.customerId", "Kund-id är ett annat än visningens.")
    _check_booking(call, checker, booking, viewing, slot)
    checker.done()
    contact = save_person(call, booking.pop("updatePerson"))
    participant_id = _book(call, booking, viewing, slot, contact["id"])
    return ok(participant_id if booking.get("returnBookingId") else "")


def book_new_twin(call: Call) -> Answer:
    """POST Viewing/{viewingId}/{timeSlotId}/Participant?customerId=, the same as above."""
    call.params["customerId"] = call.query_customer()
    return book_new(call)


def book_existing(call: Call) -> Answer:
    """POST …/Participant/{contactId}: a known contact, a lead source without work flow."""
    viewing, slot = _slot(call)
    contact = call.known("contacts", call.params["contactId"], "Kontakten")
    booking, checker = call.check(BOOK_EXISTING)
    _check_booking(call, checker, booking, viewing, slot)
    flows = {row["id"]: row["leadType"] for row in LEAD_SOURCES}
    if flows.get(booking.get("leadSourceId"), _WITHOUT_WORK_FLOW) != _WITHOUT_WORK_FLOW:
        checker.add("leadSourceId", "Leadskällan får inte ha något arbetsflöde.")
    checker.done()
    _book(call, booking, viewing, slot, contact["id"])
    return no_content()


def remove(call: Call) -> Answer:
    """DELETE …/Participant/{contactId}: all bookings of the contact in the slot."""
    _viewing, slot = _slot(call)
    contact_id = call.params["contactId"]
    own = [doc for doc in _in_slot(call, slot["id"]) if doc["contactId"] == contact_id]
    if not own:
        raise not_found("Deltagaren finns inte.")
    for doc in own:
        call.store.remove("participants", doc["id"])
    return no_content()


def _slot(call: Call) -> tuple[Doc, Doc]:
    viewing = call.known("viewings", call.params["viewingId"], "Visningen")
    for slot in viewing["timeSlots"]:
        if slot["id"] == call.params["timeSlotId"]:
            return viewing, slot
    raise not_found("Visningstillfället finns inte.")


def _in_slot(call: Call, slot_id: str) -> list[Doc]:
    return [doc for doc in call.store.all("participants") if doc["timeSlotId"] == slot_id]


def _check_booking(call: Call, checker: Checker, booking: Doc, viewing: Doc, slot: Doc) -> None:
    source = booking.get("leadSourceId")
    if source and all(row["id"] != source for row in LEAD_SOURCES):
        checker.add("leadSourceId", "Leadskällan finns inte.")
    options = booking.get("options") or {}
    deadline = viewing["noLaterThen"]
    if options.get("isDeadlineValidationEnabled") and deadline:
        _check_deadline(checker, read_moment(deadline), call.clock.now())
    if options.get("enableBookingLimitValidation") and _is_full(call, viewing, slot):
        checker.add("options.enableBookingLimitValidation", "Visningstillfället är fullbokat.")


def _is_full(call: Call, viewing: Doc, slot: Doc) -> bool:
    places = viewing["participantPerTimeSlot"]
    return places is not None and len(_in_slot(call, slot["id"])) >= places


def _check_deadline(checker: Checker, deadline: datetime, now: datetime) -> None:
    if now > deadline:
        text = f"Sista tid för bokning var {deadline:%Y-%m-%d %H:%M}."
        checker.add("options.isDeadlineValidationEnabled", text)


def _book(call: Call, booking: Doc, viewing: Doc, slot: Doc, contact_id: str) -> str:
    doc = {
        **booking,
        "id": new_id("VID"),
        "customerId": viewing["customerId"],
        "estateId": viewing["estateId"],
        "viewingId": viewing["id"],
        "timeSlotId": slot["id"],
        "contactId": contact_id,
        "participated": bool(booking.get("participated")),
        "contacted": "No",
        "createdAt": bare(call.clock.now()),
        "bodyText": call.body_text,
    }
    call.store.put("participants", doc["id"], doc)
    participant_id: str = doc["id"]
    return participant_id
