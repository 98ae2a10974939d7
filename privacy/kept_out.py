"""Who was erased here and is a customer again: looked for at Vitec, for nothing is held here."""

from __future__ import annotations

from connect import lookups
from connect.errors import Denied, VitecError
from offices import contact_search, erased
from offices.capabilities import may_ask, remember
from offices.models import Office, Right, User
from offices.pickers import Choice
from offices.rights import may
from offices.vitec import NoCredential, client_for


def find(user: User, office: Office, text: str) -> list[Choice]:
    """Those who were erased here, by their id, else in Vitec's answer; nobody is kept.

    Vitec is not asked for who lacks the right to see people with protected identity: of who was
    erased it is not known any more who has it.
    """
    text = text.strip()
    if erased.among(office, [text]):
        return [Choice(text, text)]
    people = _at_vitec(office, text) if may(user, Right.PROTECTED, office) else ()
    gone = erased.among(office, [person.contact_id for person in people])
    return [
        Choice(person.contact_id, person.name, person.street_address or person.email_address)
        for person in people
        if person.contact_id in gone
    ]


def _at_vitec(office: Office, text: str) -> tuple[lookups.Person, ...]:
    """Nobody where Vitec cannot be asked."""
    if len(text) < lookups.TERM_LENGTH or not may_ask(office, contact_search.CAPABILITY):
        return ()
    try:
        with client_for(office, **contact_search.TIME_LIMITS) as client:
            return lookups.search_contacts(client, office.customer_id, text, contact_search.LIMIT)
    except Denied:
        remember(office, contact_search.CAPABILITY, allowed=False)
    except (VitecError, NoCredential):
        pass
    return ()
