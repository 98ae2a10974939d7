"""Looking at Vitec whether an uncertain submission has arrived. Only ever reads, never sends.

One certain match settles it. None, after a while, is said to a person, who may send it again.
Several, or no right to read, leaves it to a person altogether. A Vitec that cannot be asked says
nothing at all: what was said before stands, and the look is made later.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Collection

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from connect.errors import Busy, Denied, Refused, VitecError
from lib import database_clock
from lib.sealing import Unsealable
from offices import veil
from offices.capabilities import may_ask, remember
from offices.pace import NoTurn
from offices.vitec import NoCredential, paced_client_for
from submissions.journal import note
from submissions.kinds import ReadBack, Span, find_kind
from submissions.models import Event, Outage, State, Submission, Verdict, unless_erased

log = logging.getLogger(__name__)

# By itself the portal looks again this often, and for a day.
LOOK_AGAIN = dt.timedelta(minutes=15)
LOOK_FOR = dt.timedelta(days=1)
# What could not be asked for is asked for again so much later, and for as long as that takes.
ASK_AGAIN = dt.timedelta(minutes=2)
PER_RUN = 50
RUN_SECONDS = 40
# A Vitec that did not answer a look is left alone for so long, unless it says for how long.
REST_SECONDS = 60
# An outage that nobody has probed for so long, since nothing waits, keeps no look back.
PROBED_WITHIN = dt.timedelta(minutes=15)
SENT = (Event.SENDING, Event.UNKNOWN, Event.SENDING_EXPIRED, Event.LATE)


class Unasked(Exception):
    """Vitec could not be asked just now; what an earlier look said stands.

    away: no other of the same sort at the same office can be asked for, either.
    """

    def __init__(self, *, away: bool) -> None:
        super().__init__(f"away={away}")
        self.away = away


def reconcile_due() -> int:
    """Look for the uncertain ones whose turn it is; returns how many were found."""
    until = time.monotonic() + RUN_SECONDS
    asked = found = 0
    away: set[tuple[int, str]] = set()
    for pk, office_id, endpoint in _due():
        if asked == PER_RUN or time.monotonic() > until:
            break
        if (office_id, endpoint) in away:
            continue
        try:
            found += look_for(Submission.objects.select_related("office").get(pk=pk))
        except Unasked as unasked:
            away |= {(office_id, endpoint)} if unasked.away else set()
        asked += (office_id, endpoint) not in away
    return found


def _due() -> list[tuple[int, int, str]]:
    """Ids, offices and endpoints; those never looked for come first."""
    now = timezone.now()
    unsaid = Q(verdict="", looked_at__lt=now - ASK_AGAIN)
    turn = Q(looked_at=None) | Q(looked_at__lt=now - LOOK_AGAIN) | unsaid
    young = Q(changed_at__gt=now - LOOK_FOR) | Q(verdict="")
    waiting = Submission.objects.uncertain().filter(turn, young, changed_at__lt=now - _settling())
    in_order = waiting.order_by(F("looked_at").asc(nulls_first=True), "pk")
    return list(in_order.values_list("pk", "office_id", "endpoint"))


def reconcile(submission: Submission, **limits: float) -> bool:
    """As `look_for`; False, too, when Vitec cannot be asked."""
    try:
        return look_for(submission, **limits)
    except Unasked:
        return False


def look_for(submission: Submission, **limits: float) -> bool:
    """Look for one uncertain submission at Vitec. True: it is there, and counts as delivered.

    limits: as `paced_client_for` takes them, where a person waits. Raises Unasked.
    """
    for _ in range(2):
        # Another look took the same for another submission this moment: seen again, it is taken.
        with contextlib.suppress(IntegrityError):
            return _look(submission, limits)
    return False


def _look(submission: Submission, limits: dict[str, float]) -> bool:
    kind = find_kind(submission.kind)
    if kind is None or kind.read_back is None:
        _keep(submission, Verdict.UNREADABLE)
        return False
    found = _found(submission, kind.read_back, limits)
    if found is None:
        _keep(submission, Verdict.UNREADABLE)
    elif len(found) == 1:
        return _delivered(submission, found[0])
    elif found:
        _keep(submission, Verdict.SEVERAL)
    elif settling(submission):
        # Too early to say that it is not there.
        _to_the_end_of_the_line(submission)
    else:
        _keep(submission, Verdict.ABSENT)
    return False


def settling(submission: Submission) -> bool:
    """Vitec may still be at work on it."""
    span = _span(submission)
    return span is not None and span.last > database_clock.now() - _settling()


def _settling() -> dt.timedelta:
    """What Vitec is still at work on when the line breaks is there a while later."""
    return dt.timedelta(seconds=settings.RECONCILE_SETTLING_SECONDS)


def _found(
    submission: Submission, read_back: ReadBack, limits: dict[str, float]
) -> list[str] | None:
    """What fits and is not another submission's; None when it cannot be told. Raises Unasked."""
    span = _span(submission)
    key = read_back.endpoint.key
    if span is None or not may_ask(submission.office, key):
        return None
    if _is_away(submission, key):
        raise Unasked(away=True)
    try:
        # Also for somebody who may not see whom it concerns: only that it is there is told.
        with paced_client_for(submission.office, **limits) as client, veil.lifted():
            seen = read_back.find(client, submission.office, submission.call, span)
        remember(submission.office, key, allowed=True)
    except Denied:
        remember(submission.office, key, allowed=False)
        return None
    except (NoCredential, Unsealable, Refused) as error:
        log.info("cannot look submission=%s cause=%s", submission.pk, type(error).__name__)
        return None
    except NoTurn:
        raise Unasked(away=True) from None
    except VitecError as error:
        raise Unasked(away=_did_not_answer(submission, key, error)) from None
    if seen is None:
        return None
    taken = _taken(submission, seen)
    return [vitec_id for vitec_id in seen if vitec_id not in taken]


