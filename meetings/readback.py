"""Seeing at Vitec whether a comeback has arrived: by contact, minute, and when it was made."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import unquote

from connect.calls import Call
from connect.client import Client
from connect.dates import parse
from connect.readback import COMEBACKS, Comeback, comebacks
from offices.models import Office
from submissions.kinds import ReadBack, Span

# Vitec's clock need not go as ours does.
SKEW = dt.timedelta(minutes=5)
ONE_MINUTE = dt.timedelta(minutes=1)


def find_comebacks(client: Client, office: Office, call: Call, span: Span) -> list[str]:
    """The comebacks of the contact at that minute that were made while we tried."""
    contact_id = unquote(call.path.rsplit("/", 1)[-1])
    wanted = parse(json.loads(call.body or "{}")["date"])
    return [
        one.vitec_id
        for one in comebacks(client, office.customer_id, contact_id)
        if wanted and _is_at(one, wanted) and _made_within(one, span)
    ]


def _is_at(one: Comeback, wanted: dt.datetime) -> bool:
    return one.date is not None and abs(one.date - wanted) < ONE_MINUTE


def _made_within(one: Comeback, span: Span) -> bool:
    made = one.created_at
    # One that does not say when it was made may be ours: a person decides between several.
    return made is None or span.first - SKEW <= made <= span.last + SKEW


READ_BACK = ReadBack(COMEBACKS, find_comebacks)
