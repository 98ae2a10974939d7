"""Running a sync: once per office, job and interval, with its outcome on record."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from connect.client import Client
from connect.errors import Denied, VitecError
from lib.log_context import about
from lib.prepared import Slot, Whole
from offices.capabilities import may_ask, remember
from offices.models import Office, SyncRun
from offices.pace import PacedClient
from offices.vitec import NoCredential, paced_client_for

# A run that has given no sign of life for so long has died.
LONGEST_SILENCE = dt.timedelta(minutes=10)
OFFICES_AT_ONCE = 4
# So many runs are read to tell how things stand.
RECENT = 20
# A part of the past that somebody asked for says nothing of how fresh the present is.
HISTORY = "history"

log = logging.getLogger(__name__)


class Superseded(Exception):
    """This run was taken for dead, and another may be at work: it must write nothing more."""


@dataclasses.dataclass(frozen=True)
class Pulled:
    """What one sync brought: rows in the answers, rows that were new or changed."""

    fetched: int
    changed: int


@dataclasses.dataclass(frozen=True)
class Freshness:
    """How old one job's rows are at one office.

    fetched_at: the last time all went well, None for never. running: the open run, if any.
    failed: the latest run, if it went wrong since. limit: minutes after which it is stale.
    """

    fetched_at: dt.datetime | None
    running: SyncRun | None
    failed: SyncRun | None
    limit: int

    @property
    def minutes(self) -> int | None:
        """Whole minutes since."""
        if self.fetched_at is None:
            return None
        return max(0, int((timezone.now() - self.fetched_at).total_seconds() // 60))

    @property
    def stale(self) -> bool:
        """Older than people may take for granted."""
        return self.minutes is None or self.minutes >= self.limit


_recent = Whole(
    lambda: (
        SyncRun.objects.filter(office=Slot.of(SyncRun, "office"), job=Slot.of(SyncRun, "job"))
        .exclude(span=HISTORY)
        .order_by("-started_at", "-pk")[:RECENT]
    )
)


def freshness(office: Office, job: str, interval: int | None = None) -> Freshness:
    """What is known of the latest runs. interval: minutes between them, if not the usual."""
    recent: list[SyncRun] = _recent.objects(office=office.pk, job=job)
    done = [run for run in recent if run.finished_at]
    good = next((run.finished_at for run in done if not run.error), None)
    alive = timezone.now() - LONGEST_SILENCE
    if good is None and len(recent) == RECENT:
        # It lies further back than those.
        good = latest_good(job, office).get(office.pk)
    return Freshness(
        fetched_at=good,
        running=next((r for r in recent if not r.finished_at and r.beat_at > alive), None),
        failed=done[0] if done and done[0].error else None,
        limit=stale_minutes(interval),
    )


def latest_good(job: str, *offices: Office) -> dict[int, dt.datetime]:
    """When the job last went well, by the key of each office where it has; of these or of all."""
    good = SyncRun.objects.filter(job=job, error="", finished_at__isnull=False)
    if offices:
        good = good.filter(office__in=offices)
    latest = good.exclude(span=HISTORY).values("office").annotate(at=Max("finished_at"))
    return dict(latest.order_by().values_list("office", "at"))


def stale_minutes(interval: int | None = None) -> int:
    """After so many minutes rows are old. An office that is fetched seldom is given its time."""
    return max(int(settings.SYNC_STALE_MINUTES), 3 * (interval or 0))


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

    def work(client: PacedClient, run: SyncRun) -> None:
        pulled = pull(client, office)
        run.fetched, run.changed = pulled.fetched, pulled.changed

    return run_once(office, job, asked_slot() if now else slot_of(every), work)


def slot_of(every: int) -> int:
    """The number of the present interval of so many seconds."""
    return int(time.time()) // every


def asked_slot() -> int:
    """A slot that nobody else has: a person asked."""
    return time.time_ns()


def run_once(
    office: Office,
    job: str,
    slot: int,
    work: Callable[[PacedClient, SyncRun], None],
    *,
    span: str = "",
    **facts: Any,
) -> SyncRun | None:
    """Do `work` under a run of its own and record how it went; None when it is not our turn.

    work: may count on the run and call `beat`; the run is saved afterwards, also when it fails.
    facts: further columns of the run.
    """
    run = _begin(office, job, span, slot, facts)
    if run is None:
        return None
    try:
        with about(office=office.pk, job=job), paced_client_for(office) as client:
            try:
                work(client, run)
            finally:
                run.calls = client.calls
        remember(office, job, allowed=True)
    except NoCredential:
        run.error = "no_credential"
    except Superseded:
        # Whoever took it for dead has said so in the row.
        log.warning("sync superseded job=%s office=%s", job, office.pk)
        return None
    except VitecError as error:
        if isinstance(error, Denied):
            remember(office, job, allowed=False)
        run.error = error.outcome
        run.detail = f"{_facts_of(error)} {run.detail}".strip()[:200]
    except Exception as error:  # noqa: BLE001 - a lost key, an odd row: the other offices go on
        run.error = type(error).__name__
    else:
        run.detail = ""
    if run.error:
        log.warning("sync failed job=%s office=%s outcome=%s", job, office.pk, run.error)
    return run if _end(run) else None


def _end(run: SyncRun) -> bool:
    """Record the outcome; False when another has taken the run for dead and said so."""
    run.finished_at = run.beat_at = timezone.now()
    columns = [f.attname for f in SyncRun._meta.concrete_fields if not f.primary_key]
    still_mine = SyncRun.objects.filter(pk=run.pk, finished_at=None)
    return bool(still_mine.update(**{name: getattr(run, name) for name in columns}))


def _facts_of(error: VitecError) -> str:
    """Codes only: what Vitec said may name a person."""
    facts = (f"HTTP {error.status}" if error.status else "", error.cause)
    return " ".join(fact for fact in facts if fact)


def _begin(office: Office, job: str, span: str, slot: int, facts: dict[str, Any]) -> SyncRun | None:
    now = timezone.now()
    mine = SyncRun.objects.filter(office=office, job=job)
    if mine.filter(span=span, slot=slot).exists():
        return None
    dead = mine.filter(finished_at=None, beat_at__lt=now - LONGEST_SILENCE)
    dead.update(finished_at=now, error="died")
    try:
        with transaction.atomic():
            return SyncRun.objects.create(office=office, job=job, span=span, slot=slot, **facts)
    except IntegrityError:
        return None


def beat(run: SyncRun) -> None:
    """Say that the run lives, and how far it has come. Inside the transaction that stores its rows.

    Raises Superseded when another run has taken its place: of the two only one may write.
    """
    run.beat_at = timezone.now()
    told = {
        name: getattr(run, name)
        for name in ("beat_at", "fetched", "created", "changed", "unchanged", "missing", "detail")
    }
    if not SyncRun.objects.filter(pk=run.pk, finished_at=None).update(**told):
        raise Superseded


def side_by_side(offices: Iterable[Office], work: Callable[[Office], Any]) -> None:
    """Do `work` for every office, a few at a time; none of them stops or delays all the others."""
    offices = list(offices)
    if len(offices) < 2:
        for office in offices:
            work(office)
        return
    with concurrent.futures.ThreadPoolExecutor(OFFICES_AT_ONCE) as pool:
        for task in [pool.submit(_alone, work, office) for office in offices]:
            task.result()


def _alone(work: Callable[[Office], Any], office: Office) -> None:
    try:
        work(office)
    except Exception as error:  # noqa: BLE001 - the other offices go on
        log.warning("sync broke office=%s error=%s", office.pk, type(error).__name__)
    finally:
        # Each thread has a connection of its own, which nobody else will close.
        connection.close()
