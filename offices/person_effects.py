"""What a person that is sent does to the contacts at Vitec, as far as we can know beforehand.

`person` is `updatePerson` as it will be sent. Vitec looks for a contact in this order: its id, its
personal number, then first and last name together with a phone, mobile or e-mail. On a hit
everything that is sent replaces what the contact has; without one a contact is created. Our
directory knows no personal numbers, so a hit by number alone cannot be foreseen.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

from lib import phone_numbers
from offices import directory, search_terms
from offices.models import Contact, Office

Person = Mapping[str, Any]

PHONES = ("telePhone", "workPhone", "cellPhone", "otherPhone")
# Vitec compares by these; a work phone or another one does not tell who somebody is.
_TELLING_PHONES = ("telePhone", "cellPhone")


class By(enum.Enum):
    """By what Vitec will take the person for a contact it has."""

    CONTACT_ID = "contact_id"
    NAME_AND_CHANNEL = "name_and_channel"


@dataclasses.dataclass(frozen=True)
class Hit:
    """The contact that Vitec will presumably find."""

    contact: Contact
    by: By


@dataclasses.dataclass(frozen=True)
class PersonEffect:
    """One thing that will happen, in words. overwrites: it replaces what Vitec has."""

    text: str
    overwrites: bool = False


def predicted_hit(office: Office, person: Person) -> Hit | None:
    """Whom Vitec will take the person for, by its own rule and our directory; None for nobody."""
    [hit] = predicted_hits(office, [person])
    return hit


def predicted_hits(office: Office, people: Sequence[Person]) -> list[Hit | None]:
    """The same of each of several people; a fixed number of queries."""
    ids = {person["contactId"] for person in people if person.get("contactId")}
    chosen = Contact.objects.filter(office=office, vitec_id__in=ids) if ids else ()
    known = {contact.vitec_id: contact for contact in chosen}
    names = {full_name(person) for person in people if _is_told_by_name(person)}
    if len(names) == 1:
        [name] = names
        named = {name: directory.find_contacts(office, name, limit=directory.CANDIDATES)}
    else:
        named = directory.find_each(office, names) if names else {}
    return [_hit(person, known, named) for person in people]


def _hit(
    person: Person, known: Mapping[str, Contact], named: Mapping[str, Sequence[Contact]]
) -> Hit | None:
    if contact_id := person.get("contactId"):
        return Hit(known[contact_id], By.CONTACT_ID) if contact_id in known else None
    if not _is_told_by_name(person):
        return None
    name, channels = full_name(person), _telling_channels(person)
    hits = (c for c in named[name] if _is_called(c, name) and _channels_of(c) & channels)
    contact = next(hits, None)
    return Hit(contact, By.NAME_AND_CHANNEL) if contact else None


def _is_told_by_name(person: Person) -> bool:
    whole = person.get("firstName") and person.get("lastName") and not person.get("contactId")
    return bool(whole and _telling_channels(person))


def person_effects(person: Person, hit: Hit | None) -> list[PersonEffect]:
    """What will become of the person: created, or found with these of its details replaced.

    hit: whom Vitec will take the person for.
    """
    if hit is None:
        return [PersonEffect(_unknown(person))]
    replaced = replacements(hit.contact, person)
    said = [PersonEffect(_found(hit))]
    said += [PersonEffect(text, overwrites=True) for text in replaced]
    if hit.by is By.CONTACT_ID and not replaced:
        said.append(PersonEffect(gettext("As far as we know none of its details changes.")))
    return said


def replacements(contact: Contact, person: Person) -> list[str]:
    """Of what is sent that which differs from what we know the contact to have, in words."""
    known = contact.details
    said = []
    name = full_name(person)
    if name and not _is_called(contact, name) and not _fills_in(contact, person):
        said.append(_replaces(gettext("Name"), known["name"], name))
    phones = {search_terms.national_number(phone) for phone in known["phones"]}
    for place, label in _phone_labels().items():
        number = person.get(place, "")
        if number and search_terms.national_number(number) not in phones:
            said.append(_replaces(label, _known_phone(known["phones"], place), number))
    email = _email(person)
    if email and email.casefold() != known["email"].casefold():
        said.append(_replaces(gettext("E-mail"), known["email"], email))
    address = _address(person)
    if address and not _same_words(address, known["address"]):
        said.append(_replaces(gettext("Address"), known["address"], address))
    return said + _unseen(person)


def identities(office: Office, person: Person) -> list[str]:
    """Normalised texts that are equal when two persons who are sent are the same.

    For keyed hashes only: they hold the person's name and number.
    """
    found = []
    hit = predicted_hit(office, person)
    contact_id = person.get("contactId") or (hit.contact.vitec_id if hit else "")
    if contact_id:
        found.append(f"contact {contact_id}")
    if number := person.get("socialSecurityNumber"):
        found.append(f"number {number.replace('-', '')[-10:]}")
    name = " ".join(search_terms.words_of(full_name(person)))
    if name:
        channels = sorted(_telling_channels(person) | _phones(person, PHONES))
        found += [f"name {name} {channel}" for channel in channels]
    return found


def full_name(person: Person) -> str:
    return f"{person.get('firstName', '')} {person.get('lastName', '')}".strip()


def _unknown(person: Person) -> str:
    name = full_name(person)
    if person.get("contactId"):
        return gettext("The chosen contact is updated at Vitec.")
    if person.get("socialSecurityNumber"):
        return gettext(
            "%s becomes a new contact, unless somebody at Vitec has the same personal number. "
            "Then that contact is updated."
        ) % (name or gettext("The person"))
    return gettext("%s becomes a new contact.") % (name or gettext("The person"))


def _found(hit: Hit) -> str:
    who = f"{hit.contact.name} ({hit.contact.reach})" if hit.contact.reach else hit.contact.name
    if hit.by is By.CONTACT_ID:
        return gettext("No new contact: it goes to %s.") % who
    return gettext("No new contact: Vitec will take the person for %s.") % who


def _replaces(label: str, before: str, after: str) -> str:
    values = {"label": label, "before": before, "after": after}
    if before:
        return gettext("%(label)s: %(after)s replaces %(before)s") % values
    return gettext("%(label)s: %(after)s is added, or replaces what Vitec has") % values


def _phone_labels() -> dict[str, str]:
    return {
        "cellPhone": gettext("Mobile"),
        "telePhone": gettext("Home phone"),
        "workPhone": gettext("Work phone"),
        "otherPhone": gettext("Another phone"),
    }


def _known_phone(phones: list[str], place: str) -> str:
    """The number that is presumably meant: of a mobile the look tells, of others nothing does."""
    mobiles = [phone for phone in phones if phone_numbers.is_mobile(phone)]
    return mobiles[0] if place == "cellPhone" and mobiles else ""


def _unseen(person: Person) -> list[str]:
    """What our directory does not keep and so cannot compare."""
    labels = {
        "socialSecurityNumber": gettext("personal number"),
        "gdprApprovalDate": gettext("day of GDPR information"),
        "obtainThrough": gettext("GDPR information through"),
        "wishAdvertising": gettext("wish for advertising"),
        "note": gettext("note"),
        "userId": gettext("broker"),
        "categoryIds": gettext("categories"),
        "customField": gettext("custom field"),
        "leadScore": gettext("lead score"),
        "coordinate": gettext("coordinate"),
        "approval": gettext("PUL approval"),
        "approvalDate": gettext("day of the PUL approval"),
    }
    email = person.get("email") or {}
    sent = [label for place, label in labels.items() if person.get(place) is not None]
    if email.get("emailAddress2"):
        sent.append(gettext("second e-mail"))
    if not sent:
        return []
    text = ngettext(
        "What Vitec has as %s is replaced too", "What Vitec has as %s are replaced too", len(sent)
    )
    return [text % ", ".join(sent)]


def _is_called(contact: Contact, name: str) -> bool:
    return _same_words(contact.details["name"], name)


def _same_words(one: str, other: str) -> bool:
    return sorted(search_terms.words_of(one)) == sorted(search_terms.words_of(other))


def _fills_in(contact: Contact, person: Person) -> bool:
    """Only one of the two names is sent, and it is the contact's already."""
    given = [person.get(place) for place in ("firstName", "lastName") if person.get(place)]
    known = set(search_terms.words_of(contact.details["name"]))
    return len(given) == 1 and set(search_terms.words_of(str(given[0]))) <= known


def _email(person: Person) -> str:
    return str((person.get("email") or {}).get("emailAddress") or "")


def _address(person: Person) -> str:
    address = person.get("address") or {}
    town = f"{address.get('zipCode', '')} {address.get('city', '')}".strip()
    return ", ".join(part for part in (address.get("streetAddress", ""), town) if part)


def _phones(person: Person, places: tuple[str, ...]) -> set[str]:
    found = {search_terms.national_number(str(person.get(place) or "")) for place in places}
    return found - {""}


def _telling_channels(person: Person) -> set[str]:
    email = _email(person).casefold()
    return _phones(person, _TELLING_PHONES) | ({email} if email else set())


def _channels_of(contact: Contact) -> set[str]:
    details = contact.details
    found = {search_terms.national_number(phone) for phone in details["phones"]}
    return (found | {details["email"].casefold()}) - {""}
