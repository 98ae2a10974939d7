"""Finding a person: at once in our own directory, and at Vitec where the login allows it.

Each search is counted for who makes it (`offices.limits`), whichever page it is made on.
"""

from __future__ import annotations

import dataclasses
import logging

from connect import lookups
from connect.errors import Denied, VitecError
from lib import personal_numbers
from offices import directory, limits, protected, veil
from offices.capabilities import may_ask, remember
from offices.disclosures import of_contact, record
from offices.models import Contact, Disclosure, Office, User
from offices.vitec import NoCredential, client_for

log = logging.getLogger(__name__)

CAPABILITY = "contact_search"
LIMIT = 20
# Somebody waits with a person on the phone.
SECONDS = 3.0
TIME_LIMITS = {"connect_timeout": 2.0, "read_timeout": SECONDS, "read_deadline": SECONDS}


@dataclasses.dataclass(frozen=True)
class Found:
    """Contacts, and whether Vitec was asked: `ours`, `vitec`, or `unreachable` (then ours alone).

    more: Vitec has not been asked yet, and may be. ours: those of `contacts` that we knew before.
    """

    contacts: list[Contact]
    source: str
    ours: list[Contact]
    more: bool = False

    @property
    def new(self) -> list[Contact]:
        """Those that only Vitec's answer brought."""
        return [contact for contact in self.contacts if contact not in self.ours]


def find_ours(user: User, office: Office, text: str) -> Found:
    """From our own directory, without waiting for anybody. Raises TooOften."""
    limits.count("search", user)
    return _ours(office, text)


def find_everywhere(user: User, office: Office, text: str) -> Found:
    """From Vitec within three seconds, and from our own directory. Whom Vitec names we keep.

    A search by personal number is written down. Raises TooOften.
    """
    limits.count("search", user)
    found = _everywhere(office, text)
    if personal_numbers.is_in(text):
        _tell_number_search(user, office, found.contacts)
    return found


def find_unkept(office: Office, text: str) -> tuple[lookups.Person, ...]:
    """From Vitec alone, keeping nobody; nobody where it cannot be asked.

    Its page counts it by the address, and writes one by personal number down.
    """
    askable = len(text.strip()) >= lookups.TERM_LENGTH and may_ask(office, CAPABILITY)
    return (_at_vitec(office, text) if askable else None) or ()


def _tell_number_search(user: User, office: Office, contacts: list[Contact]) -> None:
    """Whom a personal number, alone or among words, has found; one row also for nobody."""
    what, found = Disclosure.What.SEARCHED, len(contacts)
    for person in [of_contact(office, one.vitec_id) for one in contacts] or [""]:
        record(user, office, what, subject="offices:search", person=person, found=found)


def _ours(office: Office, text: str) -> Found:
    contacts = directory.find_contacts(office, text, LIMIT)
    askable = len(text.strip()) >= lookups.TERM_LENGTH and may_ask(office, CAPABILITY)
    return Found(contacts, "ours", contacts, more=askable)


def _everywhere(office: Office, text: str) -> Found:
    ours = _ours(office, text)
    if not ours.more:
        return ours
    people = _at_vitec(office, text)
    if people is None:
        return dataclasses.replace(ours, source="unreachable", more=False)
    keep(office, people)
    # Its note, or somebody while it was waited for, may have hidden one of them.
    veil.look_again()
    known = [one for one in ours.contacts if not veil.hides(office.pk, one.vitec_id)]
    return Found(_merged(office, people, known), "vitec", known)


def _at_vitec(office: Office, text: str) -> tuple[lookups.Person, ...] | None:
    """None when Vitec did not answer, or may not be asked."""
    try:
        with client_for(office, **TIME_LIMITS) as client:
            people = lookups.search_contacts(client, office.customer_id, text, LIMIT)
    except Denied:
        remember(office, CAPABILITY, allowed=False)
        return None
    except (VitecError, NoCredential):
        return None
    remember(office, CAPABILITY, allowed=True)
    return people


def _merged(
    office: Office, people: tuple[lookups.Person, ...], ours: list[Contact]
) -> list[Contact]:
    """Vitec's in its own order first, then those that only we know."""
    ids = [person.contact_id for person in people]
    rows = Contact.objects.filter(office=office, vitec_id__in=ids)
    by_id = {contact.vitec_id: contact for contact in rows if not contact.is_veiled}
    named = [by_id[vitec_id] for vitec_id in ids if vitec_id in by_id]
    return (named + [contact for contact in ours if contact.vitec_id not in by_id])[:LIMIT]


def keep(office: Office, people: tuple[lookups.Person, ...]) -> int:
    """Keep whom Vitec names in the office's own directory; returns how many were news."""
    protected.mark_by_words(office, {person.contact_id: person.note for person in people})
    details = {person.contact_id: _details(person) for person in people}
    return directory.learn_contacts(office, details, source=directory.PERSONS)


def _details(person: lookups.Person) -> dict[str, object]:
    town = f"{person.zip_code} {person.city}".strip()
    return directory.contact_details(
        name=person.name,
        phones=[person.cell_phone, person.home_phone, person.work_phone, person.other_phone],
        email=person.email_address,
        address=", ".join(part for part in (person.street_address, town) if part),
    )
