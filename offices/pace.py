"""Politeness towards Vitec: so many reads at once and a second for one login, in all processes.

The database holds both limits, since workers and hosts share nothing else. A seat is held while a
call is on its way, with a lease, so that a process that dies gives it back; a start is a moment
that nobody else has.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from connect.calls import Call, Reply
from connect.client import Client
from lib.sealing import keyed_hash
from offices.models import LineSeat, LineStart

# How long to wait before looking for a free seat again; calls take longer than that.
LOOK_AGAIN = 0.05


class PacedClient(Client):
    """A client that keeps to the limits of its login and counts its calls."""

    def __init__(self, *, username: str, **options: object) -> None:
        super().__init__(username=username, **options)  # type: ignore[arg-type]
        self.line = keyed_hash("line", username)
        self.calls = 0

    def send(self, call: Call, **options: object) -> Reply:
        """As `Client.send`, when it is this call's turn."""
        with turn(self.line):
            self.calls += 1
            return super().send(call, **options)  # type: ignore[arg-type]


@contextlib.contextmanager
def turn(line: str) -> Iterator[None]:
    """Wait for a seat and a start of this line, and give the seat back.

    Must not run inside a transaction: others would not see the seat as taken.
    """
    token = uuid.uuid4()
    while not _sit_down(line, token):
        time.sleep(LOOK_AGAIN)
    try:
        time.sleep(_seconds_until_start(line))
        yield
    finally:
        LineSeat.objects.filter(line=line, token=token).update(token=None)


def _sit_down(line: str, token: uuid.UUID) -> bool:
    if _take_free_seat(line, token):
        return True
    if LineSeat.objects.filter(line=line).count() >= settings.VITEC_CALLS_AT_ONCE:
        return False
    _set_seats(line)
    return _take_free_seat(line, token)


def _take_free_seat(line: str, token: uuid.UUID) -> bool:
    now = timezone.now()
    lease = dt.timedelta(seconds=4 * settings.VITEC_DEADLINE_SECONDS)
    free = Q(token=None) | Q(until__lt=now) | Q(until__gt=now + 2 * lease)
    seats = LineSeat.objects.filter(line=line, number__lt=settings.VITEC_CALLS_AT_ONCE)
    for number in seats.filter(free).order_by("number").values_list("number", flat=True):
        if seats.filter(free, number=number).update(token=token, until=now + lease):
            return True
    return False


def _set_seats(line: str) -> None:
    now = timezone.now()
    LineSeat.objects.bulk_create(
        [
            LineSeat(line=line, number=number, until=now)
            for number in range(settings.VITEC_CALLS_AT_ONCE)
        ],
        ignore_conflicts=True,
    )


def _seconds_until_start(line: str) -> float:
    """Take the next moment at which this line may begin a call."""
    gap = dt.timedelta(seconds=1 / settings.VITEC_CALLS_PER_SECOND)
    while True:
        now = timezone.now()
        planned = LineStart.objects.filter(line=line).values_list("next_at", flat=True).first()
        if planned is None:
            if _first_start(line, now + gap):
                return 0.0
            continue
        # A clock that was set back must not leave the line waiting.
        start = planned if now < planned < now + dt.timedelta(minutes=1) else now
        taken = LineStart.objects.filter(line=line, next_at=planned)
        if taken.update(next_at=start + gap):
            return (start - now).total_seconds()


def _first_start(line: str, next_at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            LineStart.objects.create(line=line, next_at=next_at)
    except IntegrityError:
        return False
    return True
