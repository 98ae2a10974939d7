"""When Vitec is away: one probe now and then instead of every row, and all go on when it is back.

An outage is per login, and offices of one login share it: of all that is sent with it when no
connection is made, of one endpoint when that is too busy. A moment that Vitec asks us to wait for
is kept: for all that the answer concerned, and for the row itself (`Submission.asked_until`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now

from connect.errors import Busy, VitecError
from lib.prepared import Select, Slot
from offices import pace
from offices.logins import Logins, NoCredential, with_login
from offices.models import Credential, Office
from submissions.models import (
    FURTHEST_DUE,
    OUTAGE_AFTER,
    Outage,
    State,
    Submission,
    due,
    not_sooner,
)

PROBE_EVERY = dt.timedelta(seconds=15)
# One that nobody waits for has no probe, and so no answer that could end it: so long after the last
# was due it is not known any more whether it goes on.
KNOWN_FOR = dt.timedelta(minutes=5)
# What waited goes on over so long a time at least, not all in one moment, and in so many steps.
# Very many go on as fast as their login may: who comes sooner finds no seat.
SPREAD_SECONDS = 20
LONGEST_SPREAD_SECONDS = 3600
STEPS = 100
# Of very many that wait a few come to each probe, and all of them within so many.
PROBES_AHEAD = 8


def failed(submission: Submission, error: VitecError) -> None:
    """A try that certainly did nothing, for want of a connection or because Vitec was busy."""
    asked = dt.timedelta(seconds=error.retry_after) if error.retry_after else None
    wait = Now() + (asked or PROBE_EVERY)
    endpoint = submission.endpoint if isinstance(error, Busy) else ""
    here = {"line": submission.line, "endpoint": endpoint}
    moments = {"probe_at": not_sooner("probe_at", wait)}
    if asked:
        moments["asked_until"] = not_sooner("asked_until", wait)
    cause = error.cause[:100]
    with transaction.atomic():
        counted = Outage.objects.filter(ended_at=None, **here).update(
            failures=F("failures") + 1, cause=cause, **moments
        )
    if counted:
        return
    try:
        with transaction.atomic():
            Outage.objects.create(
                office_id=submission.office_id,
                cause=cause,
                probe_at=wait,
                asked_until=wait if asked else None,
                **here,
            )
    except IntegrityError:
        # Another worker failed in the same moment; one more or less does not matter.
        if asked:
            Outage.objects.filter(ended_at=None, **here).update(**moments)


_ANY = Select(
    lambda: Outage.objects.filter(
        line=Slot.of(Outage, "line"), endpoint__in=["", Slot.of(Outage, "endpoint")], ended_at=None
    ).values_list("pk")[:1]
)


def answered(submission: Submission) -> None:
    """Vitec has said something: what waited for it goes on, unless it has asked us to wait."""
    if not _ANY.first(line=submission.line, endpoint=submission.endpoint):
        return
    asked_to_wait = Q(asked_until__gt=Now(), asked_until__lte=Now() + FURTHEST_DUE)
    over = Outage.objects.filter(Outage.concerning(submission), ended_at=None).exclude(
        asked_to_wait
    )
    with transaction.atomic():
        # That of the whole login comes last: what waited for both is told of one end.
        ended = list(over.order_by("-endpoint"))
        over.filter(pk__in=[outage.pk for outage in ended]).update(ended_at=Now())
        for outage in ended:
            waited = _those_that_waited(outage, submission)
            if outage.failures >= OUTAGE_AFTER:
                _remember_who_waited(outage, waited)
            if outage.counts:
                _go_on(waited)


def _concerned(outage: Outage) -> QuerySet[Submission]:
    """What is to be sent and has to wait for its end, of every office."""
    names = Credential.objects.order_by().values_list("username", flat=True).distinct()
    these = [name for name in names if pace.line_of(name) == outage.line]
    rows = Submission.objects.filter(state=State.QUEUED)
    if outage.endpoint:
        rows = rows.filter(endpoint=outage.endpoint)
    return with_login(rows).filter(login__in=these)


def _those_that_waited(outage: Outage, probe: Submission) -> list[int]:
    """Their ids in order, the probe among them, and nobody else changes them until the end.

    Locked in this order, as everybody does who changes several in one transaction.
    """
    waited = _concerned(outage).filter(hold_until__lte=Now())
    these = Submission.objects.filter(Q(pk__in=waited.values("pk")) | Q(pk=probe.pk))
    locked = these.order_by("pk").select_for_update(no_key=True)
    return list(locked.values_list("pk", flat=True))


def _remember_who_waited(outage: Outage, ids: Sequence[int]) -> None:
    """So that each person can be told once how it went with the own ones; see `notices`."""
    for some in _in_steps(ids):
        Submission.objects.filter(pk__in=some).update(waited_for=outage)


def _go_on(ids: Sequence[int]) -> None:
    """What waited for this alone, the first first; what Vitec itself has put off keeps its time."""
    at_their_pace = len(ids) / settings.VITEC_CALLS_PER_SECOND
    seconds = min(max(SPREAD_SECONDS, at_their_pace), LONGEST_SPREAD_SECONDS)
    for step, some in enumerate(_in_steps(ids)):
        soon = Now() + dt.timedelta(seconds=seconds * step / STEPS)
        waiting = Submission.objects.filter(pk__in=some, state=State.QUEUED, not_before__gt=soon)
        waiting.update(not_before=not_sooner("asked_until", soon), rung_at=None)


def _in_steps(ids: Sequence[int]) -> list[Sequence[int]]:
    """In portions of the same size, at most STEPS of them."""
    size = math.ceil(len(ids) / STEPS)
    return [ids[start : start + size] for start in range(0, len(ids), size or 1)]


def end_those_of_no_login() -> None:
    """A login that nobody has any more gets no answer that could end its outage."""
    going_on = Outage.objects.filter(ended_at=None)
    if not going_on.exists():
        return
    names = Credential.objects.order_by().values_list("username", flat=True).distinct()
    going_on.exclude(line__in=[pace.line_of(name) for name in names]).update(ended_at=Now())


def end_those_nobody_waits_for() -> None:
    """What is sent next finds out anew whether Vitec answers; nobody is told that it does."""
    long_ago = Q(probe_at__lt=Now() - KNOWN_FOR) | Q(probe_at__gt=Now() + FURTHEST_DUE)
    for outage in Outage.objects.filter(long_ago, ended_at=None).order_by("pk"):
        waiting = Submission.objects.filter(pk__in=_concerned(outage).values("pk"))
        if not waiting.outside_paused_batches().exists():
            Outage.objects.filter(long_ago, pk=outage.pk).update(ended_at=Now())


def open_at(offices: Sequence[Office]) -> list[Outage]:
    """Those that concern any of these offices, to be told of.

    Each with `offices`, those of them that it concerns, and `waiting`, how many of their
    submissions wait for its end.
    """
    found = with_offices(offices)
    for outage in found:
        here: list[Office] = outage.offices  # type: ignore[attr-defined]
        outage.waiting = _concerned(outage).filter(office__in=here).count()  # type: ignore[attr-defined]
    return found


def with_offices(offices: Iterable[Office]) -> list[Outage]:
    """Those that concern any of these offices, each with `offices`. One query while all is well."""
    opened = list(Outage.open_ones())
    if not opened:
        return []
    found, offices = [], list(offices)
    logins = Logins.of_offices(offices)
    for outage in opened:
        here = [office for office in offices if _concerns(outage, logins[office])]
        if here:
            outage.offices = here  # type: ignore[attr-defined]
            found.append(outage)
    return found


def _concerns(outage: Outage, logins: Logins) -> bool:
    try:
        used = [logins.of(outage.endpoint)] if outage.endpoint else logins.all()
    except NoCredential:
        return False
    return any(pace.line_of(login.username) == outage.line for login in used)


# --- Probing -----------------------------------------------------------------------------------


def keeps_back(submission: Submission) -> bool:
    """Must the row wait because Vitec is away? If so it is put off until the next probe.

    The one that comes when a probe is due may be the probe, see `takes_probes`.
    """
    away = list(Outage.open_ones().filter(Outage.concerning(submission)).order_by("pk"))
    submission.probes = [outage.pk for outage in away]  # type: ignore[attr-defined]
    if not away:
        return False
    these = Outage.objects.filter(pk__in=[outage.pk for outage in away])
    if _may_go(submission) and these.filter(_probe_is_due()).count() == len(away):
        return False
    # Where the time has come and another is the probe, or goes first, it comes again a while later.
    ahead = these.filter(probe_at__gt=Now(), probe_at__lte=Now() + FURTHEST_DUE)
    last = ahead.order_by("-probe_at").first()
    Submission.objects.due().filter(pk=submission.pk).move(
        State.QUEUED,
        State.QUEUED,
        not_before=last.probe_at if last else Now() + PROBE_EVERY,
        rung_at=None,
    )
    for outage in ahead:
        _put_off_the_others(outage)
    return True


def _put_off_the_others(outage: Outage) -> None:
    """All that are due and wait for the same, at once: each by itself would keep a worker busy.

    Each probe of the next while has some that come to it.
    """
    with transaction.atomic():
        waiting = _concerned(outage).filter(due()).order_by("pk")
        free = waiting.select_for_update(no_key=True, skip_locked=True)
        ids = list(free.values_list("pk", flat=True))
        for number in range(min(PROBES_AHEAD, len(ids))):
            then = outage.probe_at + number * PROBE_EVERY
            rows = Submission.objects.filter(pk__in=ids[number::PROBES_AHEAD], state=State.QUEUED)
            rows.update(not_before=not_sooner("asked_until", Value(then)), rung_at=None)


def _may_go(submission: Submission) -> bool:
    """One that nobody may take yet would take the probe from one that could go."""
    free = Submission.objects.due().filter(pk=submission.pk).outside_paused_batches()
    return free.whose_turn_it_is().exists()


def takes_probes(submission: Submission) -> bool:
    """Is this the one of the moment that sees whether Vitec is back? Of two at once one is.

    Call it in the transaction of the claim, which must be rolled back if it is not.
    """
    return all(
        Outage.objects.filter(_probe_is_due(), pk=pk).update(
            probe=submission.pk, probe_token=submission.token, probe_at=Now() + PROBE_EVERY
        )
        for pk in getattr(submission, "probes", [])
    )


def _probe_is_due() -> Q:
    """Its time has come, and the one before has come to an end, however long it took."""
    # A probe further ahead than any due time means that the clock was set back.
    due = Q(probe_at__lte=Now()) | Q(probe_at__gt=Now() + FURTHEST_DUE)
    on_its_way = Submission.objects.filter(
        pk=OuterRef("probe"),
        token=OuterRef("probe_token"),
        state__in=[State.CLAIMED, State.SENDING],
    )
    return Q(~Exists(on_its_way)) & due
