"""The database itself refuses to change or delete what the audit holds."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ATTEMPTS = "submissions_attempt"
CHECKPOINTS = "submissions_auditcheckpoint"
DISCLOSURES = "offices_disclosure"
# Who saw what is kept for so long at least; later it may go with age.
DISCLOSURE_DAYS = 365


@dataclasses.dataclass(frozen=True)
class Kept:
    """A table whose rows stay as they are.

    said: to who tries. columns: those that never change; () for all of them.
    days: after so many a row may be deleted; None for never.
    """

    said: str
    columns: tuple[str, ...] = ()
    days: int | None = None


TABLES = {
    ATTEMPTS: Kept("attempts are append-only"),
    CHECKPOINTS: Kept("checkpoints are append-only"),
    # The reason is sealed: it is sealed anew when keys change, and goes when somebody is erased.
    DISCLOSURES: Kept(
        "disclosures are append-only",
        ("id", "at", "user_id", "user_name", "office_id", "what", "subject", "person", "facts"),
        DISCLOSURE_DAYS,
    ),
}


def _changing(kept: Kept) -> str:
    return f"UPDATE OF {', '.join(kept.columns)}" if kept.columns else "UPDATE"


def _sqlite(table: str) -> list[str]:
    kept = TABLES[table]
    young = f"WHEN OLD.at > datetime('now', '-{kept.days} days')" if kept.days else ""
    return [
        f"""
        CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {change} ON {table} {when}
        BEGIN SELECT RAISE(ABORT, '{kept.said}'); END
        """
        for verb, change, when in (("update", _changing(kept), ""), ("delete", "DELETE", young))
    ]


def _postgresql(table: str) -> list[str]:
    kept = TABLES[table]
    refuse = f"EXECUTE FUNCTION {table}_refuse()"
    young = f"WHEN (OLD.at > now() - interval '{kept.days} days')" if kept.days else ""
    return [
        f"""
        CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{kept.said}'; END $$
        """,
        f"""
        CREATE OR REPLACE TRIGGER {table}_append_only BEFORE {_changing(kept)} OR TRUNCATE
        ON {table} FOR EACH STATEMENT {refuse}
        """,
        f"""
        CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE
        ON {table} FOR EACH ROW {young} {refuse}
        """,
    ]


def _lifting(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for name in ("append_only", "no_delete")
    ]


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
