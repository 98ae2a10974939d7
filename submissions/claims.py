"""Claiming one row for a worker: only what is due, held back by nothing, when its login may call.

What may stand in the way (a pause, a batch that waits, an outage) is asked for with the row, in one
flag: mostly there is nothing of it, and then nothing of it is looked at.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Now

from lib import log_context
from lib.prepared import Select, Slot
from offices.logins import with_login
from offices.models import Office
from submissions import journal, moves, outages, pacing, pauses
from submissions.journal import ids_of, note
from submissions.models import (
    Attempt,
    Batch,
    Event,
    Outage,
    Pause,
    State,
    Submission,
    SubmissionQuerySet,
)

# One that was changed since it was read may still be due; after that another is at it.
LOOKS = 2


class _Outrun(Exception):
    """Another took the row, the probe or the day's try; the claim is rolled back."""


def claim(submission_id: int) -> Submission | None:
    """Take the row for this worker; None when it is not due, is taken, or sending is paused.

    Raises Crowded when its login may begin no call just now; then it waits for a moment.
    """
    for _ in range(LOOKS):
        submission = _read(submission_id)
        if submission is None or _is_held_back(submission):
            return None
        submission.token = uuid.uuid4()
        with contextlib.suppress(_Outrun):
            with pacing.at_a_polite_pace(submission), transaction.atomic(durable=True):
                _take(submission)
            return submission
    return None


# --- Reading -----------------------------------------------------------------------------------

_OF_ROW = [field.attname for field in Submission._meta.concrete_fields]
_OF_OFFICE = [field.attname for field in Office._meta.concrete_fields]


def _due_rows() -> SubmissionQuerySet:
    rows = Submission.objects.due().filter(id=Slot.of(Submission, "id"))
    last = Attempt.objects.filter(submission=OuterRef("pk"), position=OuterRef("events"))
    accepted = Attempt.objects.filter(submission=OuterRef("pk"), event=Event.ACCEPTED)
    over = Q(office=OuterRef("office"), endpoint__in=["", OuterRef("endpoint")], ended_at=None)
    stands_still = Batch.objects.filter(pk=OuterRef("batch"), paused_at__isnull=False)
    hindered = (
        Exists(Pause.objects.filter(over)) | Exists(stands_still) | Exists(Outage.open_ones())
    )
    found: SubmissionQuerySet = with_login(rows).annotate(
        asked_by=Subquery(accepted.values("request_id")[:1]),
        last_link=Subquery(last.values("link")),
        read_at=Now(),
        is_hindered=ExpressionWrapper(hindered, BooleanField()),
    )
    return found


_READ = Select(
    lambda: _due_rows().values_list(
        *_OF_ROW,
        *(f"office__{name}" for name in _OF_OFFICE),
        *("login", "asked_by", "is_hindered", "last_link", "read_at"),
    )
)


def _read(submission_id: int) -> Submission | None:
    """The row if it is due, with `login` and `is_hindered`; from here on log lines name it."""
    row = _READ.first(id=submission_id)
    if row is None:
        log_context.bind(**ids_of(submission_id))
        return None
    *values, login, asked_by, is_hindered, last_link, read_at = row
    log_context.bind(submission=submission_id, request_id=asked_by)
    of_row = len(_OF_ROW)
    submission = Submission.from_db("default", _OF_ROW, values[:of_row])
    submission.office = Office.from_db("default", _OF_OFFICE, values[of_row:])
    submission.login = login  # type: ignore[attr-defined]
    submission.is_hindered = is_hindered  # type: ignore[attr-defined]
    return journal.remember(submission, submission.events, last_link, read_at)


def _is_held_back(submission: Submission) -> bool:
    if not submission.is_hindered:  # type: ignore[attr-defined]
        return False
    return _held_by_pause(submission) or outages.keeps_back(submission)


# --- Taking ------------------------------------------------------------------------------------


def _take(submission: Submission) -> None:
    """The claim and all that goes with it, or nothing of it. Raises _Outrun, Crowded.

    Outages and pauses come before the row: everybody locks them in this order.
    """
    if not (outages.takes_probes(submission) and pauses.takes_the_try(submission)):
        raise _Outrun
    lease = dt.timedelta(seconds=settings.CLAIM_LEASE_SECONDS)
    before, submission.tries = submission.tries, submission.tries + 1
    if moves.TAKE.surely(submission, tries=before, lease=lease) is None:
        raise _Outrun
    pacing.take_seat(submission)
    submission.state = State.CLAIMED


# --- Standing still ----------------------------------------------------------------------------


def _held_by_pause(submission: Submission) -> bool:
    over = list(Pause.over(submission))
    stands_still = _batch_is_paused(submission)
    if not over and not stands_still:
        return False
    if over and not stands_still and _may_go(submission) and (tried := pauses.to_be_tried(over)):
        submission.tries_pauses = tried  # type: ignore[attr-defined]
        return False
    with transaction.atomic():
        if _this(submission).move(State.QUEUED, State.HELD):
            status = next((pause.status for pause in over if pause.status), None)
            note(submission, Event.HELD, status=status)
    return True


def _may_go(submission: Submission) -> bool:
    return _this(submission).due().whose_turn_it_is().exists()


def _batch_is_paused(submission: Submission) -> bool:
    return not _this(submission).outside_paused_batches().exists()


def _this(submission: Submission) -> SubmissionQuerySet:
    return Submission.objects.filter(pk=submission.pk)
