"""Deliveries at a polite pace: each takes a seat of its login in the transaction that claims it.

Whoever finds no seat is not claimed at all: the row is put back with a moment at which to come
again, and the worker is free. A seat needs no giving back, since it is held by nothing but the
row's own state: what is settled, or taken back from a dead worker, sits no longer.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from offices import pace
from submissions.models import State, Submission


class Crowded(Exception):
    """The login may begin no call just now; the row comes again in so many seconds."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


def take_seat(submission: Submission) -> None:
    """Call it in the transaction of the claim, which must be rolled back by what it raises.

    submission: with `login`, the user name at Vitec; without one nothing can be sent anyway.
    Raises Crowded.
    """
    login, token = submission.login, submission.token  # type: ignore[attr-defined]
    if not login or token is None:
        return
    if not pace.take_seat(pace.line_of(login), token, holder=submission.pk):
        raise Crowded


@contextlib.contextmanager
def at_a_polite_pace(submission: Submission) -> Iterator[None]:
    """Put the row back, once its claim is rolled back, and say when it comes again.

    Raises Crowded with the seconds until then.
    """
    try:
        yield
    except Crowded:
        seconds = pace.line_up(pace.line_of(submission.login))  # type: ignore[attr-defined]
    else:
        return
    Submission.objects.due().filter(pk=submission.pk).move(
        State.QUEUED, State.QUEUED, not_before=Now() + dt.timedelta(seconds=seconds), rung_at=None
    )
    raise Crowded(seconds)


def on_its_way() -> Exists:
    """What keeps a seat: its holder's claim or call, by the same token."""
    return Exists(
        Submission.objects.filter(
            pk=OuterRef("holder"),
            token=OuterRef("token"),
            state__in=[State.CLAIMED, State.SENDING],
        )
    )
