"""Contacts that were erased here and that Vitec may still name: no sync brings them back in clear.

Only a keyed hash of the contact's id is kept. It says that nothing is to be stored of them, until
somebody with the right lifts it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from lib.sealing import keyed_hash
from offices.models import ErasedContact, Office, ProtectedContact


def mark_of(office: Office, contact_id: str) -> str:
    """What stands for an erased contact."""
    return keyed_hash("erased", f"{office.customer_id}\0{contact_id}")


def remember(office: Office, contact_ids: Iterable[str]) -> None:
    """From now on nothing is stored of these."""
    rows = [ErasedContact(office=office, digest=mark_of(office, one)) for one in contact_ids if one]
    ErasedContact.objects.bulk_create(rows, ignore_conflicts=True)


def remember_protected(office: Office, contact_ids: Iterable[str]) -> None:
    """These had protected identity, and have it again should they come back."""
    ids = list(contact_ids)
    remember(office, ids)
    rows = ErasedContact.objects.filter(office=office)
    rows.filter(digest__in=[mark_of(office, one) for one in ids]).update(protected=True)


def among(office: Office, contact_ids: Iterable[str]) -> set[str]:
    """Those of the contacts that were erased. One query, none for nobody."""
    asked = {one for one in contact_ids if one}
    if not asked:
        return set()
    known = set(ErasedContact.objects.filter(office=office).values_list("digest", flat=True))
    # Where nobody was erased, as at most offices, no hash is made.
    return {one for one in asked if mark_of(office, one) in known} if known else set()


def lift(office: Office, contact_id: str) -> bool:
    """The person is a customer again, hidden if they were. False: they were not erased."""
    row = ErasedContact.objects.filter(office=office, digest=mark_of(office, contact_id)).first()
    if row is None:
        return False
    with transaction.atomic():
        if row.protected:
            ProtectedContact.objects.open().get_or_create(
                office=office, contact_id=contact_id, ended_at=None
            )
        row.delete()
    return True
