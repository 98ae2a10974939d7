"""What sending an area interest does, and by what another is recognised as the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from connect.enums import MatchingWatched
from interests.payloads import interest_call
from offices.models import Colleague, Office
from offices.person_effects import identities, person_effects, predicted_hit
from submissions.kinds import Effect, Tone, Trace


def interest_effects(office: Office, call: Call) -> list[Effect]:
    """What becomes of the person, which profiles are made, who is told."""
    body = json.loads(call.body or "{}")
    person = body["updatePerson"]
    found = [
        Effect(effect.text, Tone.OVERWRITES if effect.overwrites else Tone.CREATES)
        for effect in person_effects(office, person)
    ]
    found += _profiles(body["lookingForAccommodations"])
    hit = predicted_hit(office, person)
    if body.get("watched") and (hit or person.get("contactId")):
        found.append(Effect(_watched(body["watched"]), Tone.OVERWRITES))
    if body["notifyUser"]:
        found.append(Effect(_told(office, person), Tone.MESSAGE))
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


def _told(office: Office, person: Mapping[str, Any]) -> str:
    row = Colleague.objects.filter(office=office, vitec_id=person.get("userId", "")).first()
    if row:
        return gettext("%s is told by Vitec, as the person's broker.") % row.name
    return gettext("The person's broker is told by Vitec.")


def interest_traces(office: Office, data: Mapping[str, Any]) -> list[Trace]:
    """The same person within a day, whoever sends it."""
    said = _("The same person has had an area interest registered within the last day.")
    person = json.loads(interest_call(office, data).body or "{}")["updatePerson"]
    return [Trace("person", identity, said) for identity in identities(office, person)]
