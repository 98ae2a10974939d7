"""What is held of one person, across all that is registered: finding them, and the extract.

What is held is read without a veil, so that nothing is missed. What is shown goes through the veil
of the person who asks: who is not for their eyes is found by nothing (`is_hidden`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from lib import personal_numbers, phone_numbers
from offices import veil
from offices.models import Office
from offices.person_data import Found, Holding, all_holdings
from offices.person_marks import UNKNOWN, Marks, asked, marks
from privacy.models import Who

# More people than these were not asked for by anything that tells them apart.
MOST_PEOPLE = 20
# Who is known by another number in one place may be known by a third in the next.
ROUNDS = 4


@dataclasses.dataclass(frozen=True)
class Item:
    """One thing held. code: `<holding>:<pk>`. sure: it is theirs, by id or by name and channel."""

    code: str
    found: Found
    sure: bool


@dataclasses.dataclass(frozen=True)
class Shelf:
    """What one holding has of the person: what is theirs, and what only may be."""

    holding: Holding
    items: list[Item]
    maybe: list[Item]


@dataclasses.dataclass(frozen=True)
class Card:
    """One person as a search shows them: how they are known, and how much is held."""

    who: Who
    counts: list[tuple[str, int]]

    @property
    def phones(self) -> list[str]:
        return sorted(map(phone_numbers.shown, self.who.marks.phones))

    @property
    def numbers(self) -> list[str]:
        return sorted(map(personal_numbers.masked, self.who.marks.numbers))

    @property
    def emails(self) -> list[str]:
        return sorted(self.who.marks.emails)

    @property
    def contact_ids(self) -> list[str]:
        return sorted(self.who.marks.contact_ids)

    @property
    def total(self) -> int:
        return sum(count for _label, count in self.counts)


def card_of(who: Who, found: list[Shelf]) -> Card:
    """The person's card, with everything counted that is theirs."""
    counts = [(str(shelf.holding.label), len(shelf.items)) for shelf in found]
    return Card(who, [(label, count) for label, count in counts if count])


# --- Finding -----------------------------------------------------------------------------------


def people(office: Office, text: str) -> list[Card]:
    """The people whom a text may mean: a phone, an e-mail, a name, a personal number, an id.

    What is sealed is opened for all of them together, a few times, however many they are.
    """
    with veil.lifted():
        found = _people(office, asked(text))
    seen = ((who, _seen(office, stand)) for who, stand in found if not _hides(office, who, stand))
    return [card_of(who, stand) for who, stand in seen]


def _people(office: Office, sought: Marks) -> list[tuple[Who, list[Shelf]]]:
    if not sought:
        return []
    telling, others = _by_what_they_tell()
    found = _everything(office, sought, telling)
    groups = _by_person(one.marks for _holding, one in found if not one.mentions)[:MOST_PEOPLE]
    for _round in range(ROUNDS if groups else 0):
        found = _everything(office, _all_of(groups), telling)
        grown = _by_person([*groups, *_of_any(groups, found)])
        if set(grown) == set(groups):
            break
        groups = grown
    found += _everything(office, _all_of(groups) or sought, others)
    if not groups:
        # Nobody of whom we know more, but an id is theirs, or somebody's text names them.
        groups = _by_person(one.marks for _holding, one in found if not one.mentions)
        groups = groups[:MOST_PEOPLE] or ([sought] if found else [])
    people_found = (Who(_name_of(group, found), group) for group in groups)
    return [(who, _on_shelves(found, who)) for who in people_found]


def _by_what_they_tell() -> tuple[list[Holding], list[Holding]]:
    """Those by whose rows a person is known better, and the others, which are asked once."""
    every = all_holdings()
    return [one for one in every if one.tells], [one for one in every if not one.tells]


def _all_of(groups: list[Marks]) -> Marks:
    return functools.reduce(operator.or_, groups, UNKNOWN)


def _everything(
    office: Office, wanted: Marks, holdings: list[Holding] | None = None
) -> list[tuple[Holding, Found]]:
    asked_for = all_holdings() if holdings is None else holdings
    with veil.lifted():
        return [(holding, one) for holding in asked_for for one in holding.find(office, wanted)]


def _of_any(groups: list[Marks], found: list[tuple[Holding, Found]]) -> list[Marks]:
    told = (one.marks for _holding, one in found if not one.mentions)
    return [known for known in told if any(group.is_same_person(known) for group in groups)]


def _by_person(found: Iterable[Marks]) -> list[Marks]:
    """Marks that belong to the same person, put together."""
    groups: list[Marks] = []
    for one in filter(None, found):
        same = [group for group in groups if group.is_same_person(one) or group == one]
        groups = [group for group in groups if group not in same]
        groups.append(functools.reduce(operator.or_, same, one))
    return groups


