"""How old each list of an office is, whether its login may read it, and when it is asked next."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import Max
from django.utils import timezone

from offices.capabilities import REST, may_ask
from offices.models import Capability, Office, SyncRun
from offices.registry import Lookup, all_lookups

# Staff are told of a list that is older.
OLD = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Standing:
    """One look-up at one office. Times are aware.

    rows: kept and not missing, None for a look-up that keeps none. fetched_at: the last time all
    went well. failed: what the latest run came to, "" for well. allowed: None for unknown, as of
    checked_at. next_at: None for one that is made when it is needed.
    """

    lookup: Lookup
    rows: int | None
    fetched_at: dt.datetime | None
    failed: str
    allowed: bool | None
    checked_at: dt.datetime | None
    next_at: dt.datetime | None


def standings(office: Office) -> list[Standing]:
    """Every look-up, in the order in which they were declared."""
    fetched = fetched_at(office)
    latest = _latest_runs(office)
    known = {row.name: row for row in Capability.objects.filter(office=office)}
    return [
        _standing(office, lookup, fetched.get(lookup.key), latest, known.get(lookup.key))
        for lookup in all_lookups()
    ]


def fetched_at(office: Office) -> dict[str, dt.datetime]:
    """When each job last went well."""
    good = SyncRun.objects.filter(office=office, error="").exclude(finished_at=None)
    return dict(good.values_list("job").annotate(latest=Max("finished_at")))


def _latest_runs(office: Office) -> dict[str, SyncRun]:
    runs = SyncRun.objects.filter(office=office)
    keys = runs.values("job").annotate(latest=Max("pk")).values_list("latest", flat=True)
    return {run.job: run for run in SyncRun.objects.filter(pk__in=list(keys))}


def _standing(
    office: Office,
    lookup: Lookup,
    fetched: dt.datetime | None,
    latest: dict[str, SyncRun],
    known: Capability | None,
) -> Standing:
    run = latest.get(lookup.key)
    return Standing(
        lookup=lookup,
        rows=_count(office, lookup),
        fetched_at=fetched,
        failed=run.error if run else "",
        allowed=known.allowed if known else None,
        checked_at=known.checked_at if known else None,
        next_at=_next(office, lookup, run, known),
    )


def _count(office: Office, lookup: Lookup) -> int | None:
    if lookup.model is None:
        return None
    rows = lookup.model._default_manager.filter(office=office, missing_since=None)
    return rows.count()


def _next(
    office: Office, lookup: Lookup, run: SyncRun | None, known: Capability | None
) -> dt.datetime | None:
    if known and not known.allowed and not may_ask(office, lookup.key):
        return known.checked_at + REST
    if not lookup.every:
        return None
    now = timezone.now()
    return max(now, run.started_at + dt.timedelta(seconds=lookup.every)) if run else now


@dataclasses.dataclass(frozen=True)
class Age:
    """Of a list that is too old to go without saying; at: None for never fetched."""

    at: dt.datetime | None


def old_ones(office: Office, jobs: set[str]) -> dict[str, Age]:
    """Those of the jobs whose rows are older than a day, or were never fetched."""
    fetched = fetched_at(office)
    limit = timezone.now() - OLD
    ages = {job: fetched.get(job) for job in jobs}
    return {job: Age(at) for job, at in ages.items() if at is None or at < limit}
