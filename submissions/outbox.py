"""Everything that people do to the outbox: submit, undo, send again, decide, release."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation

from connect.calls import Call
from lib.sealing import Unsealable, new_row_key, seal_row
from offices import veil
from offices.models import Office, User
from submissions import drafts, floods, linking, slips
from submissions.bell import ring
from submissions.concerns import (
    NO_CONSENT,
    Asker,
    Consent,
    Item,
    concerns_about,
    fingerprint_of,
    marks_of,
)
from submissions.journal import note
from submissions.kinds import Concern, Kind, Line
from submissions.models import (
    CANCELLABLE,
    Batch,
    Event,
    Likeness,
    Occurrence,
    Pause,
    State,
    Submission,
    not_sooner,
    person_hash,
)
from submissions.naming import require_names


class FormUsed(Exception):
    """The same form was sent before with other content; `submission` is what it became."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(str(submission.code))
        self.submission = submission


class Questioned(Exception):
    """There are reasons to ask first that the person has not consented to. Nothing was saved."""

    def __init__(self, concerns: list[Concern]) -> None:
        super().__init__(f"{len(concerns)} concerns")
        self.concerns = concerns


@dataclasses.dataclass(frozen=True)
class Wish:
    """What a person approved by pressing send.

    cleaned: the form's cleaned_data. typed: the posted texts, {name: [text]}. again: the same in
    words that mean the same tomorrow, to fill the form again. token: the form's one-time token.
    consent: what the person knows and sends in spite of. kept: names of fields whose text was
    taken over from what is corrected, and not shown to the person.
    """

    user: User
    office: Office
    kind: Kind
    cleaned: Mapping[str, Any]
    typed: Mapping[str, list[str]]
    again: Mapping[str, list[str]]
    token: uuid.UUID
    corrects: Submission | None = None
    consent: Consent = NO_CONSENT
    kept: Collection[str] = ()


def submit(wish: Wish) -> Submission:
    """Save the wish and have it delivered after the grace period.

    The same form sent twice gives the first row. Raises FormUsed when something else was typed in
    it since, Questioned when there is a reason to ask that the person has not been told, and
    naming.NotInOwnName when it gives names that take a right.
    """
    call = whole_call(wish.office, wish.kind, wish.cleaned)
    first = _first_of_form(wish)
    if first is not None:
        return first
    require_names(wish.user, wish.office, wish.kind, [wish.cleaned])
    asker = Asker(wish.user, wish.office, wish.kind, frozenset({wish.token}))
    concerns = concerns_about(asker, [Item(wish.cleaned, call)], wish.cleaned)
    if not wish.consent.covers(concerns):
        raise Questioned(concerns)
    # A reason that was typed for a question that no longer stands is not kept.
    reason = wish.consent.reason if concerns else ""
    try:
        with transaction.atomic():
            return save(wish, call, reason, floods.joined_by(wish.user, wish.office))
    except IntegrityError:
        # Another click of the same form was faster by a hair.
        first = _first_of_form(wish)
        if first is None:
            raise
        return first


def whole_call(office: Office, kind: Kind, cleaned: Mapping[str, Any]) -> Call:
    """The call as it is sent, also where the person who sends it may not see all of it."""
    with veil.lifted():
        return kind.build(office, cleaned)


def _first_of_form(wish: Wish) -> Submission | None:
    """What the form has become already. Raises FormUsed when it says something else now."""
    first = Submission.objects.filter(created_by=wish.user, form_token=wish.token).first()
    if first is None:
        return None
    try:
        with veil.lifted():
            same = first.content["typed"] == dict(wish.typed) and first.office_id == wish.office.pk
    except Unsealable:
        same = True
    if not same:
        raise FormUsed(first)
    return first


def save(wish: Wish, call: Call, reason: str = "", batch: Batch | None = None) -> Submission:
    """Write the row, its marks and the event *accepted*. Call it in a transaction.

    reason: why it is sent although the person was asked.
    """
    # What is stored is whole; who may read it is asked when it is read.
    with veil.lifted():
        return _save(wish, call, reason, batch)


def _save(wish: Wish, call: Call, reason: str, batch: Batch | None) -> Submission:
    key = new_row_key()
    about = linking.typed_in(wish.kind, call)
    chosen = person_hash(wish.kind.person(wish.cleaned))
    content = {
        "call": call.to_dict(),
        "typed": dict(wish.typed),
        "form": dict(wish.again),
        "kept": sorted(wish.kept),
        "lines": _lines(wish),
    }
    hold = dt.timedelta(seconds=settings.SUBMISSION_HOLD_SECONDS)
    submission = Submission.objects.create(
        office=wish.office,
        created_by=wish.user,
        kind=wish.kind.key,
        endpoint=wish.kind.endpoint.key,
        form_token=wish.token,
        fingerprint=fingerprint_of(wish.office, call),
        person_hash=chosen or linking.known(wish.office, about),
        batch=batch,
        corrects=wish.corrects,
        key=key,
        sealed=seal_row(key, content),
        hold_until=Now() + hold,
        not_before=Now() + hold,
    )
    Likeness.objects.bulk_create(
        Likeness(submission=submission, mark=mark.mark, moment=mark.moment)
        for mark in marks_of(wish.office, wish.kind, wish.cleaned)
    )
    linking.remember(submission, about)
    if wish.kind.occurs:
        Occurrence.keep(submission, wish.kind.occurs(wish.office, wish.cleaned))
    drafts.forget(wish.user, wish.token)
    note(submission, Event.ACCEPTED, actor=wish.user, reason=reason)
    _ring_after_commit(submission, hold.total_seconds())
    submission.refresh_from_db(fields=["hold_until", "not_before"])
    return submission


