"""The demo data as a whole: the same for the same date, with the same ids on every date."""

from collections.abc import Iterable
from datetime import date
from random import Random

from sandbox.demo_estates import areas, estates, participants, viewings
from sandbox.demo_meetings import comebacks, meetings
from sandbox.demo_people import PLACES, contacts, groups, offices, users
from sandbox.store import Collections, Doc

CUSTOMERS = tuple(place.customer_id for place in PLACES)

# Written to by calls, empty at the start.
_EMPTY = ("interests", "profiles", "appointments")


def build(today: date) -> Collections:
    """Return all documents by kind and id, placed around *today* (Europe/Stockholm)."""
    user_docs = list(users(_rng("users"), today))
    contact_docs = list(contacts(_rng("contacts"), today))
    estate_docs = list(estates(_rng("estates"), today))
    viewing_docs = list(viewings(_rng("viewings"), today))
    meeting_docs = meetings(_rng("meetings"), today, user_docs, contact_docs, estate_docs)
    return {
        "offices": _by("officeId", offices(today)),
        "users": _by("userId", user_docs),
        "groups": _by("userGroupId", groups()),
        "contacts": _by("id", contact_docs),
        "areas": _by("id", areas(today)),
        "estates": _by("id", estate_docs),
        "viewings": _by("id", viewing_docs),
        "participants": _by("id", participants(_rng("participants"), viewing_docs, today)),
        "meetings": _by("id", meeting_docs),
        "comebacks": _by("id", comebacks(_rng("comebacks"), today)),
        **{kind: {} for kind in _EMPTY},
    }


def _rng(subject: str) -> Random:
    # One source per subject, so that a change of one leaves the others as they are.
    return Random(f"vitec sandbox {subject}")


def _by(key: str, docs: Iterable[Doc]) -> dict[str, Doc]:
    return {doc[key]: doc for doc in docs}
