"""Very many short rows, without an object for each."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from lib.bulk import insert_many
from offices.models import ContactTerm
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
