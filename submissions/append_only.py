"""The database itself refuses to change or delete what the audit holds."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ATTEMPTS = "submissions_attempt"
CHECKPOINTS = "submissions_auditcheckpoint"
# Table, and what is said to who tries.
TABLES = {
    ATTEMPTS: "attempts are append-only",
    CHECKPOINTS: "checkpoints are append-only",
}


def _sqlite(table: str) -> list[str]:
    return [
        f"""
        CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{TABLES[table]}'); END
        """
        for verb in ("update", "delete")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"""
        CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{TABLES[table]}'; END $$
        """,
        f"""
        CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
        """,
    ]


def _lifting(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]


def protect(connection: BaseDatabaseWrapper) -> None:
    """Lay the triggers that refuse UPDATE and DELETE on the audit; safe to call again.

    A table that is not there yet, as in a partial migrate, is left out.
    """
    statements = _sqlite if connection.vendor == "sqlite" else _postgresql
    for table in _present(connection):
        _execute(connection, statements(table))


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, to empty a test database. No page, task or command does this."""
    for table in _present(connection):
        _execute(connection, _lifting(connection.vendor, table))


def _present(connection: BaseDatabaseWrapper) -> list[str]:
    there = connection.introspection.table_names()
    return [table for table in TABLES if table in there]


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def protect_audit(using: str, **_: Any) -> None:
    """After migrate: SQLite rebuilds a changed table and drops its triggers with it."""
    protect(connections[using])
