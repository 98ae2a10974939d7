"""A database of many meetings, made once and kept: offices of unequal size over ten years.

It lies in var/bench (SQLite) or in a database of its own (PostgreSQL), and is made anew when it has
another number of rows. What is sealed is shared by many rows: opening it costs the same.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.core.management import call_command
from django.db import connection

from bench.portal import FOLDER, POSTGRES, ROOT

ROWS = int(os.environ.get("BENCH_MANY_MEETINGS", "1000000"))
KEPT = Path(os.environ.get("BENCH_FOLDER", str(ROOT / "var" / "bench")))
OFFICES = 300
YEARS = 10
# Of the first office, the one that is looked at.
FIRST = 20_000
PEOPLE = 400
BROKERS, SOURCES = 12, 6
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
STATES = ("Booked", "FollowedUp", "FollowedUp", "NotRelevant", "CancelledByCustomer", "")


@contextlib.contextmanager
def kept_portal(*, postgres: bool) -> Iterator[None]:
    """The portal on the kept database; Django can be set up once in a process."""
    KEPT.mkdir(parents=True, exist_ok=True)
    name = f"vitecportal_bench_{ROWS}"
    env = {
        "VITECPORTAL_DATA_DIR": str(KEPT / f"meetings-{ROWS}"),
        "CELERY_BROKER_URL": FOLDER,
        "VITEC_BASE_URL": "http://127.0.0.1:9",
        "LOG_LEVEL": "WARNING",
        "REQUIRE_MFA_FOR": "none",
        "DJANGO_SETTINGS_MODULE": "vitecportal.settings",
    }
    Path(env["VITECPORTAL_DATA_DIR"]).mkdir(exist_ok=True)
    if postgres:
        env["DATABASE_URL"] = _database(name)
    os.environ.update(env)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    models = import_module("meetings.models")
    if models.Meeting.objects.count() != ROWS:
        _fill(models.Meeting)
    _fetch()
    yield
    django.db.connections.close_all()


def _database(name: str) -> str:
    with psycopg.connect(POSTGRES, autocommit=True) as known:
        if not known.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            known.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))


def _fill(model: Any) -> None:
    model.objects.all()._raw_delete(model.objects.db)
    offices = _offices()
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    rows = _rows(model, columns, offices)
    with django.db.transaction.atomic():
        import_module("lib.bulk").insert_many(model, columns, rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _fetch() -> None:
    """Every office's meetings were fetched, as they are where people work."""
    models = import_module("offices.models")
    lacking = models.Office.objects.filter(sync_runs=None)
    models.SyncRun.objects.bulk_create(
        models.SyncRun(office=office, job="meetings", slot=1, finished_at=NOW) for office in lacking
    )


def _offices() -> list[int]:
    models = import_module("offices.models")
    wanted = [
        models.Office(name=f"Kontor {number:03}", customer_id=f"M{number:05}")
        for number in range(OFFICES)
    ]
    models.Office.objects.bulk_create(wanted, ignore_conflicts=True)
    offices = list(models.Office.objects.order_by("customer_id").values_list("pk", flat=True))
    models.Colleague.objects.bulk_create(
        (
            models.Colleague(
                office_id=offices[0], vitec_id=f"HAN{number}", name=_broker(number), last_seen=NOW
            )
            for number in range(BROKERS)
        ),
        ignore_conflicts=True,
    )
    return offices


def _broker(number: int) -> str:
    return f"Förnamn Mäklare{chr(65 + number)}"


def _rows(model: Any, columns: list[str], offices: list[int]) -> Iterator[tuple[Any, ...]]:
    """By office and day, so that the indexes grow at their ends."""
    people = _people(model)
    dice = random.Random(1)  # noqa: S311 - figures, no secrets
    others = [(ROWS - FIRST) // (OFFICES - 1)] * (OFFICES - 1)
    others[0] += ROWS - FIRST - sum(others)
    number = 0
    for office, count in zip(offices, [FIRST, *others], strict=True):
        begins, step = NOW - dt.timedelta(days=365 * YEARS - 30), 365 * YEARS * 86_400 / count
        for place in range(count):
            moment = (begins + dt.timedelta(seconds=place * step)).replace(second=0, microsecond=0)
            values = {**people[dice.randrange(PEOPLE)], **_facts(moment, number, dice)}
            values |= {"office_id": office, "vitec_id": f"CAL{number:09}"}
            yield tuple(values[column] for column in columns)
            number += 1


def _facts(moment: dt.datetime, number: int, dice: random.Random) -> dict[str, Any]:
    broker, booker = number % BROKERS, number % 5
    signed = number % 7 == 0
    return {
        "meeting_date": _stored(moment),
        "booked_date": _stored(moment - dt.timedelta(days=dice.randrange(30))),
        "observed_from": _stored(min(moment, NOW)),
        "first_seen": _stored(NOW),
        "last_seen": _stored(NOW),
        "missing_since": None,
        "listed": False,
        "type": "Viewing" if number % 4 == 3 else "Assignment",
        "state": STATES[number % len(STATES)] if moment < NOW else "Booked",
        "estate_id": f"OBJ{number // 2:09}",
        "estate_status": "Till salu",
        "broker_id": f"HAN{broker}",
        "broker_name": _broker(broker),
        "booked_by_id": f"HAN{booker}",
        "booked_by_name": _broker(booker),
        "source_id": str(number % SOURCES),
        "source": f"Källa {number % SOURCES}",
        "commission": 45_000 + number % 40_000 if signed else None,
        "commission_type": "Sale" if signed else "",
        "signature_date": _stored(moment) if signed else None,
        "agreement_date": None,
        "access_date": None,
        "cancelled_by": "",
        "fingerprint": f"{number:032x}",
        "changed": "[]",
    }


def _stored(moment: dt.datetime) -> Any:
    return moment if connection.vendor == "postgresql" else f"{moment:%Y-%m-%d %H:%M:%S}"


def _people(model: Any) -> list[dict[str, Any]]:
    """What is sealed of so many persons, as the columns hold it, and their words."""
    reading = import_module("meetings.reading")
    row_of = import_module("bench.meetings_sync").row
    sealed = model._meta.get_field("personal")
    found = []
    for number in range(PEOPLE):
        made = reading.columns(row_of(number, number))
        found.append(
            {
                "contact_id": made["contact_id"],
                "person_hash": made["person_hash"],
                "personal": sealed.get_prep_value(made["personal"]),
                "words": made["words"],
                "impersonal": made["impersonal"],
            }
        )
    return found