def _taken(submission: Submission, vitec_ids: Collection[str]) -> set[str]:
    """Those of the ids that another submission of the office has."""
    others = Submission.objects.filter(office=submission.office).exclude(pk=submission.pk)
    theirs = others.filter(vitec_id__in=[vitec_id for vitec_id in vitec_ids if vitec_id])
    return set(theirs.values_list("vitec_id", flat=True))


def _is_away(submission: Submission, key: str) -> bool:
    """By the last look, or by the deliveries, whose probe will tell when Vitec is back."""
    if cache.get(_rest_of(submission, key)):
        return True
    here = Outage.concerning(submission)
    return Outage.open_ones().filter(here, probe_at__gt=Now() - PROBED_WITHIN).exists()


def _rest_of(submission: Submission, key: str) -> str:
    return f"reconcile-rests-{submission.office_id}-{key}"


def _did_not_answer(submission: Submission, key: str, error: VitecError) -> bool:
    """It goes to the end of the line. True: there was no answer at all, or Vitec was too busy, so
    that the whole line rests.
    """
    log.info("cannot ask submission=%s cause=%s", submission.pk, error)
    _to_the_end_of_the_line(submission)
    away = error.status is None or isinstance(error, Busy)
    if away:
        rest = max(REST_SECONDS, error.retry_after or 0)
        cache.set(_rest_of(submission, key), True, rest)
    return away


def _to_the_end_of_the_line(submission: Submission) -> None:
    Submission.objects.uncertain().filter(pk=submission.pk).update(looked_at=timezone.now())


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
    # The clock may have been set back between the two.
    return Span(min(first.at, last.at), max(first.at, last.at))


def _delivered(submission: Submission, vitec_id: str) -> bool:
    """Raises IntegrityError when another look was faster."""
    # In this order: whatever was on its way when we looked is so still, or has its id.
    if _alike_is_on_its_way(submission) or _taken(submission, [vitec_id]):
        return False
    with transaction.atomic():
        moved = Submission.objects.filter(pk=submission.pk).move(
            State.UNKNOWN,
            State.DELIVERED,
            vitec_id=unless_erased(Value(vitec_id)),
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
