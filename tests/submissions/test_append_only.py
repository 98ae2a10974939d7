import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from offices.disclosures import record
from offices.models import Disclosure, Office, User
from submissions import append_only
from submissions.models import Attempt
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(bokare: User, office: Office) -> Attempt:
    return make_submission(bokare, office).attempts.get()


def test_the_database_refuses_to_change_an_attempt(attempt: Attempt) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(worker="someone else")


def test_the_database_refuses_to_delete_an_attempt(attempt: Attempt) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt.delete()


def test_a_submission_with_attempts_cannot_be_deleted(attempt: Attempt) -> None:
    with pytest.raises(ProtectedError):
        attempt.submission.delete()


def test_protecting_twice_is_harmless(attempt: Attempt) -> None:
    append_only.protect(connection)
    append_only.protect(connection)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt.delete()


class TestDisclosures:
    """Facts never change; the sealed reason may be sealed anew or go, and old rows go with age."""

    @pytest.fixture
    def look(self, bokare: User, office: Office) -> Disclosure:
        return record(bokare, office, Disclosure.What.VIEWED, reason="Klagomål")

    @pytest.mark.parametrize("change", [{"person": ""}, {"user_name": "x"}, {"what": "erased"}])
    def test_no_fact_is_changed(self, look: Disclosure, change: dict[str, str]) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Disclosure.objects.filter(pk=look.pk).update(**change)

    def test_the_reason_can_be_taken_away(self, look: Disclosure) -> None:
        Disclosure.objects.filter(pk=look.pk).update(reason=None)
        look.refresh_from_db()
        assert look.reason is None

    def test_a_row_goes_after_a_year_and_not_before(self, look: Disclosure) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Disclosure.objects.filter(pk=look.pk).delete()
        append_only.lift(connection)
        past = timezone.now() - dt.timedelta(days=append_only.DISCLOSURE_DAYS + 1)
        Disclosure.objects.filter(pk=look.pk).update(at=past)
        append_only.protect(connection)

        Disclosure.objects.filter(pk=look.pk).delete()

        assert not Disclosure.objects.exists()
