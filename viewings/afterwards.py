"""After a viewing: what was made of each visitor, and to whom one comes back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from offices.models import User
from submissions.many import Target
from viewings.attendance import Attendee, attendance
from viewings.models import Impression, Interest, TimeSlot

LONGEST_NOTE = 1_000


@dataclasses.dataclass(frozen=True)
class Visitor:
    """One of a slot, with what was made of them. interest: "" as long as nobody has said.

    Of one with protected identity whoever may not see them reads and writes no note.
    """

    attendee: Attendee
    interest: str = ""
    note: str = ""
    is_veiled: bool = False

    @property
    def key(self) -> str:
        return self.attendee.key

    @property
    def waits_for_id(self) -> bool:
        """Vitec has not told us yet by which contact id it knows the person."""
        return not self.attendee.contact_id


@dataclasses.dataclass(frozen=True)
class Visitors:
    """Everybody of a slot who is there. unnamed: how many more have names that we cannot read."""

    all: list[Visitor]
    unnamed: int

    def find(self, key: str) -> Visitor | None:
        return next((visitor for visitor in self.all if visitor.key == key), None)

    def of(self, interest: str) -> list[Visitor]:
        return [visitor for visitor in self.all if visitor.interest == interest]


def visitors(slot: TimeSlot) -> Visitors:
    """Who was there first, then who was registered; four queries."""
    people = attendance(slot)
    there = [a for a in people.attendees if not a.is_undone and not a.missing_since and a.name]
    there.sort(key=lambda attendee: not attendee.participated)
    made = Impression.objects.filter(slot=slot).select_related("registration__submission", "slot")
    rows = list(made)
    ours = {row.registration_id: row for row in rows if row.registration_id}
    theirs = {row.contact_id: row for row in rows if row.contact_id}
    found = []
    for attendee in there:
        # Marked by Vitec's name for the person first, or by ours: it is the same person.
        row = ours.get(attendee.registration or 0) or theirs.get(attendee.contact_id)
        found.append(_visitor(attendee, row))
    return Visitors(found, people.unnamed)


def _visitor(attendee: Attendee, row: Impression | None) -> Visitor:
    if row is None:
        return Visitor(attendee, is_veiled=attendee.is_veiled)
    return Visitor(attendee, row.interest, row.note, attendee.is_veiled or row.is_veiled)


def impress(
    user: User, slot: TimeSlot, visitor: Visitor, interest: str | None, note: str | None
) -> None:
    """Write down how much a visitor cared, and a note; None leaves what is known of it, as does a
    note of somebody whose note one may not read.
    """
    attendee = visitor.attendee
    changes: dict[str, Any] = {"by": user, "contact_id": attendee.contact_id}
    if interest in Interest.values:
        changes["interest"] = interest
    if attendee.registration:
        whose: dict[str, Any] = {"registration_id": attendee.registration}
    else:
        whose = {"registration": None, "contact_id": attendee.contact_id}
    if note is not None and not visitor.is_veiled:
        changes["kept_note"] = note.strip()[:LONGEST_NOTE]
    Impression.objects.update_or_create(slot=slot, **whose, defaults=changes)


def targets(slot: TimeSlot, found: Iterable[Visitor]) -> list[Target]:
    """For whom a form is sent, each about the home that was shown."""
    return [
        Target(
            key=visitor.key,
            name=visitor.attendee.name,
            detail=" · ".join(filter(None, (visitor.attendee.reach, visitor.note))),
            own={
                "contact_id": visitor.attendee.contact_id,
                "estate_id": slot.viewing.estate_id,
                "place": slot.viewing.where,
            },
        )
        for visitor in found
    ]
