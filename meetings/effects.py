"""What sending a comeback does, and by what another is recognised as the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from connect.dates import parse
from meetings.wording import contact_names, participant_names, say
from offices.models import Office
from submissions.kinds import Effect, Tone, Trace

# Two comebacks to one person this close to each other are probably one and the same.
NEAR = dt.timedelta(days=14)


def comeback_effects(office: Office, calls: Sequence[Call]) -> list[list[Effect]]:
    """Of each in whose list it turns up, and when."""
    bodies = [json.loads(call.body or "{}") for call in calls]
    people = [unquote(call.path.rsplit("/", 1)[-1]) for call in calls]
    called = contact_names(office, people)
    given = participant_names(
        office, (pair for body in bodies for pair in body.get("participant", {}).items())
    )
    said = gettext("A comeback to %(person)s is created: %(time)s.")
    handed = gettext("It is given to: %s.")
    return [
        [
            Effect(said % {"person": called[person], "time": say(parse(body["date"]))}),
            *(
                Effect(handed % given[pair], Tone.NOTE)
                for pair in body.get("participant", {}).items()
            ),
        ]
        for person, body in zip(people, bodies, strict=True)
    ]


def comeback_traces(office: Office, data: Mapping[str, Any]) -> list[Trace]:
    """The same person within a fortnight of that day, whoever sends it."""
    said = _("The person already has a comeback within 14 days of this day.")
    return [Trace("person", data["contact_id"], said, span=NEAR, at=data["date"])]
