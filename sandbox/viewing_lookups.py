"""Viewings with their time slots, and who is booked to them."""

from datetime import datetime, timedelta

from sandbox.calls import Answer, Call, ok
from sandbox.clock import read_moment
from sandbox.problems import invalid_field
from sandbox.store import Doc

_LARGEST_PAGE = 300


def viewings(call: Call) -> Answer:
    """GET Viewing/{customerId}/{estateId}: past and coming viewings of one estate."""
    customer_id = call.customer()
    estate = call.known("estates", call.params["estateId"], "Objektet")
    booked = call.store.of("participants", customer_id)
    own = [
        _shown(doc, booked)
        for doc in call.store.of("viewings", customer_id)
        if doc["estateId"] == estate["id"]
    ]
    return ok(sorted(own, key=lambda doc: doc["startsAt"]))


def viewings_twin(call: Call) -> Answer:
    """GET Viewing/{estateId}?customerId=, the same as above."""
    call.params["customerId"] = call.query_customer()
    return viewings(call)


def _shown(viewing: Doc, booked: list[Doc]) -> Doc:
    shown = {name: value for name, value in viewing.items() if name != "customerId"}
    shown["timeSlots"] = [
        slot
        | {
            "participants": [
                {"contactId": doc["contactId"], "hasParticipated": doc["participated"]}
                for doc in booked
                if doc["timeSlotId"] == slot["id"]
            ]
        }
        for slot in viewing["timeSlots"]
    ]
    return shown


def follow_ups(call: Call) -> Answer:
    """GET ViewingParticipant/{customerId}/{contactId}/{viewingId}."""
    contact = call.known("contacts", call.params["contactId"], "Kontakten")
    viewing = call.known("viewings", call.params["viewingId"], "Visningen")
    names = ("timeSlotId", "contactId", "viewingId", "participated", "contacted")
    return ok(
        [
            {name: doc[name] for name in names}
            for doc in call.store.of("participants", call.customer())
            if doc["contactId"] == contact["id"] and doc["viewingId"] == viewing["id"]
        ]
    )


def report(call: Call) -> Answer:
    """GET CRM/Report/{customerId}/ViewingParticipant, paged, by the date of the viewing."""
    customers = _report_customers(call)
    size = call.whole("PageSize", _LARGEST_PAGE, 1, _LARGEST_PAGE)
    index = call.whole("PageIndex", 0, 0, 1_000_000)
    first = _bound(call, "ViewingStartDate")
    last = _bound(call, "ViewingEndDate")
    rows = [
        _report_row(call, doc, starts)
        for customer_id in customers
        for doc in call.store.of("participants", customer_id)
        if (starts := _starts(call, doc))
        and (first is None or first <= starts)
        and (last is None or starts <= last)
    ]
    rows.sort(key=lambda row: row["viewing"]["date"])
    page = rows[index * size : (index + 1) * size]
    return ok({"rows": page, "totalPageCount": -(-len(rows) // size)})


def _report_customers(call: Call) -> list[str]:
    own = call.customer()
    given = [part.strip() for part in call.query.get("customerids", "").split(",")]
    return [call.customer(part) for part in given if part] or [own]


def _bound(call: Call, name: str) -> datetime | None:
    text = call.query.get(name.lower())
    if not text:
        return None
    try:
        moment = read_moment(text)
    except ValueError as error:
        raise invalid_field(name, "Datumet kan inte tolkas.") from error
    # A last day without a time of day means the whole of that day.
    whole_day = name == "ViewingEndDate" and "T" not in text
    return moment + timedelta(hours=23, minutes=59) if whole_day else moment


def _starts(call: Call, participant: Doc) -> datetime | None:
    viewing = call.store.get("viewings", participant["viewingId"])
    return read_moment(viewing["startsAt"]) if viewing else None


def _report_row(call: Call, doc: Doc, starts: datetime) -> Doc:
    contact = call.store.get("contacts", doc["contactId"]) or {}
    estate = call.store.get("estates", doc["estateId"]) or {}
    broker = call.store.get("users", estate.get("brokerId", "")) or {}
    office = call.store.of("offices", doc["customerId"])[0]
    return {
        "contact": {
            "id": doc["contactId"],
            "firstName": contact.get("firstName"),
            "lastName": contact.get("lastName"),
            "cellPhone": contact.get("cellPhone"),
            "email": (contact.get("email") or {}).get("emailAddress"),
        },
        "viewing": {"date": starts.isoformat()},
        "followedUp": "Completed" if doc["contacted"] == "Yes" else None,
        "estate": {
            "id": doc["estateId"],
            **{name: estate.get(name) for name in ("streetAddress", "zipCode", "city")},
            "area": estate.get("areaName"),
        },
        "office": {"customerId": doc["customerId"], "name": office["name"]},
        "responsibleBroker": {"name": broker.get("userName")},
    }
