"""Contacts that were erased here and that Vitec may still name: no sync brings them back in clear.

Only a keyed hash of the contact's id is kept. It says that nothing is to be stored of them, until
somebody with the right lifts it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lib.sealing import keyed_hash
from offices.models import ErasedContact, Office


def mark_of(office: Office, contact_id: str) -> str:
    """What stands for an erased contact."""
    return keyed_hash("erased", f"{office.customer_id}\0{contact_id}")


def remember(office: Office, contact_ids: Iterable[str]) -> None:
    """From now on nothing is stored of these."""
    rows = [ErasedContact(office=office, digest=mark_of(office, one)) for one in contact_ids if one]
    ErasedContact.objects.bulk_create(rows, ignore_conflicts=True)


def among(office: Office, contact_ids: Iterable[str]) -> set[str]:
    """Those of the contacts that were erased. One query, none for nobody."""
    asked = {mark_of(office, one): one for one in contact_ids if one}
    if not asked:
        return set()
    known = ErasedContact.objects.filter(office=office).values_list("digest", flat=True)
    return {asked[digest] for digest in known if digest in asked}


def lift(office: Office, contact_id: str) -> bool:
    """The person is a customer again. False: they were not erased."""
    gone, _by_model = ErasedContact.objects.filter(
        office=office, digest=mark_of(office, contact_id)
    ).delete()
    return bool(gone)
