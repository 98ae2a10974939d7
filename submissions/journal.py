"""Writing attempt rows: the one way into the audit."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from connect.answers import masked
from connect.calls import Reply
from connect.errors import VitecError
from lib.sealing import Unsealable, seal_row
from offices.models import User
from submissions.models import Attempt, Event, Submission


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
    facts: further columns of `Attempt`.
    """
    if answer is not None:
        facts |= _facts_of(submission, answer)
    return Attempt.objects.create(
        submission=submission,
        number=submission.tries,
        token=submission.token,
        event=event,
        worker="" if actor else worker_name(),
        actor=actor,
        sealed_reason=_sealed(submission, reason),
        **facts,
    )


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
