"""Demo data: areas, estates, viewings with their time slots, and viewing participants."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from sandbox.clock import bare
from sandbox.demo_lists import STATUSES, at
from sandbox.demo_names import STREETS
from sandbox.demo_people import CONTACTS_PER_OFFICE, PLACES, Place, ident
from sandbox.store import Doc

ESTATES_PER_OFFICE = 34
VIEWINGS_PER_OFFICE = 26

_AREA_NAMES = {
    "M30011": (
        "Centrala Sundbyberg",
        "Lilla Alby",
        "Duvbo",
        "Rissne",
        "Hallonbergen",
        "Ör",
        "Storskogen",
        "Mariehäll",
    ),
    "M30012": (
        "Solna Centrum",
        "Råsunda",
        "Hagalund",
        "Bergshamra",
        "Huvudsta",
        "Frösunda",
        "Ulriksdal",
        "Järvastaden",
    ),
}
_KINDS = (
    *["HousingCooperative"] * 9,
    *["House"] * 4,
    "Cottage",
    "Plot",
    "Condominium",
    "Farm",
    "Premises",
    "Foreignproperty",
    "Project",
)
_STATUS_OF = ("3", "3", "3", "3", "4", "2", "6", "3", "10", "1", "5", "3", "4", "7")
_HOURS = (12, 13, 14, 15, 17, 18)


def areas(today: date) -> Iterator[Doc]:
    """Yield the areas; the seventh has no polygon, the last one is archived."""
    for place in PLACES:
        for number, name in enumerate(_AREA_NAMES[place.customer_id]):
            yield {
                "id": ident("STD", place.customer_id, number),
                "customerId": place.customer_id,
                "name": name,
                "county": place.county,
                "archived": number == 7,
                "polygon": [] if number == 6 else _square(place, number),
                "dateChanged": bare(at(today - timedelta(days=200 + number), 15, 4)),
            }


def _square(place: Place, number: int) -> list[Doc]:
    west = round(place.longitude + (number % 3 - 1) * 0.02, 5)
    south = round(place.latitude + (number // 3 - 1) * 0.01, 5)
    east, north = round(west + 0.018, 5), round(south + 0.009, 5)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return [{"longitud": longitude, "latitud": latitude} for longitude, latitude in corners]


def estates(rng: Random, today: date) -> Iterator[Doc]:
    """Yield the estates in the sandbox's own shape (see ``sandbox.estate_lookups``)."""
    for place in PLACES:
        for number in range(ESTATES_PER_OFFICE):
            yield _estate(rng, place, number, today)


def estate_id(place: Place, number: int) -> str:
    """Return the id of the estate; every eleventh has the odd form that also exists."""
    if number % 11 == 5:
        return f"CMBOLGH{place.customer_id[1:]}{ident('', place.customer_id, number)[:14]}"
    return f"OBJ{place.customer_id[1:]}_{1702400000 + number * 7919}"


def _estate(rng: Random, place: Place, number: int, today: date) -> Doc:
    kind = _KINDS[number % len(_KINDS)]
    status = _STATUS_OF[number % len(_STATUS_OF)]
    rooms = rng.choice((1, 1.5, 2, 2.5, 3, 4, 5, 6))
    return {
        "id": estate_id(place, number),
        "customerId": place.customer_id,
        "kind": kind,
        "objectNumber": f"{place.customer_id[-2:]}-{1000 + number}",
        "streetAddress": f"{STREETS[number % len(STREETS)]} {rng.randrange(1, 80)}",
        "zipCode": f"{place.zip_code[:4]}{rng.randrange(20, 99)}",
        "city": place.city,
        "countyMunicipalityCode": place.county,
        "areaName": _AREA_NAMES[place.customer_id][number % 7],
        "status": {"id": status, "name": STATUSES[status]},
        "price": rng.randrange(36, 190) * 50_000,
        "rooms": rooms,
        "livingSpace": round(rooms * 22 + rng.randrange(12) + rng.choice((0, 0.5)), 1),
        "monthlyFee": rng.randrange(1800, 7200, 50),
        "plotSize": rng.randrange(400, 2400),
        "brokerId": ident("HAN", place.customer_id, number % 6),
        "coordinate": {
            "longitud": round(place.longitude + rng.random() / 50, 5),
            "latitud": round(place.latitude + rng.random() / 100, 5),
        },
        "signatureDate": bare(at(today - timedelta(days=rng.randrange(10, 200)), 0)),
        "dateChanged": bare(at(today - timedelta(days=rng.randrange(1, 30)), 16, 21)),
    }


