"""The changes of state that every delivery makes, written once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import DurationField, Exists, F
from django.db.models.functions import Now
from django.utils import timezone

from lib.prepared import Row, Slot, Update
from submissions.journal import PLACE
from submissions.models import Outage, State, Submission, SubmissionQuerySet, due


class Move(Update):
    """As `SubmissionQuerySet.move`: changes the one row selected, if it is still as expected.

    It counts the event that is to be noted of it, too. rows: with the slots `id` and `token`.
    """

    def __init__(
        self,
        rows: Callable[[], SubmissionQuerySet],
        before: State,
        after: State,
        changes: dict[str, Any],
        returning: Iterable[Any] = (),
    ) -> None:
        changed = {
            "state": after,
            "changed_at": Slot.of(Submission, "changed_at"),
            "events": F("events") + 1,
        }
        super().__init__(
            lambda: rows().filter(state=before), changed | changes, [*PLACE, *returning]
        )

    def one(self, submission: Submission, **given: Any) -> Row | None:
        """`journal.PLACE` and what else it returns; None: another was faster, nothing was done."""
        return self.first(
            id=submission.pk, token=submission.token, changed_at=timezone.now(), **given
        )


_lease_until = Now() + Slot("lease", DurationField())


def _this() -> SubmissionQuerySet:
    return Submission.objects.filter(id=Slot.of(Submission, "id"))


def _mine() -> SubmissionQuerySet:
    return _this().filter(token=Slot.of(Submission, "token"))


def _free() -> SubmissionQuerySet:
    """What a person paused this moment counts: asked for in the very statement that claims."""
    running = _this().filter(due()).outside_paused_batches()
    return running.outside_pauses_by_people().whose_turn_it_is()


TAKE = Move(
    _free,
    State.QUEUED,
    State.CLAIMED,
    {
        "token": Slot.of(Submission, "token"),
        "tries": F("tries") + 1,
        "lease_until": _lease_until,
        # What a look said of an earlier try says nothing of this one.
        "verdict": "",
        "looked_at": None,
    },
    returning=[F("tries")],
)
MARK = Move(_mine, State.CLAIMED, State.SENDING, {"lease_until": _lease_until})
# Told with it: whether there is any outage that its answer might end.
DELIVER = Move(
    _mine,
    State.SENDING,
    State.DELIVERED,
    {"vitec_id": Slot.of(Submission, "vitec_id")},
    returning=[Exists(Outage.objects.filter(ended_at=None))],
)
