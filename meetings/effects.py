"""What sending a comeback does, and by what another is recognised as the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from connect.dates import parse
from meetings.wording import contact_words, participant_words, say
from offices.models import Office
from submissions.kinds import Effect, Tone, Trace

# Two comebacks to one person this close to each other are probably one and the same.
NEAR = dt.timedelta(days=14)


def comeback_effects(office: Office, call: Call) -> list[Effect]:
    """In whose list it turns up, and when."""
    body = json.loads(call.body or "{}")
    contact_id = unquote(call.path.rsplit("/", 1)[-1])
    said = gettext("A comeback to %(person)s is created: %(time)s.")
    words = {"person": contact_words(office, contact_id), "time": say(parse(body["date"]))}
    effects = [Effect(said % words)]
    for field, vitec_id in body.get("participant", {}).items():
        given = gettext("It is given to: %s.") % participant_words(office, field, vitec_id)
        effects.append(Effect(given, Tone.NOTE))
    return effects


def comeback_traces(office: Office, data: Mapping[str, Any]) -> list[Trace]:
    """The same person within a fortnight of that day, whoever sends it."""
    said = _("The person already has a comeback within 14 days of this day.")
    return [Trace("person", data["contact_id"], said, span=NEAR, at=data["date"])]
