"""Delivering one row: claim it, make one call, settle the outcome. And taking back what was lost.

The order is the point. A row is *claimed* while the connection is made; *sending* is committed
just before the first byte leaves; what fails before that mark is sent again by itself, what fails
after it is *unknown* and waits for a person. Every step is a conditional UPDATE by the claim's
token, so that of two workers, of a sweeper and a late worker, one is right and the other does
nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from connect.calls import Reply
from connect.errors import Busy, Denied, NotSent, Refused, VitecError
from lib.sealing import Unsealable
from offices.vitec import NoCredential, client_for
from submissions.journal import note
from submissions.models import Event, Pause, State, Submission, SubmissionQuerySet, due

log = logging.getLogger(__name__)

LONGEST_BACKOFF_SECONDS = 300
RING_AGAIN_AFTER = dt.timedelta(seconds=30)
# After a long outage the backlog goes to the broker in portions.
RINGS_PER_SWEEP = 500
# Certain failures are repeated for a day, then a person is asked.
GIVE_UP_AFTER = dt.timedelta(days=1)


class ClaimLost(Exception):
    """Somebody else has the row now; nothing may be sent on its behalf."""


def deliver(submission_id: int) -> None:
    """Send one submission, if it is due and nobody else has it. Must not run in a transaction."""
    submission = claim(submission_id)
    if submission is None:
        return
    try:
        call = submission.call
        with client_for(submission.office) as client:
            reply = client.send(call, before_first_byte=lambda: _mark_sending(submission))
    except ClaimLost:
        log.warning("claim lost submission=%s", submission.pk)
    except NoCredential:
        _settle_failure(submission, NotSent(cause="no_credential"))
    except Unsealable:
        _settle_failure(submission, NotSent(cause="unsealable"))
    except VitecError as error:
        _settle_failure(submission, error)
    else:
        _settle_delivered(submission, reply)


def claim(submission_id: int) -> Submission | None:
    """Take the row for this worker; None when it is not due, is taken, or sending is paused."""
    submission = Submission.objects.select_related("office").filter(pk=submission_id).first()
    if submission is None or _held_by_pause(submission):
        return None
    submission.token = uuid.uuid4()
    with transaction.atomic(durable=True):
        taken = Submission.objects.filter(due(), pk=submission_id).move(
            State.QUEUED,
            State.CLAIMED,
            token=submission.token,
            tries=F("tries") + 1,
            lease_until=Now() + dt.timedelta(seconds=settings.CLAIM_LEASE_SECONDS),
        )
        if not taken:
            return None
        submission.refresh_from_db(fields=["tries"])
        note(submission, Event.CLAIMED)
    return submission


def _held_by_pause(submission: Submission) -> bool:
    pause = Pause.over(submission).first()
    if pause is None:
        return False
    with transaction.atomic():
        if _this(submission).move(State.QUEUED, State.HELD):
            note(submission, Event.HELD, status=pause.status)
    return True


def _this(submission: Submission) -> SubmissionQuerySet:
    return Submission.objects.filter(pk=submission.pk)


def _mine(submission: Submission) -> SubmissionQuerySet:
    return Submission.objects.filter(pk=submission.pk, token=submission.token)


def _mark_sending(submission: Submission) -> None:
    """Runs when the connection stands and no byte has left. Raises ClaimLost."""
    with transaction.atomic(durable=True):
        marked = _mine(submission).move(
            State.CLAIMED,
            State.SENDING,
            lease_until=Now() + dt.timedelta(seconds=settings.SENDING_LEASE_SECONDS),
        )
        if not marked:
            raise ClaimLost
        note(submission, Event.SENDING)


# --- Settling ----------------------------------------------------------------------------------


def _settle_delivered(submission: Submission, reply: Reply) -> None:
    vitec_id = reply.value[:200] if isinstance(reply.value, str) else ""
    with transaction.atomic():
        if _mine(submission).move(State.SENDING, State.DELIVERED, vitec_id=vitec_id):
            note(submission, Event.DELIVERED, answer=reply)
            return
        # The sweeper had given up on us. Our own token proves that this is that send's answer.
        _mine(submission).move(State.UNKNOWN, State.DELIVERED, vitec_id=vitec_id)
        note(submission, Event.LATE, answer=reply)
    log.warning("late answer submission=%s status=%s", submission.pk, reply.status)


def _settle_failure(submission: Submission, error: VitecError) -> None:
    if isinstance(error, NotSent | Busy):
        _try_later(submission, error)
    elif isinstance(error, Denied):
        _hold(submission, error)
    elif isinstance(error, Refused):
        _settle(
            submission,
            State.REJECTED,
            Event.REFUSED,
            error,
            sealed_messages=submission.seal_messages(error.messages),
        )
    else:
        _settle(submission, State.UNKNOWN, Event.UNKNOWN, error)


def _settle(
    submission: Submission, after: State, event: Event, error: VitecError, **changes: object
) -> bool:
    with transaction.atomic():
        moved = _mine(submission).move((State.CLAIMED, State.SENDING), after, **changes)
        note(submission, event if moved else Event.LATE, answer=error)
    return moved


def _try_later(submission: Submission, error: VitecError) -> None:
    event = Event.BUSY if isinstance(error, Busy) else Event.NOT_SENT
    if timezone.now() - submission.hold_until > GIVE_UP_AFTER:
        with transaction.atomic():
            if _settle(submission, State.FAILED, event, error):
                note(submission, Event.GAVE_UP)
        return
    wait = dt.timedelta(seconds=backoff_seconds(submission.tries, error.retry_after))
    _settle(submission, State.QUEUED, event, error, not_before=Now() + wait, rung_at=None)


def backoff_seconds(tries: int, retry_after: float | None = None) -> float:
    """Seconds until the next try: 2, 4, 8 … 300 with jitter; what Vitec asked for, if it did."""
    if retry_after is not None:
        return retry_after
    longest = min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(tries, 16))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311


def _hold(submission: Submission, error: Denied) -> None:
    """401: everything of the office waits for a person. 403: this endpoint of the office."""
    endpoint = "" if error.status == 401 else submission.endpoint
    try:
        with transaction.atomic():
            Pause.objects.create(
                office_id=submission.office_id, endpoint=endpoint, status=error.status or 0
            )
    except IntegrityError:
        log.info("already paused office=%s", submission.office_id)
    _settle(submission, State.HELD, Event.DENIED, error)


# --- Taking back -------------------------------------------------------------------------------


def sweep() -> list[int]:
    """Take back what dead workers held; return the ids of due rows to ring for.

    Any number of sweepers at once are harmless.
    """
    _expire_leases()
    _free_orphans_of_pauses()
    stale = Q(rung_at=None) | Q(rung_at__lt=Now() - RING_AGAIN_AFTER)
    waiting = Submission.objects.due().filter(stale).order_by("not_before")
    ids = list(waiting.values_list("pk", flat=True)[:RINGS_PER_SWEEP])
    Submission.objects.filter(pk__in=ids).update(rung_at=Now())
    return ids


def _expire_leases() -> None:
    silent = Submission.objects.filter(
        state__in=[State.CLAIMED, State.SENDING], lease_until__lt=Now()
    )
    for submission in silent:
        before = State(submission.state)
        sent = before == State.SENDING
        after = State.UNKNOWN if sent else State.QUEUED
        event = Event.SENDING_EXPIRED if sent else Event.CLAIM_EXPIRED
        with transaction.atomic():
            overdue = _mine(submission).filter(lease_until__lt=Now())
            if overdue.move(before, after, rung_at=None):
                note(submission, event)


def _free_orphans_of_pauses() -> None:
    """Rows that were being held while their pause was ended."""
    for submission in Submission.objects.held_without_pause():
        with transaction.atomic():
            if _this(submission).move(State.HELD, State.QUEUED, rung_at=None):
                note(submission, Event.RELEASED)
