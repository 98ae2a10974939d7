"""When Vitec is away: one probe now and then instead of every row, and all go on when it is back.

An outage is per office, since each has a login of its own: of the whole office when no connection
is made, of one endpoint when that is too busy.
"""

from __future__ import annotations

import datetime as dt
import random

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from connect.errors import Busy, VitecError
from submissions.models import FURTHEST_DUE, OUTAGE_AFTER, Outage, State, Submission

PROBE_EVERY = dt.timedelta(seconds=15)
# What waited goes on over so long a time, not all in one moment.
SPREAD_SECONDS = 20


def failed(submission: Submission, error: VitecError) -> None:
    """A try that certainly did nothing, for want of a connection or because Vitec was busy."""
    endpoint = submission.endpoint if isinstance(error, Busy) else ""
    wait = dt.timedelta(seconds=error.retry_after) if error.retry_after else PROBE_EVERY
    with transaction.atomic():
        counted = Outage.objects.filter(
            office_id=submission.office_id, endpoint=endpoint, ended_at=None
        ).update(failures=F("failures") + 1, cause=error.cause[:100], probe_at=Now() + wait)
    if counted:
        return
    try:
        with transaction.atomic():
            Outage.objects.create(
                office_id=submission.office_id,
                endpoint=endpoint,
                cause=error.cause[:100],
                probe_at=Now() + wait,
            )
    except IntegrityError:
        # Another worker failed in the same moment; one more or less does not matter.
        return


def answered(submission: Submission) -> None:
    """Vitec has said something: what waited for it goes on."""
    over = Outage.objects.filter(_concerning(submission), ended_at=None)
    if not over.exists():
        return
    with transaction.atomic():
        ended = list(over.filter(failures__gte=OUTAGE_AFTER))
        over.update(ended_at=Now())
        for outage in ended:
            _remember_who_waited(outage, submission)
        if ended:
            _go_on(submission)


def _concerning(submission: Submission) -> Q:
    return Q(office_id=submission.office_id, endpoint__in=["", submission.endpoint])


def _remember_who_waited(outage: Outage, probe: Submission) -> None:
    """So that each person can be told once how it went with the own ones; see `notices`."""
    waiting = Q(state=State.QUEUED, office=outage.office_id, hold_until__lte=Now())
    if outage.endpoint:
        waiting &= Q(endpoint=outage.endpoint)
    Submission.objects.filter(waiting | Q(pk=probe.pk)).update(waited_for=outage)


def _go_on(submission: Submission) -> None:
    """What waited for Vitec alone; what Vitec itself has put off keeps its time."""
    waiting = Submission.objects.filter(
        office_id=submission.office_id, state=State.QUEUED, trying_since__isnull=False
    )
    for pk in waiting.values_list("pk", flat=True):
        soon = dt.timedelta(seconds=random.uniform(0, SPREAD_SECONDS))  # noqa: S311
        waiting.filter(pk=pk, not_before__gt=Now() + soon).update(
            not_before=Now() + soon, rung_at=None
        )


def keeps_back(submission: Submission) -> bool:
    """Must the row wait because Vitec is away? If so it is put off until the next probe.

    The one that comes when a probe is due is the probe, and is let through.
    """
    away = Outage.open_ones().filter(_concerning(submission)).order_by("-probe_at").first()
    if away is None or (_may_go(submission) and _takes_probe(away)):
        return False
    # Another may have taken the probe this moment, and moved the next one on.
    away.refresh_from_db(fields=["probe_at"])
    Submission.objects.filter(pk=submission.pk).move(
        State.QUEUED,
        State.QUEUED,
        not_before=away.probe_at,
        rung_at=None,
        trying_since=Coalesce("trying_since", Now()),
    )
    return True


def _may_go(submission: Submission) -> bool:
    """One that nobody may take yet would take the probe from one that could go."""
    free = Submission.objects.due().filter(pk=submission.pk).outside_paused_batches()
    return free.whose_turn_it_is().exists()


def _takes_probe(away: Outage) -> bool:
    # A probe further ahead than any due time means that the clock was set back.
    due = Q(probe_at__lte=Now()) | Q(probe_at__gt=Now() + FURTHEST_DUE)
    return bool(Outage.objects.filter(due, pk=away.pk).update(probe_at=Now() + PROBE_EVERY))
