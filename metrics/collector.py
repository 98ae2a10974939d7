"""What a monitor reads: everything out of the database, at the moment it asks.

Workers on many hosts come and go, and each web server has several processes; figures kept in one
process's memory would be figures of that process. The database knows them all, and every query here
goes by an index.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric

from metrics.counting import BOUNDS, LONGER
from metrics.models import DeliveryTime, OutcomeCount, Reading
from offices.models import Capability, Office, SyncRun
from submissions import outages as outages_of
from submissions.models import Heart, Pause, State, Submission

MOVING = (State.QUEUED, State.CLAIMED, State.SENDING)
OPEN = (*MOVING, State.HELD, State.UNKNOWN, State.FAILED)


class Collector:
    """For a prometheus_client registry. Labels are kinds, states, jobs and customer ids alone."""

    def collect(self) -> Iterator[Metric]:
        yield _build()
        yield _outcomes()
        yield from _delivery_times()
        yield from _queue()
        yield _pauses()
        yield _outages()
        yield from _syncs()
        yield _hearts()
        yield _counted()


def _build() -> Metric:
    build = InfoMetricFamily("vitecportal_build", "The version that answers.")
    build.add_metric([], {"version": settings.VERSION})
    return build


def _outcomes() -> Metric:
    events = CounterMetricFamily(
        "vitecportal_submission_events",
        "What happened to submissions: accepted, delivered, refused, unknown, not_sent …",
        labels=["office", "kind", "event"],
    )
    rows = OutcomeCount.objects.values_list("office__customer_id", "kind", "event", "count")
    for *labels, count in rows.order_by("pk"):
        events.add_metric(labels, count)
    return events


def _delivery_times() -> Iterator[Metric]:
    since = {
        "accepted": "Seconds from *accepted* to *delivered*, the grace period included.",
        "due": "Seconds from the end of the grace period to *delivered*.",
    }
    found: dict[str, dict[str, dict[float, tuple[int, float]]]] = {name: {} for name in since}
    for row in DeliveryTime.objects.order_by("kind"):
        found[row.since].setdefault(row.kind, {})[row.bound] = (row.count, row.seconds)
    for name, text in since.items():
        times = HistogramMetricFamily(
            f"vitecportal_delivery_since_{name}_seconds", text, labels=["kind"]
        )
        for kind, counts in found[name].items():
            times.add_metric([kind], _cumulated(counts), sum(s for _, s in counts.values()))
        yield times


def _cumulated(counts: dict[float, tuple[int, float]]) -> list[tuple[str, float]]:
    buckets, total = [], 0
    for bound in BOUNDS:
        total += counts.get(bound, (0, 0.0))[0]
        buckets.append(("+Inf" if bound == LONGER else str(bound), float(total)))
    return buckets


def _queue() -> Iterator[Metric]:
    """How many stand where, and how long the oldest has stood there since it was due."""
    waiting = Q(state__in=MOVING)
    labels = ["office", "state"]
    depth = GaugeMetricFamily(
        "vitecportal_submissions", "Submissions that are not settled, by state.", labels=labels
    )
    age = GaugeMetricFamily(
        "vitecportal_oldest_seconds",
        "Age of the oldest: since it was due, for an uncertain or failed one since it became so.",
        labels=labels,
    )
    due = Submission.objects.filter(state__in=OPEN).exclude(waiting & Q(hold_until__gt=Now()))
    rows = due.values_list("office__customer_id", "state").annotate(
        Count("pk"), Min("hold_until"), Min("changed_at")
    )
    for office, state, count, since_due, since_change in rows.order_by("office", "state"):
        depth.add_metric([office, state], count)
        asks = state in (State.UNKNOWN, State.FAILED)
        age.add_metric([office, state], _age(since_change if asks else since_due))
    yield depth
    yield age


def _pauses() -> Metric:
    """By what is paused: everything of an office (endpoint "") or one endpoint of it.

    status: Vitec's that denied it, 0 for no login, `person` where somebody wants it.
    """
    pauses = GaugeMetricFamily(
        "vitecportal_pause_seconds",
        "For how long sending has been paused; endpoint is empty for everything of the login.",
        labels=["office", "endpoint", "status"],
    )
    rows = Pause.objects.filter(ended_at=None).order_by("pk")
    for office, endpoint, status, person, since in rows.values_list(
        "office__customer_id", "endpoint", "status", "paused_by", "since"
    ):
        pauses.add_metric([office, endpoint, "person" if person else str(status)], _age(since))
    return pauses


def _outages() -> Metric:
    """Where the circuit is open: nothing goes to Vitec but one probe now and then."""
    outages = GaugeMetricFamily(
        "vitecportal_outage_seconds",
        "For how long Vitec has been away; endpoint is empty for everything of the login.",
        labels=["office", "endpoint"],
    )
    for outage in outages_of.with_offices(Office.objects.order_by("customer_id")):
        for office in outage.offices:  # type: ignore[attr-defined]
            outages.add_metric([office.customer_id, outage.endpoint], _age(outage.since))
    return outages


def _syncs() -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "vitecportal_sync_age_seconds",
        "Since a sync last succeeded; +Inf where it never has. Denied ones are left out.",
        labels=["office", "job"],
    )
    denied_now = GaugeMetricFamily(
        "vitecportal_sync_denied", "1: Vitec denies the office this sync.", labels=["office", "job"]
    )
    refused = Capability.objects.filter(allowed=False).values_list("office", "name")
    denied = set(refused)
    jobs = _jobs()
    for row in _latest(jobs):
        for job in jobs:
            labels = [str(row["customer_id"]), job]
            if (row["pk"], job) in denied:
                denied_now.add_metric(labels, 1)
            else:
                age.add_metric(labels, _age(row[f"last_{job}"]))
    yield age
    yield denied_now


def _jobs() -> list[str]:
    """The names of all syncs there have been: one look into the index for each."""
    jobs: list[str] = []
    while True:
        rest = SyncRun.objects.filter(job__gt=jobs[-1] if jobs else "")
        job = rest.order_by("job").values_list("job", flat=True).first()
        if job is None:
            return jobs
        jobs.append(job)


def _latest(jobs: list[str]) -> list[dict[str, object]]:
    """Every office with the end of its last successful run of each job, in one query."""
    found = {}
    for job in jobs:
        runs = SyncRun.objects.filter(job=job, office=OuterRef("pk"), error="")
        ended = runs.exclude(finished_at=None).order_by("-finished_at")
        found[f"last_{job}"] = Subquery(ended.values("finished_at")[:1])
    return list(Office.objects.annotate(**found).order_by("pk").values("pk", "customer_id", *found))


def _hearts() -> Metric:
    hearts = GaugeMetricFamily(
        "vitecportal_heartbeat_age_seconds",
        "Since a task last went through beat, broker, worker and database; +Inf for never.",
        labels=["name"],
    )
    beats = {"worker": None} | dict(Heart.objects.values_list("name", "beat_at"))
    for name, beat_at in sorted(beats.items()):
        hearts.add_metric([name], _age(beat_at))
    return hearts


def _counted() -> Metric:
    counted = GaugeMetricFamily(
        "vitecportal_counters_age_seconds",
        "Since the look-up worker last brought the counters up to date; +Inf for never.",
    )
    reading = Reading.objects.filter(name="audit").first()
    counted.add_metric([], _age(reading.seen_at if reading else None))
    return counted


def _age(moment: object) -> float:
    """Seconds since then, never negative; infinite for never."""
    if not isinstance(moment, dt.datetime):
        return math.inf
    return max(0.0, (timezone.now() - moment).total_seconds())
