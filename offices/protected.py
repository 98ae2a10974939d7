"""Contacts with protected identity: who is marked as such, and who may see them.

What a page shows is masked by the models themselves, under the veil that lies over every request
(`offices.veil`). A page asks here only when it must know: `hidden_from` for many, `hides` for one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from offices import erased, veil
from offices.access import offices_for
from offices.models import Office, ProtectedContact, Right, User
from offices.rights import offices_with


def hidden_from(user: User | AnonymousUser) -> veil.Pairs:
    """Whom a person must not see: (key of the office, Vitec's id of the contact).

    One query where nobody is marked, three where somebody is.
    """
    if user.is_superuser:
        return frozenset()
    rows = ProtectedContact.objects.open().values_list("office_id", "contact_id")
    marked = set(rows)
    listed = settings.PROTECTED_CONTACT_IDS
    if not marked and not listed:
        return frozenset()
    mine = set(offices_for(user).values_list("pk", flat=True))
    seeing = set(offices_with(user, Right.PROTECTED).values_list("pk", flat=True))
    marked |= {(office_id, contact_id) for office_id in mine for contact_id in listed}
    return frozenset(pair for pair in marked if pair[0] not in seeing)


def hides(user: User | AnonymousUser, office: Office, contact_id: str) -> bool:
    """Is the contact not for this person's eyes?"""
    return (office.pk, contact_id) in hidden_from(user)


def veiled(user: User | AnonymousUser) -> contextlib.AbstractContextManager[None]:
    """Under the veil of this person: a request has it, whoever renders elsewhere draws it."""
    return veil.drawn(veil.Veil(lambda: hidden_from(user)))


def is_marked(office: Office, contact_id: str) -> bool:
    """Has the contact protected identity, whoever asks?"""
    if contact_id in settings.PROTECTED_CONTACT_IDS:
        return True
    return ProtectedContact.objects.open().filter(office=office, contact_id=contact_id).exists()


def mark(office: Office, contact_id: str, user: User | None, reason: str = "") -> ProtectedContact:
    """Hide the contact from now on, from the page that is being made as well; one that is hidden
    already stays as it is.

    user: None when a word in Vitec's data says so.
    """
    row, _made = ProtectedContact.objects.open().get_or_create(
        office=office,
        contact_id=contact_id,
        ended_at=None,
        defaults={"marked_by": user, "reason": reason or None},
    )
    veil.look_again()
    return row


def unmark(row: ProtectedContact, user: User) -> bool:
    """Show the contact again; False when somebody has done so already."""
    still = ProtectedContact.objects.open().filter(pk=row.pk)
    return bool(still.update(ended_at=timezone.now(), ended_by=user))


def mark_by_words(office: Office, texts: Mapping[str, str]) -> int:
    """Mark every contact of whom Vitec's data says so in words; returns how many were named.

    texts: by contact id, what is said of them. Nothing of it is kept. One whom a person has shown
    again stays shown, and of one who was erased here nothing is kept either.
    """
    words = [word.casefold() for word in settings.PROTECTED_NOTE_WORDS if word]
    small = ((contact_id, text.casefold()) for contact_id, text in texts.items() if contact_id)
    named = [contact_id for contact_id, text in small if any(word in text for word in words)]
    gone = erased.among(office, named)
    named = [contact_id for contact_id in named if contact_id not in gone]
    if not named:
        return 0
    rows = ProtectedContact.objects.filter(office=office, contact_id__in=named)
    known = set(rows.values_list("contact_id", flat=True))
    for contact_id in named:
        if contact_id not in known:
            mark(office, contact_id, None)
    return len(named)
