"""Delivering one row: claim it, make one call, settle the outcome. And taking back what was lost.

The order is the point. A row is *claimed* while the connection is made; *sending* is committed
just before the first byte leaves; what fails before that mark is sent again by itself, what fails
after it is *unknown* and waits for a person. Every step is a conditional UPDATE by the claim's
token, so that of two workers, of a sweeper and a late worker, one is right and the other does
nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import random
import re
import threading
import time
import traceback
from collections.abc import Callable, Collection

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Now

from connect.calls import Call, Reply
from connect.errors import Busy, Denied, NotSent, OutcomeUnknown, Refused, VitecError
from lib.prepared import Select, Slot
from lib.sealing import Unsealable
from offices.logins import Logins
from offices.models import Credential
from offices.vitec import NoCredential, client_for
from submissions import moves, outages, pauses
from submissions.claims import claim
from submissions.journal import note
from submissions.kinds import all_kinds
from submissions.models import (
    DUE_BY,
    FURTHEST_DUE,
    GIVE_UP_AFTER,
    Event,
    Pause,
    State,
    Submission,
    SubmissionQuerySet,
    not_sooner,
    unless_erased,
)
from submissions.pacing import Crowded

log = logging.getLogger(__name__)

LONGEST_BACKOFF_SECONDS = 300
RING_AGAIN_AFTER = dt.timedelta(seconds=30)
# After a long outage the backlog goes to the broker in portions.
RINGS_PER_SWEEP = 500
# How long an answer in hand waits for a database that has gone away.
SETTLE_SECONDS = 30
# Pause.status where no login has been entered yet.
NO_LOGIN = 0
# Pause.endpoint where it is over all that the office sends.
EVERYTHING = ""

_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class ClaimLost(Exception):
    """Somebody else has the row now; nothing may be sent on its behalf."""


class _Illegible(Exception):
    """What is to be sent can be opened by no key, or its own is gone."""


@dataclasses.dataclass(frozen=True)
class Ring:
    """A worker shall look at a row in so many seconds."""

    submission_id: int
    seconds: float = 0.0


def deliver(submission_id: int) -> Ring | None:
    """Send one submission, if it is due and nobody else has it. Must not run in a transaction.

    Returns whom to ring for: another that had to wait for this one and may go now, or this one
    when the login has its hands full. None for nobody.
    """
    try:
        submission = claim(submission_id)
    except Crowded as crowded:
        return Ring(submission_id, crowded.seconds)
    if submission is None:
        return None
    try:
        settle, learn = _send(submission)
    except ClaimLost:
        log.warning("claim lost submission=%s", submission.pk)
        return None
    _surely(settle, submission)
    learn()
    return _next_of_person(submission)


_NEXT = Select(
    lambda: (
        Submission.objects.due()
        .filter(
            office=Slot.of(Submission, "office"), person_hash=Slot.of(Submission, "person_hash")
        )
        .order_by("pk")
        .values_list("pk")[:1]
    )
)


def _next_of_person(submission: Submission) -> Ring | None:
    if not submission.person_hash:
        return None
    first = _NEXT.first(office=submission.office_id, person_hash=submission.person_hash)
    return Ring(*first) if first else None


def _send(submission: Submission) -> tuple[Callable[[], object], Callable[[], object]]:
    """Make the call; returns how its outcome is settled, and what it teaches about Vitec.

    Raises ClaimLost.
    """
    try:
        call = _call_of(submission)
        with client_for(submission.office) as client:
            reply = client.send(call, before_first_byte=lambda: _mark_sending(submission))
    except ClaimLost:
        raise
    except NoCredential:
        return lambda: _hold_without_login(submission), _nothing
    except Unsealable:
        # One of the office's logins can be opened by no key: a person has to enter it again.
        return lambda: _hold_over(submission, [EVERYTHING]), _nothing
    except Denied as error:
        return _denying(submission, error, client.logins), _teaching(submission, error)
    except _Illegible:
        return _proving_nothing(submission, _give_up, NotSent(cause="unsealable")), _nothing
    except VitecError as error:
        return _settling(submission, error), _teaching(submission, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the row in limbo
        return _settling(submission, _fault_of_ours(submission, error)), _nothing
    settle = _let_in(submission, lambda: _settle_delivered(submission, reply))
    return settle, lambda: _answered(submission)


def _call_of(submission: Submission) -> Call:
    """The call to make. Raises _Illegible."""
    try:
        return submission.call
    except Unsealable:
        raise _Illegible from None


def _nothing() -> None:
    """What a try teaches about Vitec that never came to it."""


def _teaching(submission: Submission, error: VitecError) -> Callable[[], object]:
    if isinstance(error, NotSent | Busy):
        return lambda: outages.failed(submission, error)
    if isinstance(error, OutcomeUnknown):
        return _nothing
    if isinstance(error, Denied):
        return lambda: outages.answered(submission)
    return lambda: _answered(submission)


def _let_in(submission: Submission, settle: Callable[[], object]) -> Callable[[], object]:
    """The outcome, and with it the end of the pauses in spite of which it was sent."""
    if not pauses.are_tried_by(submission):
        return settle

    def both() -> None:
        with transaction.atomic():
            settle()
            pauses.answered(submission)

    return both


def _proving_nothing(
    submission: Submission, settle: Callable[[Submission, VitecError], bool], error: VitecError
) -> Callable[[], object]:
    """The outcome, after which the pauses in spite of which it was tried count as not tried."""

    def both() -> None:
        with transaction.atomic():
            if settle(submission, error):
                pauses.not_tried(submission)

    return both


def _answered(submission: Submission) -> None:
    if getattr(submission, "in_an_outage", True):
        outages.answered(submission)
    pauses.let_go_on(submission)


def _fault_of_ours(submission: Submission, error: Exception) -> VitecError:
    """By the mark, as ever: what failed before it is certain, what failed after it is not."""
    after = submission.state == State.SENDING
    outcome = OutcomeUnknown if after else NotSent
    # Where, and no more: the message of an exception may quote what a person typed.
    at = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "sending failed submission=%s cause=%s at=%s:%s",
        submission.pk,
        type(error).__name__,
        at.name,
        at.lineno,
    )
    return outcome(cause=type(error).__name__)


def _surely(settle: Callable[[], object], submission: Submission) -> None:
    """An answer in hand outlives a database that goes away for a moment.

    Settling goes by the claim's token, so that doing it twice is harmless.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            settle()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            threading.Event().wait(1)
        else:
            return


