"""Reading back what a write may have done: the only proof when no answer came.

All are reads. Each raises what `Client.send` raises, and OutcomeUnknown with the cause `shape`
when the answer is JSON of another shape than documented. An appointment cannot be read back.
"""

from __future__ import annotations

import dataclasses
import datetime

from connect import rows
from connect.calls import Answer, Endpoint, Reply
from connect.client import Client
from connect.errors import OutcomeUnknown

COMEBACKS = Endpoint(
    key="readback.comebacks",
    method="GET",
    path="CRM/Contact/{customer_id}/{contact_id}/ComebackMeeting",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/{contactId}/ComebackMeeting",
)
SEARCH_PROFILES = Endpoint(
    key="readback.search_profiles",
    method="GET",
    path="CRM/Contact/{customer_id}/SearchProfile/{contact_id}",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/SearchProfile/{contactId}/{searchprofileId}",
)
# The lists of the answer, by what is looked for; one profile may stand in several.
_PROFILE_LISTS = (
    "residentialProfiles",
    "farmProfiles",
    "commercialProfiles",
    "foreignProfiles",
    "premiseProfiles",
)


@dataclasses.dataclass(frozen=True)
class Comeback:
    """All that Vitec tells of a comeback: when it was made and when it is to be. Aware, or None."""

    vitec_id: str
    created_at: datetime.datetime | None
    date: datetime.datetime | None


def comebacks(client: Client, customer_id: str, contact_id: str) -> tuple[Comeback, ...]:
    """The comebacks of one contact, whoever made them."""
    places = {"customer_id": customer_id, "contact_id": contact_id}
    reply = client.send(COMEBACKS.call(places))
    if not isinstance(reply.value, dict):
        raise _wrong_shape(reply)
    return tuple(
        Comeback(
            rows.text(row, "id"), rows.moment(row, "createdAt"), rows.moment(row, "meetingDate")
        )
        for row in rows.children(reply.value, "meetings")
    )


@dataclasses.dataclass(frozen=True)
class SearchProfile:
    """What somebody looks for, as the newer search profiles tell it. Aware or None.

    ranges: (least, most) by Vitec's name, such as `livingSpace`; None for no limit.
    """

    profile_id: str
    created_at: datetime.datetime | None
    area_ids: frozenset[str]
    municipality_codes: frozenset[str]
    requirement_ids: frozenset[str]
    ranges: dict[str, tuple[float | None, float | None]]


RANGES = ("livingSpace", "numberOfRooms", "price", "plotArea")


def search_profiles(client: Client, customer_id: str, contact_id: str) -> tuple[SearchProfile, ...]:
    """The search profiles of one contact, whoever made them, each once."""
    places = {"customer_id": customer_id, "contact_id": contact_id}
    reply = client.send(SEARCH_PROFILES.call(places))
    if not isinstance(reply.value, dict):
        raise _wrong_shape(reply)
    found = {
        rows.text(row, "id"): _search_profile(row)
        for name in _PROFILE_LISTS
        for row in rows.children(reply.value, name)
    }
    return tuple(found.values())


def _search_profile(row: rows.Row) -> SearchProfile:
    limits = {name: rows.child(row, name) for name in RANGES}
    return SearchProfile(
        profile_id=rows.text(row, "id"),
        created_at=rows.moment(row, "dateCreated"),
        area_ids=frozenset(rows.texts(row, "areaIds")),
        municipality_codes=frozenset(rows.texts(row, "municipalityCodes")),
        requirement_ids=frozenset(rows.texts(row, "increasedRequirementIds")),
        ranges={
            name: (rows.number(limit, "minValue"), rows.number(limit, "maxValue"))
            for name, limit in limits.items()
        },
    )


def _wrong_shape(reply: Reply) -> OutcomeUnknown:
    return OutcomeUnknown(
        status=reply.status,
        cause="shape",
        milliseconds=reply.milliseconds,
        request_id=reply.request_id,
    )
