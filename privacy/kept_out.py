"""Who was erased here and is a customer again: looked for at Vitec, for nothing is held here."""

from __future__ import annotations

from offices import contact_search, erased
from offices.models import Office, Right, User
from offices.pickers import Choice
from offices.rights import may


def find(user: User, office: Office, text: str) -> list[Choice]:
    """Those who were erased here, by their id, else in Vitec's answer; nobody is kept.

    Vitec is not asked for who lacks the right to see people with protected identity: of who was
    erased it is not known any more who has it.
    """
    text = text.strip()
    if erased.among(office, [text]):
        return [Choice(text, text)]
    may_see = may(user, Right.PROTECTED, office)
    people = contact_search.find_unkept(office, text) if may_see else ()
    gone = erased.among(office, [person.contact_id for person in people])
    return [
        Choice(person.contact_id, person.name, person.street_address or person.email_address)
        for person in people
        if person.contact_id in gone
    ]
