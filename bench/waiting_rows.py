"""What claiming and sweeping cost with many rows waiting, beside the same with few."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.utils import timezone

from bench.portal import FOLDER, portal
from bench.registry import Figure, bench
from bench.rows import copies, many_copies, prepare, silence_the_bell, submission

FEW = 100
MANY = 100_000
ROUNDS = 25


@bench
def waiting_postgresql() -> list[Figure]:
    """Claim and sweep with 100,000 rows waiting, beside 100: PostgreSQL."""
    return _waiting(postgres=True)


@bench
def waiting_sqlite() -> list[Figure]:
    """Claim and sweep with 100,000 rows waiting, beside 100: SQLite."""
    return _waiting(postgres=False)


def _waiting(*, postgres: bool) -> list[Figure]:
    with portal(FOLDER, "http://127.0.0.1:9", postgres=postgres):
        silence_the_bell()
        user, office = prepare()
        original = submission(user, office, "x")
        soon = timezone.now() + dt.timedelta(hours=1)
        type(original).objects.update(not_before=soon)
        few = _costs(original)
        many_copies(original, MANY, soon)
        many = _costs(original)
    return [
        figure
        for name, cost in few.items()
        for figure in (
            Figure(f"{name}, few waiting", 1000 * cost, "ms"),
            Figure(f"{name}, {MANY} waiting", 1000 * many[name], "ms"),
            Figure(f"{name}, ratio", many[name] / cost, "", 2),
        )
    ]


def _costs(original: Any) -> dict[str, float]:
    """Seconds, medians, with `FEW` rows that are due and all others waiting for their next try.

    The first sweep rings for those that are due; the median is of one that finds nothing new.
    """
    delivery = import_module("submissions.delivery")
    long_ago = timezone.now() - dt.timedelta(hours=1)
    ids = copies(original, FEW, not_before=long_ago, rung_at=None)
    claim = _median(lambda number: delivery.claim(ids[number]))
    sweep = _median(lambda _: delivery.sweep())
    rows = type(original).objects.all()
    # The workers are behind: everything is due, and was rung for a moment ago.
    rows.update(not_before=long_ago, rung_at=timezone.now(), state="queued")
    behind = _median(lambda _: delivery.sweep())
    rows.update(not_before=timezone.now() + dt.timedelta(hours=1), rung_at=None)
    return {"claim": claim, "sweep, others wait": sweep, "sweep, all are due": behind}


def _median(work: Callable[[int], object]) -> float:
    times = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
