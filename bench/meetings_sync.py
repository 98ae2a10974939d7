"""How fast a sync stores meetings, beside a bare upsert of the very same rows.

In CPU seconds of this process, so that a busy machine changes the ratios little.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.utils import timezone

from bench.portal import FOLDER, portal
from bench.registry import Figure, bench

ROWS = int(os.environ.get("BENCH_MEETINGS", "20000"))
ANSWER = 5_000
MEETINGS_OF_A_CONTACT = 3


@bench
def meetings_sqlite() -> list[Figure]:
    """The first sync, one without news, and a bare upsert of the same rows: SQLite."""
    return _measured(postgres=False)


@bench
def meetings_postgresql() -> list[Figure]:
    """The first sync, one without news, and a bare upsert of the same rows: PostgreSQL."""
    return _measured(postgres=True)


def _measured(*, postgres: bool) -> list[Figure]:
    with portal(FOLDER, "http://127.0.0.1:9", postgres=postgres):
        bare = _seconds(_bare)
        alone = _seconds(_synced("MeetingsOnly", 1, learning=False))
        first = _seconds(_synced("Everything", 1, learning=True))
        again = _seconds(_synced("Everything", 2, learning=True))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure(f"bare upsert of {ROWS} rows, read alike", ROWS / bare, "/s"),
        Figure("sync, meetings and versions alone", ROWS / alone, "/s"),
        Figure("sync, contacts and homes learned too", ROWS / first, "/s"),
        Figure("sync without news", ROWS / again, "/s"),
        Figure("meetings alone, of the bare upsert's speed", bare / alone, "", 0.8, at_most=False),
        Figure("everything learned, of the bare upsert's speed", bare / first, ""),
        Figure("without news, of meetings alone", alone / again, "", 5, at_most=False),
        Figure("most memory", peak, "MB", 300),
    ]


def _seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _bare() -> None:
    """The same columns of the same rows, with nothing known and nothing asked."""
    reading, models = import_module("meetings.reading"), import_module("meetings.models")
    batch = import_module("meetings.intake").BATCH
    office = _office("bare")
    for answer in answers(ROWS):
        now = timezone.now()
        meetings = [
            models.Meeting(office=office, vitec_id=row["id"], last_seen=now, **reading.columns(row))
            for row in answer
        ]
        models.Meeting.objects.bulk_create(
            meetings,
            batch_size=batch,
            update_conflicts=True,
            unique_fields=["office", "vitec_id"],
            update_fields=["personal", "state", "meeting_date"],
        )


def _synced(name: str, slot: int, *, learning: bool) -> Callable[[], None]:
    """A run's intake of the rows into the office of that name."""
    office, runs = _office(name), import_module("offices.models").SyncRun.objects
    intake_of = import_module("meetings.intake").Intake

    def work() -> None:
        run = runs.create(office=office, job="bench", slot=slot)
        intake = intake_of(office, run)
        if not learning:
            intake.learn = lambda _meetings: None
        for answer in answers(ROWS):
            intake.take(answer, timezone.now())
        runs.filter(pk=run.pk).update(finished_at=timezone.now())

    return work


def _office(name: str) -> Any:
    offices = import_module("offices.models").Office.objects
    return offices.get_or_create(customer_id=name, name=name)[0]


def answers(wanted: int) -> Iterator[list[dict[str, Any]]]:
    """Rows as Vitec would name them, the same at each call."""
    dice = random.Random(1)  # noqa: S311 - figures, no secrets
    for start in range(0, wanted, ANSWER):
        numbers = range(start, min(start + ANSWER, wanted))
        yield [
            row(number, dice.randrange(max(1, wanted // MEETINGS_OF_A_CONTACT)))
            for number in numbers
        ]


def row(number: int, contact: int) -> dict[str, Any]:
    """One meeting; a contact has several."""
    month, day, hour = 1 + number % 12, 1 + number % 28, 8 + number % 10
    return {
        "id": f"CAL{number:032X}",
        "contactId": f"ADR{contact:032X}",
        "contactName": f"Förnamn{contact % 400} Efternamn{contact % 900}",
        "address": {
            "streetAddress": f"Storgatan {contact % 5000}",
            "zipCode": f"172 {contact % 90 + 10}",
            "city": "Sundbyberg",
        },
        "telePhone": None,
        "cellPhone": f"070-17{contact % 100_000:05d}",
        "meetingDate": f"2026-{month:02d}-{day:02d}T{hour:02d}:00:00",
        "bookedDate": f"2026-{month:02d}-{day:02d}T07:46:09.65",
        "type": "Viewing" if number % 4 == 3 else "Assignment",
        "state": "Booked",
        "brokerId": f"HAN{number % 8}",
        "brokerName": f"Mäklare {number % 8}",
        "bookedById": f"HAN{number % 5}",
        "bookedByName": f"Mäklare {number % 5}",
        "estateId": f"OBJ{contact}",
        "estateStatus": {"id": "1", "name": "Till salu"},
        "commissionWithoutTaxes": None,
        "assignmentSource": {"id": number % 6, "name": f"Källa {number % 6}"},
    }
