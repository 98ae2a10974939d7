"""Deliveries a second against a Vitec that takes 100 ms, beside bare threads that only post."""

from __future__ import annotations

import statistics
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import requests

from bench.portal import REDIS, portal, worker
from bench.registry import Figure, bench
from bench.rows import copies, prepare, silence_the_bell, submission
from bench.vitec import Vitec, vitec

ROUNDS = 3
SECONDS = 5
AWAIT_SECONDS = 180
_sessions = threading.local()


@bench
def throughput_20() -> list[Figure]:
    """Deliveries at concurrency 20, one worker process, PostgreSQL and Redis."""
    return _throughput(20, 0.7)


@bench
def throughput_50() -> list[Figure]:
    """Deliveries at concurrency 50, one worker process, PostgreSQL and Redis."""
    return _throughput(50, 0.45)


def _throughput(concurrency: int, bound: float) -> list[Figure]:
    with vitec(0.1) as there, portal(REDIS, there.url, postgres=True) as env:
        silence_the_bell()
        user, office = prepare()
        original = submission(user, office, "x")
        count = concurrency * 10 * SECONDS
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(_bare(there, concurrency, count))
            ids = copies(original, count, rung_at=original.created_at, person_hash="")
            ours.append(_ours(there, concurrency, env, ids))
        ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    return [
        Figure("bare requests.Session threads", statistics.median(bare), "/s"),
        Figure("deliveries", statistics.median(ours), "/s"),
        Figure("ratio, median of rounds", statistics.median(ratios), "", bound, at_most=False),
    ]


def _ours(there: Vitec, concurrency: int, env: dict[str, str], ids: list[int]) -> float:
    publish = import_module("submissions.bell").publish
    rows = import_module("submissions.models").Submission.objects.filter(pk__in=ids)
    rows.update(rung_at=import_module("django.db.models.functions").Now())
    for pk in ids:
        publish(pk)
    with worker(env, pool="threads", concurrency=concurrency):
        arrived = there.wait_for(len(ids), AWAIT_SECONDS)
    there.forget()
    return _rate([moment for moment, _ in arrived])


def _bare(there: Vitec, concurrency: int, count: int) -> float:
    with ThreadPoolExecutor(concurrency) as pool:
        for _ in pool.map(lambda number: _post(there.url, number), range(count)):
            pass
    arrived = there.arrivals()
    there.forget()
    return _rate([moment for moment, _ in arrived])


def _post(url: str, number: int) -> None:
    if not hasattr(_sessions, "session"):
        _sessions.session = requests.Session()
    _sessions.session.post(f"{url}/x", json={"note": number}, timeout=30)


def _rate(moments: list[float]) -> float:
    """Arrivals a second, without the first and the last tenth."""
    tenth = len(moments) // 10
    steady = sorted(moments)[tenth:-tenth]
    return (len(steady) - 1) / (steady[-1] - steady[0])
