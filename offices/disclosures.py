"""Who saw what: a row for each look at a person's data that is more than the daily list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from lib.sealing import keyed_hash
from offices.models import Disclosure, Office, User

# What the rows say of themselves, in words, by what stands before the colon of their subject.
SUBJECTS = {
    "submissions.submission": _("What was sent"),
    "submissions.batch": _("Several sent together"),
    "offices:search": _("The search"),
    "meetings:list": _("The list of meetings"),
    "meetings.meeting": _("Meetings"),
    "privacy.search": _("The search for a person"),
    "privacy.person": _("Register extract"),
    "privacy.erasure": _("Erasure"),
    "privacy.lift": _("Letting an erased person back"),
}
FACTS = {
    "rows": _("rows"),
    "found": _("found"),
    "people": _("people"),
    "format": _("format"),
    "amounts": _("amounts"),
    "step": _("step"),
}
VALUES = {
    "page": _("page"),
    "json": "JSON",
    "csv": "CSV",
    "xlsx": "Excel",
    "asked": _("asked for"),
    "approved": _("approved"),
    "declined": _("declined"),
    "done": _("done"),
    "lifted": _("lifted"),
}


def subject_in_words(subject: str) -> str:
    """What was looked at; as it was written where there are no words for it."""
    return str(SUBJECTS.get(subject) or SUBJECTS.get(subject.partition(":")[0]) or subject)


def facts_in_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The counts and formats with their names."""
    return [(str(FACTS.get(name, name)), _value(value)) for name, value in facts.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return str(VALUES.get(value, value) if isinstance(value, str) else value)


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
