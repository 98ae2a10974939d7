"""Who saw what: a row for each look at a person's data that is more than the daily list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lib.sealing import keyed_hash
from offices.models import Disclosure, Office, User


class Look(NamedTuple):
    """At what: its office, `app.model:id`, and the hash of the person, "" where none is known."""

    office: Office
    subject: str
    person: str


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


def record_each(user: User, what: Disclosure.What, seen: Iterable[Look]) -> None:
    """Write down a page that shows several at once, a row each. One query."""
    Disclosure.objects.bulk_create(
        Disclosure(
            user=user,
            user_name=user.get_username(),
            office=look.office,
            what=what,
            subject=look.subject,
            person=look.person,
        )
        for look in seen
    )