def _this(submission: Submission) -> SubmissionQuerySet:
    return Submission.objects.filter(pk=submission.pk)


def _mine(submission: Submission) -> SubmissionQuerySet:
    return Submission.objects.filter(pk=submission.pk, token=submission.token)


def _mark_sending(submission: Submission) -> None:
    """Runs when the connection stands and no byte has left; committed when it returns, since the
    claim before it was refused within a transaction. Raises ClaimLost.
    """
    lease = dt.timedelta(seconds=settings.SENDING_LEASE_SECONDS)
    if moves.MARK.surely(submission, lease=lease) is None:
        raise ClaimLost
    submission.state = State.SENDING


# --- Settling ----------------------------------------------------------------------------------


def _settle_delivered(submission: Submission, reply: Reply) -> None:
    vitec_id = id_in(reply)
    if told := moves.DELIVER.surely(submission, answer=reply, vitec_id=vitec_id):
        _, submission.in_an_outage = told  # type: ignore[attr-defined]
        return
    with transaction.atomic(savepoint=False):
        # Meanwhile the sweeper gave up on us, and perhaps a person decided. Our own token proves
        # that nobody has sent it since and that this is our send's answer: proof outranks both.
        others = tuple(state for state in State if state != State.DELIVERED)
        _mine(submission).move(others, State.DELIVERED, vitec_id=unless_erased(Value(vitec_id)))
        note(submission, Event.LATE, answer=reply)
    log.warning("late answer submission=%s status=%s", submission.pk, reply.status)


def id_in(reply: Reply) -> str:
    """Vitec's id of what was created; "" for an answer that does not look like one.

    What the string means is not documented; a sentence in it could name a person.
    """
    value = reply.value
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _settling(submission: Submission, error: VitecError) -> Callable[[], object]:
    if isinstance(error, NotSent | Busy):
        return _proving_nothing(submission, _try_later, error)
    if isinstance(error, Refused):
        sealed = submission.seal_messages(error.messages)
        return _let_in(
            submission,
            lambda: _settle(
                submission, State.REJECTED, Event.REFUSED, error, sealed_messages=sealed
            ),
        )
    return lambda: _settle(submission, State.UNKNOWN, Event.UNKNOWN, error)


