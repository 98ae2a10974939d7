"""Erasing one person: asked for by one, approved by another, done when nothing is in flight."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from lib.sealing import new_row_key, seal_row
from offices import disclosures, erased, protected, veil
from offices.models import Disclosure, Office, Right, User
from offices.person_data import Holding, Rows
from offices.rights import may
from privacy import register, storage
from privacy.models import Erasure, Inquiry, Step, Who

log = logging.getLogger(__name__)

# What another page has brought in meanwhile is found by looking again.
ROUNDS = 4


class OwnRequest(Exception):
    """Who has asked for an erasure may not approve it."""


class Hidden(Exception):
    """The person has protected identity, and is not for who approves."""


def ask(user: User, office: Office, who: Who, reason: str) -> Erasure:
    """Ask for a person's erasure; a second person decides."""
    key = new_row_key()
    with transaction.atomic():
        erasure = Erasure.objects.create(
            office=office,
            asked_by=user,
            key=key,
            sealed=seal_row(key, {"who": who.to_dict(), "reason": reason}),
        )
        _record(erasure, user, "asked")
    return erasure


def decline(erasure: Erasure, user: User) -> bool:
    """It is not done, or taken back. False: it was decided before."""
    with transaction.atomic():
        declined = Erasure.objects.filter(pk=erasure.pk, step=Step.ASKED).update(
            step=Step.DECLINED,
            decided_by=user,
            decided_at=timezone.now(),
            cleared_at=timezone.now(),
            key="",
            sealed="",
        )
        if declined:
            _record(erasure, user, "declined")
    return bool(declined)


def approve(erasure: Erasure, user: User) -> bool:
    """Carry it out now, or as soon as nothing of the person is on its way to Vitec.

    False: it was decided before. Raises OwnRequest, Hidden.
    """
    if erasure.asked_by_id == user.pk:
        raise OwnRequest
    if is_hidden_from(user, erasure):
        raise Hidden
    with transaction.atomic():
        approved = Erasure.objects.filter(pk=erasure.pk, step=Step.ASKED).update(
            step=Step.APPROVED, decided_by=user, decided_at=timezone.now()
        )
        if approved:
            _record(erasure, user, "approved")
    if approved:
        carry_out(erasure)
    return bool(approved)


def is_hidden_from(user: User, erasure: Erasure) -> bool:
    """Is the person to be erased, or what is left of them to do at Vitec, not for these eyes?"""
    content = erasure.content
    with protected.veiled(user):
        if erasure.who is not None:
            return register.is_hidden(erasure.office, erasure.who)
    return bool(content.get("protected")) and not may(user, Right.PROTECTED, erasure.office)


def go_on() -> int:
    """Carry out what was approved and had to wait; returns how many are done."""
    return sum(carry_out(erasure) for erasure in Erasure.objects.filter(step=Step.APPROVED))


def carry_out(erasure: Erasure) -> bool:
    """Take away everything of the person, whoever approved it. False: not all of it yet.

    Something of theirs is being sent this moment, or could not be taken.
    """
    with veil.lifted():
        return _carry_out(erasure)


def _carry_out(erasure: Erasure) -> bool:
    erasure.refresh_from_db()
    who = erasure.who
    if erasure.step != Step.APPROVED or who is None or erasure.decided_by is None:
        return False
    # First, so that no sync brings back what is taken away below.
    erased.remember(erasure.office, who.marks.contact_ids)
    if _still_on_their_way(erasure, who):
        return False
    taken = _take_away(erasure, who)
    left = {holding.key: count for holding, count in _left(erasure.office, who) if count}
    if left:
        _keep(erasure, taken)
        log.warning("erasure is not done erasure=%s left=%s", erasure.pk, left)
        return False
    _finish(erasure, who, taken)
    return True


def overwrite() -> bool:
    """See that nothing of who was erased is left in the database's files. False: not yet."""
    if not storage.overwrite_what_is_free():
        return False
    done = Erasure.objects.filter(step=Step.DONE, overwritten_at=None)
    done.update(overwritten_at=timezone.now())
    return True


def clear(erasure: Erasure, user: User) -> bool:
    """Somebody has done at Vitec what was to be done; the list of it is destroyed."""
    cleared = Erasure.objects.filter(pk=erasure.pk, step=Step.DONE, cleared_at=None).update(
        cleared_at=timezone.now(), cleared_by=user, key="", sealed=""
    )
    return bool(cleared)


