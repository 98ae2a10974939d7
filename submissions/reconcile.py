"""Looking at Vitec whether an uncertain submission has arrived. Only ever reads, never sends.

One certain match settles it. None, after a while, is said to a person, who may send it again.
Several, or no right to read, leaves it to a person altogether.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from connect.errors import Denied, VitecError
from lib.sealing import Unsealable
from offices import veil
from offices.capabilities import may_ask, remember
from offices.vitec import NoCredential, client_for
from submissions.journal import note
from submissions.kinds import ReadBack, Span, find_kind
from submissions.models import Event, State, Submission, Verdict

log = logging.getLogger(__name__)

# By itself the portal looks again this often, and for a day.
LOOK_AGAIN = dt.timedelta(minutes=15)
LOOK_FOR = dt.timedelta(days=1)
PER_RUN = 50
SENT = (Event.SENDING, Event.UNKNOWN, Event.SENDING_EXPIRED, Event.LATE)


def reconcile_due() -> int:
    """Look for the uncertain ones whose turn it is; returns how many were found."""
    now = timezone.now()
    turn = Q(looked_at=None) | Q(looked_at__lt=now - LOOK_AGAIN)
    waiting = Submission.objects.uncertain().filter(
        turn, changed_at__lt=now - _settling(), changed_at__gt=now - LOOK_FOR
    )
    chosen = waiting.select_related("office").order_by("looked_at", "pk")[:PER_RUN]
    return sum(reconcile(submission) for submission in chosen)


def reconcile(submission: Submission, **time_limits: float) -> bool:
    """Look for one uncertain submission at Vitec. True: it is there, and counts as delivered.

    time_limits: as `client_for` takes them, where a person waits.
    """
    for _ in range(2):
        # Another look took the same for another submission this moment: seen again, it is taken.
        with contextlib.suppress(IntegrityError):
            return _look(submission, time_limits)
    return False


def _look(submission: Submission, time_limits: dict[str, float]) -> bool:
    kind = find_kind(submission.kind)
    if kind is None or kind.read_back is None:
        _keep(submission, Verdict.UNREADABLE)
        return False
    found = _found(submission, kind.read_back, time_limits)
    if found is None:
        _keep(submission, Verdict.UNREADABLE)
    elif len(found) == 1:
        return _delivered(submission, found[0])
    elif found:
        _keep(submission, Verdict.SEVERAL)
    elif settling(submission):
        # Too early to say that it is not there.
        return False
    else:
        _keep(submission, Verdict.ABSENT)
    return False


def settling(submission: Submission) -> bool:
    """Vitec may still be at work on it."""
    span = _span(submission)
    return span is not None and span.last > timezone.now() - _settling()


def _settling() -> dt.timedelta:
    """What Vitec is still at work on when the line breaks is there a while later."""
    return dt.timedelta(seconds=settings.RECONCILE_SETTLING_SECONDS)


def _found(
    submission: Submission, read_back: ReadBack, time_limits: dict[str, float]
) -> list[str] | None:
    """What fits and is not another submission's; None when it cannot be told."""
    span = _span(submission)
    key = read_back.endpoint.key
    if span is None or not may_ask(submission.office, key):
        return None
    try:
        # Also for somebody who may not see whom it concerns: only that it is there is told.
        with client_for(submission.office, **time_limits) as client, veil.lifted():
            seen = read_back.find(client, submission.office, submission.call, span)
        remember(submission.office, key, allowed=True)
    except Denied:
        remember(submission.office, key, allowed=False)
        return None
    except (NoCredential, Unsealable, VitecError) as error:
        log.info("cannot look submission=%s cause=%s", submission.pk, type(error).__name__)
        return None
    if seen is None:
        return None
    taken = _taken(submission, seen)
    return [vitec_id for vitec_id in seen if vitec_id not in taken]


def _taken(submission: Submission, vitec_ids: Collection[str]) -> set[str]:
    """Those of the ids that another submission of the office has."""
    others = Submission.objects.filter(office=submission.office).exclude(pk=submission.pk)
    theirs = others.filter(vitec_id__in=[vitec_id for vitec_id in vitec_ids if vitec_id])
    return set(theirs.values_list("vitec_id", flat=True))


def _span(submission: Submission) -> Span | None:
    """From the first byte of the first try that may have arrived to the last word on any.

    Of one that was set aside after a restore nobody knows when it was tried: at any time between
    its acceptance and that.
    """
    events = submission.attempts.order_by("pk")
    sent = events.filter(event__in=[*SENT, Event.QUARANTINED])
    first, last = sent.first(), sent.last()
    if first is None or last is None:
        return None
    if sent.filter(event=Event.QUARANTINED).exists():
        first = events.filter(event=Event.ACCEPTED).first() or first
    return Span(first.at, last.at)


def _delivered(submission: Submission, vitec_id: str) -> bool:
    """Raises IntegrityError when another look was faster."""
    # In this order: whatever was on its way when we looked is so still, or has its id.
    if _alike_is_on_its_way(submission) or _taken(submission, [vitec_id]):
        return False
    with transaction.atomic():
        moved = Submission.objects.filter(pk=submission.pk).move(
            State.UNKNOWN,
            State.DELIVERED,
            vitec_id=vitec_id,
            found_by_look=True,
            looked_at=timezone.now(),
        )
        if moved:
            note(submission, Event.RECONCILED)
    return moved


def _alike_is_on_its_way(submission: Submission) -> bool:
    """What was found may be that one's, whose answer has not come yet."""
    return bool(submission.person_hash) and (
        Submission.objects.filter(
            office=submission.office,
            endpoint=submission.endpoint,
            person_hash=submission.person_hash,
            state=State.SENDING,
        )
        .exclude(pk=submission.pk)
        .exists()
    )


def _keep(submission: Submission, verdict: Verdict) -> None:
    """What the look said; the same twice is written once."""
    this = Submission.objects.uncertain().filter(pk=submission.pk)
    with transaction.atomic():
        changed = this.exclude(verdict=verdict).update(verdict=verdict)
        this.update(looked_at=timezone.now())
        if changed:
            note(submission, Event.LOOKED, cause=verdict.value)
