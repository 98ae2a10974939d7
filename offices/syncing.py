"""Running a sync: once per office, job and interval, with its outcome on record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import time
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from connect.client import Client
from connect.errors import Denied, VitecError
from offices.capabilities import may_ask, remember
from offices.models import Office, SyncRun
from offices.vitec import NoCredential, client_for

# A run that has not ended by then has died. A Vitec that is slow must not pile up runs.
LONGEST_RUN = dt.timedelta(minutes=10)

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Pulled:
    """What one sync brought: rows in the answers, rows that were new or changed."""

    fetched: int
    changed: int


def run_sync(
    office: Office,
    job: str,
    every: int,
    pull: Callable[[Client, Office], Pulled],
    *,
    now: bool = False,
) -> SyncRun | None:
    """Pull once for this office and job in the present interval of `every` seconds.

    Returns the run with its outcome. None when another process has this interval or is still at
    it since the one before, or when the call was denied within a day and nobody has changed the
    login since. A failure is an outcome here, not an exception, so that one office never stops
    the others.
    now: a person asked; run whatever the timetable says, but no more often what was denied.
    """
    if not may_ask(office, job):
        return None
    if SyncRun.objects.filter(
        office=office, job=job, finished_at=None, started_at__gt=timezone.now() - LONGEST_RUN
    ).exists():
        return None
    slot = time.time_ns() if now else int(time.time()) // every
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(office=office, job=job, slot=slot)
    except IntegrityError:
        return None
    try:
        with client_for(office) as client:
            pulled = pull(client, office)
        remember(office, job, allowed=True)
        run.fetched, run.changed = pulled.fetched, pulled.changed
    except NoCredential:
        run.error = "no_credential"
    except Denied as error:
        remember(office, job, allowed=False)
        run.error = error.outcome
    except VitecError as error:
        run.error = error.outcome
    except Exception as error:  # noqa: BLE001 - a lost key, an odd row: the other offices go on
        run.error = type(error).__name__
    if run.error:
        log.warning("sync failed job=%s office=%s outcome=%s", job, office.pk, run.error)
    run.finished_at = timezone.now()
    run.save()
    return run
