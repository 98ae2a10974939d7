"""The database itself refuses to change or delete what the audit holds."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "submissions_attempt"

_SQLITE = [
    f"""
    CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb} BEFORE {verb} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'attempts are append-only'); END
    """
    for verb in ("update", "delete")
]
_POSTGRESQL = [
    f"""
    CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'attempts are append-only'; END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()
    """,
]

_LIFT = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}"],
}


def protect(connection: BaseDatabaseWrapper) -> None:
    """Lay the triggers that refuse UPDATE and DELETE on attempts; safe to call again."""
    statements = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, for emptying a test database. No page, task or command does this."""
    with connection.cursor() as cursor:
        for statement in _LIFT[connection.vendor]:
            cursor.execute(statement)


def protect_attempts(using: str, **_: Any) -> None:
    """After migrate: the same, where the table is there (a partial migrate may lack it)."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        protect(connection)
