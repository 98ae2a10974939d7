"""Submissions for benches: one that went the usual way, and copies of its row."""

from __future__ import annotations

import datetime as dt
import uuid
from importlib import import_module
from typing import Any

from django.core.management import call_command
from django.db import connection


def prepare() -> tuple[Any, Any]:
    """A booker and an office, as the demo has them."""
    call_command("demo", verbosity=0)
    models = import_module("offices.models")
    return models.User.objects.get(username="bokare"), models.Office.objects.get(
        customer_id="M30011"
    )


def silence_the_bell() -> None:
    """Nothing is rung for: the bench does it when its time has come."""
    import_module("submissions.outbox").ring = lambda *_: None


def submission(user: Any, office: Any, note: str) -> Any:
    """One comeback, sent as a person would."""
    return import_module("tests.factories").make_submission(user, office, note=note)


def many_copies(original: Any, count: int, not_before: dt.datetime) -> None:
    """So many rows like it and more, made by the database itself: each round doubles them."""
    model, fresh = type(original), _fresh_uuid()
    names = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    given = {"code": fresh, "form_token": fresh, "not_before": "%s", "state": "'queued'"}
    table = model._meta.db_table
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - names out of the model
        f"SELECT {', '.join(given.get(name, name) for name in names)} FROM {table}"
    )
    with connection.cursor() as cursor:
        while model.objects.count() < count:
            cursor.execute(statement, [not_before])
        cursor.execute("ANALYZE")


def _fresh_uuid() -> str:
    if connection.vendor == "postgresql":
        return "gen_random_uuid()"
    return "lower(hex(randomblob(16)))"


def copies(original: Any, count: int, **changes: Any) -> list[int]:
    """So many rows like it, to be sent one and all; returns their ids."""
    model = type(original)
    fields = {
        field.attname: getattr(original, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    fresh = (
        model(**fields | {"code": uuid.uuid4(), "form_token": uuid.uuid4(), "events": 1} | changes)
        for _ in range(count)
    )
    made = model.objects.bulk_create(fresh, batch_size=2000)
    accepted = original.attempts.get(position=1)
    accepted.__class__.objects.bulk_create(
        [_accepted(row, accepted) for row in made], batch_size=2000
    )
    return [row.pk for row in made]


def _accepted(row: Any, original: Any) -> Any:
    """The event that every row begins with, in its own chain."""
    model, chain = type(original), import_module("submissions.chain")
    fields = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    event = model(**{name: getattr(original, name) for name in fields} | {"submission_id": row.pk})
    event.link = chain.link(chain.beginning(row), event)
    return event
