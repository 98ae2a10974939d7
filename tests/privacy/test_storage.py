"""What was deleted is no longer in the database's own files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from offices.models import Contact, Office
from privacy import storage
from tests.factories import make_contact


def token_of(contact: Contact) -> str:
    """The sealed text as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM offices_contact WHERE id = %s", [contact.pk])
        return str(cursor.fetchone()[0])


def is_in_files(token: str) -> bool:
    name = Path(str(connection.settings_dict["NAME"]))
    paths = [name, name.with_name(f"{name.name}-wal")]
    return any(token.encode() in path.read_bytes() for path in paths if path.exists())


def node() -> int:
    """Which file of PostgreSQL holds the contacts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode('offices_contact')")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_deleted_row_is_in_no_file_afterwards(office: Office) -> None:
    contact = make_contact(office)
    if connection.vendor == "postgresql":
        before = node()
        assert storage.overwrite_what_is_free()
        assert node() != before
        return
    token = token_of(contact)
    contact.delete()
    assert is_in_files(token)

    assert storage.overwrite_what_is_free()

    assert not is_in_files(token)


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_it_is_left_to_the_next_time(office: Office) -> None:
    with transaction.atomic():
        assert not storage.overwrite_what_is_free()


@pytest.mark.django_db(transaction=True)
def test_who_does_not_own_the_database_never_says_that_it_is_done() -> None:
    """PostgreSQL skips what is another's with a warning, and what it has counted stays."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE lodger")
        try:
            cursor.execute("SET ROLE lodger")
            assert not storage.overwrite_what_is_free()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE lodger")
    assert storage.overwrite_what_is_free()
