"""Whether a contact at Vitec is the person of a write that has named nobody by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connect import lookups
from offices.search_terms import national_number

PHONES = ("cellPhone", "telePhone", "workPhone", "otherPhone")


def is_the_same(known: lookups.Person, person: Mapping[str, Any]) -> bool:
    """By the name and one way to reach the person, as Vitec itself tells doubles.

    person: the `updatePerson` of a call.
    """
    name = f"{person.get('firstName', '')} {person.get('lastName', '')}".strip()
    if known.name.casefold() != name.casefold():
        return False
    numbers = {national_number(person[place]) for place in PHONES if person.get(place)}
    theirs = (known.home_phone, known.work_phone, known.cell_phone, known.other_phone)
    if numbers & {national_number(number) for number in theirs if number}:
        return True
    email = email_of(person)
    return bool(email) and email.casefold() == known.email_address.casefold()


def ways_to_reach(person: Mapping[str, Any]) -> list[str]:
    """Numbers and e-mail of a call's person, the surest first."""
    numbers = [str(person[place]) for place in PHONES if person.get(place)]
    return [way for way in (*numbers, email_of(person)) if way]


def email_of(person: Mapping[str, Any]) -> str:
    """The e-mail address of a call's person; "" for none."""
    return str((person.get("email") or {}).get("emailAddress", ""))
