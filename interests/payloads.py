"""What area interests say to Vitec: the endpoint, and a pure function to a frozen call."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connect.calls import Answer, Call, Endpoint
from interests.forms import BROKER, PRESENT
from interests.housing import ABROAD, HOUSINGS
from interests.profiles import PLACES, PREFIX
from lib.amounts import as_json
from lib.polygons import Point
from offices.models import Office
from offices.person_form import PERSON_PLACES, person_body

_PRESENT = {
    "estateType": "estate_type",
    "livingSpace": "living_space",
    "numberOfRooms": "number_of_rooms",
    "price": "price",
    "other": "other",
}
# Vitec's range -> ours.
_RANGES = {
    "livingSpace": "living_space",
    "numberOfRooms": "number_of_rooms",
    "price": "price",
    "plotArea": "plot_area",
}

SEND_INTEREST = Endpoint(
    key="interests.send_interest",
    method="POST",
    path="Interest/SendInterestAndContactOnArea",
    answer=Answer.ANYTHING,
    writes=True,
    fields={
        **PERSON_PLACES,
        "updatePerson.userId": BROKER,
        "lookingForAccommodations": PREFIX,
        **{f"lookingForAccommodations.{theirs}": PREFIX for theirs in PLACES},
        **{f"presentAccommodation.{theirs}": PRESENT + ours for theirs, ours in _PRESENT.items()},
        "presentAccommodation.coordinate": PRESENT + "coordinate",
        "presentAccommodation.coordinate.longitud": PRESENT + "coordinate",
        "presentAccommodation.coordinate.latitud": PRESENT + "coordinate",
        "notifyUser": "notify_user",
        "watched": "watched",
    },
    source="https://connect.maklare.vitec.net/Help/Api/POST-Interest-SendInterestAndContactOnArea",
)


def interest_call(office: Office, data: Mapping[str, Any]) -> Call:
    """A person and what the person is looking for.

    data: cleaned_data of InterestForm. Only what was entered is sent, since what is sent of the
    person overwrites; only `active`, `notifyUser` and, unless it shall stay as it is, `watched`
    are always said.
    """
    person = person_body(office, data)
    if data[BROKER]:
        person["userId"] = data[BROKER]
    body: dict[str, Any] = {
        "updatePerson": person,
        "lookingForAccommodations": [_preference(profile) for profile in data[PREFIX]],
    }
    if present := _present_home(data):
        body["presentAccommodation"] = present
    body["notifyUser"] = bool(data["notify_user"])
    if data["watched"]:
        body["watched"] = data["watched"]
    return SEND_INTEREST.call(body=body)


def _preference(data: Mapping[str, Any]) -> dict[str, Any]:
    """One search preference, with Vitec's spelling."""
    said: dict[str, Any] = {
        "id": data["id"],
        "areaIds": data["area_ids"],
        "countys": data["county_codes"],
        "countryCode": data["country_code"],
        "polygon": [_coordinate(corner) for corner in _closed(data["polygon"])],
        "foreignProperty": data[ABROAD],
        **{kind.flag: data[kind.field] for kind in HOUSINGS},
        **{theirs: _range(data, ours) for theirs, ours in _RANGES.items()},
        "specialRequset": data["special_request"],
        "increasedRequirementIDs": data["increased_requirement_ids"],
    }
    return {**{key: value for key, value in said.items() if value}, "active": bool(data["active"])}


def _closed(ring: list[Point]) -> list[Point]:
    """First and last the same, as Vitec wants a polygon."""
    return [*ring, ring[0]] if ring else []


def _coordinate(point: Point) -> dict[str, float]:
    longitude, latitude = point
    return {"longitud": longitude, "latitud": latitude}


def _range(data: Mapping[str, Any], name: str) -> dict[str, float]:
    ends = {end: data[f"{name}-{end}"] for end in ("min", "max")}
    return {end: as_json(amount) for end, amount in ends.items() if amount is not None}


def _present_home(data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for theirs, ours in _PRESENT.items():
        value = data[PRESENT + ours]
        if value not in ("", None):
            found[theirs] = as_json(value) if isinstance(value, Decimal) else str(value)
    if point := data[PRESENT + "coordinate"]:
        found["coordinate"] = _coordinate(point)
    return found
