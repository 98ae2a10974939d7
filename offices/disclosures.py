"""Who saw what: a row for each look at a person's data that is more than the daily list."""

from __future__ import annotations

from typing import Any

from lib.sealing import keyed_hash
from offices.models import Disclosure, Office, User


def of_contact(office: Office, contact_id: str) -> str:
    """What stands for a contact in the rows: the hash by which submissions and meetings know the
    person, too (`person_hash`); "" for nobody. office: whose contact; the rows name it themselves.
    """
    return keyed_hash("person", contact_id) if contact_id else ""


def record(
    user: User,
    office: Office,
    what: Disclosure.What,
    *,
    subject: str = "",
    person: str = "",
    reason: str = "",
    **facts: Any,
) -> Disclosure:
    """Write down that `user` saw something. facts: counts and formats, nothing of a person."""
    return Disclosure.objects.create(
        user=user,
        user_name=user.get_username(),
        office=office,
        what=what,
        subject=subject,
        person=person,
        reason=reason or None,
        facts=facts,
    )
