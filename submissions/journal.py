"""Writing attempt rows: the one way into the audit."""

from __future__ import annotations

import functools
import logging
import os
import socket
import threading
from typing import Any

from django.db import transaction
from django.db.models import F

from connect.answers import masked
from connect.calls import Reply
from connect.errors import VitecError
from lib import database_clock, log_context
from lib.sealing import Unsealable, seal_row
from offices.models import User
from submissions import chain
from submissions.models import Attempt, Event, Submission

log = logging.getLogger(__name__)


def worker_name() -> str:
    """Host, process and thread: who did it."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"[:100]


def note(
    submission: Submission,
    event: Event,
    *,
    actor: User | None = None,
    reason: str = "",
    answer: Reply | VitecError | None = None,
    **facts: Any,
) -> Attempt:
    """Append one event. Call it in the transaction that changes the state.

    answer: what came back; its text goes in masked, and sealed in full.
    facts: further columns of `Attempt`. `request_id` is that of the call to Vitec where there was
        one, and of the request to us where a person did something.
    """
    if actor is not None:
        facts.setdefault("request_id", log_context.present().get("request_id", ""))
    if answer is not None:
        facts |= _facts_of(submission, answer)
    tell = functools.partial(_tell, submission.pk, event, submission.tries)
    transaction.on_commit(tell, robust=True)
    attempt = Attempt(
        submission=submission,
        number=submission.tries,
        token=submission.token,
        event=event,
        worker="" if actor else worker_name(),
        actor=actor,
        sealed_reason=_sealed(submission, reason),
        **facts,
    )
    with transaction.atomic(savepoint=False):
        attempt.position, previous = _next_place(submission)
        # Hosts' clocks differ, and the audit is of all of them.
        attempt.at = database_clock.now()
        attempt.link = chain.link(previous, attempt)
        attempt.save(force_insert=True)
    return attempt


def _next_place(submission: Submission) -> tuple[int, str]:
    """The place of the next event in the submission's chain, and the stamp before it.

    Counting it locks the row until the transaction ends: of two writers at once one waits.
    """
    Submission.objects.filter(pk=submission.pk).update(events=F("events") + 1)
    last = submission.attempts.order_by("-position").values_list("position", "link").first()
    return (last[0] + 1, last[1]) if last else (1, chain.beginning(submission))


def ids_of(submission_id: int) -> dict[str, object]:
    """What log lines about a submission carry: itself, and the request by which it was saved."""
    accepted = Attempt.objects.filter(submission=submission_id, event=Event.ACCEPTED)
    asked_by = accepted.values_list("request_id", flat=True).first()
    return {"submission": submission_id, "request_id": asked_by}


def _tell(submission_id: int, event: Event, number: int) -> None:
    """One log line an event, once it is committed."""
    known = "request_id" in log_context.present()
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