def _settle(
    submission: Submission, after: State, event: Event, error: VitecError, **changes: object
) -> bool:
    """Also from *unknown*: the sweeper had given up, and now we know better."""
    before = (State.CLAIMED, State.SENDING, State.UNKNOWN)
    with transaction.atomic():
        moved = _mine(submission).move(before, after, **changes)
        note(submission, event if moved else Event.LATE, answer=error)
    return moved


def _try_later(submission: Submission, error: VitecError) -> bool:
    if _this(submission).filter(trying_since__lt=Now() - GIVE_UP_AFTER).exists():
        return _give_up(submission, error)
    event = Event.BUSY if isinstance(error, Busy) else Event.NOT_SENT
    wait = dt.timedelta(seconds=backoff_seconds(submission.tries, error.retry_after))
    changes = _again_after(wait)
    if error.retry_after is not None:
        changes["asked_until"] = not_sooner("asked_until", Now() + wait)
    return _settle(submission, State.QUEUED, event, error, **changes)


def _again_after(wait: dt.timedelta) -> dict[str, object]:
    """Columns of a row that waits for another try; the day runs from the first that failed."""
    return {
        "not_before": not_sooner("asked_until", Now() + wait),
        "rung_at": None,
        "trying_since": Coalesce("trying_since", Now()),
    }


def _give_up(submission: Submission, error: VitecError) -> bool:
    event = Event.BUSY if isinstance(error, Busy) else Event.NOT_SENT
    with transaction.atomic():
        moved = _settle(submission, State.FAILED, event, error)
        if moved:
            note(submission, Event.GAVE_UP)
    return moved


def backoff_seconds(tries: int, retry_after: float | None = None) -> float:
    """Seconds until the next try: 2, 4, 8 … 300 with jitter; what Vitec asked for, if it did."""
    if retry_after is not None:
        return retry_after
    longest = min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(tries, 16))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311


def _denying(submission: Submission, error: Denied, logins: Logins) -> Callable[[], object]:
    return lambda: _denied(submission, error, logins)


def _denied(submission: Submission, error: Denied, logins: Logins) -> None:
    """401: everything that this login is for waits for a person, also where another office has the
    same. 403: this endpoint alone.

    logins: as they were when one of them was denied.
    """
    with transaction.atomic():
        used = logins.of(submission.endpoint)
        # Who saves a login ends what pauses it; until we are through that has to wait.
        concerned = Q(office=submission.office_id) | Q(username=used.username)
        list(Credential.objects.select_for_update().filter(concerned).order_by("pk").values("pk"))
        if _login_changed_meanwhile(submission, used):
            again = {"not_before": not_sooner("asked_until", Now()), "rung_at": None}
            _settle(submission, State.QUEUED, Event.DENIED, error, **again)
            return
        for office_id, endpoint in sorted(_places_denied(submission, error, logins)):
            _pause(office_id, endpoint, error.status or 0)
        _settle(submission, State.HELD, Event.DENIED, error)


def _places_denied(
    submission: Submission, error: Denied, logins: Logins
) -> Collection[tuple[int, str]]:
    """Where nothing can be sent now: office and endpoint, as a `Pause` has."""
    here = submission.office_id
    if error.status != 401:
        return {(here, submission.endpoint)}
    places = {(here, endpoint) for endpoint in _of_this_login(submission, logins)}
    return places | set(pauses.places_of(logins.of(submission.endpoint)))


def _of_this_login(submission: Submission, logins: Logins) -> list[str]:
    """What the login of a submission is for; [""] where that is everything of the office."""
    everything = {kind.endpoint.key for kind in all_kinds()} | {submission.endpoint}
    return logins.serve_alike(submission.endpoint, sorted(everything))


def _login_changed_meanwhile(submission: Submission, used: Credential) -> bool:
    """The login that was denied is not the one that stands there now."""
    try:
        now = Logins(submission.office).of(submission.endpoint)
    except NoCredential:
        return True
    return (now.pk, now.changed_at) != (used.pk, used.changed_at)


def _hold_without_login(submission: Submission) -> None:
    _hold_over(submission, _of_this_login(submission, Logins(submission.office)))


def _hold_over(submission: Submission, endpoints: Collection[str]) -> None:
    for endpoint in endpoints:
        _pause(submission.office_id, endpoint, NO_LOGIN)
    _settle(submission, State.HELD, Event.HELD, NotSent(cause="no_credential"))


