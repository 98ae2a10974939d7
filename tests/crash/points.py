"""Points at which a worker dies: laid around the product's functions and its socket, from outside.

A plan is an empty file `<submission>.<point>` in CRASH_PLAN_DIR. A worker that comes to the point
with that submission kills itself as `kill -9` does, once: `<submission>.<point>.done` is made with
O_EXCL before. Only the worker of the crash tests installs this (`tests/crash/nursery.py`).
"""

from __future__ import annotations

import contextvars
import datetime as dt
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.worker.request import Request
from django.conf import settings
from django.db import transaction

from connect import client, transport
from submissions import claims, delivery, moves, outages, tasks
from submissions.models import Event, Submission

POINTS = (
    "before_claim",
    "in_claim",  # the claim's row is written and not committed
    "after_claim",
    "socket_open",
    "in_mark",  # the attempt row "sending" is written and not committed
    "after_mark",  # it is committed, and no byte has left
    "half_body",
    "whole_body",
    "headers",
    "answer",
    "before_commit",  # the outcome is written and not committed
    "after_commit",
    "before_ack",
)

_submission: contextvars.ContextVar[int] = contextvars.ContextVar("submission", default=0)


def plan(submission_id: int, point: str) -> None:
    """Have the worker die that comes to the point with this submission."""
    _folder().mkdir(exist_ok=True)
    _planned(submission_id, point).touch()


def deaths() -> set[tuple[int, str]]:
    """Where workers have died: submission and point."""
    done = (path.name.split(".") for path in _folder().glob("*.done"))
    return {(int(name), point) for name, point, _ in done}


def forget_plans() -> None:
    for path in _folder().glob("*"):
        path.unlink()


def _folder() -> Path:
    return Path(settings.CRASH_PLAN_DIR)


def _planned(submission_id: int, point: str) -> Path:
    return _folder() / f"{submission_id}.{point}"


def here(point: str, submission_id: int | None = None) -> None:
    """Die, if that is planned for this submission and has not been done."""
    planned = _planned(submission_id or _submission.get(), point)
    if not planned.exists():
        return
    try:
        planned.with_name(f"{planned.name}.done").touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def install() -> None:
    """Lay the points, and shorten the waits that are no settings."""
    delivery.LONGEST_BACKOFF_SECONDS = 0.3  # type: ignore[assignment]
    delivery.RING_AGAIN_AFTER = dt.timedelta(seconds=1)
    outages.PROBE_EVERY = dt.timedelta(seconds=0.5)
    outages.SPREAD_SECONDS = 0.3  # type: ignore[assignment]
    _around(tasks, "deliver", _deliver)
    _around(delivery, "claim", _claim)
    _around(claims, "note", _note)
    _around(moves.Move, "surely", _move)
    _around(delivery, "note", _note)
    _around(delivery, "_mark_sending", _mark_sending)
    _around(delivery, "_surely", _surely)
    _around(client, "_read", _read)
    _around(client.Client, "_prepared", _prepared)
    _around(transport._Connection, "send", _send)
    _around(Request, "acknowledge", _acknowledge)


def _around(owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    inner = getattr(owner, name)
    setattr(owner, name, lambda *args, **options: wrapper(inner, *args, **options))


def _deliver(inner: Any, submission_id: int) -> Any:
    token = _submission.set(submission_id)
    try:
        here("before_claim")
        return inner(submission_id)
    finally:
        _submission.reset(token)


def _claim(inner: Any, submission_id: int) -> Submission | None:
    claimed: Submission | None = inner(submission_id)
    if claimed is not None:
        here("after_claim")
    return claimed


def _note(inner: Any, submission: Submission, event: Event, **facts: Any) -> Any:
    written = inner(submission, event, **facts)
    if _submission.get() == submission.pk:
        here("before_commit")
    return written


def _move(inner: Any, move: moves.Move, submission: Submission, **given: Any) -> Any:
    """A step that is to die before its end stands in a transaction, if it was its own."""
    place = {Event.CLAIMED: "in_claim", Event.SENDING: "in_mark"}.get(move.event, "before_commit")
    if _submission.get() != submission.pk or not _planned(submission.pk, place).exists():
        return inner(move, submission, **given)
    with transaction.atomic():
        if told := inner(move, submission, **given):
            here(place)
    return told


def _mark_sending(inner: Any, submission: Submission) -> None:
    here("socket_open")
    inner(submission)
    here("after_mark")


def _surely(inner: Any, *args: Any) -> None:
    inner(*args)
    here("after_commit")


def _read(inner: Any, *args: Any) -> None:
    here("headers")
    inner(*args)
    here("answer")


def _prepared(inner: Any, *args: Any) -> Any:
    """The practice Vitec's log tells by this whose request it is, whatever kind it is."""
    request = inner(*args)
    request.headers["User-Agent"] = f"submission {_submission.get()}"
    return request


def _send(inner: Any, connection: Any, data: bytes) -> None:
    # urllib3 sends the head by a call of its own, and the head comes with the mark.
    if not transport._running.get().marked:
        inner(connection, data)
        return
    half = len(data) // 2
    inner(connection, data[:half])
    here("half_body")
    inner(connection, data[half:])
    here("whole_body")


def _acknowledge(inner: Any, request: Request) -> None:
    if request.name == tasks.deliver_submission.name and not request.acknowledged:
        here("before_ack", request.args[0])
    inner(request)
