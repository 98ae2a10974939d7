"""Sealing everything anew with the newest master key, while the portal works.

Column by column, batch by batch, in the order of the primary keys; how far it is stands in a row
that is written with the batch, so that it goes on where it was killed. A value is exchanged only
while it is the one that was read: what somebody writes meanwhile is newer, and sealed with the
newest key by itself.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.sealed_session import rewrap_session
from lib.sealing import (
    RowKeyField,
    SealedJSONField,
    Unsealable,
    keyed_hash,
    rewrap,
)
from privacy.models import KeyRotation
from submissions import audit

BATCH = 500
Rewrap = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Column:
    """One sealed column, read and written as the database holds it."""

    model: type[models.Model]
    field: models.Field[Any, Any]
    rewrap: Rewrap

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"


@dataclasses.dataclass
class Done:
    """What a run came to. unreadable: values that no key of ours opens, by column."""

    looked_at: int = 0
    rewrapped: int = 0
    unreadable: dict[str, int] = dataclasses.field(default_factory=dict)


def columns() -> Iterator[Column]:
    """Every column that is sealed with the master keys."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, RowKeyField | SealedJSONField):
                yield Column(model, field, rewrap)
    # allauth keeps the second steps as JSON, with our seal around each secret within.
    yield Column(Authenticator, Authenticator._meta.get_field("data"), _rewrap_within)
    yield Column(Session, Session._meta.get_field("session_data"), rewrap_session)


def rotate(tell: Callable[[str], object] = lambda line: None, batch: int = BATCH) -> Done:
    """Seal everything anew; goes on where an earlier run with the same newest key was stopped."""
    # First: without it the audit of today could not be verified once the old key is gone.
    audit.keep_stamp_keys()
    done = Done()
    for column in columns():
        progress = _progress(column)
        if progress.ended_at is None:
            while _one_batch(column, progress, batch, done):
                tell(f"{column.name}: {progress.rewrapped}")
    return done


def start_again() -> None:
    """Forget how far it came: everything is looked at anew."""
    KeyRotation.objects.filter(key_mark=_key_mark()).delete()


def left() -> dict[str, int]:
    """How many values of each column the newest key alone does not open."""
    counts = {}
    for column in columns():
        last, count = "", 0
        while rows := _read(column, last, BATCH):
            count += sum(not _is_newest(column, text) for _pk, text in rows)
            last = str(rows[-1][0])
        if count:
            counts[column.name] = count
    return counts


def _is_newest(column: Column, text: str) -> bool:
    try:
        return column.rewrap(text) == text
    except Unsealable:
        return False


def _progress(column: Column) -> KeyRotation:
    return KeyRotation.objects.get_or_create(key_mark=_key_mark(), column=column.name)[0]


def _key_mark() -> str:
    return keyed_hash("master-key", settings.FIELD_ENCRYPTION_KEYS[0])


@transaction.atomic
def _one_batch(column: Column, progress: KeyRotation, batch: int, done: Done) -> bool:
    """False: there was nothing left."""
    rows = _read(column, progress.last_pk, batch)
    for pk, text in rows:
        done.looked_at += 1
        try:
            fresh = column.rewrap(text)
        except Unsealable:
            done.unreadable[column.name] = done.unreadable.get(column.name, 0) + 1
            continue
        if fresh != text and _exchange(column, pk, text, fresh):
            progress.rewrapped += 1
            done.rewrapped += 1
    if rows:
        progress.last_pk = str(rows[-1][0])
    else:
        progress.ended_at = timezone.now()
    progress.save(update_fields=["last_pk", "rewrapped", "ended_at"])
    return bool(rows)


# --- The database, past the fields that would open the seal -------------------------------------


def _names(column: Column) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    options = column.model._meta
    return quote(options.db_table), quote(str(options.pk.column)), quote(str(column.field.column))


def _read(column: Column, last_pk: str, batch: int) -> list[tuple[Any, str]]:
    table, pk, name = _names(column)
    after = f"AND {pk} > %s" if last_pk else ""
    text = f"CAST({name} AS text)" if connection.vendor == "postgresql" else name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {pk}, {text} FROM {table} "  # noqa: S608 # nosec B608 - names of our own tables
            f"WHERE {name} IS NOT NULL AND {text} <> '' {after} ORDER BY {pk} LIMIT %s",
            [*([last_pk] if last_pk else []), batch],
        )
        return list(cursor.fetchall())


def _exchange(column: Column, pk: Any, old: str, new: str) -> bool:
    table, pk_name, name = _names(column)
    is_json = isinstance(column.field, models.JSONField) and connection.vendor == "postgresql"
    kind = "::jsonb" if is_json else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {name} = %s{kind} "  # noqa: S608 # nosec B608 - as above
            f"WHERE {pk_name} = %s AND {name} = %s{kind}",
            [new, pk, old],
        )
        return bool(cursor.rowcount)


def _rewrap_within(text: str) -> str:
    """Every sealed text within a JSON document anew; the same text when none was old."""
    before = json.loads(text)
    after = _walk(before)
    return text if after == before else json.dumps(after)


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _walk(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_walk(inner) for inner in value]
    if isinstance(value, str) and value.startswith("gAAAA"):
        return rewrap(value)
    return value