def _rows(office: Office, who: Who) -> list[tuple[Holding, Rows]]:
    shelves = register.shelves(office, who)
    return [
        (shelf.holding, [item.found for item in shelf.items]) for shelf in shelves if shelf.items
    ]


def _still_on_their_way(erasure: Erasure, who: Who) -> int:
    user = erasure.decided_by
    rows = _rows(erasure.office, who)
    return sum(
        holding.stop(found, user) for holding, found in rows if holding.stop is not None and user
    )


@dataclasses.dataclass(frozen=True)
class Taken:
    """What an erasure has taken so far.

    at_vitec: what of it Vitec still has. facts: how many rows of each holding went. protected: the
    person had protected identity.
    """

    at_vitec: list[str]
    facts: dict[str, int]
    protected: bool

    def to_dict(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {"at_vitec": self.at_vitec, "protected": self.protected}


def _take_away(erasure: Erasure, who: Who) -> Taken:
    """With what an earlier try has taken."""
    office, before = erasure.office, erasure.content
    at_vitec: dict[str, None] = dict.fromkeys(before.get("at_vitec", []))
    facts: dict[str, int] = dict(erasure.facts)
    is_protected = bool(before.get("protected")) or _is_protected(office, who)
    for _round in range(ROUNDS):
        went = 0
        for holding, found in _next(_rows(office, who)):
            at_vitec |= dict.fromkeys(row.at_vitec for row in found if row.at_vitec)
            count = holding.erase(office, found)
            facts[holding.key] = facts.get(holding.key, 0) + count
            went += count
        if not went:
            break
    return Taken(list(at_vitec), facts, is_protected)


def _next(rows: list[tuple[Holding, Rows]]) -> list[tuple[Holding, Rows]]:
    """What is taken now: what guards the person, such as a mark that hides them, goes last."""
    first = [
        (holding, found)
        for holding, found in rows
        if not holding.last and any(not row.spent for row in found)
    ]
    return first or rows


def _is_protected(office: Office, who: Who) -> bool:
    ids = set(who.marks.contact_ids)
    ids |= {one for _holding, found in _rows(office, who) for row in found
            for one in row.marks.contact_ids}  # fmt: skip
    return any(protected.is_marked(office, contact_id) for contact_id in sorted(ids))


def _left(office: Office, who: Who) -> list[tuple[Holding, int]]:
    """How much of each holding is still to be taken."""
    rows = _rows(office, who)
    return [(holding, sum(not row.spent for row in found)) for holding, found in rows]


def _keep(erasure: Erasure, taken: Taken) -> None:
    """For the next try: what is gone by now tells nobody any more what Vitec has of it."""
    sealed = seal_row(erasure.key, {**erasure.content, **taken.to_dict()})
    Erasure.objects.filter(pk=erasure.pk).update(facts=taken.facts, sealed=sealed)


def _finish(erasure: Erasure, who: Who, taken: Taken) -> None:
    """The list for Vitec is sealed with a key of its own: the old one opened the person."""
    key = new_row_key() if taken.at_vitec else ""
    now = timezone.now()
    with transaction.atomic():
        _forget_inquiries(erasure.office, who)
        _settle_others(erasure, who)
        Erasure.objects.filter(pk=erasure.pk).update(
            step=Step.DONE,
            done_at=now,
            cleared_at=None if key else now,
            facts=taken.facts,
            key=key,
            sealed=seal_row(key, taken.to_dict()) if key else "",
        )
        if erasure.decided_by:
            _record(erasure, erasure.decided_by, "done", rows=sum(taken.facts.values()))
    erasure.refresh_from_db()
    log.info("erased erasure=%s rows=%s", erasure.pk, sum(taken.facts.values()))


def _forget_inquiries(office: Office, who: Who) -> None:
    for inquiry in Inquiry.objects.filter(office=office):
        if _is_of(inquiry.who, who):
            inquiry.delete()


def _settle_others(erasure: Erasure, who: Who) -> None:
    """What else was asked for of the same person is done with it, and keeps nothing of them."""
    others = Erasure.objects.filter(office=erasure.office, step=Step.ASKED)
    for other in others.exclude(pk=erasure.pk):
        if other.who is not None and erasure.decided_by and _is_of(other.who, who):
            decline(other, erasure.decided_by)


def _is_of(known: Who, who: Who) -> bool:
    return known.marks.is_same_person(who.marks) or known == who


def _record(erasure: Erasure, user: User, step: str, **facts: Any) -> None:
    disclosures.record(
        user,
        erasure.office,
        Disclosure.What.ERASED,
        subject=f"privacy.erasure:{erasure.code}",
        step=step,
        **facts,
    )