def _name_of(group: Marks, found: list[tuple[Holding, Found]]) -> str:
    """As the person is written where we have it; else what they are found by."""
    for _holding, one in found:
        if one.marks.names & group.names and group.is_same_person(one.marks):
            for _label, text in one.facts:
                if marks(names=[text]).names & group.names:
                    return text
    known = (*group.names, *map(phone_numbers.shown, group.phones), *group.emails)
    numbers = map(personal_numbers.masked, group.numbers)
    return next(iter((*known, *group.contact_ids, *numbers)), "–")


# --- Extract -----------------------------------------------------------------------------------


def shelves(office: Office, who: Who) -> list[Shelf]:
    """Everything that is held of the person, holding by holding, the newest first.

    Under a veil without what is of somebody whom it hides: whether the person themselves is for the
    eyes of who asks, `is_hidden` says.
    """
    return _seen(office, _on_shelves(_everything(office, who.marks), who))


def is_hidden(office: Office, who: Who) -> bool:
    """Has the person protected identity, and is not for who asks?"""
    if not veil.hides_anybody(office.pk):
        return False
    return _hides(office, who, _on_shelves(_everything(office, who.marks), who))


def _hides(office: Office, who: Who, stand: list[Shelf]) -> bool:
    theirs = (item.found for shelf in stand for item in shelf.items)
    known = any(veil.hides(office.pk, contact_id) for contact_id in who.marks.contact_ids)
    return known or any(_is_veiled(office, found) for found in theirs)


def _is_veiled(office: Office, found: Found) -> bool:
    ids = found.marks.contact_ids
    known = any(veil.hides(office.pk, contact_id) for contact_id in ids)
    return known or veil.hides_person(office.pk, found.person_hash)


def _seen(office: Office, stand: list[Shelf]) -> list[Shelf]:
    """Without what only may be the person's and is of somebody who is not for who asks."""
    told = [item.found for shelf in stand for item in (*shelf.items, *shelf.maybe)]
    hidden = [found.marks for found in told if _is_veiled(office, found)]
    if not hidden:
        return stand
    parts = (
        Shelf(shelf.holding, *(_not_of(hidden, part) for part in (shelf.items, shelf.maybe)))
        for shelf in stand
    )
    return [shelf for shelf in parts if shelf.items or shelf.maybe]


def _not_of(hidden: list[Marks], items: list[Item]) -> list[Item]:
    """Without those of the hidden, also what knows them by name and telephone alone."""

    def is_theirs(known: Marks) -> bool:
        return any(one == known or one.is_same_person(known) for one in hidden)

    return [item for item in items if not is_theirs(item.found.marks)]


def _on_shelves(found: list[tuple[Holding, Found]], who: Who) -> list[Shelf]:
    stand = []
    for holding in all_holdings():
        items = [_item(holding, one, who) for mine, one in found if mine is holding]
        items.sort(key=_newest_first)
        sure = [item for item in items if item.sure or item.code in who.chosen]
        maybe = [item for item in items if item not in sure and _may_be(item, who)]
        if sure or maybe:
            stand.append(Shelf(holding, sure, maybe))
    return stand


def _may_be(item: Item, who: Who) -> bool:
    return item.found.mentions or who.marks.touches(item.found.marks)


def _item(holding: Holding, found: Found, who: Who) -> Item:
    sure = not found.mentions and who.marks.is_same_person(found.marks)
    return Item(f"{holding.key}:{found.pk}", found, sure)


def _newest_first(item: Item) -> float:
    return -item.found.at.timestamp() if item.found.at else 0.0


def as_document(office: Office, who: Who, made_by: str) -> dict[str, Any]:
    """The extract for machines (GDPR article 20): JSON-ready."""
    return {
        "made_at": timezone.now().astimezone(dt.UTC).isoformat(),
        "made_by": made_by,
        "office": {"name": office.name, "customer_id": office.customer_id},
        "person": {"name": who.name, **who.marks.to_dict()},
        "holdings": [
            {
                "key": shelf.holding.key,
                "label": str(shelf.holding.label),
                "why": str(shelf.holding.why),
                "items": [_as_document(item) for item in shelf.items],
            }
            for shelf in shelves(office, who)
            if shelf.items
        ],
    }


def _as_document(item: Item) -> dict[str, Any]:
    found = item.found
    return {
        "id": item.code,
        "title": found.title,
        "at": found.at.astimezone(dt.UTC).isoformat() if found.at else None,
        "facts": [{"what": what, "says": says} for what, says in found.facts],
    }
