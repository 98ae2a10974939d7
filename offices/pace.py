"""Politeness towards Vitec: so many calls at once and a second for one login, in all processes.

The database holds both limits, since workers and hosts share nothing else. A login has a seat for
each call that it may have on its way at once, and a seat may be taken again only a while after it
was last taken: so one statement keeps both limits. A sync waits for a seat; a delivery never does,
see `submissions.pacing`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import random
import time
import uuid
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Now
from django.utils import timezone

from connect.calls import Call, Reply
from connect.client import Client
from connect.errors import NotSent
from lib import database_clock
from lib.prepared import Slot, Update
from lib.sealing import keyed_hash
from offices.models import LineSeat, LineStart

# How long a sync waits before it looks for a free seat again; calls take longer than that.
LOOK_AGAIN = 0.05
# So many seats no sync takes, so that a booking need not wait for what is fetched.
KEPT_FOR_DELIVERIES = 2
# A moment further ahead than any gap means that the clock was set back.
FURTHEST_START = dt.timedelta(minutes=1)
# Who finds no seat is told to come back within so long.
LONGEST_LINE = dt.timedelta(seconds=60)


class NoTurn(NotSent):
    """The call was not made, since its turn did not come in time."""


class PacedClient(Client):
    """A client that keeps to the limits of its login and counts its calls.

    patience: a call whose turn has not come after so many seconds is not made; None for any time.
    """

    def __init__(self, *, patience: float | None = None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.patience = patience
        self.calls = 0

    def line(self, call: Call) -> str:
        """The line in which a call stands: that of its login."""
        return line_of(self.login(call)[0])

    def send(self, call: Call, **options: object) -> Reply:
        """As `Client.send`, when it is this call's turn. Raises NoTurn, too."""
        with turn(self.line(call), self.patience):
            self.calls += 1
            return super().send(call, **options)  # type: ignore[arg-type]


def line_of(username: str) -> str:
    """The line of a login; offices of one login share it."""
    return keyed_hash("line", username)


@contextlib.contextmanager
def turn(line: str, patience: float | None = None) -> Iterator[None]:
    """Wait for a seat of this line, and give it back.

    patience: seconds; None for any time. Raises NoTurn when there is no seat within them.
    Must not run inside a transaction: others would not see the seat as taken.
    """
    token = uuid.uuid4()
    until = time.monotonic() + (math.inf if patience is None else patience)
    while not _sit_down(line, token):
        left = until - time.monotonic()
        if left <= 0:
            raise NoTurn(cause="crowded")
        time.sleep(min(left, _seconds_until_free(line)))
    try:
        yield
    finally:
        LineSeat.objects.filter(line=line, token=token).update(token=None)


def _sit_down(line: str, token: uuid.UUID) -> bool:
    with transaction.atomic():
        return take_seat(line, token, kept=_kept())


def _kept() -> int:
    return min(KEPT_FOR_DELIVERIES, settings.VITEC_CALLS_AT_ONCE - 1)


def _seconds_until_free(line: str) -> float:
    now = database_clock.now()
    resting = _seats(line, _kept()).filter(_nobody_sits(_lease())).order_by("next_at")
    next_at = resting.values_list("next_at", flat=True).first()
    return min(max(0.0, (next_at - now).total_seconds()), 1.0) if next_at else LOOK_AGAIN


# --- Seats -------------------------------------------------------------------------------------

_still_there: list[Callable[[], Exists]] = []


def held_as_long_as(condition: Callable[[], Exists]) -> None:
    """Say what keeps a seat that was taken for a `holder`: it costs no statement to give back."""
    _still_there[:] = [condition]


def take_seat(line: str, token: uuid.UUID, *, kept: int = 0, holder: int | None = None) -> bool:
    """Take a seat that may begin a call now, in one statement. Call it in a transaction.

    kept: so many seats are for others. holder: whose the seat is for as long as
    `held_as_long_as` says; else until it is given back.
    """
    if _take(line, token, kept, holder):
        return True
    if LineSeat.objects.filter(line=line).count() >= settings.VITEC_CALLS_AT_ONCE:
        return False
    _set_seats(line)
    return _take(line, token, kept, holder)


def _take(line: str, token: uuid.UUID, kept: int, holder: int | None) -> bool:
    given = {"token": token, "holder": holder, "lease": _lease(), "rest": _rest()}
    among = {"line": line, "kept": kept, "seats": settings.VITEC_CALLS_AT_ONCE}
    return _SIT.first(**given, **among) is not None


