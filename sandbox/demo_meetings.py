"""Demo data: meetings over a year back and two months ahead, and comebacks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from sandbox.clock import bare
from sandbox.demo_lists import ASSIGNMENT_SOURCES, at, weekday_near
from sandbox.demo_people import CONTACTS_PER_OFFICE, PLACES, ident
from sandbox.store import Doc

MEETINGS_PER_OFFICE = 340
DAYS_BACK = 365
DAYS_AHEAD = 60
# Enough of them today and tomorrow that a morning list is never empty, on a Sunday either.
_NEAR = (0, 0, 0, 0, 0, 1, 1, 1, 1, -1, -1, -1, 2, 2, 3, 3)
_HOURS = (9, 10, 10, 11, 13, 13, 14, 15, 16, 17)
_PAST_STATES = (
    *["FollowedUp"] * 10,
    *["Booked"] * 3,
    *["NotRelevant"] * 3,
    "CancelledByAgent",
    *["CancelledByCustomer"] * 2,
)
_COMING_STATES = (*["Booked"] * 12, "CancelledByAgent", "CancelledByCustomer")
_CANCELLED_BY = {"CancelledByAgent": "Mäklare", "CancelledByCustomer": "Kund"}


def meetings(
    rng: Random, today: date, users: list[Doc], contacts: list[Doc], estates: list[Doc]
) -> Iterator[Doc]:
    """Yield the meetings in the shape of Meeting/GetMeetings, and the customer id of each."""
    for place in PLACES:
        own = [
            [doc for doc in docs if place.customer_id in doc["customerId"]]
            for docs in (users, contacts, estates)
        ]
        for number in range(MEETINGS_PER_OFFICE):
            yield _meeting(rng, today, number, own, place.customer_id)


def _meeting(rng: Random, today: date, number: int, own: list[list[Doc]], customer_id: str) -> Doc:
    users, contacts, estates = own
    kind = "Viewing" if number % 4 == 3 else "Assignment"
    starts = at(_day(rng, today, number, kind), rng.choice(_HOURS), rng.choice((0, 0, 30)))
    booked = _booked(rng, starts, today)
    past = starts.date() < today
    contact = rng.choice(contacts)
    # Archived brokers keep their old meetings.
    broker, booker = rng.choice(users[:8]), rng.choice(users)
    estate = rng.choice(estates) if rng.random() < 0.8 or kind == "Viewing" else None
    state = rng.choice(_PAST_STATES if past else _COMING_STATES)
    doc: Doc = {
        "customerId": customer_id,
        "id": ident("CAL", customer_id, number),
        "contactId": contact["id"],
        "contactName": " ".join(filter(None, (contact["firstName"], contact["lastName"]))),
        "address": _address(contact, estate),
        "telePhone": contact["telePhone"],
        "cellPhone": contact["cellPhone"],
        "meetingDate": bare(starts),
        "type": kind,
        "state": state,
        "brokerId": broker["userId"],
        "brokerName": broker["userName"],
        "bookedById": booker["userId"],
        "bookedByName": booker["userName"],
        "bookedDate": bare(booked),
        "estateStatus": estate["status"] if estate else None,
        "cancelledBy": _CANCELLED_BY.get(state),
        "estateId": estate["id"] if estate else None,
    }
    return doc | _deal(rng, number, kind, state, starts)


def _day(rng: Random, today: date, number: int, kind: str) -> date:
    if number < len(_NEAR):
        return today + timedelta(days=_NEAR[number])
    day = today + timedelta(days=rng.randrange(-DAYS_BACK, DAYS_AHEAD))
    return day if kind == "Viewing" else weekday_near(day)


def _booked(rng: Random, starts: datetime, today: date) -> datetime:
    """Return when it was booked: days before it, never in the future; some with decimals."""
    latest = min(starts.date(), today) - timedelta(days=1)
    moment = at(latest - timedelta(days=rng.randrange(21)), rng.randrange(8, 19), rng.randrange(60))
    decimals = rng.choice((0, 0, 650_000, 507_042, 3_000))
    return moment + timedelta(seconds=rng.randrange(60), microseconds=decimals)


def _address(contact: Doc, estate: Doc | None) -> Doc:
    source = estate or contact["address"]
    return {
        "streetAddress": source["streetAddress"],
        "zipCode": source["zipCode"],
        "city": source["city"],
        "countryCode": None if estate else source["countryCode"],
    }


def _deal(rng: Random, number: int, kind: str, state: str, starts: datetime) -> Doc:
    """Return what an intake meeting led to; null where it led to nothing."""
    source = rng.choice(list(ASSIGNMENT_SOURCES)) if rng.random() < 0.85 else None
    won = kind == "Assignment" and state == "FollowedUp" and number % 2 == 0
    signed = starts + timedelta(days=rng.randrange(1, 15))
    agreed = signed + timedelta(days=rng.randrange(20, 60))
    fee = rng.randrange(30_000, 130_000, 500)
    return {
        "signatureDate": bare(at(signed.date(), 0)) if won else None,
        "commissionWithoutTaxes": fee + rng.choice((0, 0.5)) if won else None,
        "commissionSource": None,
        "assignmentSource": {"id": source, "name": ASSIGNMENT_SOURCES[source]} if source else None,
        "agreementDate": bare(at(agreed.date(), 0)) if won else None,
        "commissionType": rng.choice(("Sale", "Sale", "Sale", "Valuation", "Writing"))
        if won
        else None,
        "accessDate": bare(at(agreed.date() + timedelta(days=60), 0)) if won else None,
    }


def comebacks(rng: Random, today: date) -> Iterator[Doc]:
    """Yield some comebacks that the brokers made in their own system."""
    for place in PLACES:
        for number in range(60):
            made = at(today - timedelta(days=rng.randrange(1, 90)), rng.randrange(8, 18), 9)
            day = today + timedelta(days=rng.randrange(-30, 120))
            yield {
                "id": ident("CAL", place.customer_id, "comeback", number),
                "customerId": place.customer_id,
                "contactId": ident("ADR", place.customer_id, rng.randrange(CONTACTS_PER_OFFICE)),
                "createdAt": bare(made + timedelta(microseconds=rng.choice((0, 650_000)))),
                "meetingDate": bare(at(weekday_near(day), rng.choice(_HOURS))),
                "bodyText": None,
            }
