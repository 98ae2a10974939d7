"""The one clock that all hosts share: the database's."""

from __future__ import annotations

import datetime as dt

from django.db import connection

_ASKED = {
    "sqlite": "SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
    "postgresql": "SELECT STATEMENT_TIMESTAMP()",
}


def now() -> dt.datetime:
    """What the database's clock says, aware; one query. As `Now()` says it within a statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED[connection.vendor])
        (said,) = cursor.fetchone()
    return said if isinstance(said, dt.datetime) else _read(said)


def _read(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said).replace(tzinfo=dt.UTC)
