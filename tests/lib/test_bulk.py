"""Very many short rows, without an object for each."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from lib.bulk import insert_many, upsert_many
from offices.models import Colleague, Contact, ContactTerm, Estate
from tests.factories import make_contact

pytestmark = pytest.mark.django_db

COLUMNS = ("contact_id", "office_id", "digest")


def test_it_writes_what_it_is_given_from_a_generator_too(office):
    contact = make_contact(office)
    before = ContactTerm.objects.count()
    insert_many(ContactTerm, COLUMNS, ((contact.pk, office.pk, f"{n}") for n in range(1000)))
    assert ContactTerm.objects.count() == before + 1000
    assert ContactTerm.objects.get(digest="999").contact == contact


def test_no_rows_are_no_fault(office):
    insert_many(ContactTerm, COLUMNS, [])


def test_a_row_that_is_there_is_a_fault(office):
    contact = make_contact(office)
    known = contact.terms.first()
    assert known is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(ContactTerm, COLUMNS, [(contact.pk, office.pk, known.digest)])


UNIQUE = ("office", "vitec_id")


def _colleague(office, vitec_id, **said):
    return Colleague(office=office, vitec_id=vitec_id, last_seen=timezone.now(), **said)


def test_a_new_row_is_made_and_a_known_one_says_what_is_updated_alone(office):
    upsert_many([_colleague(office, "HAN1", name="Anna", title="Mäklare")], unique=UNIQUE)
    known = Colleague.objects.get()
    later = [
        _colleague(office, "HAN1", name="Åsa", title=""),
        _colleague(office, "HAN2", name="Bo"),
    ]
    upsert_many(later, unique=UNIQUE, updated=("name",))
    assert [(one.name, one.title) for one in Colleague.objects.order_by("vitec_id")] == [
        ("Åsa", "Mäklare"),
        ("Bo", ""),
    ]
    assert Colleague.objects.get(vitec_id="HAN1").pk == known.pk


def test_a_known_row_stays_where_nothing_is_updated(office):
    upsert_many([_colleague(office, "HAN1", name="Anna")], unique=UNIQUE)
    upsert_many([_colleague(office, "HAN1", name="Åsa")], unique=UNIQUE)
    assert Colleague.objects.get().name == "Anna"


def test_every_sort_of_value_comes_back_as_it_went_in(office):
    seen = dt.datetime(2026, 3, 1, 12, 30, 15, 250, tzinfo=dt.UTC)
    address = 'Storgatan 1 "B", {x} \\ %s'
    homes = [
        Estate(office=office, vitec_id="OBJ1", last_seen=seen, address=address, listed=True),
        Estate(
            office=office, vitec_id="OBJ2", last_seen=seen, missing_since=seen,
            viewing_starts=["2026-03-01T12:00"], area=address,
        ),
    ]  # fmt: skip
    upsert_many(homes, unique=UNIQUE)
    first, second = Estate.objects.order_by("vitec_id")
    assert (first.address, first.listed, first.missing_since) == (address, True, None)
    assert (first.last_seen, first.viewing_starts, first.area) == (seen, [], "")
    assert (second.missing_since, second.viewing_starts) == (seen, ["2026-03-01T12:00"])
    assert (second.area, second.listed, second.first_seen.tzinfo) == (address, False, dt.UTC)


def test_what_is_sealed_is_sealed_in_the_database(office):
    details = {"name": "Anna Åkesson", "phones": [], "email": "", "address": ""}
    one = Contact(office=office, vitec_id="ADR1", details=details, last_seen=timezone.now())
    upsert_many([one], unique=UNIQUE, updated=("details",))
    assert Contact.objects.get(vitec_id="ADR1").details == details
    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM offices_contact WHERE vitec_id = 'ADR1'")
        assert "Anna" not in cursor.fetchone()[0]


def test_no_objects_are_no_fault():
    upsert_many([], unique=UNIQUE)


def test_one_that_is_refused_keeps_the_others_out(office):
    nobody = _colleague(office, "HAN2", name="Bo")
    nobody.missing_since, nobody.last_seen = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        upsert_many([_colleague(office, "HAN1", name="Anna"), nobody], unique=UNIQUE)
    assert not Colleague.objects.exists()


def test_what_is_too_long_is_never_clipped(office):
    """PostgreSQL refuses it; SQLite has no lengths and keeps it whole."""
    too_long = "x" * 201
    has_lengths = connection.vendor == "postgresql"

    with pytest.raises(DataError) if has_lengths else nullcontext(), transaction.atomic():
        upsert_many([_colleague(office, "HAN1", name=too_long)], unique=UNIQUE)

    kept = set(Colleague.objects.values_list("name", flat=True))
    assert kept == (set() if has_lengths else {too_long})