def viewings(rng: Random, today: date) -> Iterator[Doc]:
    """Yield the viewings, from four weeks back to four weeks ahead, some of them today."""
    for place in PLACES:
        for number in range(VIEWINGS_PER_OFFICE):
            yield _viewing(rng, place, number, today)


def _viewing(rng: Random, place: Place, number: int, today: date) -> Doc:
    day = today + timedelta(days=(-28, -21, -14, -7, -2, 0, 1, 2, 4, 7, 11, 14, 21)[number % 13])
    starts = at(day, _HOURS[number % len(_HOURS)], rng.choice((0, 15, 30)))
    slots, minutes = ((1, 45), (1, 30), (3, 20), (1, 60), (4, 15))[number % 5]
    ends = starts + timedelta(minutes=slots * minutes)
    viewing_id = ident("VIS", place.customer_id, number)
    return {
        "id": viewing_id,
        "customerId": place.customer_id,
        # Spread so that some estates have several viewings and some none.
        "estateId": estate_id(place, number * 3 % 28),
        "startsAt": bare(starts),
        "endsAt": bare(ends),
        "showOnInternet": number % 4 != 3,
        "showOnIntranet": True,
        "isDigital": number % 9 == 8,
        "commentary": rng.choice((None, "Ring mäklaren för portkod.", "Tag med legitimation.")),
        "participantPerTimeSlot": {1: 2, 2: 4, 4: 12}.get(number % 6),
        "bookableFromInternet": number % 4 != 3,
        "noLaterThen": bare(starts - timedelta(hours=3)) if number % 3 == 1 else None,
        "bookingUrl": None,
        "isProjectViewing": False,
        "timeSlots": [
            _slot(viewing_id, n, starts + timedelta(minutes=n * minutes), minutes)
            for n in range(slots)
        ],
    }


def _slot(viewing_id: str, number: int, starts: datetime, minutes: int) -> Doc:
    return {
        "id": ident("TID", viewing_id, number),
        "startsAt": bare(starts),
        "endsAt": bare(starts + timedelta(minutes=minutes)),
    }


def participants(rng: Random, viewing_docs: list[Doc], today: date) -> Iterator[Doc]:
    """Yield the people already booked, never more than the viewing has places."""
    for viewing in viewing_docs:
        for slot in viewing["timeSlots"]:
            wanted = rng.randrange(7)
            places = viewing["participantPerTimeSlot"]
            guests = rng.sample(range(CONTACTS_PER_OFFICE - 10), wanted)
            # One place is left free in a limited slot, except in the very small ones.
            most = wanted if places is None else max(places - 1, 1)
            for guest in guests[:most]:
                yield _participant(rng, viewing, slot, guest, today)


def _participant(rng: Random, viewing: Doc, slot: Doc, guest: int, today: date) -> Doc:
    past = slot["startsAt"] < bare(at(today, 0))
    booked = min(datetime.fromisoformat(slot["startsAt"]) - timedelta(days=2), at(today, 7, 30))
    return {
        "id": ident("VID", slot["id"], guest),
        "customerId": viewing["customerId"],
        "estateId": viewing["estateId"],
        "viewingId": viewing["id"],
        "timeSlotId": slot["id"],
        "contactId": ident("ADR", viewing["customerId"], guest),
        "participated": past and rng.random() < 0.7,
        "contacted": rng.choice(("Yes", "No", "NotRelevant")) if past else "No",
        "createdAt": bare(booked),
        "bodyText": None,
    }
