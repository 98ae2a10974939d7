"""Several submissions from one action: saved together, paused, resumed and undone as one."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from connect.calls import Call
from lib.sealing import keyed_hash
from offices.models import Colleague, Office, User
from submissions import drafts, outbox
from submissions.concerns import NO_CONSENT, Asker, Consent, Item, concerns_about, fingerprint_of
from submissions.kinds import Kind, Part
from submissions.models import Batch, Occurrence, Shown, State, Submission
from submissions.naming import require_names

# What one undo takes back: what waits. A refused or failed one is a question of its own.
UNDONE_TOGETHER = (State.QUEUED, State.HELD)


class BatchUsed(Exception):
    """The same form was sent before with other content; `batch` is what it became."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(str(batch.code))
        self.batch = batch


def part_token(token: uuid.UUID, number: int) -> uuid.UUID:
    """The same part of the same form has the same token whenever it is asked for."""
    return uuid.uuid5(token, str(number))


@dataclasses.dataclass(frozen=True)
class BatchWish:
    """What a person approved by pressing send, in parts.

    cleaned: the form's cleaned_data that the parts came from, when they came from one form.
    token: the form's one-time token; each part gets one of its own, derived from it. kept: as
    `outbox.Wish.kept`, of every part.
    """

    user: User
    office: Office
    kind: Kind
    token: uuid.UUID
    parts: Sequence[Part]
    cleaned: Mapping[str, Any] | None = None
    consent: Consent = NO_CONSENT
    kept: Collection[str] = ()

    def part_token(self, number: int) -> uuid.UUID:
        return part_token(self.token, number)


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a batch has come. by_state: how many parts staff see in each state."""

    total: int
    by_state: dict[Shown, int]

    @property
    def done(self) -> int:
        """How many are at Vitec."""
        return self.by_state.get(Shown.DELIVERED, 0)

    @property
    def left(self) -> int:
        """How many something still happens with."""
        moving = (Shown.GRACE, Shown.WAITING, Shown.SENDING, Shown.PAUSED)
        return sum(self.by_state.get(state, 0) for state in moving)

    @property
    def waiting(self) -> int:
        """How many can still be undone."""
        return self.left - self.by_state.get(Shown.SENDING, 0)

    @property
    def per_cent(self) -> int:
        return 100 * (self.total - self.left) // self.total if self.total else 0


def submit_batch(wish: BatchWish) -> Batch:
    """Save every part or none, and have them delivered after the grace period.

    The same form sent twice gives the first batch. Raises BatchUsed when it says something else
    now, outbox.Questioned when there is a reason to ask that the person has not been told, and
    naming.NotInOwnName when a part gives names that take a right.
    """
    calls = [outbox.whole_call(wish.office, wish.kind, part.cleaned) for part in wish.parts]
    fingerprint = _fingerprint(wish, calls)
    first = _first_of_form(wish, fingerprint)
    if first is not None:
        return first
    require_names(wish.user, wish.office, wish.kind, [part.cleaned for part in wish.parts])
    concerns = concerns_about(
        Asker(wish.user, wish.office, wish.kind, _tokens(wish)),
        [Item(part.cleaned, call) for part, call in zip(wish.parts, calls, strict=True)],
        wish.cleaned,
    )
    if not wish.consent.covers(concerns):
        raise outbox.Questioned(concerns)
    try:
        return _save(wish, calls, fingerprint, wish.consent.reason if concerns else "")
    except IntegrityError:
        # Another click of the same form was faster by a hair.
        first = _first_of_form(wish, fingerprint)
        if first is None:
            raise
        return first


def _fingerprint(wish: BatchWish, calls: list[Call]) -> str:
    return keyed_hash("batch", " ".join(fingerprint_of(wish.office, call) for call in calls))


def _tokens(wish: BatchWish) -> frozenset[uuid.UUID]:
    return frozenset(wish.part_token(number) for number in range(len(wish.parts)))


def _first_of_form(wish: BatchWish, fingerprint: str) -> Batch | None:
    first = Batch.objects.filter(created_by=wish.user, form_token=wish.token).first()
    if first is not None and first.fingerprint != fingerprint:
        raise BatchUsed(first)
    return first


@transaction.atomic
def _save(wish: BatchWish, calls: list[Call], fingerprint: str, reason: str) -> Batch:
    batch = Batch.objects.create(
        office=wish.office,
        created_by=wish.user,
        kind=wish.kind.key,
        form_token=wish.token,
        fingerprint=fingerprint,
    )
    for number, (part, call) in enumerate(zip(wish.parts, calls, strict=True)):
        one = outbox.Wish(
            user=wish.user,
            office=wish.office,
            kind=wish.kind,
            cleaned=part.cleaned,
            typed=part.typed,
            again=part.typed,
            token=wish.part_token(number),
            kept=wish.kept,
        )
        outbox.save(one, call, reason, batch)
    drafts.forget(wish.user, wish.token)
    return batch


def progress(parts: Sequence[Submission]) -> Progress:
    """How far the parts have come."""
    return Progress(total=len(parts), by_state=dict(Counter(part.shown for part in parts)))


def by_colleague(office: Office, parts: Sequence[Submission]) -> list[tuple[str, Progress]]:
    """How far each colleague's parts have come, by the name staff know, in the parts' order.

    Empty where they do not stand in the calendars of several.
    """
    whose = dict(
        Occurrence.objects.filter(submission__in=parts)
        .exclude(colleague_id="")
        .values_list("submission", "colleague_id")
    )
    shares: dict[str, list[Submission]] = {}
    for part in parts:
        if part.pk in whose:
            shares.setdefault(whose[part.pk], []).append(part)
    if len(shares) < 2:
        return []
    rows = Colleague.objects.filter(office=office, vitec_id__in=shares)
    names = dict(rows.values_list("vitec_id", "name"))
    return [(names.get(each, each), progress(share)) for each, share in shares.items()]


def pause(batch: Batch, user: User) -> bool:
    """Take up no further part; what is being sent this moment is finished. False: it was paused."""
    running = Batch.objects.filter(pk=batch.pk, paused_at=None)
    return bool(running.update(paused_at=timezone.now(), paused_by=user))


def resume(batch: Batch, user: User) -> bool:
    """Go on with what waits. False: it was not paused."""
    paused = Batch.objects.filter(pk=batch.pk, paused_at__isnull=False)
    confirmed = {"confirmed_at": timezone.now(), "confirmed_by": user} if batch.flood else {}
    if not paused.update(paused_at=None, paused_by=None, **confirmed):
        return False
    for submission in Submission.objects.held_without_pause().filter(batch=batch):
        outbox.release(submission, user)
    return True


def undo(batch: Batch, user: User) -> int:
    """Undo every part that waits; returns how many. What was sent stays sent."""
    waiting = batch.parts.filter(state__in=UNDONE_TOGETHER)
    return sum(outbox.cancel(submission, user) for submission in waiting)
