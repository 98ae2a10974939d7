"""From the end of the grace period to the request at Vitec's door."""

from __future__ import annotations

import json
import statistics
import time
from importlib import import_module
from typing import Any

from bench.portal import FOLDER, RABBITMQ, REDIS, portal, worker
from bench.registry import Figure, bench
from bench.rows import copies, prepare, silence_the_bell, submission
from bench.vitec import Vitec, vitec

WARM = 5
MEASURED = 40
HOLD_SECONDS = 2
# Seconds between two: twenty a second are many offices; one that runs it all on one machine with
# SQLite and a folder sends a few at most.
EVERY = 0.05
EVERY_OF_ONE_OFFICE = 0.25


@bench
def wire_embedded() -> list[Figure]:
    """End of the grace period to the request on the wire: SQLite and a folder as broker."""
    every = EVERY_OF_ONE_OFFICE
    return _latency(FOLDER, postgres=False, pool="threads", every=every, bound=150)


@bench
def wire_redis() -> list[Figure]:
    """End of the grace period to the request on the wire: PostgreSQL and Redis."""
    return _latency(REDIS, postgres=True, pool="prefork", bound=30)


@bench
def wire_rabbitmq() -> list[Figure]:
    """End of the grace period to the request on the wire: PostgreSQL and RabbitMQ."""
    return _latency(RABBITMQ, postgres=True, pool="prefork", bound=30)


def _latency(
    broker: str, *, postgres: bool, pool: str, bound: float, every: float = EVERY
) -> list[Figure]:
    with (
        vitec(0.01) as there,
        portal(broker, there.url, postgres=postgres, hold=HOLD_SECONDS) as env,
    ):
        user, office = prepare()
        with worker(env, pool=pool, concurrency=4):
            # The first ones also wait for the worker to come up.
            for number in range(WARM):
                submission(user, office, f"warm {number}")
            there.wait_for(WARM, 60)
            due = {}
            for number in range(MEASURED):
                row = submission(user, office, f"measured {number}")
                due[f"measured {number}"] = row.hold_until.timestamp()
                time.sleep(every)
            arrived = there.wait_for(WARM + MEASURED, 60)
        ours = _without_bell_and_broker(user, office, there)
    waits = sorted(
        1000 * (moment - due[note])
        for moment, body in arrived
        if (note := json.loads(body)["note"]) in due
    )
    return [
        Figure(f"median, {1 / every:.0f} a second", statistics.median(waits), "ms", bound),
        Figure("95th of 100", waits[int(0.95 * len(waits))], "ms"),
        Figure("least", waits[0], "ms"),
        Figure("of which claim, connect and mark, median in one process", ours, "ms"),
    ]


def _without_bell_and_broker(user: Any, office: Any, there: Vitec) -> float:
    """Milliseconds from calling `deliver` to the request on the wire, on the same database."""
    silence_the_bell()
    deliver = import_module("submissions.delivery").deliver
    original = submission(user, office, "own part")
    there.forget()
    begun = []
    # Of one person the later ones would wait for the earlier.
    ready = {
        "not_before": original.created_at,
        "hold_until": original.created_at,
        "person_hash": "",
    }
    for pk in copies(original, MEASURED, **ready):
        begun.append(time.time())
        deliver(pk)
    arrived = [moment for moment, _ in there.wait_for(MEASURED, 60)]
    return statistics.median(
        1000 * (moment - start) for start, moment in zip(begun, arrived, strict=True)
    )