def _free_seats() -> QuerySet[LineSeat]:
    """The first that may begin a call now; one that another is about to take is passed by."""
    number, ready = LineSeat._meta.get_field("number"), Q(next_at__lte=Now())
    of_line = LineSeat.objects.filter(
        line=Slot.of(LineSeat, "line"),
        number__gte=Slot("kept", number),
        number__lt=Slot("seats", number),
    )
    ready |= Q(next_at__gt=Now() + FURTHEST_START)
    # Who sits is asked of the statement's own moment, and a seat that another took since then
    # would seem as free as its holder was idle; of such a seat the row read is not the one locked.
    as_read = LineSeat.objects.filter(pk=OuterRef("pk")).values("next_at")
    free = of_line.filter(
        _nobody_sits(Slot("lease", DurationField())), ready, next_at=Subquery(as_read)
    ).order_by("number")
    first = free.select_for_update(skip_locked=True).values("pk")[:1]
    return LineSeat.objects.filter(pk=Subquery(first))


_SIT = Update(
    _free_seats,
    {
        "token": Slot.of(LineSeat, "token"),
        "holder": Slot.of(LineSeat, "holder"),
        "until": Now() + Slot("lease", DurationField()),
        "next_at": Now() + Slot("rest", DurationField()),
    },
)


def _seats(line: str, kept: int) -> QuerySet[LineSeat]:
    return LineSeat.objects.filter(
        line=line, number__gte=kept, number__lt=settings.VITEC_CALLS_AT_ONCE
    )


def _nobody_sits(lease: Slot | dt.timedelta) -> Q:
    lease_is_over = Q(until__lt=Now()) | Q(until__gt=Now() + lease + lease)
    free = Q(token=None) | Q(holder=None) & lease_is_over
    for condition in _still_there:
        free |= Q(holder__isnull=False) & ~Q(condition())
    return free


def _lease() -> dt.timedelta:
    """After it a seat without a holder is free again, whatever became of who took it."""
    return dt.timedelta(seconds=4 * settings.VITEC_DEADLINE_SECONDS)


def _rest() -> dt.timedelta:
    """How long a seat rests after it was taken, so that all together keep the limit a second."""
    return dt.timedelta(seconds=settings.VITEC_CALLS_AT_ONCE / settings.VITEC_CALLS_PER_SECOND)


def _set_seats(line: str) -> None:
    # Ready at once by the database's clock, which may be behind ours and is less fine.
    past = timezone.now() - FURTHEST_START
    LineSeat.objects.bulk_create(
        [
            LineSeat(line=line, number=number, until=past, next_at=past)
            for number in range(settings.VITEC_CALLS_AT_ONCE)
        ],
        ignore_conflicts=True,
    )


# --- Standing in line --------------------------------------------------------------------------


def line_up(line: str) -> float:
    """Seconds after which one that found no seat may come back; each gets a moment of its own.

    A moment is a hint that spreads them, no promise of a seat.
    """
    gap = dt.timedelta(seconds=1 / settings.VITEC_CALLS_PER_SECOND)
    given = {"line": line, "gap": gap, "furthest": LONGEST_LINE + gap + FURTHEST_START}
    told = _PLAN.first(**given)
    while told is None:
        LineStart.objects.bulk_create(
            [LineStart(line=line, next_at=timezone.now() - FURTHEST_START)], ignore_conflicts=True
        )
        told = _PLAN.first(**given)
    following, now = told
    wait: dt.timedelta = following - gap - now
    if wait > LONGEST_LINE - gap:
        wait = LONGEST_LINE * random.uniform(0.5, 1.0)  # noqa: S311
    return wait.total_seconds()


def _moment_after_this() -> Case:
    """What is left for the next one, once this one has its moment. A full line grows no longer."""
    gap, furthest = Slot("gap", DurationField()), Slot("furthest", DurationField())
    from_now = Now() + gap + gap
    return Case(
        # Nobody is told to come back as late as that: the clock was set back.
        When(next_at__gt=Now() + furthest, then=from_now),
        When(next_at__gt=Now() + LONGEST_LINE, then=F("next_at")),
        When(next_at__gt=Now() + gap, then=F("next_at") + gap),
        default=from_now,
        output_field=DateTimeField(),
    )


# In one statement, so that of many at once each gets its own, whoever was faster.
_PLAN = Update(
    lambda: LineStart.objects.filter(line=Slot.of(LineStart, "line")),
    {"next_at": _moment_after_this()},
    returning=[F("next_at"), Now()],
)
