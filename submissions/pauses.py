"""Standing still: because a person wants it, or because Vitec has denied access.

A pause of Vitec's ends with a new login or by a person, and is tried once a day with a single
submission. A pause by a person ends by a person alone.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from lib.sealing import Unsealable
from offices.logins import Logins, NoCredential, the_same
from offices.models import Credential, Office, User
from submissions import outbox
from submissions.journal import note
from submissions.kinds import all_kinds
from submissions.models import (
    ON_THE_WAY,
    Event,
    Pause,
    State,
    Submission,
    SubmissionQuerySet,
    not_sooner,
)

log = logging.getLogger(__name__)

# An integrator who went on asking was blocked.
TRY_EVERY = dt.timedelta(days=1)
# Pause.status where Vitec did not accept the login at all.
WRONG_LOGIN = 401


def pause(office: Office, endpoint: str, user: User, reason: str = "") -> bool:
    """Take up nothing more of an office, or of one endpoint of it. False: it was paused already.

    endpoint: "" for everything. What is being sent this moment is finished.
    """
    try:
        with transaction.atomic():
            Pause.objects.create(
                office=office, endpoint=endpoint, status=0, paused_by=user, reason=reason
            )
    except IntegrityError:
        return False
    return True


# --- Trying once a day -------------------------------------------------------------------------


def due_for_a_try() -> QuerySet[Pause]:
    """Vitec's own, of which nobody knows since yesterday whether they still hold."""
    by_vitec = Pause.objects.filter(ended_at=None, paused_by=None).exclude(status=0)
    tried = Coalesce("tried_at", "since")
    return by_vitec.annotate(tried=tried).filter(tried__lt=Now() - TRY_EVERY)


def let_one_through() -> None:
    """Of each pause whose day is over, set the first submission going that nothing else holds.

    Not while another is on its way that will be the try, or be held, when its time comes.
    """
    on_the_way = Q(state__in=ON_THE_WAY)
    for each in due_for_a_try().select_related("office").order_by("pk"):
        alike = _tried_together([each])
        if not alike or any(_under(one).filter(on_the_way).exists() for one in alike):
            continue
        first = _held_by_nothing_else(_under(each)).order_by("pk").first()
        if first is None:
            continue
        with transaction.atomic():
            this = Submission.objects.filter(pk=first.pk)
            again = not_sooner("asked_until", Now())
            if this.move(State.HELD, State.QUEUED, not_before=again, rung_at=None):
                note(first, Event.RELEASED)


def _under(one: Pause) -> SubmissionQuerySet:
    here = Submission.objects.filter(office=one.office_id).outside_paused_batches()
    return here.filter(endpoint=one.endpoint) if one.endpoint else here


def _held_by_nothing_else(under: SubmissionQuerySet) -> SubmissionQuerySet:
    over = Q(office=OuterRef("office"), endpoint__in=["", OuterRef("endpoint")], ended_at=None)
    others = Pause.objects.filter(over).exclude(pk__in=due_for_a_try().values("pk"))
    return under.filter(~Exists(others), state=State.HELD).whose_turn_it_is()


def places_of(login: Credential) -> list[tuple[int, str]]:
    """Where a login is used that may be several offices': office and endpoint, as a `Pause` has."""
    everything = [kind.endpoint.key for kind in all_kinds()]
    return [
        (one.office_id, endpoint)
        for one in the_same(login)
        for endpoint in Logins(one.office).served_by(one, everything)
    ]


def _of_the_same_login(one: Pause) -> list[Pause]:
    """The open pauses that an answer to the same login would end, this one among them.

    Raises Unsealable.
    """
    if one.status != WRONG_LOGIN:
        return [one]
    served = [one.endpoint] if one.endpoint else [kind.endpoint.key for kind in all_kinds()]
    try:
        places = places_of(Logins(one.office).of(served[0]))
    except NoCredential:
        return [one]
    theirs = Pause.objects.filter(status=WRONG_LOGIN, paused_by=None, ended_at=None)
    return [one] + [
        other
        for other in theirs.exclude(pk=one.pk).select_related("office")
        if (other.office_id, other.endpoint) in places
    ]


def _are_due(pauses: Collection[Pause]) -> bool:
    ids = {each.pk for each in pauses}
    return due_for_a_try().filter(pk__in=ids).count() == len(ids)


def to_be_tried(over: list[Pause]) -> list[int]:
    """The keys of all pauses that one which stands under these would try; [] when it may not.

    A login that several offices have is tried once a day by all of them together.
    """
    if not _are_due(over):
        return []
    return sorted({each.pk for each in _tried_together(over)})


def _tried_together(over: list[Pause]) -> list[Pause]:
    """All open pauses that one try of these would tell of; [] when it is not their day.

    Nor is it for a login that cannot be opened: nothing could be sent with it.
    """
    try:
        alike = [other for each in over for other in _of_the_same_login(each)]
    except Unsealable:
        log.warning("a login cannot be opened office=%s", over[0].office_id)
        return []
    return alike if _are_due(alike) else []


def takes_the_try(submission: Submission) -> bool:
    """Is this the one of the day that goes in spite of its pauses? Of two at once one is.

    Call it in the transaction of the claim, which must be rolled back if it is not.
    """
    taken = Coalesce("tried_at", "since")
    return all(
        Pause.objects.annotate(tried=taken)
        .filter(pk=pk, ended_at=None, tried__lt=Now() - TRY_EVERY)
        .update(tried_at=Now())
        for pk in _tried_by(submission)
    )


def answered(submission: Submission) -> None:
    """Vitec let in the one that was sent in spite of its pauses: they are over.

    Call it in the transaction that settles it; what waited goes on by `let_go_on`.
    """
    if tried := _tried_by(submission):
        theirs = Pause.objects.filter(pk__in=tried, paused_by=None, ended_at=None)
        theirs.update(ended_at=timezone.now())


def not_tried(submission: Submission) -> None:
    """Vitec has not said whether the pauses still hold: they may be tried again, today as well.

    Call it in the transaction that settles the one that was sent in spite of them.
    """
    # They are older than a day, else they would not have been tried.
    Pause.objects.filter(pk__in=_tried_by(submission), ended_at=None).update(tried_at=None)


def let_go_on(submission: Submission) -> None:
    """Let go what waited for the pauses that this one has ended; left out, the sweep does it."""
    if _tried_by(submission):
        offices = Pause.objects.filter(pk__in=_tried_by(submission)).values("office")
        held = Submission.objects.held_without_pause().filter(office__in=offices)
        for each in held.order_by("pk"):
            outbox.release(each, None)


def are_tried_by(submission: Submission) -> bool:
    """Is it sent in spite of pauses, to see whether they still hold?"""
    return bool(_tried_by(submission))


def _tried_by(submission: Submission) -> list[int]:
    return getattr(submission, "tries_pauses", [])
