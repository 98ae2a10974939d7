"""What sending an area interest does, and by what another is recognised as the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from connect.enums import MatchingWatched
from interests.payloads import interest_call
from offices.models import Colleague, Office
from offices.person_effects import Hit, identities, person_effects, predicted_hits
from submissions.kinds import Effect, Tone, Trace


def interest_effects(office: Office, calls: Sequence[Call]) -> list[list[Effect]]:
    """Of each what becomes of the person, which profiles are made, who is told."""
    bodies = [json.loads(call.body or "{}") for call in calls]
    people = [body["updatePerson"] for body in bodies]
    hits = predicted_hits(office, people)
    ids = {person.get("userId", "") for person in people}
    rows = Colleague.objects.filter(office=office, vitec_id__in=ids)
    brokers = dict(rows.values_list("vitec_id", "name"))
    return [_effects(body, hit, brokers) for body, hit in zip(bodies, hits, strict=True)]


def _effects(body: Mapping[str, Any], hit: Hit | None, brokers: Mapping[str, str]) -> list[Effect]:
    person = body["updatePerson"]
    found = [
        Effect(effect.text, Tone.OVERWRITES if effect.overwrites else Tone.CREATES)
        for effect in person_effects(person, hit)
    ]
    found += _profiles(body["lookingForAccommodations"])
    if body.get("watched") and (hit or person.get("contactId")):
        found.append(Effect(_watched(body["watched"]), Tone.OVERWRITES))
    if body["notifyUser"]:
        found.append(Effect(_told(brokers.get(person.get("userId", ""))), Tone.MESSAGE))
    return found


def _profiles(preferences: list[dict[str, Any]]) -> list[Effect]:
    fresh = sum("id" not in preference for preference in preferences)
    changed = len(preferences) - fresh
    found = []
    if fresh:
        said = ngettext(
            "%d search profile is created.", "%d search profiles are created.", fresh
        )  # fmt: skip
        found.append(Effect(said % fresh))
    if changed:
        said = ngettext(
            "%d search profile that Vitec has is changed.",
            "%d search profiles that Vitec has are changed.",
            changed,
        )
        found.append(Effect(said % changed, Tone.OVERWRITES))
    return found


def _watched(value: str) -> str:
    said = {
        MatchingWatched.YES: gettext("“To be matched” becomes Yes."),
        MatchingWatched.NO: gettext("“To be matched” becomes No."),
        MatchingWatched.NOT_ASKED: gettext(
            "“To be matched” becomes Not asked, also if the person has said yes before."
        ),
    }
    return said[MatchingWatched(value)]


def _told(broker: str | None) -> str:
    if broker:
        return gettext("%s is told by Vitec, as the person's broker.") % broker
    return gettext("The person's broker is told by Vitec.")


def interest_traces(office: Office, data: Mapping[str, Any]) -> list[Trace]:
    """The same person within a day, whoever sends it."""
    said = _("The same person has had an area interest registered within the last day.")
    person = json.loads(interest_call(office, data).body or "{}")["updatePerson"]
    return [Trace("person", identity, said) for identity in identities(office, person)]
