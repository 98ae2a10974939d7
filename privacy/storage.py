"""What was deleted still lies in the files of a database until it is overwritten."""

from __future__ import annotations

import logging

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from offices.person_data import all_holdings
from privacy.models import Erasure, Inquiry

log = logging.getLogger(__name__)


def overwrite_what_is_free() -> bool:
    """Leave nothing of deleted rows in the database's own files. Must not run in a transaction.

    SQLite: the file is written anew and the write-ahead log emptied. PostgreSQL: the tables from
    which people are erased are written anew, each locked meanwhile, and what it has counted of
    their values; its write-ahead log turns over by itself. False: somebody holds the file, or the
    database is not ours, and it is left to the next time.
    """
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return bool(cursor.fetchone()[0] == 0)
            cursor.execute("SET lock_timeout = '5s'")
            for table in _tables():
                # A table's name is no parameter.
                # nosemgrep: sql-by-hand
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
            # What it has counted of the rows before: values of theirs, the commonest among them.
            cursor.execute("VACUUM (FULL) pg_catalog.pg_statistic")
            cursor.execute("RESET lock_timeout")
            return _owns_the_database(cursor)
    except OperationalError as error:
        log.warning("what is free was not overwritten cause=%s", type(error).__name__)
        return False


def _owns_the_database(cursor: CursorWrapper) -> bool:
    """To anybody else PostgreSQL says no more than a warning, and leaves its statistics."""
    cursor.execute(
        "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
    )
    owns = bool(cursor.fetchone()[0])
    if not owns:
        log.warning("statistics were not overwritten: the database has another owner")
    return owns


def _tables() -> list[str]:
    models: list[type[Model]] = [Inquiry, Erasure]
    models += [model for holding in all_holdings() for model in holding.models]
    return list(dict.fromkeys(model._meta.db_table for model in models))
