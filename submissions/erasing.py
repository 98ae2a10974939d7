"""Taking away what is personal of a submission: its key, its traces, its ids. The audit stays."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from offices.models import User
from submissions.journal import note
from submissions.models import Event, Likeness, State, Submission

# Done with. An uncertain one waits for a person, who must be able to read it.
DONE = (State.DELIVERED, State.REJECTED, State.FAILED, State.CANCELLED)
STANDING_STILL = (*DONE, State.UNKNOWN)
AT_ONCE = 200


def erase_content(submission: Submission, user: User | None = None) -> bool:
    """Destroy the row's key and all by which it leads to a person.

    What the chain of the audit is stamped over stays as it is. False: a worker has it, or it was
    erased before.
    """
    with transaction.atomic():
        erased = (
            Submission.objects.filter(pk=submission.pk, state__in=STANDING_STILL)
            .exclude(key="")
            .update(key="", sealed="", sealed_messages="", person_hash="", vitec_id="")
        )
        if not erased:
            return False
        Likeness.objects.filter(submission=submission).delete()
        submission.refresh_from_db()
        note(submission, Event.ERASED, actor=user)
    return True


def settled_before(moment: dt.datetime) -> QuerySet[Submission]:
    """Those with content that nothing has happened to since."""
    return Submission.objects.filter(state__in=DONE, changed_at__lt=moment).exclude(key="")


def purge(before: dt.datetime) -> int:
    """Take away the content of what was done with by then; returns how many."""
    count = 0
    while rows := list(settled_before(before).order_by("pk")[:AT_ONCE]):
        erased = sum(erase_content(submission) for submission in rows)
        count += erased
        if not erased:
            break
    return count
