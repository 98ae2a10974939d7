import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from offices.models import Office, User
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
