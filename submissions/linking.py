"""Whom something is about in which a person was typed and nobody chosen.

Vitec takes such a person for a contact by a personal number, or by the name and a way to reach
them. So do we (`Marks.is_same_person`), at once or when the contact becomes known: from then on
what was sent is found, hidden and erased with them. It is known by keyed hashes beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from connect.calls import Call
from lib.sealing import keyed_hash
from offices import directory, protected
from offices.models import Contact, Office
from offices.person_marks import UNKNOWN, Marks, marks_in, marks_of_contact
from submissions.kinds import Kind
from submissions.models import Likeness, Submission, person_hash


def typed_in(kind: Kind, call: Call) -> Marks:
    """Who stands in a call of a kind whose people are linked by what was typed."""
    return marks_in(json.loads(call.body or "null")) if kind.linked_by_name else UNKNOWN


def known(office: Office, about: Marks) -> str:
    """The `person_hash` of the contact who is meant, "" as long as nobody is known.

    Not under a veil. Of several cards of one person at Vitec one that has protected identity.
    """
    ids = list(dict.fromkeys(_contacts(office, about)))
    hidden = (one for one in ids if protected.is_marked(office, one))
    if ids:
        return person_hash(next(hidden, ids[0]))
    alike = Submission.objects.filter(office=office, likenesses__mark__in=_hashes(office, about))
    hashes = alike.exclude(person_hash="").values_list("person_hash", flat=True)
    return hashes.order_by("-pk").first() or ""


def remember(submission: Submission, about: Marks) -> None:
    """Keep by what it is recognised; where its person is known, so are others of the same."""
    hashes = _hashes(submission.office, about)
    now = timezone.now()
    Likeness.objects.bulk_create(
        Likeness(submission=submission, mark=one, moment=now) for one in sorted(hashes)
    )
    if hashes and submission.person_hash:
        _link(submission.office, dict.fromkeys(hashes, submission.person_hash))


def link(office: Office, contacts: Sequence[Contact]) -> int:
    """Give these contacts what was typed of them; returns how many."""
    persons: dict[str, str] = {}
    for contact in contacts:
        about = marks_of_contact(contact.vitec_id, contact.details)
        for one in _hashes(office, about):
            persons.setdefault(one, person_hash(contact.vitec_id))
    return _link(office, persons)


def _link(office: Office, persons: dict[str, str]) -> int:
    """persons: by the hash of what was typed, the `person_hash` that it belongs to."""
    told = Likeness.objects.filter(mark__in=persons, submission__person_hash="")
    # In order, as everybody changes several who does so in one transaction.
    here = told.filter(submission__office=office).order_by("submission")
    rows = here.values_list("submission", "mark")
    return sum(
        # Only what is still as it was read: somebody may have erased it this very moment.
        Submission.objects.filter(pk=pk, person_hash="")
        .exclude(key="")
        .update(person_hash=persons[mark])
        for pk, mark in rows
    )


def _contacts(office: Office, about: Marks) -> Iterator[str]:
    for way in sorted(about.phones | about.emails):
        for contact in directory.find_contacts(office, way):
            if marks_of_contact(contact.vitec_id, contact.details).is_same_person(about):
                yield contact.vitec_id


def _hashes(office: Office, about: Marks) -> set[str]:
    """Two people have one in common if they are the same person."""
    ways = about.phones | about.emails
    told: Iterable[str] = (f"{name}\0{way}" for name in about.names for way in ways)
    return {keyed_hash("typed person", f"{office.pk} {one}") for one in {*told, *about.numbers}}
