"""Writing attempt rows: the one way into the audit."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now

from connect.answers import masked
from connect.calls import Reply
from connect.errors import VitecError
from lib import database_clock, log_context
from lib.prepared import Insert, Row, Slot, Update
from lib.sealing import Unsealable, seal_row
from offices.models import User
from submissions import chain
from submissions.models import Attempt, Event, Submission

log = logging.getLogger(__name__)

# What a statement tells that counts the event itself: how many there are now, the stamp of the one
# before, and the time. Hosts' clocks differ, and the audit is of all of them.
PLACE = (
    F("events"),
    Subquery(
        Attempt.objects.filter(submission=OuterRef("pk"), position=OuterRef("events") - 1).values(
            "link"
        )
    ),
    Now(),
)
_COUNT = Update(
    lambda: Submission.objects.filter(id=Slot.of(Submission, "id")),
    {"events": F("events") + 1},
    returning=PLACE,
)
WRITE = Insert(Attempt)


def worker_name() -> str:
    """Host, process and thread: who did it."""
    return f"{_host()}:{os.getpid()}:{threading.get_native_id()}"[:100]


_host = functools.cache(socket.gethostname)


def note(
    submission: Submission,
    event: Event,
    *,
    actor: User | None = None,
    reason: str = "",
    answer: Reply | VitecError | None = None,
    place: Row | None = None,
    **facts: Any,
) -> Attempt:
    """Append one event. Call it in the transaction that changes the state.

    answer: what came back; its text goes in masked, and sealed in full.
    place: `PLACE` as the statement has told it that changed the state and counted the event.
    facts: further columns of `Attempt`. `request_id` is that of the call to Vitec where there was
        one, and of the request to us where a person did something.
    """
    attempt = _unplaced(submission, event, actor, reason, answer, facts)
    transaction.on_commit(_teller(attempt), robust=True)
    with transaction.atomic(savepoint=False):
        if place is None:
            (place,) = _COUNT.all(id=submission.pk)
        position, previous, at = _place(submission, *place)
        _put(attempt, position, previous, at)
        WRITE.row(attempt)
    _remember(attempt)
    return attempt


def _unplaced(
    submission: Submission,
    event: Event,
    actor: User | None,
    reason: str,
    answer: Reply | VitecError | None,
    facts: dict[str, Any],
) -> Attempt:
    if actor is not None:
        facts.setdefault("request_id", log_context.present().get("request_id", ""))
    if answer is not None:
        facts |= _facts_of(submission, answer)
    return Attempt(
        submission=submission,
        number=submission.tries,
        token=submission.token,
        event=event,
        worker="" if actor else worker_name(),
        actor=actor,
        sealed_reason=_sealed(submission, reason),
        **facts,
    )


def _put(attempt: Attempt, position: int, previous: str, at: dt.datetime) -> None:
    attempt.position, attempt.at = position, at
    attempt.link = chain.link(previous, attempt)


def _teller(attempt: Attempt) -> Callable[[], None]:
    """What writes the log's line about an event, to be called once it is committed."""
    return functools.partial(_tell, attempt.submission_id, Event(attempt.event), attempt.number)


# --- Where a submission's chain ended when we last saw it ----------------------------------------


@dataclasses.dataclass(frozen=True)
class Seen:
    """The last event that this process knows of; another may have added to it since.

    at: its time by the database's clock. heard: ours, monotonic, when we were told.
    """

    position: int
    link: str
    at: dt.datetime
    heard: float


def remember(
    submission: Submission, position: int, link: str | None, now: dt.datetime
) -> Submission:
    """Take down where the chain ends, as it was just read. link: None where there is no event."""
    seen = Seen(position, link, now, time.monotonic()) if link else None
    submission.seen = seen  # type: ignore[attr-defined]
    return submission


def following(
    submission: Submission, event: Event, *, answer: Reply | VitecError | None = None
) -> Attempt | None:
    """The event as it is if nothing has been added since we last saw the chain; not stored.

    Its time is the database's clock, carried on by ours: who stores it has that checked. None where
    the chain has not been seen.
    """
    seen: Seen | None = getattr(submission, "seen", None)
    if seen is None:
        return None
    attempt = _unplaced(submission, event, None, "", answer, {})
    passed = dt.timedelta(seconds=time.monotonic() - seen.heard)
    _put(attempt, seen.position + 1, seen.link, seen.at + passed)
    return attempt


def stored(attempt: Attempt) -> None:
    """Say that an event of `following` is there now."""
    transaction.on_commit(_teller(attempt), robust=True)
    _remember(attempt)


def _remember(attempt: Attempt) -> None:
    remember(attempt.submission, attempt.position, attempt.link, attempt.at)


# --- Placing -------------------------------------------------------------------------------------


def _place(
    submission: Submission, count: int, stamp: str | None, now: dt.datetime
) -> tuple[int, str, dt.datetime]:
    """The place of the next event in the submission's chain, the stamp before it, and the time.

    Counting locks the row until the transaction ends: of two writers at once one waits. Then its
    statement began before the other's event was there, and tells no stamp.
    """
    if count == 1:
        return 1, chain.beginning(submission), now
    if stamp is not None:
        return count, stamp, now
    last = submission.attempts.order_by("-position").values_list("position", "link").first()
    now = database_clock.now()
    return (last[0] + 1, last[1], now) if last else (1, chain.beginning(submission), now)


def ids_of(submission_id: int) -> dict[str, object]:
    """What log lines about a submission carry: itself, and the request by which it was saved."""
    accepted = Attempt.objects.filter(submission=submission_id, event=Event.ACCEPTED)
    asked_by = accepted.values_list("request_id", flat=True).first()
    return {"submission": submission_id, "request_id": asked_by}


def _tell(submission_id: int, event: Event, number: int) -> None:
    """One log line an event, once it is committed."""
    present = log_context.present()
    known = "request_id" in present or present.get("submission") == str(submission_id)
    ids = {"submission": submission_id} if known else ids_of(submission_id)
    with log_context.about(**ids):
        log.info("event=%s try=%s", event.value, number)


def _facts_of(submission: Submission, answer: Reply | VitecError) -> dict[str, Any]:
    return {
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "request_id": answer.request_id,
        "cause": answer.cause[:100] if isinstance(answer, VitecError) else "",
        "answer": masked(answer.text) if answer.text else "",
        "sealed_answer": _sealed(submission, answer.text),
    }


def _sealed(submission: Submission, text: str) -> str:
    if not text:
        return ""
    try:
        return seal_row(submission.key, text)
    except Unsealable:
        # The person was erased meanwhile; the facts are still written.
        return ""
