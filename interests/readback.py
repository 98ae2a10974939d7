"""Seeing at Vitec whether an area interest has arrived: by the person's search profiles.

Vitec answers the write with nothing, and tells of a profile when it was made and what it says. So
it counts as found when every wish has a profile of its own, made while we tried. It counts as
absent only where no profile at all was made then: Vitec may write down a wish in other words than
ours, and "absent" makes a person send it again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from connect import lookups
from connect.calls import Call
from connect.client import Client
from connect.errors import Denied
from connect.readback import RANGES, SEARCH_PROFILES, SearchProfile, search_profiles
from offices.models import Office
from offices.same_person import is_the_same, ways_to_reach
from submissions.kinds import ReadBack, Span
from submissions.models import LIVE, Submission

# Vitec's clock need not go as ours does.
SKEW = dt.timedelta(minutes=5)


def find_interests(client: Client, office: Office, call: Call, span: Span) -> Sequence[str] | None:
    """One empty id for each time that all the wishes are there; None when it cannot be told."""
    body = json.loads(call.body or "{}")
    person, wishes = body["updatePerson"], body["lookingForAccommodations"]
    if not wishes or any(wish.get("id") for wish in wishes):
        # A profile that is changed keeps its date: nothing tells that it was changed.
        return None
    if _another_may_have_made_them(office, call, span):
        return None
    contacts = _contacts(client, office, person)
    if contacts is None:
        return None
    made = [
        profile
        for contact_id in contacts
        for profile in search_profiles(client, office.customer_id, contact_id)
        if _made_within(profile, span)
    ]
    return _times(wishes, made)


def _contacts(client: Client, office: Office, person: Mapping[str, Any]) -> list[str] | None:
    """The ids of who is, or may have become, the person; None when that cannot be looked up."""
    if contact_id := person.get("contactId"):
        return [str(contact_id)]
    ways = [way for way in ways_to_reach(person) if len(way.strip()) >= lookups.TERM_LENGTH]
    if not ways:
        return None
    try:
        known = lookups.search_contacts(client, office.customer_id, ways[0])
    except Denied:
        return None
    return [one.contact_id for one in known if is_the_same(one, person)]


def _made_within(profile: SearchProfile, span: Span) -> bool:
    made = profile.created_at
    # One that does not say when it was made may be ours.
    return made is None or span.first - SKEW <= made <= span.last + SKEW


def _times(wishes: Sequence[Mapping[str, Any]], made: Sequence[SearchProfile]) -> list[str] | None:
    if not made:
        return []
    if any(profile.created_at is None for profile in made):
        return None
    alike = [
        sum(_says(profile, wish) for profile in made) // sum(wish == other for other in wishes)
        for wish in wishes
    ]
    return [""] * min(alike) if min(alike) else None


def _says(profile: SearchProfile, wish: Mapping[str, Any]) -> bool:
    """Does the profile say what the wish says, as far as both can be compared?"""
    places = (
        (profile.area_ids, wish.get("areaIds")),
        (profile.municipality_codes, wish.get("countys")),
        (profile.requirement_ids, wish.get("increasedRequirementIDs")),
    )
    if any(there != frozenset(map(str, ours or ())) for there, ours in places):
        return False
    limits = {name: wish.get(name) or {} for name in RANGES}
    return all(
        profile.ranges[name] == (limit.get("min"), limit.get("max"))
        for name, limit in limits.items()
    )


def _another_may_have_made_them(office: Office, call: Call, span: Span) -> bool:
    """The same was sent more than once in that time: which of ours is there cannot be told."""
    same = Submission.objects.filter(
        office=office,
        endpoint=call.endpoint,
        state__in=LIVE,
        attempts__at__gte=span.first - SKEW,
        attempts__at__lte=span.last + SKEW,
    ).distinct()
    return sum(one.call.body == call.body for one in same) > 1


READ_BACK = ReadBack(SEARCH_PROFILES, find_interests)
