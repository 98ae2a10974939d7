"""Calendar events (kalenderhändelser) in a user's calendar; they can only be created."""

from sandbox.calls import Answer, Call, ok
from sandbox.clock import bare
from sandbox.persons import knows_user
from sandbox.problems import not_found
from sandbox.schemas import APPOINTMENT
from sandbox.store import Doc, new_id
from sandbox.validation import REQUIRED, Checker


def create_appointment(call: Call) -> Answer:
    """POST Appointment/{customerId}/{id}, ``id`` being the user; the answer is the new id."""
    customer_id = call.customer()
    user_id = call.params["id"]
    if not knows_user(call.store, customer_id, user_id):
        raise not_found("Användaren finns inte.")
    event, checker = call.check(APPOINTMENT)
    _check_times(checker, event)
    _check_recurrence(checker, event)
    checker.done()
    doc = {
        **event,
        "id": new_id("CAL"),
        "customerId": customer_id,
        "userId": user_id,
        "startsAt": bare(event["startsAt"]),
        "endsAt": bare(event["endsAt"]) if event.get("endsAt") else None,
        "createdAt": bare(call.clock.now()),
        "bodyText": call.body_text,
    }
    call.store.put("appointments", doc["id"], doc)
    return ok(doc["id"])


def _check_times(checker: Checker, event: Doc) -> None:
    starts, ends = event.get("startsAt"), event.get("endsAt")
    if "endsAt" not in checker.errors and ends is None and not event.get("allDayEvent"):
        checker.add("endsAt", REQUIRED)
    if starts and ends and ends < starts:
        checker.add("endsAt", "Sluttiden måste vara efter starttiden.")


def _check_recurrence(checker: Checker, event: Doc) -> None:
    if not event.get("recurrence"):
        return
    pattern = event.get("recurrencePattern")
    if not pattern and "recurrencePattern" not in checker.errors:
        checker.add("recurrencePattern", "Ange hur händelsen återkommer.")
    if pattern == "Weekly" and not event.get("recurrenceDayOfWeeks"):
        checker.add("recurrenceDayOfWeeks", "Ange minst en veckodag.")