def _pause(office_id: int, endpoint: str, status: int) -> None:
    try:
        with transaction.atomic():
            Pause.objects.create(office_id=office_id, endpoint=endpoint, status=status)
    except IntegrityError:
        log.info("already paused office=%s", office_id)


# --- Taking back -------------------------------------------------------------------------------


def sweep() -> list[int]:
    """Take back what dead workers held; return the ids of due rows to ring for.

    Any number of sweepers at once are harmless.
    """
    for step in (
        _expire_leases,
        _free_orphans_of_pauses,
        _give_up_the_tired,
        outages.end_those_of_no_login,
        outages.end_those_nobody_waits_for,
        pauses.let_one_through,
    ):
        _whatever_comes_of_it(step)
    return _take_to_ring([pk for moment in DUE_BY for pk in _not_rung(moment)][:RINGS_PER_SWEEP])


def _whatever_comes_of_it(step: Callable[[], object]) -> None:
    """One part of the sweep that fails, over and over perhaps, keeps nobody else's waiting."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - what is due must be rung for
        log.error("sweep failed step=%s cause=%s", step.__name__, type(error).__name__)


def _not_rung(moment: Q) -> list[int]:
    """Due rows for which nobody has rung lately, the longest due first."""
    # A ring that lies ahead means that the clock was set back.
    stale = Q(rung_at=None) | Q(rung_at__lt=Now() - RING_AGAIN_AFTER) | Q(rung_at__gt=Now())
    waiting = Submission.objects.filter(moment, stale, state=State.QUEUED).order_by("not_before")
    return list(waiting.values_list("pk", flat=True)[:RINGS_PER_SWEEP])


def _take_to_ring(ids: list[int]) -> list[int]:
    """Those that nobody holds this moment; waiting for several could meet one that waits for us."""
    if not ids:
        return []
    with transaction.atomic():
        rows = Submission.objects.filter(pk__in=ids).select_for_update(skip_locked=True)
        free = set(rows.values_list("pk", flat=True))
        Submission.objects.filter(pk__in=free).update(rung_at=Now())
    return [pk for pk in ids if pk in free]


def _lease_is_over() -> Q:
    """Run out, or further ahead than any lease: then the clock was set back."""
    furthest = dt.timedelta(seconds=10 * settings.SENDING_LEASE_SECONDS)
    return Q(lease_until__lt=Now()) | Q(lease_until__gt=Now() + furthest)


def _expire_leases() -> None:
    silent = Submission.objects.filter(_lease_is_over(), state__in=[State.CLAIMED, State.SENDING])
    for submission in silent:
        with transaction.atomic():
            _expire(submission)


def _expire(submission: Submission) -> None:
    overdue = _mine(submission).filter(_lease_is_over())
    if submission.state == State.SENDING:
        if overdue.move(State.SENDING, State.UNKNOWN):
            note(submission, Event.SENDING_EXPIRED)
        return
    # A row that kills its worker must not do so for ever.
    tired = overdue.filter(trying_since__lt=Now() - GIVE_UP_AFTER)
    if tired.move(State.CLAIMED, State.FAILED):
        note(submission, Event.CLAIM_EXPIRED)
        note(submission, Event.GAVE_UP)
        return
    wait = dt.timedelta(seconds=backoff_seconds(submission.tries) if submission.tries > 1 else 0)
    if overdue.move(State.CLAIMED, State.QUEUED, **_again_after(wait)):
        note(submission, Event.CLAIM_EXPIRED)


def _give_up_the_tired() -> None:
    """Rows that wait for another try, one of which has failed longer ago than they are tried for.

    While Vitec is away no try of their own would find that out.
    """
    waiting = Q(not_before__gt=Now(), not_before__lte=Now() + FURTHEST_DUE)
    tired = Submission.objects.filter(
        waiting, state=State.QUEUED, trying_since__lt=Now() - GIVE_UP_AFTER
    )
    for submission in tired.order_by("pk")[:RINGS_PER_SWEEP]:
        with transaction.atomic():
            if tired.filter(pk=submission.pk).move(State.QUEUED, State.FAILED):
                note(submission, Event.GAVE_UP)


def _free_orphans_of_pauses() -> None:
    """Rows that were being held while their pause was ended."""
    for submission in Submission.objects.held_without_pause():
        with transaction.atomic():
            released = {"rung_at": None, "trying_since": None}
            if _this(submission).move(State.HELD, State.QUEUED, **released):
                note(submission, Event.RELEASED)
