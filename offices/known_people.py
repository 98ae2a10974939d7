"""Contacts of the office who may be the person that somebody types, by the sealed directory."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from lib import phone_numbers
from offices import directory, search_terms
from offices.models import Contact, Office

FEW = 3


@dataclasses.dataclass(frozen=True)
class Typed:
    """What has been typed of a person so far."""

    first_name: str = ""
    last_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclasses.dataclass(frozen=True)
class Known:
    """A contact, and by what we know them. Both is what Vitec itself takes for the same person."""

    contact: Contact
    by_name: bool
    by_channel: bool


def typed_in(data: Mapping[str, Any], prefix: str) -> Typed:
    """What a form with the person's fields holds; `prefix` stands before their names."""

    def texts(*names: str) -> tuple[str, ...]:
        found = (str(data.get(prefix + name, "")).strip() for name in names)
        return tuple(filter(None, found))

    return Typed(
        first_name=str(data.get(prefix + "first_name", "")).strip(),
        last_name=str(data.get(prefix + "last_name", "")).strip(),
        phones=texts("cell_phone", "tele_phone", "work_phone"),
        emails=texts("email_address"),
    )


def find(office: Office, typed: Typed, limit: int = FEW, chosen: str = "") -> list[Known]:
    """The likeliest first: name and channel, channel, name. Nobody for next to nothing.

    chosen: the contact who has been chosen, and stays whatever is typed.
    """
    found = {contact.pk: contact for contact in _candidates(office, typed)}
    for contact in Contact.objects.filter(office=office, vitec_id=chosen) if chosen else ():
        return [Known(contact, _same_name(contact, typed), _same_channel(contact, typed))]
    known = [
        Known(contact, _same_name(contact, typed), _same_channel(contact, typed))
        for contact in found.values()
    ]
    return sorted(known, key=_likelihood)[:limit]


def describes(contact: Contact, typed: Typed) -> bool:
    """Would Vitec take the person for this contact: by both names and a channel?"""
    whole = bool(typed.first_name and typed.last_name)
    return whole and _same_name(contact, typed) and _same_channel(contact, typed)


def _candidates(office: Office, typed: Typed) -> Iterable[Contact]:
    for phone in filter(phone_numbers.is_dialled, typed.phones):
        number = search_terms.national_number(phone)
        yield from filter(
            lambda contact: number in _numbers(contact), directory.find_contacts(office, number)
        )
    for email in typed.emails:
        if "@" in email:
            wanted = email.strip().casefold()
            found = directory.find_contacts(office, email)
            yield from (one for one in found if one.details["email"].casefold() == wanted)
    if len(typed.first_name) > 1 and len(typed.last_name) > 1:
        yield from directory.find_contacts(office, typed.name, FEW)


def _numbers(contact: Contact) -> set[str]:
    return {search_terms.national_number(phone) for phone in contact.details["phones"]}


def _same_name(contact: Contact, typed: Typed) -> bool:
    return search_terms.words_of(contact.name) == search_terms.words_of(typed.name)


def _same_channel(contact: Contact, typed: Typed) -> bool:
    numbers = {search_terms.national_number(phone) for phone in typed.phones if phone}
    emails = {email.strip().casefold() for email in typed.emails if email}
    return bool(numbers & _numbers(contact) or contact.details["email"].casefold() in emails - {""})


def _likelihood(known: Known) -> tuple[int, str]:
    return 2 - (known.by_channel * 2 + known.by_name), known.contact.name.casefold()
