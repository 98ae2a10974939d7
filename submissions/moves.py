"""The changes of state that every delivery makes, written once a process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, F
from django.db.models.functions import Now
from django.utils import timezone

from connect.calls import Reply
from lib.prepared import Followed, Row, Slot, Update
from submissions import journal
from submissions.models import Event, Outage, State, Submission, SubmissionQuerySet, due

# How far a time that was carried on may be from the database's clock.
CLOSE = dt.timedelta(seconds=2)


class Move:
    """As `SubmissionQuerySet.move` and `note` in one: changes the one row selected, if it is still
    as expected, and appends the event.

    rows: with the slots `id` and `token`.
    """

    def __init__(
        self,
        rows: Callable[[], SubmissionQuerySet],
        before: State,
        after: State,
        event: Event,
        changes: dict[str, Any],
        returning: Iterable[Any] = (),
    ) -> None:
        self.event = event
        changed = {
            "state": after,
            "changed_at": Slot.of(Submission, "changed_at"),
            "events": F("events") + 1,
        } | changes
        self._following = Followed(
            Update(lambda: _as_seen(rows().filter(state=before)), changed, [F("pk"), *returning]),
            journal.WRITE,
        )
        self._alone = Update(
            lambda: rows().filter(state=before), changed, [*journal.PLACE, *returning]
        )

    def _at_once(
        self, submission: Submission, *, answer: Reply | None = None, **given: Any
    ) -> Row | None:
        """As `surely`, in one statement.

        None: nothing was done, since another was faster, or has added an event since we saw it.
        """
        attempt = journal.following(submission, self.event, answer=answer)
        if attempt is None:
            return None
        told = self._following.first(
            **journal.WRITE.values(attempt),
            id=submission.pk,
            changed_at=timezone.now(),
            events=attempt.position - 1,
            at_least=attempt.at - CLOSE,
            at_most=attempt.at + CLOSE,
            **given,
        )
        if told is not None:
            journal.stored(attempt)
        return told

    def surely(
        self, submission: Submission, *, answer: Reply | None = None, **given: Any
    ) -> Row | None:
        """The row's key and what else it returns; None: nothing was done, another was faster."""
        if told := self._at_once(submission, answer=answer, **given):
            return told
        with transaction.atomic(savepoint=False):
            row = self._alone.first(
                id=submission.pk, token=submission.token, changed_at=timezone.now(), **given
            )
            if row is None:
                return None
            count, stamp, now, *more = row
            journal.note(submission, self.event, answer=answer, place=(count, stamp, now))
        return (submission.pk, *more)


def _as_seen(rows: SubmissionQuerySet) -> SubmissionQuerySet:
    """Nothing was added since, and the time carried on is that of the database's clock."""
    moment = DateTimeField()
    seen: SubmissionQuerySet = rows.alias(now=Now()).filter(
        events=Slot.of(Submission, "events"),
        now__gte=Slot("at_least", moment),
        now__lte=Slot("at_most", moment),
    )
    return seen


_lease_until = Now() + Slot("lease", DurationField())


def _this() -> SubmissionQuerySet:
    return Submission.objects.filter(id=Slot.of(Submission, "id"))


def _mine() -> SubmissionQuerySet:
    return _this().filter(token=Slot.of(Submission, "token"))


def _free() -> SubmissionQuerySet:
    """What a person paused this moment counts: asked for in the very statement that claims."""
    running = _this().filter(due(), tries=Slot.of(Submission, "tries")).outside_paused_batches()
    return running.outside_pauses_by_people().whose_turn_it_is()


TAKE = Move(
    _free,
    State.QUEUED,
    State.CLAIMED,
    Event.CLAIMED,
    {
        "token": Slot.of(Submission, "token"),
        "tries": F("tries") + 1,
        "lease_until": _lease_until,
        # What a look said of an earlier try says nothing of this one.
        "verdict": "",
        "looked_at": None,
    },
)
MARK = Move(_mine, State.CLAIMED, State.SENDING, Event.SENDING, {"lease_until": _lease_until})
# Told with it: whether there is any outage that its answer might end.
DELIVER = Move(
    _mine,
    State.SENDING,
    State.DELIVERED,
    Event.DELIVERED,
    {"vitec_id": Slot.of(Submission, "vitec_id")},
    returning=[Exists(Outage.objects.filter(ended_at=None))],
)