def _lines(wish: Wish) -> dict[str, list[list[str]]]:
    """What is sent in words, frozen in every language of the house."""
    lines = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            described = wish.kind.describe(wish.office, wish.cleaned)
            lines[language] = [_stored(slips.masked(line)) for line in described]
    return lines


def _stored(line: Line) -> list[str]:
    return [str(line.label), str(line.value), *([str(line.full)] if line.full else [])]


def _ring_after_commit(submission: Submission, seconds: float = 0) -> None:
    transaction.on_commit(functools.partial(ring, submission.pk, seconds), robust=True)


def cancel(submission: Submission, user: User) -> bool:
    """Undo what has not been sent. False: too late, a worker has it or it is settled."""
    with transaction.atomic():
        undone = Submission.objects.filter(pk=submission.pk).move(CANCELLABLE, State.CANCELLED)
        if undone:
            _refresh(submission)
            note(submission, Event.CANCELLED, actor=user)
    return undone


def send_now(submission: Submission, user: User) -> bool:
    """End the wait for the next try, or try a failed one again; never what may have arrived.

    False also while Vitec has asked us to wait.
    """
    if not submission.may_be_tried_now:
        return False
    return _queue(submission, (State.QUEUED, State.FAILED), user)


def send_failed_again(submission: Submission, user: User, reason: str) -> bool:
    """Try again what has certainly not arrived, with a reason on record."""
    return _queue(submission, (State.FAILED,), user, reason)


def send_again(submission: Submission, user: User, reason: str) -> bool:
    """A person has looked in Vitec and sends an uncertain one again.

    submission: as the person saw it. False, too, when it has been tried again since: what they saw
    says nothing of that try.
    """
    return _queue(submission, (State.UNKNOWN,), user, reason, tries=submission.tries)


def _queue(
    submission: Submission,
    before: tuple[State, ...],
    user: User,
    reason: str = "",
    **as_seen: object,
) -> bool:
    with transaction.atomic():
        moved = Submission.objects.filter(pk=submission.pk, **as_seen).move(
            before,
            State.QUEUED,
            not_before=not_sooner("asked_until", Now()),
            hold_until=Now(),
            rung_at=None,
            trying_since=None,
            verdict="",
            looked_at=None,
        )
        if moved:
            _refresh(submission)
            note(submission, Event.SENT_AGAIN, actor=user, reason=reason)
            _ring_after_commit(submission)
    return moved


def mark_delivered(submission: Submission, user: User, reason: str) -> bool:
    """A person has found an uncertain one in Vitec. submission: as the person saw it."""
    return _decide(submission, State.DELIVERED, Event.FOUND, user, reason)


def mark_not_delivered(submission: Submission, user: User, reason: str) -> bool:
    """A person has not found an uncertain one in Vitec and does not send it again.

    submission: as the person saw it.
    """
    return _decide(submission, State.CANCELLED, Event.NOT_FOUND, user, reason)


def _decide(submission: Submission, after: State, event: Event, user: User, reason: str) -> bool:
    seen = Submission.objects.filter(pk=submission.pk, tries=submission.tries)
    with transaction.atomic():
        moved = seen.move(State.UNKNOWN, after)
        if moved:
            _refresh(submission)
            note(submission, event, actor=user, reason=reason)
    return moved


# What a request lets go itself when a pause ends.
RELEASED_AT_ONCE = 100


def end_pause(pause: Pause, user: User | None) -> int:
    """Let the office send again; returns how many waiting submissions go on.

    Of many the sweep lets go those that stand further back, so that nobody waits for the page.
    user: None when it ends because the login was changed.
    """
    ended = Pause.objects.filter(pk=pause.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=user
    )
    if not ended:
        return 0
    held = Submission.objects.held_without_pause().filter(office=pause.office_id)
    waiting = held.count()
    for submission in held.order_by("pk")[:RELEASED_AT_ONCE]:
        release(submission, user)
    return waiting


def release(submission: Submission, user: User | None) -> bool:
    """Let one that was held go on."""
    with transaction.atomic():
        moved = Submission.objects.filter(pk=submission.pk).move(
            State.HELD,
            State.QUEUED,
            not_before=not_sooner("asked_until", Now()),
            rung_at=None,
            trying_since=None,
        )
        if moved:
            _refresh(submission)
            note(submission, Event.RELEASED, actor=user)
            _ring_after_commit(submission)
    return moved


def quarantine() -> int:
    """After a restore from a backup, or a failover to a replica that lagged: how many set aside.

    What these rows say may be older than what was sent, so each becomes a question for a person,
    and what a look at Vitec said of one is worth nothing. Run it before any worker starts.
    """
    before = (
        State.QUEUED,
        State.CLAIMED,
        State.SENDING,
        State.HELD,
        State.FAILED,
        State.UNKNOWN,
    )
    count = 0
    for submission in Submission.objects.filter(state__in=before):
        with transaction.atomic():
            moved = Submission.objects.filter(pk=submission.pk).move(
                before, State.UNKNOWN, token=None, verdict="", looked_at=None
            )
            if moved:
                note(submission, Event.QUARANTINED)
        count += moved
    return count


def _refresh(submission: Submission) -> None:
    """A worker may have tried since the row was read; the journal should know."""
    submission.refresh_from_db(fields=["state", "tries", "token"])
